"""Calibrated probabilities of a thread's comments -> labellings drawn from them, its stances and agreements together.

Drawn one by one, labels would forget that replies take after their parents, and every mixing would look like chance. So
the thread itself says how labels hang together: the likeliest shares of (parent's stance, reply's stance, agreement),
many times over because they are only estimated. Given these, the labels of a reply tree are drawn exactly: evidence is
gathered from the leaves to the roots, labels are drawn from the roots to the leaves (a hidden Markov tree; Crouse,
Nowak, Baraniuk 1998).
"""

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analyzer.metrics.arrays import PRODUCTS_AT_ONCE, Bools, Floats, Ints, Labelling, Labels, Layout, run_starts
from analyzer.predictions import AGREEMENT_LABELS, Prediction, Scored
from analyzer.scheme import NO_STANCE

_MOST_CELLS = 4_000_000  # comments times draws: a longer thread is drawn less often …
_FEWEST_DRAWS = 40  # … but this often
_CELLS_AT_ONCE = 1_000_000
_TABLES = 40
_FEWEST_TABLES = 10
_ROUNDS = 20
_SWEEPS = 3
_LONG_SWEEPS = 10  # a longer thread says more, and it takes longer until the tables have heard it
_LONG = 200
_COMMENTS_FITTED = 4_000
_PRIOR_ROWS = 0.5  # tables are pulled towards independence by as much as so many replies …
_MIX_ROWS = 25.0  # … and shares towards the known mix
_COMMENTS_TOGETHER = 2_000  # of short threads: numpy is called as often as for one, and all fit into its cache
_LEVELS = 200  # the link at every 200th level is cut, so that a chain of thousands is drawn in pieces side by side
_FITTINGS = 4
_LEAST = 1e-6
_SAME, _NONE, _OTHER = range(3)  # the stances of a reply and its parent: one, one of them has none, or two

Singles = NDArray[np.float32]  # half the memory to walk through


def batches(sizes: Sequence[int]) -> Iterator[list[int]]:
    """Yield the numbers of threads of these sizes whose labels are drawn together: short ones, or one long one alone.

    What is drawn for a thread is the same whichever others are drawn beside it.
    """
    together: list[int] = []
    comments = 0
    for i, size in enumerate(sizes):
        if size >= _LONG:
            yield [i]
            continue
        together.append(i)
        comments += size
        if comments >= _COMMENTS_TOGETHER:
            yield together
            together, comments = [], 0
    if together:
        yield together


