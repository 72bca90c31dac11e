"""The utterances of a ConvoKit corpus, alone or in the corpus's folder -> Threads.

A corpus that `analyzer convert` wrote keeps our rows in the utterances' `meta` and is read back as it was.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from analyzer.errors import ReadError
from analyzer.formats import flat_records, thread_rows
from analyzer.formats.json_tree import fields, load_json, words
from analyzer.formats.limits import LARGEST, check_size
from analyzer.thread import Thread

_KEYS = tuple(re.compile(rf'"{key}"\s*:') for key in ("conversation_id", "speaker", "reply[-_]to", "meta"))
_OUR_ROW = re.compile(r'"meta":\s*\{"thread_id":[^\n]*"depth":[^\n]*"status":')
_HEAD = 10_000  # characters; our rows have their texts at the end
_UTTERANCES = "utterances.jsonl"


EXAMPLE = '{"id": "u1", "conversation_id": "u1", "speaker": "ole", "reply-to": null, "text": "Keep it.", "meta": {}}'


def looks_like(head: str, name: str) -> bool:
    """A first line that is a JSON object with `conversation_id`, `speaker`, `reply-to` or `reply_to`, and `meta`."""
    line = head.lstrip().partition("\n")[0]
    return line.startswith("{") and all(key.search(line) for key in _KEYS)


def read(text: str, name: str) -> list[Thread]:
    """Return a thread for each conversation; its first post, which others answer, is its first comment."""
    if _OUR_ROW.search(text, 0, _HEAD):
        return thread_rows.build_threads(_our_rows(text, name), name)
    return flat_records.read(text, name)


def is_corpus(folder: Path) -> bool:
    """Say whether the folder is a ConvoKit corpus."""
    return (folder / _UTTERANCES).is_file()


def utterances_file(folder: Path) -> Path:
    """Return the file of a corpus that holds its comments; raises ReadError if the folder is no corpus."""
    if not is_corpus(folder):
        raise ReadError(
            f"{folder} is a directory without {_UTTERANCES}; give a file or the folder of a ConvoKit corpus"
        )
    return folder / _UTTERANCES


def add_titles(threads: list[Thread], folder: Path) -> list[Thread]:
    """Return the threads with the titles that conversations.json has for them, where it is there."""
    path = folder / "conversations.json"
    if not path.is_file():
        return threads
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    check_size(len(data), str(path))
    conversations = fields(load_json(data.decode("utf-8", "replace"), str(path)))

    def title(thread: Thread) -> str:
        conversation = fields(conversations.get(thread.id))
        return thread.title or words(fields(conversation.get("meta", conversation)).get("title"))

    return [replace(thread, title=title(thread)) for thread in threads]


def _our_rows(text: str, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for place, utterance in thread_rows.json_rows(text, name):
        if row := fields(utterance.get("meta")):
            yield place, row | {"text": utterance.get("text")}
