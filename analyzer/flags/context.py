"""What a branch hangs on: a comment that is gone, and the topic it left."""

import math
from collections import Counter
from collections.abc import Iterator

import numpy as np

from analyzer.flags.flag import Flag, counted, percent, strength
from analyzer.flags.scene import Scene, find_words, sums_below
from analyzer.flags.thresholds import Limits

_SHORT = 4  # letters; shorter words are seldom about anything
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
    """Yield a flag for each outermost branch that has left the words of the article, or of the only root comment.

    Words are weighted by their rarity in the thread (inverse document frequency). A branch's share of topic words,
    over its words' weight, is compared with that of the whole thread; the score is how far it falls short.
    """
    thread = scene.thread
    words = [[word for word in tokens if len(word) >= _SHORT] for tokens in scene.tokens]
    topic = {word for word in find_words(f"{thread.title} {thread.article}") if len(word) >= _SHORT}
    if len(thread.roots) == 1:
        topic.update(words[0])
    if len(topic) < limits["topic_words"]:
        return
    frequency = Counter(word for said in words for word in set(said))
    rarity = {word: math.log(len(words) / count) for word, count in frequency.items()}
    rows = np.zeros((len(words), 4))  # comments with words, words, weight, weight on topic
    for i, said in enumerate(words):
        if said and not (i == 0 and len(thread.roots) == 1):
            weights = [rarity[word] for word in said]
            near = sum(weight for word, weight in zip(said, weights, strict=True) if word in topic)
            rows[i] = 1, len(said), sum(weights), near
    total = rows.sum(axis=0)
    if not total[3]:
        return
    usual = total[3] / total[2]
    branches = rows + sums_below(rows, thread.parents)
    end = 0
    for i, (comments, said, weight, near) in enumerate(branches.tolist()):
        if i < end or comments < limits["comments"] or said < limits["words"]:
            continue
        share = near / weight if weight else 0.0
        if share > limits["share"] * usual or said * usual < limits["expected"]:
            continue
        end = i + thread.sizes[i]
        reason = (
            f"{percent(share)} of the words of its {counted(int(comments), 'comment')} are the topic's, "
            f"{percent(usual)} in the whole thread."
        )
        yield Flag("off_topic", scene.id(i), 1 - share / usual, reason, "branch")
