import io
import json
import subprocess
import sys
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from typer.testing import CliRunner, Result

from analyzer import cli
from analyzer.classifier.cache import cache_file
from analyzer.cli import base, reporting
from analyzer.errors import ModelError
from analyzer.formats import READERS
from analyzer.report import RENDERERS
from analyzer.resources import resource
from tests.toy import ToyPredictor

SAMPLE = resource("data", "threads", "harbour-treaty.txt")


@pytest.fixture(autouse=True)
def _toy_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "load_predictor", lambda name, **_: ToyPredictor())


def run(*args: str | Path, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(cli.app, [str(arg) for arg in args], input=stdin)


def two_threads(folder: Path) -> Path:
    path = folder / "rows.csv"
    path.write_text("id,parent_id,thread_id,text\na,,t1,sign it\nb,a,t1,wrong\nc,,t2,scrap it\n", encoding="utf-8")
    return path


def test_the_package_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "analyzer", "--version"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.startswith("analyzer ")


def test_report_prints_the_report() -> None:
    result = run("report", SAMPLE)
    assert result.exit_code == 0
    assert "26 comments found of the 31 the page declares" in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(("many", "bulk"), [(26, True), (27, False)])
def test_a_long_thread_is_read_by_the_engine_for_many_comments(
    monkeypatch: pytest.MonkeyPatch, many: int, bulk: bool
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(base, "MANY_COMMENTS", many)
    monkeypatch.setattr(base, "load_predictor", lambda name, *, bulk, **_: asked.append(bulk) or ToyPredictor())
    assert run("report", SAMPLE).exit_code == 0
    assert asked[-1] is bulk
    assert run("explain", SAMPLE, "--comment", "c2").exit_code == 0
    assert asked[-1] is False


def test_report_reads_standard_input() -> None:
    result = run("report", "-", "--format", "json", stdin=SAMPLE.read_bytes())
    assert json.loads(result.stdout)["thread"]["found"] == 26


def test_report_writes_a_file(tmp_path: Path) -> None:
    out = tmp_path / "report.md"
    assert run("report", SAMPLE, "--format", "markdown", "-o", out).stdout == ""
    assert out.read_text(encoding="utf-8").startswith("# Stance report")


def test_report_offers_every_renderer() -> None:
    assert get_args(get_type_hints(reporting.report)["format"]) == tuple(RENDERERS)


def test_tree_draws_every_comment() -> None:
    result = run("tree", SAMPLE)
    assert result.exit_code == 0
    assert all(f" c{number} " in result.stdout for number in range(1, 27))


def test_a_thread_is_chosen_by_its_id(tmp_path: Path) -> None:
    result = run("report", two_threads(tmp_path), "--thread", "t2", "--format", "json")
    assert [comment["id"] for comment in json.loads(result.stdout)["comments"]] == ["c"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "rows.csv holds 2 threads; choose one with --thread ID:"),
        (["--thread", "t9"], "rows.csv holds no thread 't9'; it holds:"),
    ],
)
def test_several_threads_want_a_choice(tmp_path: Path, options: list[str], words: str) -> None:
    result = run("tree", two_threads(tmp_path), *options)
    assert result.exit_code == 1
    assert result.stderr == f"error: {words}\n  t1 (2 comments)\n  t2 (1 comment)\n"
    assert result.stdout == ""


