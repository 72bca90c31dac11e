import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard

from analyzer.errors import ReadError
from analyzer.formats import containers, limits, read_threads
from analyzer.thread import Comment

TABLE = "id,parent_id,text\n1,,The ferry is late\n2,1,Again\n"


def parquet(columns: dict[str, Any], **options: Any) -> bytes:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **options)
    return out.getvalue()


@pytest.fixture
def _small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LARGEST", 50_000)


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress, bytes])
def test_compression_is_known_by_content(compress: Any, tmp_path: Path) -> None:
    path = tmp_path / "ferry.csv"
    path.write_bytes(compress(TABLE.encode()))
    source, (thread,) = read_threads(path)
    assert (source.name, source.format, thread.found) == ("ferry.csv", "flat_records", 2)


def test_members_and_frames_follow_one_another() -> None:
    first, second = TABLE[:30].encode(), TABLE[30:].encode()
    for compress in (gzip.compress, zstandard.compress):
        assert containers.unpack(compress(first) + compress(second), "ferry") == TABLE.encode()


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
@pytest.mark.usefixtures("_small_limit")
def test_a_bomb_is_refused(compress: Any) -> None:
    with pytest.raises(ReadError, match=r"^ferry, unpacked, holds more than"):
        containers.unpack(compress(bytes(10_000_000)), "ferry")


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_cut_off_or_damaged_compression_is_named(compress: Any) -> None:
    data = compress(TABLE.encode() * 50)
    for damaged in (data[:30], data[:20] + b"\xff\x00" * 9 + data[40:]):
        with pytest.raises(ReadError, match=r"^ferry: damaged (gzip|zstd) data \(|^ferry is "):
            read_threads(named(damaged))


def named(data: bytes) -> io.BytesIO:
    file = io.BytesIO(data)
    file.name = "ferry"
    return file


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04\x14\0", "a zip archive; unpack it"),
        (b"BZh91AY", "compressed by bzip2; unpack it"),
        (b"\xfd7zXZ\0", "compressed by xz; unpack it"),
        (b"%PDF-1.7", "a PDF document; unpack it"),
    ],
)
def test_what_has_to_be_unpacked_first_is_named(data: bytes, words: str) -> None:
    with pytest.raises(ReadError, match=f"^ferry is {words}"):
        containers.unpack(data, "ferry")


def test_a_parquet_table_is_read_like_other_rows() -> None:
    noon = datetime(2024, 5, 6, 12, tzinfo=UTC)
    data = parquet({"id": [1, 2], "parent_id": [None, 1], "body": ["Late", "Again"], "created": [noon, None]})
    source, (thread,) = read_threads(named(data))
    assert source.format == "flat_records"
    assert thread.comments == (Comment("1", None, "Late", None, noon), Comment("2", "1", "Again"))


def test_values_of_parquet_that_json_lacks_become_text() -> None:
    pa = pytest.importorskip("pyarrow")
    columns = {
        "id": [b"a"],
        "parent_id": pa.array([None], pa.string()),
        "text": ["Late"],
        "created": pa.array([1714996800000000001], pa.timestamp("ns", "UTC")),
        "score": [float("nan")],
        "tags": [["x", "y"]],
    }
    rows = containers.unpack(parquet(columns), "ferry").splitlines()
    assert [json.loads(row)["created"] for row in rows] == ["2024-05-06 12:00:00+00:00"]
    assert "tags" not in json.loads(rows[0])
    assert read_threads(named(parquet(columns)))[1][0].comments[0].id == "a"


@pytest.mark.usefixtures("_small_limit")
def test_a_text_repeated_in_parquet_is_counted_before_it_is_spelt_out() -> None:
    data = parquet({"id": list(range(900)), "text": ["late " * 200] * 900}, compression="zstd")
    assert len(data) < 20_000
    with pytest.raises(ReadError, match=r"^ferry, unpacked, holds more than"):
        containers.unpack(data, "ferry")


def test_damaged_parquet_is_named() -> None:
    data = parquet({"id": [1], "text": ["Late"]})
    for damaged in (data[:-20], data[:30] + data[-30:], b"PAR1" * 8):
        with pytest.raises(ReadError, match=r"^ferry: damaged Parquet data"):
            containers.unpack(damaged, "ferry")


def test_without_pyarrow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ReadError, match=r"pip install 'analyzer\[parquet\]'"):
        containers.unpack(b"PAR1", "ferry")
