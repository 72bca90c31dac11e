"""Calibrated probabilities of a thread's comments -> labellings drawn from them, its stances and agreements together.

Drawn one by one, labels would forget that replies take after their parents, and every mixing would look like chance. So
the thread itself says how labels hang together: the likeliest shares of (parent's stance, reply's stance, agreement),
many times over because they are only estimated. Given these, the labels of a reply tree are drawn exactly: evidence is
gathered from the leaves to the roots, labels are drawn from the roots to the leaves (a hidden Markov tree; Crouse,
Nowak, Baraniuk 1998).
"""

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from analyzer.metrics.arrays import Bools, Floats, Ints, Labelling, Labels, Layout
from analyzer.predictions import AGREEMENT_LABELS, Prediction, Scored
from analyzer.scheme import NO_STANCE

_MOST_CELLS = 4_000_000  # comments times draws: a longer thread is drawn less often …
_FEWEST_DRAWS = 40  # … but this often
_CELLS_AT_ONCE = 4_000_000
_TABLES = 40
_FEWEST_TABLES = 10
_ROUNDS = 20
_SWEEPS = 3
_LONG_SWEEPS = 10  # a longer thread says more, and it takes longer until the tables have heard it
_LONG = 200
_COMMENTS_FITTED = 4_000
_PRIOR_ROWS = 0.5  # tables are pulled towards independence by as much as so many replies …
_MIX_ROWS = 25.0  # … and shares towards the known mix
_LEVELS = 200  # the link at every 200th level is cut, so that a chain of thousands is drawn in pieces side by side
_FITTINGS = 4
_LEAST = 1e-6

Singles = NDArray[np.float32]  # half the memory to walk through