def test_of_many_threads_twenty_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    rows = [
        {"id": "a", "parent_id": None, "thread_id": f"t{n}", "text": "no", "title": "Fe\x1b[31mrry"} for n in range(33)
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    lines = run("tree", path).stderr.splitlines()
    assert (len(lines), lines[1], lines[-1]) == (22, "  t0 Ferry (1 comment)", "  and 13 more")


def test_many_files_become_pages_and_an_index(tmp_path: Path) -> None:
    two_threads(tmp_path)
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    result = run("report", tmp_path, "-o", tmp_path / "pages")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith(f"{tmp_path}/pages/index.html: 2 threads\nno page: {tmp_path}/empty.csv")
    assert {path.name for path in (tmp_path / "pages").iterdir()} == {"index.html", "rows-t1.html", "rows-t2.html"}
    assert run("report", tmp_path, "-o", tmp_path / "pages").exit_code == 0


@pytest.mark.parametrize("options", [[], ["-o", "pages", "--format", "json"], ["-o", "pages", "--thread", "t1"]])
def test_many_files_want_a_folder_and_no_more(tmp_path: Path, options: list[str]) -> None:
    result = run("report", SAMPLE, two_threads(tmp_path), *options)
    assert result.exit_code == 1
    assert "many threads become a folder of HTML pages" in result.stderr


def test_pages_are_not_written_beside_what_is_read(tmp_path: Path) -> None:
    path = two_threads(tmp_path)
    result = run("report", path, "-o", tmp_path)
    assert result.stderr == f"error: {tmp_path}: holds {path}, which is read; write to another folder\n"
    assert list(tmp_path.iterdir()) == [path]


def other_columns(folder: Path) -> Path:
    path = folder / "rows.csv"
    path.write_text("nr,answers,words\na,,sign it\nb,a,wrong\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("command", ["report", "tree", "convert"])
def test_columns_are_named_by_what_they_hold(tmp_path: Path, command: str) -> None:
    options = ["--to", "jsonl"] if command == "convert" else []
    result = run(command, other_columns(tmp_path), "--map", "id=nr,parent=answers, text = words", *options)
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("id=nr,parent=answers,text=word", "rows.csv: no column 'word' for text among: nr, answers, words"),
        ("id=nr,parents=answers", "unknown kind of column 'parents'; known: id, parent, text, author, time, thread,"),
        ("id", "--map 'id' is not of the form text=body,parent=in_reply_to"),
    ],
)
def test_an_unknown_column_is_an_error_with_those_there_are(tmp_path: Path, columns: str, words: str) -> None:
    result = run("tree", other_columns(tmp_path), "--map", columns)
    assert result.exit_code == 1
    assert words in result.stderr


def test_convert_writes_every_thread_or_one(tmp_path: Path) -> None:
    path, out = two_threads(tmp_path), tmp_path / "out.jsonl"
    assert run("convert", path, "--to", "jsonl", "-o", out).exit_code == 0
    assert [json.loads(line)["id"] for line in out.read_text(encoding="utf-8").splitlines()] == ["a", "b", "c"]
    assert [
        json.loads(line)["id"] for line in run("convert", path, "--to", "jsonl", "--thread", "t2").stdout.splitlines()
    ] == ["c"]


def test_convert_writes_a_folder_where_it_is_told_to(tmp_path: Path) -> None:
    path, out = two_threads(tmp_path), tmp_path / "corpus"
    assert run("convert", path, "--to", "convokit", "-o", out).exit_code == 0
    assert run("convert", out, "--to", "jsonl").stdout == run("convert", path, "--to", "jsonl").stdout
    refused = run("convert", path, "--to", "convokit")
    assert (refused.exit_code, refused.stderr) == (
        1,
        "error: convokit is a folder of files; say where with -o FOLDER\n",
    )


def test_formats_are_listed_with_how_they_are_known() -> None:
    result = run("formats")
    assert all(f"\n{name}\n    " in "\n" + result.stdout for name in READERS)
    assert "    A `disqus` element near the beginning." in result.stdout


def test_an_error_of_the_user_is_one_line(tmp_path: Path) -> None:
    result = run("report", tmp_path / "no\nsuch\x1b[31mfile.txt")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert "\x1b" not in result.stderr


def test_a_bug_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str, **_: bool) -> ToyPredictor:
        raise RuntimeError("a bug")

    monkeypatch.setattr(base, "load_predictor", broken)
    assert isinstance(run("report", SAMPLE).exception, RuntimeError)


