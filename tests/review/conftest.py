"""Review stores for the tests: an SQLite file, and a PostgreSQL server where Debian's package is installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from analyzer.document import to_document
from analyzer.review import accounts
from analyzer.review.accounts import User, add_user
from analyzer.review.intake import add_document
from analyzer.review.store import Store
from tests.toy import small_analysis

ADA = User("ada", "moderator")
BEN = User("ben", "moderator")
CLEO = User("cleo", "admin")
PASSWORD = "a long enough word"  # noqa: S105 (of nobody)


def document(*flags: tuple[str, str, float]) -> dict[str, Any]:
    """Return the document of the small thread with flags of (kind, comment, score)."""
    raised = [
        {"kind": kind, "comment_id": comment, "score": score, "reason": f"{kind} at {score:.2f}"}
        for kind, comment, score in flags
    ]
    return to_document(small_analysis()) | {"flags": raised}


FLAGS = (("attack", "c7", 0.9), ("pile_on", "c7", 0.4), ("heated_branch", "c2", 0.5), ("bridge", "c3", 0.2))


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Start a PostgreSQL server on a socket in a folder of its own; yields its address without a database's name."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("no PostgreSQL: Debian's package postgresql is not installed")
    pytest.importorskip("psycopg", reason="psycopg is not installed (the extra review-postgresql)")
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    folder.chmod(0o777)

    def run(program: str, *args: str) -> None:
        subprocess.run([*as_postgres, str(found[-1].with_name(program)), *args], check=True, capture_output=True)

    data = str(folder / "data")
    run("initdb", "-D", data, "-A", "trust", "-U", "review")
    run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", f"-F -c listen_addresses= -k {folder}", "start")
    yield f"postgresql://review@/{{name}}?host={folder}"
    run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty store of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "review.db")
    return new_database(request.getfixturevalue("postgresql"))


@pytest.fixture
def open_store(address: str) -> Iterator[Callable[[], Store]]:
    stores: list[Store] = []

    def open_one() -> Store:
        stores.append(Store(address))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    """Return a store with three flagged comments of the small thread, c7 first, and three people."""
    store = open_store()
    add_document(store, document(*FLAGS))
    for user in (ADA, BEN, CLEO):
        add_user(store, user.name, PASSWORD, role=user.role)
    return store


def new_database(template: str) -> str:
    import psycopg

    with psycopg.connect(template.format(name="postgres"), autocommit=True) as connection:
        number = connection.execute("SELECT count(*) FROM pg_database").fetchone()
        name = f"review{number[0] if number else 0}"
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    return template.format(name=name)
