"""The stances of a thread's authors -> random-walk controversy between the two largest ones on the author graph."""

from collections.abc import Callable

import numpy as np

from analyzer.metrics.arrays import PRODUCTS_AT_ONCE, Bools, Floats, Labels, Layout, count, each_of, ratio

_HUB_SHARE = 0.1
_MOST_IN_MATRIX = 100  # authors; of more, few pairs are tied
_TOLERANCE = 1e-12


def controversy_rwc(layout: Layout, stances: Labels, size: int) -> Floats:
    """Return how strongly a random walk over the authors stays on its side; nan without two sides (0 or 1 comments).

    `stances` are (comments, columns) out of `size`. Formula: P_XX P_YY - P_XY P_YX, P_AB the probability that a walk
    which ended on side B had started on side A,
    both sides being equally likely starts. An author's side is the stance of most of their stance-taking comments
    (none when tied); X and Y are the sides with most authors, others leave the graph. A walk starts at an author
    who is no hub, goes to a neighbour in proportion to the replies between the two, whatever their direction, and
    ends at the first hub. Hubs are a tenth of each side, at least one, those with most replies (ties: by name).
    Authors who can reach no hub do not start. Solved as an absorbing chain, no walk is simulated.
    Range: -1 (every walk ends on the other side) over 0 to 1 (no walk ever crosses). nan also when a side has no
    start or no walk ends on it; needs authors.
    Example: Ann - Al (pro) answer only each other, Bo - Ben (contra) likewise: 1.0.
    Reference: Garimella, De Francisci Morales, Gionis, Mathioudakis (2018), Quantifying controversy on social media.
    """
    if not len(layout.ties) or size < 2:
        return np.full(stances.shape[1], np.nan)
    sides = _two_sides(layout, stances, size)
    graph = _Graph(layout, sides)
    hubs = _hubs(graph.degrees, sides)
    walkers = _walkers(graph, hubs)
    ends_on_y = _absorption(graph, walkers, hubs & (sides == 1))
    x_to_y, y_to_y = (
        ratio((ends_on_y * start).sum(axis=0), start.sum(axis=0))
        for start in (walkers & (sides == 0), walkers & (sides == 1))
    )
    on_x, on_y = 2 - x_to_y - y_to_y, x_to_y + y_to_y
    decided = np.minimum(on_x, on_y) >= 1e-9
    xx, yy = ratio(1 - x_to_y, np.where(decided, on_x, 0)), ratio(y_to_y, np.where(decided, on_y, 0))
    return xx * yy - (1 - yy) * (1 - xx)


class _Graph:
    """The undirected author graph of each column: the ties between authors on the two sides, both ways."""

    def __init__(self, layout: Layout, sides: Labels):
        self._inside = (sides >= 0).astype(float)
        self._sums = _summing_matrix(layout) if len(sides) <= _MOST_IN_MATRIX else _summing_list(layout)
        self.degrees = self.neighbour_sums(np.ones(sides.shape))

    def neighbour_sums(self, values: Floats) -> Floats:
        """Return for each author the weighted sum of the neighbours' values, both (authors, columns)."""
        sums: Floats = self._sums(values * self._inside) * self._inside
        return sums


def _summing_matrix(layout: Layout) -> Callable[[Floats], Floats]:
    """Return `neighbour_sums` over all authors, by a product with the matrix of their ties."""
    weights = np.zeros((layout.comments_by_author.size,) * 2)
    for source, target in (layout.ties.T, layout.ties.T[::-1]):
        weights[source, target] = layout.tie_replies
    width = max(1, PRODUCTS_AT_ONCE // weights.size)

    def sums(values: Floats) -> Floats:
        parts = [weights @ values[:, start : start + width] for start in range(0, values.shape[1], width)]
        return np.concatenate(parts, axis=1)

    return sums


def _summing_list(layout: Layout) -> Callable[[Floats], Floats]:
    """Return `neighbour_sums` over all authors, by a list of their ties."""
    sources, targets = np.concatenate([layout.ties, layout.ties[:, ::-1]]).T.copy()
    replies = np.tile(layout.tie_replies, 2).astype(float)

    def sums(values: Floats) -> Floats:
        columns = [np.bincount(sources, replies * column.take(targets), len(values)) for column in values.T]
        return np.stack(columns, axis=1)

    return sums


def _two_sides(layout: Layout, stances: Labels, size: int) -> Labels:
    """Return 0 or 1 for the authors on the two largest sides, -1 for others, (authors, columns)."""
    taken = layout.comments_by_author.counts(stances, range(size))  # (authors, stances, columns)
    most = taken == np.maximum(1, taken.max(axis=1, keepdims=True))
    on_side = most & (count(most.swapaxes(0, 1)) == 1)[:, None]
    sizes = count(on_side)  # (stances, columns)
    largest = np.argsort(-sizes, axis=0, kind="stable")[:2]
    first, second = (on_side[:, stance, np.arange(len(stance))] for stance in largest)
    return np.where(first & second.any(axis=0), 0, np.where(second, 1, -1)).astype(np.int8)


def _hubs(degrees: Floats, sides: Labels) -> Bools:
    size, columns = sides.shape
    tied = each_of(sides, (0, 1)) & (degrees > 0)[:, None]  # (authors, sides, columns)
    rank = degrees * size + np.arange(size, 0, -1)[:, None]  # in whole numbers; of equal degrees the earlier name
    ranks = np.where(tied, rank[:, None], 0)
    number = np.maximum(1, (count(tied) * _HUB_SHARE).astype(int))
    least = np.sort(ranks, axis=0)[size - number, [[0], [1]], np.arange(columns)]
    hubs: Bools = np.any((ranks >= least) & tied, axis=1)
    return hubs


def _walkers(graph: _Graph, hubs: Bools) -> Bools:
    """Return who is no hub and can reach one."""
    reached = hubs
    while True:
        further = reached | (graph.neighbour_sums(reached.astype(float)) > 0)
        if np.array_equal(further, reached):
            return reached & ~hubs
        reached = further


def _absorption(graph: _Graph, walkers: Bools, targets: Bools) -> Floats:
    """Return for each walker the probability that its walk ends in `targets`, 0 for who does not walk.

    Solves (D - A) x = b over the walkers, D their degrees, A their ties, b their ties to targets: symmetric and
    positive definite, so by conjugate gradients, every column its own, which a dense solver does not manage for large
    threads. Scaled by roots of degrees to 1 - D^-1/2 A D^-1/2, which takes fewer steps.
    """
    scale = walkers / np.sqrt(np.maximum(graph.degrees, 1))
    x = np.zeros(walkers.shape)
    direction = residual = graph.neighbour_sums(targets.astype(float)) * scale
    before = _products(residual, residual)
    for _ in range(10 * len(walkers)):
        if before.max() <= _TOLERANCE**2:
            break
        moved = direction - graph.neighbour_sums(direction * scale) * scale
        step = _over(before, _products(direction, moved))
        x = x + step * direction
        residual = residual - step * moved
        after = _products(residual, residual)
        direction = residual + _over(after, before) * direction
        before = after
    return x * scale


def _products(one: Floats, other: Floats) -> Floats:
    """Return the scalar product of each column of one with that of the other."""
    products: Floats = np.einsum("ac,ac->c", one, other)
    return products


def _over(part: Floats, whole: Floats) -> Floats:
    """Return part / whole, 0 where a column is solved and both are 0."""
    return part / np.where(whole > 0, whole, 1)
