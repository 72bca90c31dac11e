import csv
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import zstandard
from typer.testing import CliRunner

pytest.importorskip("fsspec")
pq = pytest.importorskip("pyarrow.parquet")
import pyarrow as pa  # noqa: E402

from analyzer.corpus import Report, run_corpus, summarise  # noqa: E402
from analyzer.corpus.summary import render_page  # noqa: E402
from analyzer.errors import AnalyzerError, NoCommentsError, ReadError  # noqa: E402
from tests.corpus import dying  # noqa: E402
from tests.toy import ToyPredictor  # noqa: E402

FERRY = [
    {"thread_id": "t1", "id": "c1", "parent_id": None, "author": "Ada", "text": "Sign the treaty.", "title": "Ferry"},
    {"thread_id": "t2", "id": "c1", "parent_id": None, "author": "Ben", "text": "Scrap it all.", "title": "Road"},
    {"thread_id": "t1", "id": "c2", "parent_id": "c1", "author": "Cleo", "text": "You are wrong.", "title": "Ferry"},
    {"thread_id": "t1", "id": "c3", "parent_id": "gone", "author": "Dov", "text": "Hmm.", "title": "Ferry"},
]


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def run(inputs: list[str], output: Path, **options: Any) -> Report:
    return run_corpus(inputs, str(output), ToyPredictor, identity="toy", **options)


