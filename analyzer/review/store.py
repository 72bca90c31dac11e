"""The review store: its tables, and how it is opened, as an SQLite file or as a PostgreSQL database by its address.

Times are texts in UTC of one width, so that they sort and hash alike everywhere.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    DDL,
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    literal_column,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError

from analyzer.errors import ReviewError

metadata = MetaData()

threads = Table(
    "threads",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", Text, nullable=False),
    Column("key", Text, nullable=False),  # the thread's own id, or its file's name
    Column("title", Text, nullable=False),
    Column("model", Text, nullable=False),  # SHA-256 of the weights its predictions come from
    Column("added", Text, nullable=False),
    Column("updated", Text, nullable=False),
    UniqueConstraint("site", "key"),
)

# In reading order, so that a comment's branch is the slice [position, position + size).
comments = Table(
    "comments",
    metadata,
    Column("thread_id", ForeignKey("threads.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("comment_id", Text, nullable=False),
    Column("parent", Integer, nullable=False),  # a position; -1 for a root
    Column("depth", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("author", Text),
    Column("created", Text),
    Column("text", Text, nullable=False),
    Column("turn", Text),  # hash of what the model read: the same turn is not classified again
    Column("prediction", Text),  # JSON
    UniqueConstraint("thread_id", "comment_id"),
)

# One comment (or a whole thread: comment_id "") with the flags raised on it. Words and author are kept as last seen.
items = Table(
    "items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("thread_id", ForeignKey("threads.id"), nullable=False),
    Column("comment_id", Text, nullable=False),
    Column("author", Text),
    Column("text", Text, nullable=False),
    Column("priority", Float, nullable=False),
    Column("state", Text, nullable=False),  # open, approved, hidden, escalated
    Column("news", Text, nullable=False),  # what is new since its decision; empty where nothing is
    Column("claimed_by", Text, index=True),
    Column("claimed_until", Text),
    Column("decided_by", Text),
    Column("second", Boolean, nullable=False),  # whether a second opinion is wanted
    UniqueConstraint("thread_id", "comment_id"),
)
Index("items_by_priority", items.c.state, items.c.priority.desc(), items.c.id)
IS_NEWS = items.c.news != literal_column("''")  # written out, as the indexes have it, so that they can be used
Index("items_with_news", items.c.state, sqlite_where=IS_NEWS, postgresql_where=IS_NEWS)
Index("items_for_second", items.c.decided_by, sqlite_where=items.c.second, postgresql_where=items.c.second)

flags = Table(
    "flags",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("score", Float, nullable=False),
    Column("reason", Text, nullable=False),
    Column("raised", Boolean, nullable=False),  # False where the newest document no longer has it
    Column("judged", Boolean),  # whether moderators found it right; None where nobody decided
    Index("flags_by_kind", "kind"),
)

# Every decision and every change of accounts, each entry bound to the one before it; see audit.py.
audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("item_id", Integer),
    Column("undoes", Integer),
    Column("request", Text, unique=True),  # named by the browser: the same request twice is one decision
    Column("detail", Text, nullable=False),  # JSON
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("audit_by_item", "item_id", "seq"),
)

users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("password", Text, nullable=False),  # argon2id
    Column("role", Text, nullable=False),  # moderator, admin
    Column("active", Boolean, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token", Text, primary_key=True),  # SHA-256 of what the browser holds
    Column("name", ForeignKey("users.name"), nullable=False),
    Column("csrf", Text, nullable=False),
    Column("until", Text, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("token", Text, primary_key=True),  # SHA-256 of what the program holds
    Column("name", Text, nullable=False, unique=True),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("at", Text, nullable=False, index=True),
)

bodies = Table(
    "bodies",
    metadata,
    Column("digest", Text, primary_key=True),  # of what Coral sent of late, so that nothing is answered twice
    Column("at", Text, nullable=False, index=True),
)

_APPEND_ONLY = (
    ("sqlite", "CREATE TRIGGER audit_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'append-only'); END"),
    ("sqlite", "CREATE TRIGGER audit_not_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'append-only'); END"),
    (
        "postgresql",
        "CREATE OR REPLACE FUNCTION audit_not_changed() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'append-only'; END $$",
    ),
    (
        "postgresql",
        "CREATE TRIGGER audit_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "EXECUTE FUNCTION audit_not_changed()",
    ),
)
for _dialect, _statement in _APPEND_ONLY:
    event.listen(audit, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]

_WRITERS = 7_032_026  # any number, the same in every process that writes to one PostgreSQL store


class Store:
    """An open review store. Each `with` block is one transaction; writers wait for one another, readers for nobody."""

    def __init__(self, address: str | Path):
        """Open the store, and make its tables where there are none; raises ReviewError where that fails.

        `address` is the path of an SQLite file, or postgresql://user:password@host/name.
        """
        url = str(address)
        self._is_file = "://" not in url
        url = f"sqlite:///{url}" if self._is_file else url.replace("postgresql://", "postgresql+psycopg://", 1)
        try:
            self._engine = create_engine(url, pool_size=20, max_overflow=40)
            if self._is_file:
                event.listen(self._engine, "connect", _prepare_sqlite)
                event.listen(self._engine, "begin", _begin_sqlite)
            self._writing = threading.Lock()
            with self.writing() as connection:
                metadata.create_all(connection)
        except (ArgumentError, DBAPIError, ImportError) as error:
            shown = self._engine.url.render_as_string() if hasattr(self, "_engine") else "the address"
            raise ReviewError(f"cannot open the review store {shown}: {_first_line(error)}") from error

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection for one consistent look."""
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection that has the store to itself until the block ends: all of it happens, or nothing."""
        if not self._is_file:
            with self._engine.begin() as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS})
                yield connection
            return
        # In one process the lock is fair and wakes at once; between processes SQLite's own waiting does.
        with self._writing, self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        self._engine.dispose()


def now(*, seconds: float = 0) -> str:
    """Return the time in UTC, or the time so many seconds from now."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="microseconds")


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions begin where _begin_sqlite says, not where the driver guesses
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
