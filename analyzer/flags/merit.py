"""Comments that deserve praise: bridges between stances, and constructive ones worth featuring."""

from collections import defaultdict
from collections.abc import Iterator

from analyzer.flags.flag import Flag, counted, strength
from analyzer.flags.scene import Scene
from analyzer.flags.thresholds import Limits
from analyzer.metrics.labels import judged_replies, stances_taken

# Words that tie a reason, an exception or an example to what was said.
_CONNECTIVES = frozenset(
    [
        "although",
        "because",
        "but",
        "example",
        "hence",
        "however",
        "if",
        "instance",
        "instead",
        "reason",
        "reasons",
        "since",
        "therefore",
        "though",
        "thus",
        "unless",
        "whereas",
        "whether",
        "while",
    ]
)


def bridges(scene: Scene, limits: Limits) -> Iterator[Flag]:
    """Yield a flag for each comment that people of different stances agree with, and more agree than disagree.

    Only whether two stances differ is asked, never which they are. The score is the strength of the number of people
    from other stances than the largest group's.
    """
    stances = stances_taken(scene.predictions)
    agreeing: defaultdict[int, list[int]] = defaultdict(list)
    opposed: defaultdict[int, int] = defaultdict(int)
    for reply, parent, label in judged_replies(scene.thread, scene.predictions):
        if label == "agree" and (scene.authors[reply] is None or scene.authors[reply] != scene.authors[parent]):
            agreeing[parent].append(reply)
        opposed[parent] += label == "disagree"
    for parent, replies in agreeing.items():
        sides = {stances[i] for i in [parent, *replies] if stances[i]}
        if len(replies) < limits["replies"] or len(replies) <= opposed[parent] or len(sides) < 2:
            continue
        reason = (
            f"{counted(len(replies), 'reply')} agree with it across {len(sides)} stances, {opposed[parent]} disagree."
        )
        score = strength(len(replies), limits["replies"])
        yield Flag("bridge", scene.id(parent), score, reason, involved=tuple(map(scene.id, replies)))


def constructive(scene: Scene, limits: Limits) -> Iterator[Flag]:
    """Yield a flag for each calm comment of some length that gives reasons: words are counted, no model asked."""
    for i, tokens in enumerate(scene.tokens):
        prediction = scene.predictions[i]
        if prediction is None or prediction.attack > limits["attack"]:
            continue
        reasons = sum(word in _CONNECTIVES for word in tokens)
        if len(tokens) < limits["words"] or reasons < limits["reasons"]:
            continue
        reason = f"{len(tokens)} words with {counted(reasons, 'connective')}."
        yield Flag("constructive", scene.id(i), strength(reasons, limits["reasons"]), reason)
