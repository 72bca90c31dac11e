import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.errors import ReadError
from analyzer.formats import read_threads


def utterance(id: str, reply_to: str | None = None, *, key: str = "reply-to", **more: Any) -> dict[str, Any]:
    own = {"id": id, "conversation_id": "p1", "text": "The ferry is late.", "speaker": "Ines", "meta": {"score": 2}}
    return own | {key: reply_to, "timestamp": 1714996800} | more


def corpus(folder: Path, *utterances: dict[str, Any], conversations: str | None = None) -> Path:
    (folder / "utterances.jsonl").write_text("\n".join(map(json.dumps, utterances)), encoding="utf-8")
    (folder / "speakers.json").write_text('{"Ines": {"meta": {}, "vectors": []}}', encoding="utf-8")
    if conversations:
        (folder / "conversations.json").write_text(conversations, encoding="utf-8")
    return folder


@pytest.mark.parametrize("key", ["reply-to", "reply_to"])
def test_a_corpus_is_its_folder(tmp_path: Path, key: str) -> None:
    folder = corpus(
        tmp_path,
        utterance("p1", key=key),
        utterance("c1", "p1", key=key),
        utterance("c2", "c1", key=key, text="[deleted]"),
        conversations='{"p1": {"meta": {"title": "Ferry"}, "vectors": []}}',
    )
    source, (thread,) = read_threads(folder)
    assert (source.name, source.format) == (tmp_path.name, "convokit")
    assert (thread.id, thread.title, thread.parents, thread.deleted) == ("p1", "Ferry", (-1, 0, 1), 1)


def test_titles_of_an_older_corpus_stand_without_meta(tmp_path: Path) -> None:
    folder = corpus(tmp_path, utterance("p1"), conversations='{"p1": {"title": "Ferry"}}')
    assert read_threads(folder)[1][0].title == "Ferry"


def test_utterances_alone_are_a_corpus_without_titles(tmp_path: Path) -> None:
    source, (thread,) = read_threads(corpus(tmp_path, utterance("p1"), utterance("c1", "p1")) / "utterances.jsonl")
    assert (source.name, source.format, thread.parents) == ("utterances.jsonl", "convokit", (-1, 0))


def test_damaged_conversations_are_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"conversations\.json: not valid JSON"):
        read_threads(corpus(tmp_path, utterance("p1"), conversations='{"p1": '))


def test_a_folder_without_utterances_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"is a directory without utterances\.jsonl; give a file or"):
        read_threads(tmp_path)
