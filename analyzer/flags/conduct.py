"""How people treat each other: attacks, exchanges of them, and pile-ons."""

from collections import defaultdict
from collections.abc import Iterator

from analyzer.flags.flag import Flag, counted, name, percent, strength
from analyzer.flags.scene import Scene, densest
from analyzer.flags.thresholds import Limits
from analyzer.metrics.labels import judged_replies


def attacks(scene: Scene, limits: Limits) -> Iterator[Flag]:
    """Yield a flag for each comment that is likely a personal attack; the score is that probability."""
    for i, comment in enumerate(scene.thread.comments):
        attack = scene.attack(i)
        if attack >= limits["probability"]:
            yield Flag("attack", comment.id, attack, f"A personal attack with probability {percent(attack)}.")


def attack_exchanges(scene: Scene, limits: Limits) -> Iterator[Flag]:
    """Yield a flag for each two people who attack one another in replies, at the first such reply.

    The score is the likeliest attack of the one who attacks less.
    """
    attacks: defaultdict[frozenset[str], defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, parent in enumerate(scene.thread.parents):
        if parent < 0 or scene.attack(i) < limits["probability"]:
            continue
        author, other = scene.authors[i], scene.authors[parent]
        if author and other and author != other:
            attacks[frozenset((author, other))][author].append(i)
    for by_author in attacks.values():
        if len(by_author) < 2 or sum(map(len, by_author.values())) < limits["replies"]:
            continue
        (one, ones), (other, others) = by_author.items()
        first, *rest = sorted(ones + others)
        least = min(max(map(scene.attack, ones)), max(map(scene.attack, others)))
        reason = (
            f"{name(one)} and {name(other)} attack each other in {len(ones)} and {counted(len(others), 'reply')}, "
            f"each at least once with probability {percent(least)} or more."
        )
        yield Flag("attack_exchange", scene.id(first), least, reason, "branch", tuple(map(scene.id, rest)))


def pile_ons(scene: Scene, limits: Limits) -> Iterator[Flag]:
    """Yield a flag for each comment that many people contradict in a short span.

    Where no reply has a time, the span is all there is. The score is the strength of their number.
    """
    disagreeing: defaultdict[int, list[int]] = defaultdict(list)
    judged: defaultdict[int, int] = defaultdict(int)
    for reply, parent, label in judged_replies(scene.thread, scene.predictions):
        judged[parent] += 1
        if label == "disagree" and (scene.authors[reply] is None or scene.authors[reply] != scene.authors[parent]):
            disagreeing[parent].append(reply)
    for parent, replies in disagreeing.items():
        if len(replies) < limits["share"] * judged[parent]:
            continue
        crowd, minutes = densest(scene, replies, seconds=60 * limits["minutes"])
        people = {scene.authors[i] or scene.id(i) for i in crowd}  # each nameless reply may be another's
        if len(people) < limits["people"]:
            continue
        span = "at unknown times" if minutes is None else f"within {counted(round(minutes), 'minute')}"
        reason = (
            f"{counted(len(people), 'author')} contradict it {span}; {len(replies)} of its "
            f"{counted(judged[parent], 'reply')} disagree."
        )
        score = strength(len(people), limits["people"])
        yield Flag("pile_on", scene.id(parent), score, reason, "branch", tuple(map(scene.id, crowd)))
