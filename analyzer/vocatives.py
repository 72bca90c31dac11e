"""A thread -> whom its replies call by name: hints of who wrote the comments they answer, where the file does not say.

A hint is a guess from how English comments begin. Nothing here is used unless somebody asks for it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from analyzer.thread import Thread

_GREETING = r"(?:good\s+)?(?:morning|afternoon|evening|hi|hello|hey|dear|thanks|thank you|sorry|cheers|agreed|agree)"
_CALLS = (
    re.compile(r"@(\w[\w.-]{1,30})"),  # @Daniele
    re.compile(rf"(?i:{_GREETING}),?\s+([A-Z][a-z]{{1,20}})\s*[.,!:–—-]"),  # Morning Daniele.
    re.compile(r"([A-Z][a-z]{2,20}),\s+(?i:you|your|you're|i|that|what|why|how|no|yes|please)\b"),  # Daniele, you …
    re.compile(r"([A-Za-z][a-z]{2,20})\s+you(?:r|'re|’re)?\b"),  # dan you …
)
# Words that begin "… you" or "…, you" without being anybody's name.
_OPENERS = """
actually again agree agreed all also although always and any anyway are based because before being believe bet both
but can clearly could dear did does either even everyone everything exactly fine first for frankly from funny given
glad good great guess had has have hear hello help here hey honestly hope how however indeed just know last let like
look love maybe mind more most much must nah nice nobody none nope not nothing now obviously only perhaps please right
said saw say see seems should since sir sorry still stop sure tell than thank thanks that the then there these they
think this those though thus told too true under unless until wait was well were what whatever when where which while
who whom whose why will wish with without would wow wrong yeah yep yes yet
"""
_NOT_NAMES = frozenset(_OPENERS.split())


@dataclass(frozen=True, slots=True)
class Hint:
    """The name by which reply `from_id` calls the author of comment `comment_id`."""

    comment_id: str
    name: str
    from_id: str


def find_hints(thread: Thread) -> list[Hint]:
    """Return a hint for each comment without author whom its replies call by one name only, in reading order."""
    called: dict[int, list[Hint]] = {}
    for comment, parent in zip(thread.comments, thread.parents, strict=True):
        if parent < 0 or thread.comments[parent].author or thread.comments[parent].status == "missing":
            continue
        for name in _names(comment.text):
            called.setdefault(parent, []).append(Hint(thread.comments[parent].id, name, comment.id))
    return [hints[0] for _, hints in sorted(called.items()) if len({hint.name.casefold() for hint in hints}) == 1]


def with_hints(thread: Thread, hints: list[Hint]) -> Thread:
    """Return the thread with the hinted names, marked by a question mark, where it has no author."""
    names = {hint.comment_id: f"{hint.name.capitalize()}?" for hint in hints}
    comments = tuple(
        replace(comment, author=names[comment.id]) if comment.id in names and not comment.author else comment
        for comment in thread.comments
    )
    return replace(thread, comments=comments)


def _names(text: str) -> Iterator[str]:
    """Yield the name a comment begins with, if it begins with one."""
    for call in _CALLS:
        if (match := call.match(text.lstrip())) and match[1].casefold() not in _NOT_NAMES:
            yield match[1].rstrip(".-")
            return
