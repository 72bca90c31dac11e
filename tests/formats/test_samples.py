"""Every sample of a site's own form: the reader that picks it, and the trees in it, worked out by hand."""

import copy
import json
import random
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from analyzer.errors import AnalyzerError, ReadError
from analyzer.formats import READERS, read_threads
from analyzer.thread import Thread

SAMPLES = Path(__file__).parent / "samples"

OF_ANY_SITE = {"nested_json", "nested_html", "flat_records", "indented_text"}

# A line a comment: "- " for each level, then id, author, and the words or the status of a comment without words.
TREES = {
    "wordpress_rest.json": [
        "9",
        "71 Hedda: Keep the ferry.",
        "- 72 Ole: Why? A bridge is cheaper.",
        "70 None: (missing)",
        "- 73 None: (deleted)",
        "10",
        "80 Ole: First!",
    ],
    "discourse_json.json": [
        "44 The island ferry, declared 6, hidden 2",
        "2 ole: Yes.",
        "- 3 brit: No.",
        "- - 4 ole: (deleted)",
    ],
    "youtube_json.json": [
        "v1, hidden 2",
        "U1 Hedda: Keep & mend it",
        "- U1.a Ole: No\nway",
        "U2 Brit: Build the bridge",
    ],
    "mastodon_context.json": [
        "11",
        "12 hedda@isle.example: Keep the ferry",
        "- 13 ole: Why?",
        "14 brit: Build the bridge",
    ],
    "lemmy_json.json": [
        "7 The island ferry",
        "1 hedda: Keep it.",
        "- 2 ole: (deleted)",
        "- 3 brit: No.",
        "8 None: (missing)",
        "- 9 ole: Late answer",
    ],
    "coral_json.json": [
        "s1 The island ferry, declared 5, hidden 1",
        "a hedda: Keep it.",
        "- b ole: No!",
        "c None: (deleted)",
    ],
    "isso_json.json": [", declared 4, hidden 1", "1 Hedda: Keep it.", "- 3 None: No.", "2 None: (deleted)"],
    "commento_json.json": ["/ferry", "a Hedda: Keep it.", "- b Ole: No.", "c Ole: (deleted)"],
    "remark42_json.json": [
        "https://isle.example/ferry The island ferry",
        "1 Hedda: Keep it.",
        "- 11 Ole: No.",
        "- - 111 Hedda: (deleted)",
        "2 Brit: Build the bridge.",
    ],
    "hn_firebase_json.json": [
        "100",
        "101 hedda: Keep it.",
        "- 103 ole: No.\n\nBuild.",
        "- - 104 None: (deleted)",
        "200",
        "201 brit: Other story.",
    ],
    "nested_json.json": [
        "ferry The island ferry",
        "5 Hedda: Keep it.",
        "- 6 Ole: No.",
        "- - comment-3 Brit: Yes.",
        "7 Brit: Build the bridge.",
    ],
    "wordpress_html.html": [
        " The island ferry, declared 5",
        "11 Hedda: Keep the ferry.\n\n> It works",
        "- 12 Ole: Why?\nA bridge is cheaper.",
        "13 Brit: Build the bridge.",
        "14 None: (excluded)",
    ],
    "hn_html.html": [
        "900 The island ferry, declared 5",
        "901 ole: Keep it.\n\nPlease.",
        "- 902 None: (deleted)",
        "- - 903 brit: No.",
        "904 hedda: Build the bridge.",
    ],
    "nested_html.html": [
        " The island ferry, declared 4",
        "comment-1 Hedda: Keep the ferry.",
        "- comment-2 Ole: Why?",
        "comment-3 Brit: Build the bridge.",
    ],
    "reddit_json.json": ["p1, hidden 4", "k3 hedda: Keep it.", "k1 None: (missing)", "- k2 ole: No > yes"],
}


def outline(thread: Thread) -> list[str]:
    head = f"{thread.id} {thread.title}".rstrip()
    head += f", declared {thread.declared}" * (thread.declared is not None) + f", hidden {thread.hidden}" * bool(
        thread.hidden
    )
    lines = []
    for comment, depth in zip(thread.comments, thread.depths, strict=True):
        words = comment.text if comment.status == "ok" else f"({comment.status})"
        lines.append(f"{'- ' * depth}{comment.id} {comment.author}: {words}")
    return [head, *lines]


