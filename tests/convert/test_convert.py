import csv
import io
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.cli import conversion
from analyzer.convert import WRITERS
from analyzer.errors import ReadError
from analyzer.formats import read_threads
from analyzer.formats.thread_rows import read_cell, write_cell
from analyzer.thread import Comment, Thread, build_thread

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
READ_BACK = ["jsonl", "csv", "parquet", "convokit"]

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
odd = st.sampled_from(["", " ", "1.0", "null", "nan", "t1_a", "=1+1", "'=", "'\"", "-2", "\r", "\0", "a\r\nb", "1-c"])
ids = odd | words
times = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))


@st.composite
def threads(draw: st.DrawFn, id: str) -> Thread:
    names = draw(st.lists(ids, max_size=6))
    comments = [
        Comment(
            name,
            draw(st.none() | st.sampled_from(names) | ids),
            draw(ids),
            draw(st.none() | ids),
            draw(st.none() | times),
            draw(st.sampled_from(["ok", "ok", "deleted", "excluded", "missing"])),
        )
        for name in names
    ]
    comments = [c if c.created else replace(c, unread_time=draw(st.none() | st.just("at dusk"))) for c in comments]
    declared = draw(st.none() | st.integers(0, 99))
    hidden = draw(st.integers(0, 99))
    one_root = draw(st.booleans())
    return build_thread(
        comments, id=id, title=draw(ids), article=draw(ids), declared=declared, hidden=hidden, one_root=one_root
    )


files = st.lists(ids, min_size=1, max_size=3, unique=True).flatmap(lambda ids: st.tuples(*map(threads, ids)))


def written(form: str, threads: list[Thread], folder: Path) -> Path:
    content = WRITERS[form].write(threads)
    path = folder / "written"
    if isinstance(content, dict):
        path.mkdir(exist_ok=True)
        for name, data in content.items():
            (path / name).write_bytes(data)
    else:
        path.write_bytes(content)
    return path


@pytest.fixture
def thread() -> Thread:
    return build_thread(
        [
            Comment("a", None, "The ferry is late.", "Ines", NOON),
            Comment("b", "a", "=HYPERLINK(1)", "@Olu", NOON.replace(hour=13)),
            Comment("c", "gone", "Always <b>late</b>."),
            Comment("d", "c", status="deleted"),
        ],
        id="t1",
        title="Ferry",
        article="The council met.",
        declared=7,
        hidden=2,
    )


@pytest.mark.parametrize("form", READ_BACK)
@settings(max_examples=150, deadline=None)
@given(threads=files)
def test_what_is_written_is_read_back_equal(
    form: str, threads: tuple[Thread, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
    path = written(form, list(threads), tmp_path_factory.mktemp(form))
    assert read_threads(path)[1] == list(threads)


@pytest.mark.parametrize("form", READ_BACK)
def test_a_thread_without_comments_keeps_its_facts(form: str, tmp_path: Path) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
    empty = Thread((), (), id="t0", title="Buoy", declared=3, hidden=3)
    assert read_threads(written(form, [empty], tmp_path))[1] == [empty]


def test_the_command_offers_every_form() -> None:
    assert get_args(get_type_hints(conversion.convert)["to"]) == tuple(WRITERS)


def test_a_line_is_a_comment_and_the_first_has_the_thread(thread: Thread) -> None:
    content = WRITERS["jsonl"].write([thread])
    assert isinstance(content, bytes)
    first, second, *_ = map(json.loads, content.splitlines())
    assert first == {
        "thread_id": "t1",
        "id": "a",
        "parent_id": None,
        "depth": 0,
        "status": "ok",
        "author": "Ines",
        "created": "2024-05-06T12:00:00+00:00",
        "text": "The ferry is late.",
        "title": "Ferry",
        "article": "The council met.",
        "declared": 7,
        "hidden": 2,
        "issues": [
            ["missing_parent", "c", "its parent 'gone' is not in the file; a placeholder stands for it"],
            ["missing_time", "c", "no time; placed after its siblings"],
            ["missing_time", "d", "no time; placed after its siblings"],
        ],
    }
    assert list(second) == ["thread_id", "id", "parent_id", "depth", "status", "author", "created", "text"]


def test_threads_of_one_id_stay_apart(thread: Thread, tmp_path: Path) -> None:
    _, found = read_threads(written("jsonl", [thread, thread], tmp_path))
    assert [(found_thread.id, found_thread.found) for found_thread in found] == [("t1", 4), ("t1#2", 4)]


def test_the_order_of_rows_does_not_matter(thread: Thread, tmp_path: Path) -> None:
    path = written("jsonl", [thread], tmp_path)
    path.write_text("".join(reversed(path.read_text(encoding="utf-8").splitlines(keepends=True))), encoding="utf-8")
    assert read_threads(path)[1] == [thread]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "'", "", "a\rb", "a\0b"]
)
def test_no_cell_begins_like_a_formula_and_all_are_read_back(text: str) -> None:
    cell = write_cell(text)
    assert cell.startswith("'")
    assert read_cell(cell, "ferry.csv, line 2") == text