def drawn_labels(
    layouts: Sequence[Layout],
    predictions: Sequence[Sequence[Prediction | None]],
    stances: Sequence[str],
    *,
    mix: Sequence[float] | None = None,
    draws: int,
    seed: int,
) -> Iterator[tuple[int, Labelling]]:
    """Yield (number of the thread, labelling) for one of the `batches`; about `draws` columns a thread in all.

    A long thread has fewer, in several labellings; one without predictions has none. Columns drawn with one of the
    `tables_drawn` stand together. `mix` are the shares of the stances, then of `none`, in the rows the probabilities
    were calibrated on; unknown, they are taken to be as in the thread. A comment called unclear for low confidence is
    drawn too; one in another language has no label in any draw.
    """
    if not draws:
        return
    trees = {i: _Tree.of(*pair, stances, mix) for i, pair in enumerate(zip(layouts, predictions, strict=True))}
    trees = {i: tree for i, tree in trees.items() if tree.stance.read.any() or tree.agreement.read.any()}
    if not trees:
        return
    rngs = [np.random.default_rng(seed) for _ in trees]
    forest = beginning = _Forest(list(trees.values()))
    longest = max(len(tree.parents) for tree in trees.values())
    if longest > _COMMENTS_FITTED:
        beginning = _Forest([tree.beginning(_COMMENTS_FITTED) for tree in trees.values()])
    count = tables_drawn(longest)
    tables = _fitted(beginning, rngs)[..., :count]
    each = -(-affordable(draws, longest) // count)
    at_once = max(1, _CELLS_AT_ONCE // (longest * each))
    for start in range(0, count, at_once):
        drawn = forest.labels(tables[..., start : start + at_once], each, rngs)
        for (i, tree), (states, answers) in zip(trees.items(), drawn, strict=True):
            np.copyto(states, -1, where=states == len(stances))
            states[~tree.stance.read] = -1
            answers[~tree.agreement.read] = -1
            yield i, Labelling(states, answers[layouts[i].replies])


def affordable(draws: int, comments: int, *, fewest: int = _FEWEST_DRAWS) -> int:
    """Return how many draws of so many comments are made when `draws` are asked for."""
    return min(draws, max(fewest, _MOST_CELLS // max(1, comments)))


def tables_drawn(comments: int) -> int:
    """Return with how many tables the labels of a thread of so many comments are drawn."""
    return min(_TABLES, max(_FEWEST_TABLES, _MOST_CELLS // max(1, comments)))


class _Evidence:
    """How likely what was read of each comment is under each label: its probability by the label's share in `mix`.

    `likelihoods` is (comments, labels), all 1 where nothing was `read`.
    """

    def __init__(self, answers: Sequence[Scored | None], labels: Sequence[str], mix: Sequence[float] | None = None):
        known = [answer if answer and answer.reason != "language" else None for answer in answers]
        self.read: Bools = np.array([answer is not None for answer in known])
        scores = [answer.scores.get(label, 0.0) for answer in known if answer for label in labels]
        table = np.array(scores).reshape(-1, len(labels)) + _LEAST
        even = np.full(len(labels), 1 / len(labels))
        self.mix: Floats = np.array(mix) if mix else table.sum(axis=0) / table.sum() if scores else even
        self.known_mix = mix is not None
        self.likelihoods: Floats = np.ones((len(answers), len(labels)))
        self.likelihoods[self.read] = table / self.mix


class _Tree(NamedTuple):
    """The reply tree of a thread with what was read of its comments."""

    parents: Ints
    depths: Ints
    stance: _Evidence
    agreement: _Evidence

    @classmethod
    def of(
        cls,
        layout: Layout,
        predictions: Sequence[Prediction | None],
        stances: Sequence[str],
        mix: Sequence[float] | None,
    ) -> "_Tree":
        """Return the tree of a thread whose predictions stand beside its comments."""
        stance = _Evidence([answer.stance if answer else None for answer in predictions], (*stances, NO_STANCE), mix)
        agreement = _Evidence([answer.agreement if answer else None for answer in predictions], AGREEMENT_LABELS)
        return cls(layout.parents, layout.depths, stance, agreement)

    def beginning(self, comments: int) -> "_Tree":
        """Return its first comments, which are a tree too: parents come first."""
        return self._replace(parents=self.parents[:comments], depths=self.depths[:comments])


class _Level(NamedTuple):
    """The comments of one level below the top: which, their parents, and where the replies to another one begin."""

    nodes: slice
    parents: Ints
    starts: Ints
    answered: Ints  # the parents, each once

    @classmethod
    def of(cls, nodes: slice, parents: Ints) -> "_Level":
        """Return the level of these nodes among all, which have these parents."""
        starts = run_starts(parents[nodes])
        return cls(nodes, parents[nodes], starts, parents[nodes][starts])


class _Forest:
    """Reply trees from which labels are drawn side by side, each by tables of its own.

    The comments of all stand in one order: roots first, then level by level, the replies to one comment together. In
    arrays the labels come first and the tables last, so that numpy walks through many numbers at a time.
    """

    def __init__(self, trees: Sequence[_Tree]):
        sizes = [len(tree.parents) for tree in trees]
        firsts = [end - size for end, size in zip(accumulate(sizes), sizes, strict=True)]
        levels = np.concatenate([tree.depths for tree in trees]) % _LEVELS
        parents = np.concatenate([tree.parents + first for tree, first in zip(trees, firsts, strict=True)])
        parents[np.concatenate([tree.parents for tree in trees]) < 0] = -1
        order = np.argsort(levels * len(parents) + parents, kind="stable")
        place = np.full(len(order) + 1, -1)  # the last entry is the parent of a root
        place[order] = np.arange(len(order))
        parents = place[parents[order]]
        self.roots = np.count_nonzero(parents < 0)
        self.parents = parents[self.roots :]  # (replies,)
        self._top, *ends = [*run_starts(levels[order]).tolist(), len(order)][1:]
        self._below = [_Level.of(slice(*pair), parents) for pair in pairwise([self._top, *ends])]

        self.trees = np.repeat(np.arange(len(trees)), sizes)[order]  # (comments,)
        self._nodes = np.split(np.argsort(self.trees, kind="stable"), firsts[1:])  # of each tree
        self._comments = [order[nodes] - first for nodes, first in zip(self._nodes, firsts, strict=True)]
        self.replies_of = [nodes[nodes >= self.roots] - self.roots for nodes in self._nodes]
        self._below_of = [nodes[nodes >= self._top] for nodes in self._nodes]
        self.stance = _joined([tree.stance for tree in trees], sizes)[order]  # (comments, states)
        self.agreement = _joined([tree.agreement for tree in trees], sizes)[order]  # (comments, agreements)

        stance_mix = np.stack([tree.stance.mix for tree in trees], axis=-1)[..., None]  # (states, trees, 1)
        agreement_mix = np.stack([tree.agreement.mix for tree in trees], axis=-1)[..., None]
        self.independent = stance_mix[:, None, None] * stance_mix[:, None] * agreement_mix
        replies = np.array([[len(own)] for own in self.replies_of])
        pull = _MIX_ROWS / (_MIX_ROWS + replies) if trees[0].stance.known_mix else 1.0
        self._margins = (
            ((1, 2), stance_mix[:, None, None], pull),
            ((0, 2), stance_mix[:, None], pull),
            ((0, 1), agreement_mix, 1.0),
        )
        self._relation = _relations(len(stance_mix))
        self._relations = range(self._relation.max() + 1)  # a scheme of one stance has no other

    def tables(self, counts: Floats) -> Floats:
        """Return tables of counts with what is known besides.

        Both are (parent's state, reply's state, agreement, trees, tables). Agreement depends on whether the two
        stances are the same, not on which they are. The shares of the labels on the whole are those of the
        probabilities, where the thread cannot tell, or pulled towards them.
        """
        by_relation = np.stack([counts[self._relation == kind].sum(axis=0) for kind in self._relations])
        by_relation /= by_relation.sum(axis=1, keepdims=True)
        tables: Floats = counts.sum(axis=2, keepdims=True) * by_relation[self._relation]
        tables /= tables.sum(axis=(0, 1, 2))
        wanted = [
            ((1 - pull) * tables.sum(axis=others, keepdims=True) + pull * mix, others)
            for others, mix, pull in self._margins
        ]
        for margin, others in wanted * _FITTINGS:  # iterative proportional fitting, Deming, Stephan 1940
            tables *= margin / tables.sum(axis=others, keepdims=True)
        return tables

    def labels(self, tables: Floats, each: int, rngs: Sequence[np.random.Generator]) -> Iterator[tuple[Labels, Labels]]:
        """Yield states and agreements of each tree, both (its comments, columns), as they are drawn by `draw`."""
        states, answers = self.draw(tables, each, rngs)
        for comments, nodes, replies in zip(self._comments, self._nodes, self.replies_of, strict=True):
            repliers = comments[len(comments) - len(replies) :]  # roots come first
            yield (
                _columns(states[:, nodes], comments, len(comments)),
                _columns(answers[:, replies], repliers, len(comments)),
            )

    def draw(self, tables: Floats, each: int, rngs: Sequence[np.random.Generator]) -> tuple[Labels, Labels]:
        """Return states (each, comments, tables) and agreements (each, replies, tables), given all that was read.

        `tables` is (parent's state, reply's state, agreement, trees, tables); each tree has a random generator.
        """
        singles = tables.astype(np.float32)
        luck = self._luck(self._nodes, each, tables.shape[-1], rngs)
        choices = _choices(self._links(singles), luck)  # the state of a comment under each one of its parent
        states = choices[0]
        for level in self._below:
            states[:, level.nodes] = _under(choices[:, :, level.nodes], states.take(level.parents, axis=1))
        pairs = states.take(self.parents, axis=1) * np.int16(len(tables)) + states[:, self.roots :]
        by_relation = singles[0, [0, -1, 1][: len(self._relations)]]  # (relations, agreements, trees, tables)
        chances = by_relation.take(self.trees[self.roots :], axis=2)
        chances *= self.agreement[self.roots :].T[..., None]
        luck = self._luck(self.replies_of, each, tables.shape[-1], rngs)
        return states, _under(_choices(chances, luck), self._relation.take(pairs))

    def _links(self, tables: Singles) -> Singles:
        """Return how likely each state of a comment is beside each one of its parent, by all that was read below.

        (parent's state, reply's state, comments, tables); a comment of the top level is as likely beside any.
        """
        belief = np.empty((len(tables), len(self.trees), tables.shape[-1]), dtype=np.float32)
        belief[:] = self.stance.T[..., None]
        links = np.empty((len(tables), *belief.shape), dtype=np.float32)
        links[:, :, : self._top] = tables.sum(axis=(0, 2))[:, self.trees[: self._top]]
        given = tables / tables.sum(axis=(1, 2), keepdims=True)
        for nodes, own in zip(self._below_of, np.moveaxis(given, 3, 0), strict=True):
            for part in _pieces(nodes, own[0, 0].size):
                links[:, :, part] = self.agreement[part] @ own
        for level in reversed(self._below):
            of_level = links[:, :, level.nodes]
            of_level *= belief[:, level.nodes]
            gathered = np.add.reduceat(np.log(of_level.sum(axis=1)), level.starts, axis=1)
            belief[:, level.answered] *= np.exp(gathered - gathered.max(axis=0))
        links[:, :, : self._top] *= belief[:, : self._top]
        return links

    def _luck(self, rows: Sequence[Ints], each: int, count: int, rngs: Sequence[np.random.Generator]) -> Singles:
        """Return random numbers (each, rows of all trees, count), those of a tree's `rows` by its own generator."""
        luck = np.empty((each, sum(map(len, rows)), count), dtype=np.float32)
        for own, rng in zip(rows, rngs, strict=True):
            luck[:, own] = rng.random((each, len(own), count), dtype=np.float32)
        return luck


def _fitted(forest: _Forest, rngs: Sequence[np.random.Generator]) -> Floats:
    """Return tables drawn from what each thread says of them.

    (parent's state, reply's state, agreement, trees, tables). They begin at the likeliest shares for replies weighted
    at random (a Bayesian bootstrap, Rubin 1981), which regard each reply with its parent alone; then labels and tables
    are drawn in turn (data augmentation, Tanner, Wong 1987).
    """
    prior = _PRIOR_ROWS * forest.independent
    shape = (*prior.shape[:-1], _TABLES)
    replies = slice(forest.roots, None)
    above, own, agreement = forest.stance[forest.parents], forest.stance[replies], forest.agreement[replies]
    evidence = above[:, :, None, None] * own[:, None, :, None] * agreement[:, None, None]
    evidence = evidence.reshape(len(own), prior[..., 0, 0].size)
    likeliest = [
        _likeliest(evidence[rows], prior[..., i, :].reshape(-1, 1), rng)
        for i, (rows, rng) in enumerate(zip(forest.replies_of, rngs, strict=True))
    ]
    tables = forest.tables(np.stack(likeliest, axis=1).reshape(shape))
    long = np.bincount(forest.trees).max() >= _LONG
    for _ in range(_LONG_SWEEPS if long else _SWEEPS):
        (states,), (answers,) = forest.draw(tables, 1, rngs)
        labels = states[forest.parents], states[replies], answers
        cells = np.ravel_multi_index((*labels, forest.trees[replies, None], np.arange(_TABLES)), shape)
        counts = np.bincount(cells.ravel(), minlength=tables.size).reshape(shape) + prior
        by_tree = zip(rngs, np.moveaxis(counts, 3, 0), strict=True)
        tables = forest.tables(np.stack([rng.standard_gamma(own) for rng, own in by_tree], axis=3) + _LEAST)
    return tables


def _likeliest(likelihoods: Singles, prior: Floats, rng: np.random.Generator) -> Floats:
    """Return the likeliest shares of the cells (cells, tables), given (rows, cells) and a prior counted in rows."""
    weights = rng.standard_exponential((len(likelihoods), _TABLES), dtype=np.float32)
    prior = np.tile(prior.astype(np.float32), _TABLES)
    shares = prior  # not to scale: the next ones would be the same
    parts = [*zip(*(_pieces(rows, shares.size) for rows in (likelihoods, weights)), strict=True)]
    for _ in range(_ROUNDS):
        shares = shares * sum(part.T @ (own / (part @ shares)) for part, own in parts) + prior
    return shares.astype(float)


def _pieces(rows: NDArray[Any], products: int) -> list[NDArray[Any]]:
    """Return the rows in pieces, to be multiplied with a matrix, so many products a row."""
    return np.array_split(rows, len(rows) * products // PRODUCTS_AT_ONCE + 1)


def _relations(states: int) -> Labels:
    """Return the relation of each two states, (states, states); the last state is to take no stance."""
    relation = np.where(np.eye(states, dtype=bool), np.int8(_SAME), np.int8(_OTHER))
    relation[-1] = relation[:, -1] = _NONE
    return relation


def _joined(evidence: Sequence[_Evidence], sizes: Sequence[int]) -> Singles:
    """Return the likelihoods of the first comments of several trees, so many of each, as one: (comments, labels)."""
    parts = [own.likelihoods[:size] for own, size in zip(evidence, sizes, strict=True)]
    return np.concatenate(parts, dtype=np.float32)


def _columns(drawn: Labels, rows: Ints, size: int) -> Labels:
    """Return labels drawn for some `rows` of a table of `size` rows, (each, rows, tables), as (size, columns)."""
    each, _, tables = drawn.shape
    columns = np.full((size, tables * each), -1, dtype=np.int8)
    columns[rows] = drawn.transpose(1, 2, 0).reshape(-1, tables * each)
    return columns


def _choices(chances: Singles, luck: Singles) -> Labels:
    """Return labels (conditions, each, rows, tables) by their chances (conditions, labels, rows, tables).

    The chances need not sum to 1. The luck, (each, rows, tables), is the same under all conditions, of which only one
    will be met.
    """
    labels = np.zeros((len(chances), *luck.shape), dtype=np.int8)
    for chosen, own in zip(labels, chances, strict=True):  # one at a time: all would be the most memory in use
        *ends, whole = accumulate(own)
        place = luck * whole
        for end in ends:
            chosen += place >= end
    return labels


def _under(choices: Labels, condition: Labels) -> Labels:
    """Return the one of `choices` (conditions, …) that belongs to the condition (…)."""
    chosen: Labels = reduce(np.add, (choice * (condition == i) for i, choice in enumerate(choices)))
    return chosen