def rows_of(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def many_rows() -> list[dict[str, Any]]:
    rows = [
        {
            "thread_id": f"t{t}",
            "id": f"c{i}",
            "parent_id": f"c{i // 2}" if i else None,
            "text": f"Sign it, says {t} {i}.",
        }
        for t in range(12)
        for i in range(6)
    ]
    random.Random(7).shuffle(rows)
    return rows


def test_comments_come_out_in_their_threads(tmp_path: Path) -> None:
    run([write_jsonl(tmp_path / "in.jsonl", FERRY)], tmp_path / "out.parquet")
    rows = rows_of(tmp_path / "out.parquet")
    assert [(row["thread_id"], row["id"], row["depth"], row["status"]) for row in rows] == [
        ("t1", "c1", 0, "ok"),
        ("t1", "c2", 1, "ok"),
        ("t1", "gone", 0, "missing"),
        ("t1", "c3", 1, "ok"),
        ("t2", "c1", 0, "ok"),
    ]
    assert rows[1]["agreement"]["label"] == "disagree"
    assert rows[2]["stance"] is None


def test_threads_come_out_with_their_counts(tmp_path: Path) -> None:
    run([write_jsonl(tmp_path / "in.jsonl", FERRY)], tmp_path / "out.parquet")
    first, second = rows_of(tmp_path / "out.threads.parquet")
    assert (first["title"], first["found"], first["missing"]) == ("Ferry", 3, 1)
    assert first["issues"][0]["kind"] == "missing_parent"
    assert second["stances"]["against-treaty"]["count"] == 1
    assert json.loads(first["metrics"])["max_depth"] == 1


def test_a_thread_may_be_scattered_over_inputs_of_every_form(tmp_path: Path) -> None:
    whole = tmp_path / "whole.parquet"
    run([write_jsonl(tmp_path / "in.jsonl", FERRY)], whole)
    (tmp_path / "1.jsonl.zst").write_bytes(zstandard.compress(json.dumps(FERRY[0]).encode()))
    with (tmp_path / "2.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(FERRY[0]))
        table.writeheader()
        table.writerow(FERRY[1])
    pq.write_table(pa.Table.from_pylist(FERRY[2:3]), tmp_path / "3.parquet")
    write_jsonl(tmp_path / "4.jsonl", FERRY[3:])
    run([str(tmp_path / "[1-4].*")], tmp_path / "parts.parquet")
    assert rows_of(tmp_path / "parts.parquet") == rows_of(whole)


def test_bad_rows_are_counted_and_listed(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    write_jsonl(path, FERRY)
    with path.open("ab") as file:
        file.write(b'oops\n[1]\n{"id": "c9", "text": "lost", "parent_id": null}\n{"id": "\xff", "thread_id": "t1"}\n')
    report = run([str(path)], tmp_path / "out.parquet")
    assert (report.rows, report.rejected) == (4, 4)
    listed = [json.loads(line) for line in (tmp_path / "out.rejected.jsonl").read_text().splitlines()]
    assert [row["row"] for row in listed] == [5, 6, 7, 8]
    assert listed[2]["reason"] == "no thread's id"


def test_a_short_table_row_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("thread_id,id,parent_id,text\nt1,c1,,Sign it.\nt1,c2\nt1,c3,c1,Hmm.\n")
    report = run([str(tmp_path / "in.csv")], tmp_path / "out.parquet")
    assert (report.rows, report.rejected) == (2, 1)
    assert "2 cells where the header has 4" in (tmp_path / "out.rejected.jsonl").read_text()


def test_order_of_rows_and_number_of_buckets_and_workers_do_not_matter(tmp_path: Path) -> None:
    rows = many_rows()
    run([write_jsonl(tmp_path / "a.jsonl", rows)], tmp_path / "a.parquet")
    inputs = [write_jsonl(tmp_path / f"b{i}.jsonl", rows[::-1][i::2]) for i in range(2)]
    run(inputs, tmp_path / "b.parquet", bucket_bytes=500, workers=2)
    by_id = [
        sorted(rows_of(tmp_path / name), key=lambda row: (row["thread_id"], row["id"]))
        for name in ("a.parquet", "b.parquet")
    ]
    assert len(by_id[0]) == 72
    assert by_id[0] == by_id[1]


@pytest.mark.parametrize("call", [1, 4])
def test_a_killed_run_goes_on_to_the_same_tables(tmp_path: Path, call: int) -> None:
    path = write_jsonl(tmp_path / "in.jsonl", many_rows())
    run([path], tmp_path / "undisturbed.parquet", bucket_bytes=500)
    killed = subprocess.run(
        [sys.executable, dying.__file__, str(call), path, str(tmp_path / "out.parquet")],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "out.parquet").exists()
    assert len(list((tmp_path / "out.parquet.work" / "parts").glob("comments-*.parquet"))) >= call - 1
    run([path], tmp_path / "out.parquet", bucket_bytes=500)
    for ending in (".parquet", ".threads.parquet"):
        assert rows_of(tmp_path / f"out{ending}") == rows_of(tmp_path / f"undisturbed{ending}")
    assert not (tmp_path / "out.parquet.work").exists()


def test_what_an_input_was_before_it_changed_is_not_used(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "in.jsonl", FERRY[:2])
    with pytest.raises(ZeroDivisionError):
        run_corpus([path], str(tmp_path / "out.parquet"), lambda: 1 / 0, identity="toy")  # type: ignore[arg-type, return-value]
    write_jsonl(tmp_path / "in.jsonl", FERRY)
    assert run([path], tmp_path / "out.parquet").rows == 4


def test_a_run_killed_while_it_cleaned_up_leaves_nothing_that_is_used(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "in.jsonl", FERRY)
    (tmp_path / "out.parquet.work.discarded" / "rows" / "input-00000").mkdir(parents=True)
    (tmp_path / "out.parquet.work").mkdir()
    (tmp_path / "out.parquet.work" / "plan.unfinished").write_text("{")
    assert run([path], tmp_path / "out.parquet").rows == 4
    assert sorted(entry.name for entry in tmp_path.iterdir() if "work" in entry.name) == []


def test_a_folder_of_the_user_s_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Dear")
    with pytest.raises(AnalyzerError, match="not of an earlier run"):
        run([write_jsonl(tmp_path / "in.jsonl", FERRY)], tmp_path / "out.parquet", work=tmp_path / "mine")


def test_columns_may_have_other_names(tmp_path: Path) -> None:
    rows = [{"thread_id": "t1", "id": "c1", "answers": None, "body": "Sign it."}]
    run([write_jsonl(tmp_path / "in.jsonl", rows)], tmp_path / "out.parquet", columns={"parent": "answers"})
    assert rows_of(tmp_path / "out.parquet")[0]["stance"]["label"] == "for-treaty"


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        ('[{"id": "c1"}]', ReadError, "one JSON list"),
        ('{"id": "c1", "text": "Hmm.", "parent_id": null}', ReadError, "no thread column"),
        ("thread_id,id,parent_id,text\n", NoCommentsError, "no row of .* it holds none"),
        ('{"id":\n"c1"}\n', NoCommentsError, "no row of .* not valid JSON"),
    ],
)
def test_an_input_that_cannot_be_read_is_an_error(tmp_path: Path, content: str, error: type, words: str) -> None:
    (tmp_path / "in").write_text(content)
    with pytest.raises(error, match=words):
        run([str(tmp_path / "in")], tmp_path / "out.parquet")


def test_the_input_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    pq.write_table(pa.Table.from_pylist(FERRY), path)
    with pytest.raises(AnalyzerError, match="a file that is read"):
        run([str(path)], path)
    assert pq.read_table(path).num_rows == 4


def test_an_output_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "in.jsonl", FERRY)
    with pytest.raises(AnalyzerError, match="cannot write"):
        run([path], Path(path) / "out.parquet")