def test_an_everyday_cell_is_left_alone() -> None:
    assert (write_cell("Late, again."), read_cell("Late, again.", "")) == ("Late, again.", "Late, again.")


def test_no_cell_of_a_table_is_computed(thread: Thread) -> None:
    content = WRITERS["csv"].write([thread])
    assert isinstance(content, bytes)
    cells = [cell for row in csv.reader(io.StringIO(content.decode())) for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("status", "lost", "line 2: its status is 'lost'; known: ok, deleted,"),
        ("id", 7, "line 2: its id is no text but '7'"),
    ],
)
def test_a_damaged_row_is_named(thread: Thread, tmp_path: Path, column: str, value: object, words: str) -> None:
    path = written("jsonl", [thread], tmp_path)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows[1][column] = value
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    with pytest.raises(ReadError, match=words):
        read_threads(path)


def test_a_corpus_has_one_root_a_conversation_and_ids_of_its_own(thread: Thread) -> None:
    files = WRITERS["convokit"].write([thread, Thread(thread.comments, thread.parents, id="t2")])
    assert isinstance(files, dict)
    utterances = [json.loads(line) for line in files["utterances.jsonl"].splitlines()]
    assert [(u["id"], u["reply-to"], u["conversation_id"]) for u in utterances[:6]] == [
        ("1", None, "t1"),
        ("1-a", "1", "t1"),
        ("1-b", "1-a", "t1"),
        ("1-gone", "1", "t1"),
        ("1-c", "1-gone", "t1"),
        ("1-d", "1-c", "t1"),
    ]
    assert utterances[0]["text"] == "The council met."
    assert len({u["id"] for u in utterances}) == 12
    assert set(json.loads(files["speakers.json"])) == {u["speaker"] for u in utterances}
    assert set(json.loads(files["conversations.json"])) == {"t1", "t2"}


def test_a_corpus_keeps_ids_that_are_unique_and_a_single_root() -> None:
    thread = build_thread([Comment("a", None, "Late.", "Ines", NOON), Comment("b", "a", "Again.")], id="a")
    files = WRITERS["convokit"].write([thread])
    assert isinstance(files, dict)
    utterances = [json.loads(line) for line in files["utterances.jsonl"].splitlines()]
    assert [(u["id"], u["reply-to"], u["speaker"], u["timestamp"]) for u in utterances] == [
        ("a", None, "Ines", 1714996800),
        ("b", "a", "[unknown]", 1714996800),
    ]


def test_a_graph_has_a_node_a_comment_and_an_edge_a_reply(thread: Thread) -> None:
    content = WRITERS["graphml"].write([thread])
    assert isinstance(content, bytes)
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    graph = ET.fromstring(content)  # noqa: S314 (our own document)
    assert len(graph.findall(".//g:node", space)) == 5
    edges = [(edge.get("source"), edge.get("target")) for edge in graph.findall(".//g:edge", space)]
    assert edges == [("n1", "n0"), ("n3", "n2"), ("n4", "n3")]
    assert "Always <b>late</b>." in [data.text for data in graph.findall(".//g:data", space)]


def test_a_graph_holds_what_xml_forbids() -> None:
    content = WRITERS["graphml"].write([build_thread([Comment("a", None, "a\0b\x1b[31m\ud800]]>")])])
    assert isinstance(content, bytes)
    assert "a\ufffdb\ufffd[31m\ufffd]]>" in [data.text for data in ET.fromstring(content).iter()]  # noqa: S314


def test_markdown_indents_replies_and_escapes_words(thread: Thread) -> None:
    content = WRITERS["markdown"].write([thread])
    assert isinstance(content, bytes)
    assert content.decode() == (
        "# Ferry\n"
        "\n"
        "- **Ines**, 2024-05-06 12:00: The ferry is late.\n"
        "  - **@Olu**, 2024-05-06 13:00: \\=HYPERLINK(1)\n"
        "- **gone**: *not in the file*\n"
        "  - **c**: Always \\<b\\>late\\</b\\>.\n"
        "    - **d**: *deleted*\n"
    )


def test_markdown_of_a_deep_chain_stays_small() -> None:
    chain = [Comment(str(i), str(i - 1) if i else None, "No.") for i in range(3000)]
    assert len(WRITERS["markdown"].write([build_thread(chain)])) < 3000 * 80
