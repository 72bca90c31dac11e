"""A model -> the same model that remembers its answers in a file, so that a grown thread costs its new comments only.

The file holds hashes and answers, never a comment's words. Losing it costs time and nothing else.
"""

import hashlib
import json
import os
import sqlite3
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import astuple
from pathlib import Path
from typing import Any, Protocol

from analyzer.predictions import Prediction, Predictor, Progress, Scored, Turn
from analyzer.prevalence import Correction
from analyzer.scheme import Scheme

MOST_ANSWERS = 200_000  # about 110 MB, 20 of them for embeddings
_DAY = 86_400  # seconds
_ASKED_AT_ONCE = 500
_TABLE = "CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, answer TEXT, day INTEGER) WITHOUT ROWID"


class Remembered(Predictor, Protocol):
    """A model whose answers can be kept; `identity` says everything they depend on beside the turn."""

    name: str
    sha256: str
    scheme: Scheme
    correction: Correction | None
    identity: str


class CachedPredictor:
    """A model with a memory: equal turns are answered from the file, the others read and kept.

    Answers of another `version` of the program are not used. Beyond `most` answers those asked for longest ago are let
    go. Where the file cannot be used, it is done without.
    """

    def __init__(self, model: Remembered, path: Path, *, version: str = "", most: int = MOST_ANSWERS):
        self.name = model.name
        self.sha256 = model.sha256
        self.scheme = model.scheme
        self.correction = model.correction
        self.identity = model.identity
        self._model = model
        self._path = path
        self._version = version
        self._most = most

    def predict(self, turns: Sequence[Turn], *, progress: Progress | None = None) -> list[Prediction]:
        """Return one prediction a turn, in order."""
        keys = [self._key(turn) for turn in turns]
        known = self._recall(keys)
        new = [i for i, key in enumerate(keys) if key not in known]
        if progress and len(new) < len(turns):
            progress(len(turns) - len(new))
        answers = self._model.predict([turns[i] for i in new], progress=progress) if new else []
        found = dict(zip([keys[i] for i in new], answers, strict=True))
        self._keep(found)
        known |= found
        return [known[key] for key in keys]

    def _key(self, turn: Turn) -> bytes:
        parts = json.dumps([self._version, self.identity, *astuple(turn)])  # escapes what UTF-8 cannot hold
        return hashlib.sha256(parts.encode()).digest()

    def _recall(self, keys: Sequence[bytes]) -> dict[bytes, Prediction]:
        known: dict[bytes, Prediction] = {}
        today = int(time.time()) // _DAY
        try:
            with closing(self._open()) as store, store:
                for start in range(0, len(keys), _ASKED_AT_ONCE):
                    some = keys[start : start + _ASKED_AT_ONCE]
                    marks = ",".join("?" * len(some))
                    found = store.execute(f"SELECT key, answer, day FROM answers WHERE key IN ({marks})", some)  # noqa: S608
                    rows = found.fetchall()
                    known |= {key: _prediction(json.loads(answer)) for key, answer, _ in rows}
                    asked = [(today, key) for key, _, day in rows if day != today]
                    store.executemany("UPDATE answers SET day = ? WHERE key = ?", asked)
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:
            self._give_up(error)
        return known

    def _keep(self, answers: dict[bytes, Prediction]) -> None:
        today = int(time.time()) // _DAY
        rows = [(key, json.dumps(_values(prediction)), today) for key, prediction in answers.items()]
        try:
            with closing(self._open()) as store, store:
                store.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", rows)
                (held,) = store.execute("SELECT count(*) FROM answers").fetchone()
                if held > self._most:
                    oldest = "SELECT key FROM answers ORDER BY day LIMIT ?"
                    store.execute(f"DELETE FROM answers WHERE key IN ({oldest})", (held - self._most,))  # noqa: S608
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        store = sqlite3.connect(self._path, timeout=2)
        store.execute(_TABLE)
        return store

    def _give_up(self, error: Exception) -> None:
        """Remove a file that is damaged, not one that is only busy or out of reach."""
        if not isinstance(error, sqlite3.OperationalError | OSError):
            self._path.unlink(missing_ok=True)


def cache_file() -> Path:
    """Return where answers are kept for this user: `predictions.sqlite` in the folder for what can be made again."""
    default = Path(os.environ.get("LOCALAPPDATA", "~")) if sys.platform == "win32" else Path("~/.cache")
    return Path(os.environ.get("XDG_CACHE_HOME") or default.expanduser(), "analyzer", "predictions.sqlite")


def _values(prediction: Prediction) -> list[Any]:
    return [
        prediction.stance.as_dict(),
        prediction.agreement and prediction.agreement.as_dict(),
        prediction.attack,
        prediction.embedding,
    ]


def _prediction(values: Iterable[Any]) -> Prediction:
    stance, agreement, attack, embedding = values
    return Prediction(Scored(**stance), Scored(**agreement) if agreement else None, attack, embedding)
