"""Who may come in: moderators with passwords and sessions, programs with tokens, and a brake on guessing.

Passwords are kept as argon2id hashes, sessions and tokens as SHA-256 of what the other side holds: who reads the store
cannot sign in with it.
"""

import re
import secrets
import threading
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, delete, func, select, update

from analyzer.errors import RefusedError, ReviewError, TooManyError
from analyzer.review import audit
from analyzer.review.store import Store, attempts, now, sessions, tokens, users

Role = Literal["moderator", "admin"]
ROLES: tuple[Role, ...] = ("moderator", "admin")
SESSION_SECONDS = 12 * 3600
SHORTEST_PASSWORD = 12
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_GUESSES_SECONDS = 15 * 60
_GUESSES_A_NAME = 10
_GUESSES_AN_ADDRESS = 30

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_hex())  # checked for unknown names too, so that time does not tell them apart
_one_at_a_time = threading.Semaphore(2)  # a check takes 64 MiB and some 50 ms on purpose


@dataclass(frozen=True, slots=True)
class User:
    """A moderator or an admin."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in, and the word that every form they send must repeat."""

    user: User
    csrf: str


def add_user(store: Store, name: str, password: str, *, role: str = "moderator", actor: str = "command line") -> None:
    """Add a moderator, or give a known one a new password and role; their sessions end."""
    if role not in ROLES:
        raise ReviewError(f"unknown role {role!r}; known: {', '.join(ROLES)}")
    if not _NAME.fullmatch(name):
        raise ReviewError("a name is made of up to 64 letters, digits and . _ @ -")
    if not SHORTEST_PASSWORD <= len(password) <= 1000:
        raise ReviewError(f"a password has at least {SHORTEST_PASSWORD} characters")
    values = {"password": _hasher.hash(password), "role": role, "active": True}
    with store.writing() as connection:
        known = connection.execute(update(users).where(users.c.name == name).values(values)).rowcount
        if not known:
            connection.execute(users.insert().values(values | {"name": name}))
        connection.execute(delete(sessions).where(sessions.c.name == name))
        connection.execute(delete(attempts).where(attempts.c.name == name))
        audit.append(connection, actor, "user", detail={"name": name, "role": role, "new": not known})


def shut_out(store: Store, name: str, *, actor: str = "command line") -> None:
    """End a moderator's sessions and let them in no more; what they decided stays."""
    with store.writing() as connection:
        if not connection.execute(update(users).where(users.c.name == name).values(active=False)).rowcount:
            raise ReviewError(f"there is no moderator {name!r}")
        connection.execute(delete(sessions).where(sessions.c.name == name))
        audit.append(connection, actor, "user", detail={"name": name, "active": False})


def sign_in(store: Store, name: str, password: str, *, address: str) -> str:
    """Return the token of a new session; raises RefusedError for a wrong pair, TooManyError after many."""
    with store.writing() as connection:
        connection.execute(delete(attempts).where(attempts.c.at < now(seconds=-_GUESSES_SECONDS)))
        if _guesses(connection, name, address):
            raise TooManyError("too many attempts; try again in a quarter of an hour")
        # Counted before the check, so that guesses sent all at once are counted too.
        attempt = attempts.insert().values(name=name[:64], address=address, at=now()).returning(attempts.c.id)
        attempt_id = connection.execute(attempt).scalar_one()
        user = connection.execute(select(users).where(users.c.name == name, users.c.active)).first()
    with _one_at_a_time:
        if not _matches(user.password if user else _NOBODY, password[:1000]) or user is None:
            raise RefusedError("this name and password do not belong together")
    token = secrets.token_urlsafe(32)
    until = now(seconds=SESSION_SECONDS)
    with store.writing() as connection:
        connection.execute(delete(attempts).where(attempts.c.id == attempt_id))
        connection.execute(delete(sessions).where(sessions.c.until < now()))
        values = {"token": _digest(token), "name": user.name, "csrf": secrets.token_urlsafe(32), "until": until}
        connection.execute(sessions.insert().values(values))
    return token


def find_session(store: Store, token: str) -> Session | None:
    """Return the session of a token that was given out and is still good."""
    query = select(users.c.name, users.c.role, sessions.c.csrf).join(users, users.c.name == sessions.c.name)
    query = query.where(sessions.c.token == _digest(token), sessions.c.until > now(), users.c.active)
    with store.reading() as connection:
        row = connection.execute(query).first()
    return Session(User(row.name, row.role), row.csrf) if row else None


def sign_out(store: Store, token: str) -> None:
    """End a session."""
    with store.writing() as connection:
        connection.execute(delete(sessions).where(sessions.c.token == _digest(token)))


def add_token(store: Store, name: str) -> str:
    """Return a new token for a program, which is shown this once; one of the same name is void from now on."""
    token = secrets.token_urlsafe(32)
    with store.writing() as connection:
        connection.execute(delete(tokens).where(tokens.c.name == name))
        connection.execute(tokens.insert().values(token=_digest(token), name=name))
        audit.append(connection, "command line", "token", detail={"name": name})
    return token


def find_token(store: Store, token: str) -> str | None:
    """Return the name of the program that holds this token."""
    with store.reading() as connection:
        return connection.execute(select(tokens.c.name).where(tokens.c.token == _digest(token))).scalar()


def everybody(connection: Connection) -> list[tuple[str, str, bool]]:
    """Return name, role and whether they may come in, of each moderator."""
    query = select(users.c.name, users.c.role, users.c.active).order_by(users.c.name)
    return [(row.name, row.role, row.active) for row in connection.execute(query)]


def _guesses(connection: Connection, name: str, address: str) -> bool:
    """Say whether there were too many attempts on a name, or from an address."""
    counted = select(func.count()).select_from(attempts)
    of_name = connection.execute(counted.where(attempts.c.name == name[:64])).scalar_one()
    of_address = connection.execute(counted.where(attempts.c.address == address)).scalar_one()
    return bool(of_name >= _GUESSES_A_NAME or of_address >= _GUESSES_AN_ADDRESS)


def _matches(hash: str, password: str) -> bool:
    try:
        return _hasher.verify(hash, password)
    except VerificationError:
        return False


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