def test_an_input_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="is no file that exists"):
        run([str(tmp_path / "absent.jsonl")], tmp_path / "out.parquet")


def test_the_summary_counts_everything(tmp_path: Path) -> None:
    run([write_jsonl(tmp_path / "in.jsonl", FERRY)], tmp_path / "out.parquet")
    summary = summarise(tmp_path / "out.parquet")
    assert (summary.threads, summary.comments, summary.missing) == (2, 4, 1)
    assert summary.stances == {"for-treaty": 1, "against-treaty": 1, "none": 1, "unclear": 1}
    assert summary.agreements == {"disagree": 1}
    assert [line.id for line in summary.largest] == ["t1", "t2"]


def test_the_page_escapes_titles(tmp_path: Path) -> None:
    rows = [FERRY[0] | {"title": "<script>alert(1)</script>"}]
    run([write_jsonl(tmp_path / "in.jsonl", rows)], tmp_path / "out.parquet")
    page = (tmp_path / "out.html").read_text()
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "1 rows were read and 0 left out" in render_page(summarise(tmp_path / "out.parquet"), rows=1, rejected=0)


def test_datasets_go_in_and_come_out(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    datasets.Dataset.from_list(FERRY).save_to_disk(tmp_path / "saved")
    run([f"hf:{tmp_path / 'saved'}"], tmp_path / "out.parquet")
    loaded = datasets.load_dataset(
        "parquet", data_files=str(tmp_path / "out.parquet"), split="train", cache_dir=str(tmp_path / "cache")
    )
    assert [row["id"] for row in loaded] == ["c1", "c2", "gone", "c3", "c1"]
    assert loaded[0]["stance"]["label"] == "for-treaty"


def test_addresses_are_read_and_written(tmp_path: Path) -> None:
    import fsspec

    files = fsspec.filesystem("memory")
    with files.open("/ferry/in.jsonl", "w") as file:
        file.write("".join(json.dumps(row) + "\n" for row in FERRY))
    report = run_corpus(
        ["memory://ferry/*.jsonl"], "memory://ferry/out.parquet", ToyPredictor, identity="toy", work=tmp_path / "work"
    )
    assert report.rows == 4
    with files.open("/ferry/out.threads.parquet", "rb") as file:
        assert pq.read_table(file).num_rows == 2


def test_the_commands_write_and_sum_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from analyzer.cli import app, base

    monkeypatch.setattr(base, "load_predictor", lambda name, **_: ToyPredictor())
    path, out = write_jsonl(tmp_path / "in.jsonl", [*FERRY, {"id": "c9"}]), tmp_path / "out.parquet"
    result = CliRunner().invoke(app, ["corpus", path, "-o", str(out), "--workers", "1"])
    assert result.stdout.splitlines()[0] == "4 rows read, 1 left out"
    assert [line.rpartition("/")[2] for line in result.stdout.splitlines()[1:]] == [
        "out.parquet",
        "out.threads.parquet",
        "out.html",
        "out.rejected.jsonl",
    ]
    shown = CliRunner().invoke(app, ["corpus", "summary", str(out)]).stdout
    assert shown.startswith("2 threads, 4 comments (0 deleted), 1 missing\n  for-treaty  1  25.0%\n")
    assert "  t1  Ferry  3 comments\n" in shown


def test_a_summary_of_something_else_is_one_line(tmp_path: Path) -> None:
    from analyzer.cli import app

    (tmp_path / "out.parquet").write_text("no table")
    result = CliRunner().invoke(app, ["corpus", "summary", str(tmp_path / "out.parquet")])
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