def neutral(path: Path, folder: Path) -> Path:
    return Path(shutil.copyfile(path, folder / "saved.dat"))


def test_every_sample_has_its_tree() -> None:
    assert sorted(TREES) == sorted(path.name for path in SAMPLES.iterdir())


@pytest.mark.parametrize("name", TREES)
def test_its_reader_picks_it_and_finds_the_tree(name: str, tmp_path: Path) -> None:
    source, threads = read_threads(neutral(SAMPLES / name, tmp_path))
    assert source.format == name.partition(".")[0]
    assert [line for thread in threads for line in outline(thread)] == TREES[name]


@pytest.mark.parametrize("name", TREES)
def test_exactly_its_reader_claims_it(name: str) -> None:
    head = (SAMPLES / name).read_text(encoding="utf-8")
    own = name.partition(".")[0]
    claims = [known for known in READERS if READERS[known].looks_like(head, "saved.dat")]
    assert claims[0] == own
    assert set(claims) - {own} <= OF_ANY_SITE


JSON = [name for name in TREES if name.endswith(".json")]


@pytest.mark.parametrize("name", JSON)
def test_a_time_that_cannot_be_read_is_named(name: str) -> None:
    text = re.sub(r'"20\d\d-[^"]*"|\b17145\d{5}(?:\.\d)?', '"last week"', (SAMPLES / name).read_text(encoding="utf-8"))
    threads = READERS[name.partition(".")[0]].read(text, name)
    named = [issue for thread in threads for issue in thread.issues if issue.kind == "unreadable_time"]
    timed = [line for line in TREES[name] if ": " in line and "(missing)" not in line]
    assert len(named) == len(timed) - (name == "nested_json.json")  # one of its comments has no time
    assert all("'last week'" in issue.detail for issue in named)


@pytest.mark.parametrize("name", JSON)
def test_values_of_any_type_are_an_error_or_a_tree(name: str) -> None:
    document = json.loads((SAMPLES / name).read_text(encoding="utf-8"))
    rng = random.Random(1)
    for _ in range(150):
        text = json.dumps(spoilt(document, rng))
        try:
            threads = READERS[name.partition(".")[0]].read(text, name)
        except AnalyzerError:
            continue
        assert all(isinstance(thread, Thread) for thread in threads)


def spoilt(document: Any, rng: random.Random) -> Any:
    """Return a copy in which one or two values were replaced by values of another type."""
    document = copy.deepcopy(document)
    for _ in range(rng.randint(1, 2)):
        places = []
        waiting = [document]
        while waiting:
            value = waiting.pop()
            keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
            places += [(value, key) for key in keys]
            waiting += [value[key] for key in keys]
        if places:
            holder, key = rng.choice(places)
            holder[key] = rng.choice([None, True, 7, -1.5, 1e300, "", "text", [], [None, 3], {}, {"id": []}, [[]]])
    return document


DEEP = {
    "nested_json": '[{"id": 1, "text": "Late.", "replies": ',
    "coral_json": '{"data": {"story": {"comments": {"edges": [{"node": {"id": "a", "body": "Late.", "replies": ',
    "isso_json": '{"hidden_replies": 0, "replies": [{"id": 1, "text": "Late.", "replies": ',
    "remark42_json": '{"comments": [{"comment": {"id": "1", "pid": "", "locator": {"url": "x"}}, "replies": ',
    "flat_records": '[{"id": 1, "parent_id": null, "text": "Late.", "created": ',
    "hn_firebase_json": '[{"id": 1, "type": "comment", "by": "ole", "parent": 7, "text": "Late.", "kids": ',
    "lemmy_json": '{"comments": [{"comment": {"id": 1, "post_id": 7, "path": "0.1", "content": "Late."}, "creator": ',
    "wordpress_rest": '[{"id": 1, "author_name": "Ole", "content": {"rendered": "Late."}, "meta": ',
}


@pytest.mark.parametrize("name", DEEP)
def test_nesting_beyond_the_parsers_limit_is_one_clear_error(name: str, tmp_path: Path) -> None:
    path = tmp_path / "saved.dat"
    path.write_text(DEEP[name] + '[{"replies": ' * 100_000, encoding="utf-8")
    with pytest.raises(ReadError, match=r"saved\.dat: JSON nested too deeply"):
        read_threads(path)
