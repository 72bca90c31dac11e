"""The same words or links again: copies across authors, and one author who posts a thing again and again."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from analyzer.flags.flag import Flag, counted, name, percent, strength
from analyzer.flags.scene import Scene, densest
from analyzer.flags.thresholds import Limits

_SITE = re.compile(r"https?://(?:www\.)?([\w.-]+)", re.IGNORECASE)
_PERMUTATIONS, _BANDS = 64, 16  # of two texts that are 80 % alike, 1 pair in 4,500 is never compared
_SEED = 7


def copies(scene: Scene, limits: Limits) -> Iterator[Flag]:
    """Yield a flag for each comment that repeats an earlier one by another author, word for word or nearly.

    The score is the likeness: the share of three-word sequences that the two have in common (Jaccard). What a
    comment repeats of those above it is a quotation and does not count.
    """
    groups: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    for i, first, likeness in _repeats(scene.tokens, limits):
        if scene.authors[i] and scene.authors[first] and i not in scene.thread.branch(first):
            groups[first].append((i, likeness))
    for first, group in groups.items():
        authors = {scene.authors[first], *(scene.authors[i] for i, _ in group)}
        for i, likeness in group:
            if scene.authors[i] == scene.authors[first]:
                continue
            reason = (
                f"{percent(likeness)} like {name(scene.id(first))} by another author; "
                f"{counted(len(authors), 'author')} posted this text in {counted(len(group) + 1, 'comment')}."
            )
            yield Flag("copy", scene.id(i), likeness, reason, involved=(scene.id(first),))


def spam(scene: Scene, limits: Limits) -> Iterator[Flag]:
    """Yield a flag for each author who, in a short span, posts one text again and again or links to one site.

    It stands at the first of these comments. Where none has a time, the span is the thread. The score is the strength
    of their number.
    """
    texts: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    sites: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for i, (text, tokens, author) in enumerate(zip(scene.words, scene.tokens, scene.authors, strict=True)):
        if not author:
            continue
        if len(tokens) >= limits["words"]:
            texts[author, " ".join(tokens)].append(i)
        for site in sorted({site.lower() for site in _SITE.findall(text)}):
            sites[author, site].append(i)
    posts = [(author, "posts one text", "texts", positions) for (author, _), positions in texts.items()]
    posts += [(author, f"links to {name(site)}", "links", positions) for (author, site), positions in sites.items()]
    flagged = set()
    for author, deed, kind, positions in posts:
        burst, minutes = densest(scene, positions, seconds=60 * limits["minutes"])
        if len(burst) < limits[kind] or burst[0] in flagged:
            continue
        flagged.add(burst[0])
        span = "" if minutes is None else f" within {counted(round(minutes), 'minute')}"
        reason = f"{name(author)} {deed} in {counted(len(burst), 'comment')}{span}."
        score = strength(len(burst), limits[kind])
        yield Flag("spam", scene.id(burst[0]), score, reason, involved=tuple(map(scene.id, burst[1:])))


def _repeats(said: Sequence[list[str]], limits: Limits) -> Iterator[tuple[int, int, float]]:
    """Yield (comment, the first one it is like, their likeness) in reading order.

    Only first ones are kept for comparison, so that a flood of copies stays linear.
    """
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(limits["likeness"], _PERMUTATIONS, _BANDS)
    known: dict[str, tuple[int, float]] = {}
    triples_of: dict[int, set[str]] = {}
    for i, tokens in enumerate(said):
        if len(tokens) < limits["words"]:
            continue
        plain = " ".join(tokens)
        if plain in known:
            yield i, *known[plain]
            continue
        triples = {" ".join(tokens[j : j + 3]) for j in range(len(tokens) - 2)}
        sketch = RMinHash(_PERMUTATIONS, _SEED)
        sketch.update(list(triples))
        likeness, first = max(((_jaccard(triples, triples_of[j]), -j) for j in index.query(sketch)), default=(0.0, 0))
        if likeness >= limits["likeness"]:
            known[plain] = -first, likeness
            yield i, -first, likeness
        else:
            index.insert(i, sketch)
            known[plain], triples_of[i] = (i, 1.0), triples


def _jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)