def drawn_labels(
    layout: Layout,
    predictions: Sequence[Prediction | None],
    stances: Sequence[str],
    *,
    mix: Sequence[float] | None = None,
    draws: int,
    seed: int,
) -> Iterator[Labelling]:
    """Yield labellings with about `draws` columns in all, fewer for a long thread.

    `mix` are the shares of the stances, then of `none`, in the rows the probabilities were calibrated on; unknown, they
    are taken to be as in the thread. A comment called unclear for low confidence is drawn too; one in another language
    has no label in any draw.
    """
    if not draws or not len(predictions):
        return
    rng = np.random.default_rng(seed)
    stance = _Evidence([answer.stance if answer else None for answer in predictions], (*stances, NO_STANCE), mix)
    agreement = _Evidence([answer.agreement if answer else None for answer in predictions], AGREEMENT_LABELS)
    if not (stance.read.any() or agreement.read.any()):
        return
    tree = _Tree(layout.parents, layout.depths, stance, agreement)
    first = slice(_COMMENTS_FITTED)  # parents come first, so the beginning of a long thread is a tree
    tables = _fitted(_Tree(layout.parents[first], layout.depths[first], stance, agreement), rng)
    tables = tables[: max(_FEWEST_TABLES, _MOST_CELLS // len(predictions))]
    each = -(-affordable(draws, len(predictions)) // len(tables))
    at_once = max(1, _CELLS_AT_ONCE // (len(predictions) * each))
    judged = np.searchsorted(tree.replies, layout.replies)
    for start in range(0, len(tables), at_once):
        states, answers = tree.draw(tables[start : start + at_once], each, rng)
        states[states == len(stances)] = -1
        states[~stance.read] = -1
        answers = answers[judged]
        answers[~agreement.read[layout.replies]] = -1
        columns = states.shape[1] * each
        yield Labelling(states.reshape(-1, columns), answers.reshape(-1, columns))


def affordable(draws: int, comments: int, *, fewest: int = _FEWEST_DRAWS) -> int:
    """Return how many draws of so many comments are made when `draws` are asked for."""
    return min(draws, max(fewest, _MOST_CELLS // max(1, comments)))


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


class _Tree:
    """A reply tree with what was read of its comments, from which labels are drawn."""

    def __init__(self, parents: Ints, depths: Ints, stance: _Evidence, agreement: _Evidence):
        self.parents = parents
        self.replies = np.flatnonzero(parents >= 0)
        self.stance = stance.likelihoods[: len(parents)].astype(np.float32)
        self.agreement = agreement.likelihoods[: len(parents)].astype(np.float32)
        self.independent = stance.mix[:, None, None] * stance.mix[:, None] * agreement.mix
        pull = _MIX_ROWS / (_MIX_ROWS + len(self.replies)) if stance.known_mix else 1.0
        self._margins = (
            ((2, 3), stance.mix[:, None, None], pull),
            ((1, 3), stance.mix[:, None], pull),
            ((1, 2), agreement.mix, 1.0),
        )
        relation = np.where(np.eye(len(stance.mix), dtype=bool), 0, 1)  # same stance, another, or one of them has none
        relation[-1] = relation[:, -1] = 2
        self._relation = relation
        levels = depths % _LEVELS
        order = np.argsort(levels, kind="stable")  # in reading order, so that the replies to one comment stand together
        self._top, *below = np.split(order, np.flatnonzero(np.diff(levels[order])) + 1)
        self._below = [(nodes, np.flatnonzero(np.diff(parents[nodes], prepend=-1))) for nodes in below]

    def tables(self, counts: Floats) -> Floats:
        """Return tables of counts, both (tables, parent's state, reply's state, agreement), with what is known besides.

        Agreement depends on whether the two stances are the same, not on which they are. The shares of the labels on
        the whole are those of the probabilities, where the thread cannot tell, or pulled towards them.
        """
        by_relation = np.stack([counts[:, self._relation == kind].sum(axis=1) for kind in range(3)], axis=1)
        by_relation /= by_relation.sum(axis=2, keepdims=True)
        tables: Floats = counts.sum(axis=3)[..., None] * by_relation[:, self._relation]
        tables /= tables.sum(axis=(1, 2, 3), keepdims=True)
        wanted = [
            ((1 - pull) * tables.sum(axis=others, keepdims=True) + pull * mix, others)
            for others, mix, pull in self._margins
        ]
        for margin, others in wanted * _FITTINGS:  # iterative proportional fitting, Deming, Stephan 1940
            tables *= margin / tables.sum(axis=others, keepdims=True)
        return tables

    def draw(self, tables: NDArray[np.floating], each: int, rng: np.random.Generator) -> tuple[Labels, Labels]:
        """Return states (comments, tables, each) and agreements (replies, tables, each), given all that was read.

        `tables` is (tables, parent's state, reply's state, agreement).
        """
        tables = tables.astype(np.float32)
        shares = tables.sum(axis=(1, 3))
        given = tables / tables.sum(axis=(2, 3), keepdims=True)
        by_agreement = given.reshape(-1, given.shape[3]).T
        belief = np.repeat(self.stance[:, None], len(tables), axis=1)  # (comments, tables, states)
        links = []
        for nodes, starts in reversed(self._below):
            link = (self.agreement[nodes] @ by_agreement).reshape(-1, *given.shape[:3]) * belief[nodes][:, :, None]
            links.append(link)  # (nodes, tables, parent's state, reply's state)
            gathered = np.add.reduceat(np.log(_sum(link)), starts, axis=0)
            belief[self.parents[nodes[starts]]] *= np.exp(gathered - _max(gathered)[:, :, None])
        states = np.empty((len(self.parents), len(tables), each), dtype=np.int8)
        states[self._top] = _pick(np.repeat((shares * belief[self._top])[:, :, None], each, axis=2), rng)
        for nodes, _ in self._below:
            states[nodes] = _pick(_given(links.pop(), states[self.parents[nodes]]), rng)
        pairs = states[self.parents[self.replies]] * np.int8(shares.shape[1]) + states[self.replies]
        chances = tables.reshape(len(tables), -1, tables.shape[3])[np.arange(len(tables))[:, None], pairs]
        return states, _pick(chances * self.agreement[self.replies][:, None, None], rng)


def _fitted(tree: _Tree, rng: np.random.Generator) -> Floats:
    """Return tables (tables, parent's state, reply's state, agreement) drawn from what the thread says of them.

    They begin at the likeliest shares for replies weighted at random (a Bayesian bootstrap, Rubin 1981), which regard
    each reply with its parent alone; then labels and tables are drawn in turn (data augmentation, Tanner, Wong 1987).
    """
    above, own, agreement = (
        tree.stance[tree.parents[tree.replies]],
        tree.stance[tree.replies],
        tree.agreement[tree.replies],
    )
    evidence = above[:, :, None, None] * own[:, None, :, None] * agreement[:, None, None]
    shape = (_TABLES, *tree.independent.shape)
    prior = _PRIOR_ROWS * tree.independent
    tables = _likeliest(evidence.reshape(-1, prior.size), prior.ravel(), rng).reshape(shape)
    tables = tree.tables(tables)
    for _ in range(_SWEEPS if len(tree.parents) < _LONG else _LONG_SWEEPS):
        states, answers = tree.draw(tables, 1, rng)
        cells = np.ravel_multi_index(
            (np.arange(_TABLES)[:, None], states[tree.parents[tree.replies]], states[tree.replies], answers), shape
        )
        counts = np.bincount(cells.ravel(), minlength=tables.size).reshape(shape)
        tables = tree.tables(rng.standard_gamma(counts + prior) + _LEAST)
    return tables


def _likeliest(likelihoods: NDArray[np.floating], prior: Floats, rng: np.random.Generator) -> Floats:
    """Return the likeliest shares of the cells (tables, cells), given (rows, cells) and a prior counted in rows."""
    weights = rng.exponential(size=(_TABLES, len(likelihoods)))
    shares = np.tile(prior / prior.sum(), (_TABLES, 1))
    for _ in range(_ROUNDS):
        shares = shares * ((weights / (shares @ likelihoods.T)) @ likelihoods) + prior
        shares = shares / shares.sum(axis=1, keepdims=True)
    return shares


def _sum(values: Singles) -> Singles:
    """Return the sums over the last axis, which is short: numpy's own takes longer there."""
    sums: Singles = reduce(np.add, (values[..., i] for i in range(values.shape[-1])))
    return sums


def _max(values: Singles) -> Singles:
    """Return the largest along the last axis, as in `_sum`."""
    largest: Singles = reduce(np.maximum, (values[..., i] for i in range(values.shape[-1])))
    return largest


def _given(chances: Singles, condition: Labels) -> Singles:
    """Return the chances (rows, tables, conditions, labels) under each condition (rows, tables, each): (…, labels)."""
    rows, tables, conditions, labels = chances.shape
    first = np.arange(0, rows * tables * conditions, conditions).reshape(rows, tables, 1)
    return np.take(chances.reshape(-1, labels), first + condition, axis=0)


def _pick(chances: Singles, rng: np.random.Generator) -> Labels:
    """Return a label for each row of chances (…, labels), which need not sum to 1."""
    ends = list(accumulate(chances[..., label] for label in range(chances.shape[-1])))
    place = rng.random(ends[-1].shape, dtype=np.float32) * ends[-1]
    labels = np.zeros(place.shape, dtype=np.int8)
    for end in ends[:-1]:
        labels += place >= end
    return labels
