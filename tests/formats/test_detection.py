import codecs
import hashlib
import io
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.errors import NoCommentsError, ReadError, UnknownFormatError
from analyzer.formats import READERS, Source, detect_format, read_threads

PUSHSHIFT = (
    '{"all_awardings": [], "id": "k1", "author": "ines", "body": "Late", "link_id": "t3_p", "parent_id": "t3_p"}\n'
    '{"all_awardings": [{"id": 1}], "id": "k2", "author": "ole", "body": "No", "link_id": "t3_p", '
    '"parent_id": "t1_k1"}\n'
)
ANSWER = (
    '{"meta": {"total": 2}, "comments": [{"id": 1, "parent_id": null, "text": "Late", "author": {"name": "Ines"}}, '
    '{"id": 2, "parent_id": 1, "text": "No", "author": {"name": "Ole"}}]}'
)
NESTED = '[{"id": 1, "parent_id": null, "text": "Late", "replies": [{"id": 2, "parent_id": 1, "text": "No"}]}]'
PAGE = "2 comments\n\n1. The ferry was café and cinema in one.\n\n  • It was neither.\n"
TABLE = "id,parent_id,text\n1,,The ferry is late\n2,1,Again\n"
LINES = '{"id": 1, "parent_id": null, "text": "The ferry is late"}\n{"id": 2, "parent_id": 1, "text": "Again"}\n'


def write(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize("name", READERS)
def test_the_example_of_a_form_is_known_as_that_form(name: str) -> None:
    assert detect_format(READERS[name].EXAMPLE, "x.dat") == name


@pytest.mark.parametrize("name", ["disqus_xml", "wordpress_wxr"])
def test_an_export_may_begin_with_a_stray_character(name: str) -> None:
    assert detect_format("`" + READERS[name].EXAMPLE, "x.dat") == name


def test_only_the_forms_that_a_text_may_have_are_imported(tmp_path: Path) -> None:
    page = write(tmp_path / "page.txt", PAGE)
    code = f"import sys, analyzer.formats as f; f.read_threads({str(page)!r}); print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    imported = {name for name in READERS if f"analyzer.formats.{name}" in modules}
    assert imported == {"thread_rows", "addressed_text", "flat_records", "indented_text"}


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
        ("x.dat", PUSHSHIFT, "flat_records"),
        ("x.dat", PUSHSHIFT.partition("\n")[0], "flat_records"),
        ("x.dat", ANSWER, "flat_records"),
        ("x.dat", NESTED, "nested_json"),
        ("x.dat", '{"comments": ' + NESTED + "}", "nested_json"),
        ("x.dat", '[{"id": 1, "parent_id": null, "text": "Late", "replies": []}]', "flat_records"),
        ("x.dat", '[{"type": "comment", "deleted": false, "id": 1, "parent": 0, "text": "Late"}]', "flat_records"),
        ("x.dat", '[{"id": 1, "parent_id": null, "text": "Late", "total_replies": 0}]', "flat_records"),
        ("x.dat", '<?xml version="1.0"?><rss version="2.0"><channel><item/></channel></rss>', "treeless"),
        ("x.dat", '<feed xmlns="http://www.w3.org/2005/Atom"><entry/></feed>', "treeless"),
        ("x.dat", '<comments><row Id="1" PostId="3" Text="Late." /></comments>', "treeless"),
        ("x.dat", '<ol><li id="li-comment-7" class="comment depth-1">Late.</li></ol>', "wordpress_html"),
        ("x.dat", "<html><div class='wpd-comment' id='wpd-comm-7_0'>Late.</div></html>", "wordpress_html"),
        ("x.dat", '<html><link href="/wp-content/a.css"><p>Late.</p></html>', "nested_html"),
        ("x.dat", '<html><tr class="athing comtr" id="7"></tr></html>', "hn_html"),
        ("x.dat", "<!-- saved from url=(0022)https://isle.example/ -->\n<html><p>Late.</p></html>", "nested_html"),
        ("a.csv", "Hedda wrote:\n> Late again, text\n\nSo it is.\n", "quoted_text"),
        ("a.csv", "Hedda says:\nLate.\n\nOle\nIn reply to Hedda\nAgain.\n", "addressed_text"),
        ("a.csv", "Late again, says the council, text follows.\nMore.", "indented_text"),
    ],
)
def test_content_decides_the_format(name: str, text: str, expected: str) -> None:
    assert detect_format(text, name) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<rss><channel/></rss>", "a feed lists comments without the ids of their parents"),
        ('<comments><row Id="1" PostId="3" Text="Late." /></comments>', "Stack Exchange's comments answer a post"),
    ],
)
def test_a_form_without_a_tree_says_so(text: str, why: str) -> None:
    with pytest.raises(ReadError, match=f"no tree in this form: {why}"):
        read_threads(io.BytesIO(text.encode()))


def test_a_line_of_brackets_is_an_error_and_no_fault() -> None:
    with pytest.raises(ReadError):
        read_threads(io.BytesIO(b"<" * 200_000))


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
