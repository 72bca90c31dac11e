from pathlib import Path

import pytest

from analyzer.errors import AnalyzerError, ReadError
from analyzer.formats import Source, read_threads
from analyzer.report.index import Failure
from analyzer.report.site import find_files, read_all, write_pages
from analyzer.thread import Comment, Thread, build_thread
from tests.toy import SOURCE, ToyPredictor, small_thread

FERRY = build_thread([Comment("a", text="sign it")], id="7", title="Ferry")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved = tmp_path / "saved"
    (saved / "deep").mkdir(parents=True)
    for name in ("b.csv", "a.csv", ".hidden", "deep/c.csv"):
        (saved / name).write_text("id,parent_id,text\n1,,sign it\n", encoding="utf-8")
    return saved


def names(files: list[str], folder: Path) -> list[str]:
    return [str(Path(file).relative_to(folder)) for file in files]


def test_a_folder_stands_for_the_files_below_it(folder: Path) -> None:
    assert names(find_files([str(folder)]), folder) == ["a.csv", "b.csv", "deep/c.csv"]


def test_a_pattern_stands_for_its_matches_and_none_is_named_twice(folder: Path) -> None:
    assert names(find_files([f"{folder}/*.csv", f"{folder}/b.csv"]), folder) == ["a.csv", "b.csv"]


def test_pages_written_before_are_not_read(folder: Path) -> None:
    assert names(find_files([str(folder)], without=folder / "deep"), folder) == ["a.csv", "b.csv"]


def test_a_corpus_is_one_file(folder: Path) -> None:
    (folder / "deep" / "utterances.jsonl").write_text("{}", encoding="utf-8")
    assert find_files([str(folder / "deep")]) == [str(folder / "deep")]


def test_a_pattern_without_files_is_an_error(folder: Path) -> None:
    with pytest.raises(ReadError, match=r"\*\.xml: no file there to read"):
        find_files([f"{folder}/*.xml"])


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_read(folder: Path) -> None:
    (folder / "a.csv").write_text("", encoding="utf-8")
    threads, failures = read_all(find_files([f"{folder}/*.csv"]), read_threads)
    assert [source.name for source, _ in threads] == ["b.csv"]
    assert failures == [Failure(f"{folder}/a.csv", f"{folder}/a.csv is empty")]


def test_where_nothing_can_be_read_the_reasons_are_notes(folder: Path) -> None:
    with pytest.raises(ReadError, match="none of the files") as raised:
        read_all([f"{folder}/gone.csv"], read_threads)
    assert raised.value.__notes__ == [f"{folder}/gone.csv does not exist"]


def write(threads: list[tuple[Source, Thread]], folder: Path) -> list[str]:
    return [row.link for row in write_pages(threads, [], folder, ToyPredictor())]


def test_there_is_a_page_a_thread_with_a_link_back(tmp_path: Path) -> None:
    assert write([(SOURCE, small_thread()), (SOURCE, FERRY)], tmp_path / "new") == ["harbour-t1.html", "harbour-7.html"]
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"index.html", "harbour-t1.html", "harbour-7.html"}
    assert '<a href="index.html">All threads</a>' in (tmp_path / "new" / "harbour-7.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("Harbour.txt", "harbour-7-2.html"),
        ("index", "index-7.html"),
        ("../../Æ?.html", "7.html"),
        ("x" * 99, "x" * 60 + ".html"),
    ],
)
def test_a_page_gets_a_plain_name_of_its_own(tmp_path: Path, name: str, page: str) -> None:
    assert write([(SOURCE, FERRY), (Source(name, "csv", ""), FERRY)], tmp_path)[1] == page


def test_no_page_takes_the_place_of_the_index(tmp_path: Path) -> None:
    thread = build_thread([Comment("a", text="sign it")])
    assert write([(Source("index.txt", "csv", ""), thread)], tmp_path) == ["index-2.html"]


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(AnalyzerError, match="cannot write"):
        write([(SOURCE, FERRY)], tmp_path / "file" / "below")
