"""Comments that deserve praise: bridges between stances, and constructive ones worth featuring."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from analyzer.flags.flag import Flag, counted, percent, strength
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
    """Yield a flag for each comment that somebody of another stance agrees with, or people of several stances.

    Only whether two stances differ is asked, never which they are. The score is the likeliest such agreement.
    """
    stances = stances_taken(scene.predictions)
    agreeing: defaultdict[int, dict[int, float]] = defaultdict(dict)
    judged: Counter[int] = Counter()
    for reply, parent, label in judged_replies(scene.thread, scene.predictions):
        judged[parent] += 1
        prediction, author = scene.predictions[reply], scene.authors[reply]
        if label != "agree" or not stances[reply] or not prediction or not prediction.agreement:
            continue
        agree = prediction.agreement.scores["agree"]
        if agree >= limits["agree"] and (author is None or author != scene.authors[parent]):
            agreeing[parent][reply] = agree
    for parent, replies in agreeing.items():
        own = stances[parent]
        sides = {stances[i] for i in replies}
        across = [i for i in replies if (stances[i] != own if own else len(sides) > 1)]
        if len(across) < limits["replies"]:
            continue
        score = max(replies[i] for i in across)
        reason = (
            f"{counted(len(across), 'reply')} of {judged[parent]} agree with it across stances, one with probability "
            f"{percent(score)}."
        )
        yield Flag("bridge", scene.id(parent), score, reason, involved=tuple(map(scene.id, across)))


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