def test_predict_answers_every_row(tmp_path: Path) -> None:
    rows, out = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    rows.write_bytes(b'\xef\xbb\xbf{"id": "a", "text": "sign"}\noops\n{"id": "\xff"}\n{"id": "d", "text": "scrap"}\n')
    assert run("predict", rows, "-o", out).exit_code == 0
    answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == ["a", None, None, "d"]
    assert [answer["error"]["kind"] for answer in answers[1:3]] == ["invalid_json", "invalid_encoding"]


def test_predict_reads_standard_input() -> None:
    result = run("predict", "-", stdin='{"id": "a", "text": "sign"}\n')
    assert json.loads(result.stdout)["stance"]["label"] == "for-treaty"


@pytest.mark.parametrize("command", ["predict", "report"])
def test_the_input_is_never_written_over(tmp_path: Path, command: str) -> None:
    path = tmp_path / "in"
    path.write_bytes(SAMPLE.read_bytes())
    result = run(command, path, "-o", path)
    assert result.exit_code == 1
    assert path.read_bytes() == SAMPLE.read_bytes()


def test_without_a_model_the_output_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_model(name: str, **_: bool) -> ToyPredictor:
        raise ModelError("no such model")

    monkeypatch.setattr(base, "load_predictor", no_model)
    out = tmp_path / "out.jsonl"
    out.write_text("earlier work", encoding="utf-8")
    assert run("predict", SAMPLE, "-o", out).exit_code == 1
    assert out.read_text(encoding="utf-8") == "earlier work"


@pytest.mark.parametrize("command", ["report", "predict"])
def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path, command: str) -> None:
    result = run(command, SAMPLE, "-o", tmp_path / "no" / "such" / "folder")
    assert result.exit_code == 1
    assert "cannot write" in result.stderr


def test_predict_of_no_file_is_an_error(tmp_path: Path) -> None:
    result = run("predict", tmp_path / "none.jsonl")
    assert result.exit_code == 1
    assert "cannot read" in result.stderr


def test_calibrate_wants_rows_in_its_share(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"text": "sign", "thread": "abc", "stance": "none"}\n', encoding="utf-8")
    # sha256 of "abc" lies at 0.73 of its range.
    result = run("calibrate", "small", rows, "--share", "0.5", "-o", tmp_path / "m")
    assert result.exit_code == 1
    assert "none of the threads falls into the share of 0.5" in result.stderr
    assert not (tmp_path / "m").exists()


def test_explain_shows_the_words_or_json(tmp_path: Path) -> None:
    path = two_threads(tmp_path)
    assert "a: for-treaty 80 %" in run("explain", path, "--thread", "t1", "--comment", "a").stdout
    document = json.loads(run("explain", path, "--thread", "t1", "--comment", "b", "--json").stdout)
    assert (document["comment_id"], document["label"], document["parent_weight"]) == ("b", "none", 0.0)


def test_metrics_prints_tables_or_json() -> None:
    assert "structural_virality" in run("metrics", SAMPLE).stdout
    document = json.loads(run("metrics", SAMPLE, "--json").stdout)
    assert document["metrics"]["comments"] == 26
    assert document["metrics"]["agree"].keys() == {"value", "low", "high"}
    assert document["authors"] == []


