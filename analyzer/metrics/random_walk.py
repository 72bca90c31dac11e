"""The stances of a thread's authors -> random-walk controversy between the two largest ones on the author graph."""

import numpy as np

from analyzer.metrics.arrays import Bools, Floats, Labels, Layout, count, ratio

_HUB_SHARE = 0.1
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
        both = np.concatenate([layout.ties, layout.ties[:, ::-1]])
        order = np.argsort(both[:, 0], kind="stable")
        self._starts = np.flatnonzero(np.diff(both[order, 0], prepend=-1))
        self._sources = both[order[self._starts], 0]
        self.ends = both[order]  # (both directions of each tie, 2), by source
        there = (sides[self.ends[:, 0]] >= 0) & (sides[self.ends[:, 1]] >= 0)
        self.weights = there * np.tile(layout.tie_replies, 2)[order, None].astype(float)
        self.degrees = self.neighbour_sums(np.ones(sides.shape))

    def neighbour_sums(self, values: Floats) -> Floats:
        """Return for each author the weighted sum of the neighbours' values, both (authors, columns)."""
        sums = np.zeros(values.shape)
        sums[self._sources] = np.add.reduceat(self.weights * values[self.ends[:, 1]], self._starts, axis=0)
        return sums


def _two_sides(layout: Layout, stances: Labels, size: int) -> Labels:
    """Return 0 or 1 for the authors on the two largest sides, -1 for others, (authors, columns)."""
    by_author = layout.comments_by_author
    taken = np.stack([by_author.sums(stances == stance) for stance in range(size)])  # (stances, authors, columns)
    side = taken.argmax(axis=0)
    most = taken.max(axis=0)
    side[(most == 0) | ((taken == most).sum(axis=0) > 1)] = -1
    sizes = np.stack([count(side == stance) for stance in range(size)])  # (stances, columns)
    first, second = np.argsort(-sizes, axis=0, kind="stable")[:2]
    sides = np.where(side == first, 0, np.where(side == second, 1, -1))
    sides[:, sizes[second, np.arange(len(second))] == 0] = -1
    return sides.astype(np.int8)


def _hubs(degrees: Floats, sides: Labels) -> Bools:
    hubs = np.zeros(sides.shape, dtype=bool)
    for side in (0, 1):
        there = (sides == side) & (degrees > 0)
        order = np.argsort(np.where(there, -degrees, 1), axis=0, kind="stable")
        rank = np.empty_like(order)
        np.put_along_axis(rank, order, np.arange(len(order))[:, None], axis=0)
        hubs |= there & (rank < np.maximum(1, (there.sum(axis=0) * _HUB_SHARE).astype(int)))
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
    threads.
    """
    x = np.zeros(walkers.shape)
    degrees = np.where(walkers, graph.degrees, 1.0)
    residual = graph.neighbour_sums(targets.astype(float)) * walkers
    direction = scaled = residual / degrees
    before = (residual * scaled).sum(axis=0)
    for _ in range(10 * len(walkers)):
        if np.abs(scaled).max() <= _TOLERANCE:
            break
        moved = (degrees * direction - graph.neighbour_sums(direction)) * walkers
        step = _over(before, (direction * moved).sum(axis=0))
        x = x + step * direction
        residual = residual - step * moved
        scaled = residual / degrees
        after = (residual * scaled).sum(axis=0)
        direction = scaled + _over(after, before) * direction
        before = after
    return x


def _over(part: Floats, whole: Floats) -> Floats:
    """Return part / whole, 0 where a column is solved and both are 0."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
