"""What a branch hangs on: a comment that is gone, and the topic it left."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from analyzer.flags.flag import Flag, counted, percent, strength
from analyzer.flags.scene import Scene, find_words, sums_below
from analyzer.flags.thresholds import Limits

_SHORT = 4  # letters
_GONE = {"deleted": "was deleted", "missing": "is not in the file", "excluded": "was not published"}


def lost_contexts(scene: Scene, limits: Limits) -> Iterator[Flag]:
    """Yield a flag for each comment that is gone while many below it, several directly, still answer it.

    The score is the strength of the number of comments with words below it.
    """
    thread = scene.thread
    readable = np.array([[comment.status == "ok"] for comment in thread.comments], dtype=float).reshape(-1, 1)
    below = sums_below(readable, thread.parents)[:, 0]
    for i, comment in enumerate(thread.comments):
        answers = [j for j in thread.replies[i] if readable[j]]
        if comment.status == "ok" or below[i] < limits["comments"] or len(answers) < limits["replies"]:
            continue
        reason = (
            f"The comment {_GONE[comment.status]}: {counted(int(below[i]), 'comment')} below it, "
            f"{len(answers)} of them direct replies, can mislead without it."
        )
        score = strength(below[i], limits["comments"])
        yield Flag("lost_context", comment.id, score, reason, "branch", tuple(map(scene.id, answers)))


def off_topics(scene: Scene, limits: Limits) -> Iterator[Flag]:
    """Yield a flag for each branch that shares few words with the article and the rest of the thread.

    Topic words are those of title, article and only root, and those that several top-level branches use. Of the words
    in a branch so many should be topic words as in the whole thread; the score is how far it falls short. Of branches
    inside each other, the one that deviates most (as a Poisson count). By words alone: a branch that speaks of the
    topic in words of its own looks off topic.
    """
    thread = scene.thread
    words = [_topical(tokens) for tokens in scene.tokens]
    root = words[0] if len(thread.roots) == 1 else []
    heads = thread.replies[0] if root else thread.roots
    used = Counter(word for head in heads for word in {word for i in thread.branch(head) for word in words[i]})
    topic = {word for word, branches in used.items() if branches >= limits["branches"]}
    topic.update(root, _topical(find_words(f"{thread.title} {thread.article}")))
    rows = [(bool(said), len(said), sum(word in topic for word in said)) for said in words]
    own = np.array(rows[1:] if root else rows, dtype=float).reshape(-1, 3)  # comments with words, words, topic words
    own = np.vstack([np.zeros((1, 3)), own]) if root else own
    usual = own[:, 2].sum() / max(1.0, own[:, 1].sum())
    comments, said, near = (own + sums_below(own, thread.parents)).T
    expected = said * usual
    far = (comments >= limits["comments"]) & (expected >= limits["expected"]) & (near <= limits["share"] * expected)
    found = np.flatnonzero(far)
    taken = np.zeros(len(words), dtype=bool)
    for i in found[np.argsort((near - expected)[found] / np.sqrt(expected[found]), kind="stable")].tolist():
        if taken[i : i + thread.sizes[i]].any():
            continue
        taken[i : i + thread.sizes[i]] = True
        reason = (
            f"{percent(near[i] / said[i])} of the words that say something in its "
            f"{counted(int(comments[i]), 'comment')} are the topic's, {percent(usual)} in the whole thread."
        )
        yield Flag("off_topic", scene.id(i), float(1 - near[i] / expected[i]), reason, "branch")


def _topical(tokens: list[str]) -> list[str]:
    """Return the words that say something: of four letters or more, and none of the commonest."""
    return [word for word in tokens if len(word) >= _SHORT and word not in _common_words()]


@cache
def _common_words() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8").split())
