import codecs
import hashlib
import io
from pathlib import Path

import pytest

from analyzer.errors import NoCommentsError, ReadError, UnknownFormatError
from analyzer.formats import Source, detect_format, read_threads

PAGE = "2 comments\n\n1. The ferry was café and cinema in one.\n\n  • It was neither.\n"
TABLE = "id,parent_id,text\n1,,The ferry is late\n2,1,Again\n"
LINES = '{"id": 1, "parent_id": null, "text": "The ferry is late"}\n{"id": 2, "parent_id": 1, "text": "Again"}\n'


def write(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.txt", PAGE, "indented_text"),
        ("a.jsonl", PAGE, "indented_text"),
        ("a.csv", PAGE, "indented_text"),
        ("a.csv", TABLE, "flat_records"),
        ("a.txt", TABLE, "flat_records"),
        ("a.txt", TABLE.replace(",", "\t"), "flat_records"),
        ("a.txt", TABLE.replace(",", ";"), "flat_records"),
        ("a.txt", LINES, "flat_records"),
        ("standard input", LINES, "flat_records"),
        ("a.csv", "Late again, says the council, text follows.\nMore.", "indented_text"),
    ],
)
def test_content_decides_the_format(name: str, text: str, expected: str) -> None:
    assert detect_format(text, name) == expected


def test_markup_of_no_known_form_is_named_unknown() -> None:
    with pytest.raises(UnknownFormatError, match=r"^a\.bin is in no known format; known: .*flat_records"):
        detect_format("<?xml version='1.0'?><recipe/>", "a.bin")


def test_source_names_the_file_its_format_and_its_hash(tmp_path: Path) -> None:
    source, _ = read_threads(write(tmp_path / "ferry.txt", TABLE))
    assert source == Source("ferry.txt", "flat_records", hashlib.sha256(TABLE.encode()).hexdigest())


def test_a_binary_file_object_is_read_as_standard_input() -> None:
    source, (thread,) = read_threads(io.BytesIO(TABLE.encode()))
    assert (source.name, thread.found) == ("standard input", 2)


def test_a_named_format_is_not_second_guessed() -> None:
    with pytest.raises(NoCommentsError):
        read_threads(io.BytesIO(TABLE.encode()), format="indented_text")


def test_an_unknown_format_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownFormatError, match=r"^unknown format 'rss'; known: .*indented_text"):
        read_threads(io.BytesIO(b""), format="rss")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"ferry\.txt does not exist$"):
        read_threads(tmp_path / "ferry.txt")


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="is a directory"):
        read_threads(tmp_path)


@pytest.mark.parametrize("data", [b"", b" \n\n", codecs.BOM_UTF8])
def test_an_empty_file_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ReadError, match=r"ferry\.txt is empty$"):
        read_threads(write(tmp_path / "ferry.txt", data))


@pytest.mark.parametrize("data", [b"\x7fELF\x00\x00ferry", b"\xff\xfe\x00\xd8"])
def test_a_binary_file_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ReadError, match=r"ferry\.txt is a binary file"):
        read_threads(write(tmp_path / "ferry.txt", data))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_usual_encodings_give_the_same_words(encoding: str) -> None:
    _, (thread,) = read_threads(io.BytesIO(PAGE.encode(encoding)))
    assert thread.comments[0].text == "The ferry was café and cinema in one."


def test_one_damaged_character_leaves_the_rest_of_a_file_readable() -> None:
    _, (thread,) = read_threads(io.BytesIO(PAGE.replace("café", "café – café").encode() + b"\xe2\x80"))
    assert thread.comments[0].text == "The ferry was café – café and cinema in one."
