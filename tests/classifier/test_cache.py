import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.classifier.cache import CachedPredictor
from analyzer.predictions import Turn
from tests.toy import ToyPredictor

SIGN, SCRAP, HMM = Turn("Sign it."), Turn("Scrap it, you are wrong.", "Sign it."), Turn("Hmm, \ud800.")


def held(path: Path) -> int:
    return sqlite3.connect(path).execute("SELECT count(*) FROM answers").fetchone()[0]


def test_a_second_run_reads_only_what_is_new(tmp_path: Path) -> None:
    first, second = ToyPredictor(), ToyPredictor()
    CachedPredictor(first, tmp_path / "kept").predict([SIGN, SCRAP])
    heard: list[int] = []
    answers = CachedPredictor(second, tmp_path / "kept").predict([SCRAP, HMM, SIGN], progress=heard.append)
    assert second.turns == [HMM]
    assert sum(heard) == 3
    assert answers == ToyPredictor().predict([SCRAP, HMM, SIGN])


def test_embeddings_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = ToyPredictor()
    (answer,) = ToyPredictor().predict([SIGN])
    monkeypatch.setattr(model, "predict", lambda turns, progress: [replace(answer, embedding="fwCB")])
    CachedPredictor(model, tmp_path / "kept").predict([SIGN])
    assert CachedPredictor(ToyPredictor(), tmp_path / "kept").predict([SIGN]) == [replace(answer, embedding="fwCB")]


def test_a_reply_is_read_again_when_its_parent_changed(tmp_path: Path) -> None:
    model = ToyPredictor()
    cached = CachedPredictor(model, tmp_path / "kept")
    cached.predict([SCRAP])
    cached.predict([Turn(SCRAP.text, "Sign it today.")])
    assert len(model.turns) == 2


def test_another_model_does_not_get_its_answers(tmp_path: Path) -> None:
    CachedPredictor(ToyPredictor(), tmp_path / "kept").predict([SIGN])
    other = ToyPredictor()
    other.identity = "toy, calibrated again"
    CachedPredictor(other, tmp_path / "kept").predict([SIGN])
    assert other.turns == [SIGN]


def test_it_never_holds_more_than_the_most(tmp_path: Path) -> None:
    cached = CachedPredictor(ToyPredictor(), tmp_path / "kept", most=2)
    cached.predict([SIGN, SCRAP, HMM])
    assert held(tmp_path / "kept") == 2


def test_those_asked_for_longest_ago_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = ToyPredictor()
    cached = CachedPredictor(model, tmp_path / "kept", most=2)
    for day, turns in enumerate([[SIGN], [SCRAP], [SIGN], [HMM]]):
        monkeypatch.setattr("time.time", lambda day=day: 86_400.0 * day)
        cached.predict(turns)
    model.turns.clear()
    cached.predict([SIGN, HMM])
    assert model.turns == []


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_bytes(b"no database" * 1000)
    cached = CachedPredictor(ToyPredictor(), path)
    assert cached.predict([SIGN]) == ToyPredictor().predict([SIGN])
    assert held(path) == 1


def test_where_nothing_can_be_written_it_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cached = CachedPredictor(ToyPredictor(), tmp_path / "file" / "kept")
    assert cached.predict([SIGN]) == ToyPredictor().predict([SIGN])


def test_words_are_not_kept(tmp_path: Path) -> None:
    CachedPredictor(ToyPredictor(), tmp_path / "kept").predict([Turn("A secret harbour.")])
    assert b"secret" not in (tmp_path / "kept").read_bytes()
