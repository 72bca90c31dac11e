import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analyzer.cli import app
from analyzer.review.decisions import decide
from analyzer.review.store import Store
from tests.review.conftest import ADA, FLAGS, PASSWORD, document


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "document.json").write_text(json.dumps(document(*FLAGS)), encoding="utf-8")
    return tmp_path


def run(folder: Path, *args: str) -> tuple[int, str]:
    """Return the exit code and everything a command printed, with its store in this folder."""
    environment = {"ANALYZER_STORE": str(folder / "review.db"), "ANALYZER_PASSWORD": PASSWORD}
    outcome = CliRunner().invoke(app, ["review", *args], env=environment)
    return outcome.exit_code, outcome.output


def test_a_document_is_added_decided_exported_and_verified(folder: Path) -> None:
    assert run(folder, "add", str(folder / "document.json"))[1].endswith(
        "9 new comments, 3 new in the queue, 0 back on new evidence\n"
    )
    assert run(folder, "user", "ada", "--role", "admin") == (0, "ada: admin\n")
    store = Store(folder / "review.db")
    decide(store, 1, ADA, "hide", request="a", reason="personal_attack")
    store.close()
    _, table = run(folder, "export")
    assert table.splitlines()[1].split(",")[2:6] == ["ada", "hide", "personal_attack", ""]
    _, rows = run(folder, "export", "--format", "training")
    assert json.loads(rows) == {"id": "1", "thread": "/t1", "text": "You are all idiots.", "attack": 1}
    code, said = run(folder, "audit", "--verify")
    assert (code, said.startswith("3 entries, none changed")) == (0, True)


def test_a_missing_head_is_an_error(folder: Path) -> None:
    code, said = run(folder, "audit", "--verify", "--head", "f" * 64)
    assert (code, said) == (
        1,
        f"error: the log was tampered with: the entry {'f' * 64} is gone: the end of the log was cut off\n",
    )


def test_a_short_password_is_refused(folder: Path) -> None:
    outcome = CliRunner().invoke(
        app, ["review", "user", "ada", "--store", str(folder / "r.db")], env={"ANALYZER_PASSWORD": "x"}
    )
    assert (outcome.exit_code, outcome.output) == (1, "error: a password has at least 12 characters\n")


def test_a_store_in_no_folder_is_an_error(folder: Path) -> None:
    outcome = CliRunner().invoke(app, ["review", "audit", "--store", str(folder / "none" / "r.db")])
    assert (outcome.exit_code, outcome.output.startswith("error: ")) == (1, True)
