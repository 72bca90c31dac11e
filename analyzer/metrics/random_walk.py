"""A Thread and its Predictions -> random-walk controversy between the two largest stances on the author graph."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import fmean

from analyzer.metrics.graphs import known_authors, reply_arcs
from analyzer.metrics.labels import stances_taken
from analyzer.predictions import Prediction
from analyzer.thread import Thread

Neighbours = dict[str, Counter[str]]

_HUB_SHARE = 0.1


def controversy_rwc(thread: Thread, predictions: Sequence[Prediction | None]) -> float | None:
    """Return how strongly a random walk over the authors stays on its side; None without two sides (0 or 1 comments).

    Formula: P_XX P_YY - P_XY P_YX, P_AB the probability that a walk which ended on side B had started on side A,
    both sides being equally likely starts. An author's side is the stance of most of their stance-taking comments
    (none when tied); X and Y are the sides with most authors, others leave the graph. A walk starts at an author
    who is no hub, goes to a neighbour in proportion to the replies between the two, whatever their direction, and
    ends at the first hub. Hubs are a tenth of each side, at least one, those with most replies (ties: by name).
    Authors who can reach no hub do not start. Solved as an absorbing chain, no walk is simulated.
    Range: -1 (every walk ends on the other side) over 0 to 1 (no walk ever crosses). None also when a side has no
    start or no walk ends on it; needs authors.
    Example: Ann - Al (pro) answer only each other, Bo - Ben (contra) likewise: 1.0.
    Reference: Garimella, De Francisci Morales, Gionis, Mathioudakis (2018), Quantifying controversy on social media.
    """
    sides = _two_sides(thread, predictions)
    neighbours = _neighbours(thread, sides)
    hubs = _hubs(neighbours, sides)
    walkers = _walkers(neighbours, hubs)
    if {sides[walker] for walker in walkers} != {0, 1}:
        return None
    ends_on_y = _absorption(neighbours, walkers, {hub for hub in hubs if sides[hub] == 1})
    x_to_y = fmean(end for walker, end in zip(walkers, ends_on_y, strict=True) if sides[walker] == 0)
    y_to_y = fmean(end for walker, end in zip(walkers, ends_on_y, strict=True) if sides[walker] == 1)
    on_x, on_y = 2 - x_to_y - y_to_y, x_to_y + y_to_y
    if min(on_x, on_y) < 1e-9:
        return None
    xx, yy = (1 - x_to_y) / on_x, y_to_y / on_y
    return xx * yy - (1 - yy) * (1 - xx)


def _two_sides(thread: Thread, predictions: Sequence[Prediction | None]) -> dict[str, int]:
    """Return author -> 0 or 1 for the authors on the two largest sides; {} when there are not two."""
    taken: dict[str, Counter[str]] = defaultdict(Counter)
    for author, stance in zip(known_authors(thread), stances_taken(predictions), strict=True):
        if author is not None and stance is not None:
            taken[author][stance] += 1
    stances = {}
    for author, counts in taken.items():
        (stance, most), *others = counts.most_common(2)
        if not others or others[0][1] < most:
            stances[author] = stance
    sizes = Counter(stances.values())
    largest = sorted(sizes, key=lambda stance: (-sizes[stance], stance))[:2]
    if len(largest) < 2:
        return {}
    return {author: largest.index(stance) for author, stance in stances.items() if stance in largest}


def _neighbours(thread: Thread, sides: dict[str, int]) -> Neighbours:
    """Return author -> neighbour -> replies between the two, for authors with a side."""
    neighbours: Neighbours = defaultdict(Counter)
    for (replier, answered), count in reply_arcs(thread).items():
        if replier in sides and answered in sides:
            neighbours[replier][answered] += count
            neighbours[answered][replier] += count
    return neighbours


def _hubs(neighbours: Neighbours, sides: dict[str, int]) -> set[str]:
    hubs: set[str] = set()
    for side in (0, 1):
        authors = sorted(
            (author for author in neighbours if sides[author] == side),
            key=lambda author: (-neighbours[author].total(), author),
        )
        hubs.update(authors[: max(1, int(len(authors) * _HUB_SHARE))])
    return hubs


def _walkers(neighbours: Neighbours, hubs: set[str]) -> list[str]:
    """Return the authors that are no hubs and from whom a hub can be reached, in a fixed order."""
    reached: set[str] = set()
    stack = list(hubs)
    while stack:
        for author in neighbours[stack.pop()]:
            if author not in hubs and author not in reached:
                reached.add(author)
                stack.append(author)
    return sorted(reached)


def _absorption(neighbours: Neighbours, walkers: list[str], targets: set[str]) -> list[float]:
    """Return for each walker the probability that its walk ends in `targets`.

    Solves (D - A) x = b over the walkers, D their degrees, A their ties, b their ties to targets: symmetric and
    positive definite, so by conjugate gradients (to 1e-12), which a dense solver does not manage for large threads.
    """
    import numpy as np

    index = {walker: i for i, walker in enumerate(walkers)}
    degrees = np.array([neighbours[walker].total() for walker in walkers], dtype=float)
    ties = [
        (i, index[other], n)
        for i, walker in enumerate(walkers)
        for other, n in neighbours[walker].items()
        if other in index
    ]
    rows, columns = (np.array([tie[side] for tie in ties], dtype=int) for side in (0, 1))
    weights = np.array([tie[2] for tie in ties], dtype=float)
    b = np.array(
        [sum(n for other, n in neighbours[walker].items() if other in targets) for walker in walkers], dtype=float
    )

    x = np.zeros(len(walkers))
    residual = b.copy()
    direction = scaled = residual / degrees
    for _ in range(10 * len(walkers)):
        if np.abs(scaled).max() <= 1e-12:
            break
        moved = degrees * direction - np.bincount(rows, weights * direction[columns], minlength=len(walkers))
        before = residual @ scaled
        step = before / (direction @ moved)
        x = x + step * direction
        residual = residual - step * moved
        scaled = residual / degrees
        direction = scaled + (residual @ scaled / before) * direction
    return [float(end) for end in x]
