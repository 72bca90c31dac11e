"""`pytest --refresh-gold` writes the gold reports anew; read the difference before you commit it."""

from collections.abc import Callable
from pathlib import Path

import pytest

GOLD = Path(__file__).parent / "gold"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--refresh-gold", action="store_true", help="write the gold files anew instead of comparing")


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the answers of a test away from the user's, and from the next test's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def matches_gold(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    def check(name: str, text: str) -> None:
        if request.config.getoption("--refresh-gold"):
            (GOLD / name).write_text(text, encoding="utf-8")
        assert text == (GOLD / name).read_text(encoding="utf-8")

    return check
