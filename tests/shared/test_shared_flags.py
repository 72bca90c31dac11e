import os
from pathlib import Path

import pytest

from analyzer.flags import prioritise, raise_flags
from analyzer.formats import read_threads

pytestmark = pytest.mark.shared

SHARED = Path(os.environ.get("ANALYZER_SHARED", Path(__file__).parents[2].parent / "shared"))
WORLDNEWS = SHARED / "threads" / "worldnews.jsonl"

if not WORLDNEWS.exists():
    pytest.skip(f"no shared threads in {SHARED}", allow_module_level=True)


def test_266_threads_are_read_flagged_and_ranked() -> None:
    _, threads = read_threads(WORLDNEWS)
    assert (len(threads), sum(thread.found for thread in threads)) == (266, 5854)
    for thread in threads:
        flags = raise_flags(thread, [None] * len(thread.comments))  # what needs no model
        for flag in flags:
            assert flag.kind in {"copy", "spam", "lost_context"}
        assert prioritise(thread, flags).thread <= len(thread.comments)