def test_metrics_of_one_branch(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(
        "id,parent_id,author,text\na,,Ann,sign it\nb,a,Bo,wrong\nc,b,Ann,agree\nd,,Cy,scrap it\n", encoding="utf-8"
    )
    document = json.loads(run("metrics", path, "--comment", "b", "--json").stdout)
    assert (document["first_comment"], document["metrics"]["comments"]) == ("b", 2)
    assert document["pairs"] == [{"authors": ["Ann", "Bo"], "replies": [1, 0], "back_and_forth": 2}]
    assert "Ann – Bo" in run("metrics", path).stdout


def test_metrics_uses_hints_of_names_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text('id,parent_id,author,text\na,,,sign it\nb,a,Bo,"Morning Daniele. No."\n', encoding="utf-8")
    asked, unasked = (json.loads(run("metrics", path, "--json", *hints).stdout) for hints in (["--hints"], []))
    assert [author["author"] for author in asked["authors"]] == ["Bo", "Daniele?"]
    assert [author["author"] for author in unasked["authors"]] == ["Bo"]


def test_compare_takes_files_or_threads_of_one_file(tmp_path: Path) -> None:
    document = json.loads(run("compare", SAMPLE, SAMPLE, "--json").stdout)
    assert document["metrics"]["comments"] == {"values": [26, 26], "differences": [0]}
    text = run("compare", two_threads(tmp_path), "--thread", "t1", "--thread", "t2").stdout
    assert "A  rows.csv, t1\n" in text


def test_compare_wants_two_threads() -> None:
    assert "one thread alone cannot be compared" in run("compare", SAMPLE).stderr


def test_metrics_wants_a_comment_of_the_thread() -> None:
    assert "holds no comment 'nobody'" in run("metrics", SAMPLE, "--comment", "nobody").stderr


def test_explain_wants_a_comment_of_the_thread(tmp_path: Path) -> None:
    result = run("explain", two_threads(tmp_path), "--thread", "t1", "--comment", "c")
    assert result.exit_code == 1
    assert result.stderr == "error: rows.csv holds no comment 'c'; `analyzer tree` shows the ids\n"


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["report"],
        ["tree"],
        ["convert"],
        ["formats"],
        ["explain"],
        ["flag"],
        ["predict"],
        ["evaluate"],
        ["calibrate"],
        ["train"],
    ],
)
def test_help_has_an_example(command: list[str]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "Example: analyzer" in result.stdout


def test_flag_ranks_the_threads_of_several_files(tmp_path: Path) -> None:
    result = run("flag", two_threads(tmp_path), SAMPLE)
    assert result.exit_code == 0
    assert result.stdout.startswith("0 flags in 3 threads of 29 comments.")


def test_flag_prints_json() -> None:
    document = json.loads(run("flag", "-", "--json", stdin="id,parent_id,text\na,,idiot\n").stdout)
    assert [flag["kind"] for flag in document["threads"][0]["flags"]] == ["attack"]


def test_flag_goes_by_thresholds_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[attack]\nprobability = 0.95\n")
    result = run("flag", "-", "--thresholds", own, stdin="id,parent_id,text\na,,idiot\n")
    assert result.stdout.startswith("0 flags in 1 thread of 1 comment.")


def test_flag_refuses_to_write_over_any_file_it_reads(tmp_path: Path) -> None:
    path = two_threads(tmp_path)
    result = run("flag", SAMPLE, path, "-o", path)
    assert result.exit_code == 1
    assert "this is the file that is read" in result.stderr


def test_version() -> None:
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("analyzer ")


def test_a_progress_bar_needs_a_terminal_and_long_work(monkeypatch: pytest.MonkeyPatch) -> None:
    with base.progress_bar(10_000) as progress:
        assert progress is None
    monkeypatch.setattr(sys, "stderr", _Terminal())
    with base.progress_bar(10) as progress:
        assert progress is None
    with base.progress_bar(10_000) as progress:
        assert progress is not None
        progress(10_000)


def test_a_closed_pipe_is_no_traceback() -> None:
    code = (
        "from analyzer import cli; from analyzer.cli import base; from tests.toy import ToyPredictor; "
        "base.load_predictor = lambda name, **_: ToyPredictor(); cli.main()"
    )
    rows = b'{"id": 1, "text": "sign"}\n' * 5000
    with subprocess.Popen(
        [sys.executable, "-c", code, "predict", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        _, errors = process.communicate(rows)
    assert errors == b""


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    "command", [("report",), ("tree",), ("flag",), ("metrics",), ("compare", SAMPLE)], ids=lambda command: command[0]
)
def test_answers_are_kept_unless_that_is_turned_off(command: tuple[str | Path, ...]) -> None:
    assert run(*command, SAMPLE, "--no-cache").exit_code == 0
    assert not cache_file().exists()
    assert run(*command, SAMPLE).exit_code == 0
    assert cache_file().exists()
