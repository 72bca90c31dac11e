import math
import random
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pytest

from analyzer.metrics import measure
from analyzer.metrics.arrays import layout, predicted_labels, stance_names
from analyzer.metrics.polarization import Polarization
from analyzer.metrics.random_walk import _absorption, _Graph, _hubs, _two_sides, _walkers
from analyzer.predictions import Prediction, Scored
from analyzer.thread import Comment, Thread, build_thread

LABELS = ("pro", "contra", "worry", "none")
UNDEFINED = Polarization(None, None, None, None, None, None, None)


def polarization(
    thread: Thread, predictions: Sequence[Prediction | None], labels: Sequence[str] = LABELS
) -> Polarization:
    return measure(thread, predictions, labels, draws=0, shuffles=0).polarization


def take(thread: Thread, **stances: str) -> list[Prediction | None]:
    """Return predictions from comment id -> stance; None for a comment that is not named."""
    return [
        Prediction(Scored(stances[comment.id], {stances[comment.id]: 1.0}), None, 0.0)
        if comment.id in stances
        else None
        for comment in thread.comments
    ]


# a ─┬─ b ─── d
#    ├─ c
#    └─ e
THREAD = build_thread([Comment("a"), Comment("b", "a"), Comment("c", "a"), Comment("d", "b"), Comment("e", "a")])


def test_a_small_quarrel():
    predictions = take(THREAD, a="pro", b="contra", c="pro", d="contra", e="none")
    # Replies between stance-takers: b -> a across, c -> a within, d -> b within.
    found = polarization(THREAD, predictions, LABELS)
    assert found.stance_entropy == pytest.approx(math.log(2) / math.log(3))
    assert found.effective_stances == pytest.approx(2)
    assert found.ei_index == pytest.approx(-1 / 3)
    assert found.cross_cutting_share == pytest.approx(1 / 3)
    # Repliers: contra 2/3, pro 1/3; answered: pro 2/3, contra 1/3; chance 2/9 + 2/9.
    assert found.stance_assortativity == pytest.approx((2 / 3 - 4 / 9) / (1 - 4 / 9))
    # Degrees: a 2, c 1, b 2, d 1: 3 of 6 on each side, one reply of three within each.
    assert found.stance_modularity == pytest.approx(2 * (1 / 3 - (3 / 6) ** 2))
    assert found.controversy_rwc is None


def test_no_comments():
    assert polarization(build_thread([]), [], LABELS) == UNDEFINED


def test_one_comment():
    thread = build_thread([Comment("a")])
    found = polarization(thread, take(thread, a="pro"), LABELS)
    assert found == Polarization(0.0, 1.0, None, None, None, None, None)


@pytest.mark.parametrize("stance", ["none", "unclear"])
def test_who_takes_no_stance_does_not_enter(stance):
    predictions = take(THREAD, a=stance, b=stance, c=stance, d=stance)
    assert polarization(THREAD, predictions, LABELS) == UNDEFINED


def test_all_stances_equally_often_have_full_entropy():
    assert polarization(
        THREAD, take(THREAD, a="pro", b="contra", c="worry", e="unclear")
    ).stance_entropy == pytest.approx(1)


def test_a_scheme_of_one_stance_has_no_entropy():
    assert polarization(THREAD, take(THREAD, a="pro"), ("pro", "none")).stance_entropy is None


def test_effective_stances_of_three_to_one():
    assert polarization(THREAD, take(THREAD, a="pro", b="pro", c="pro", d="contra")).effective_stances == pytest.approx(
        1.6
    )


def test_one_stance_has_no_assortativity_but_no_crossing_either():
    predictions = take(THREAD, a="pro", b="pro", c="pro")
    assert polarization(THREAD, predictions).stance_assortativity is None
    assert (polarization(THREAD, predictions).ei_index, polarization(THREAD, predictions).cross_cutting_share) == (
        -1,
        0,
    )
    assert polarization(THREAD, predictions).stance_modularity == pytest.approx(0)


def test_a_reply_to_somebody_without_stance_is_not_counted():
    assert polarization(THREAD, take(THREAD, a="none", b="pro", c="contra")).cross_cutting_share is None


def test_which_side_is_which_does_not_matter():
    choose = random.Random(4)
    authors = {name: choose.choice(LABELS) for name in "ABCDEFGHIJKLMNOP"}
    comments = [Comment(str(i), str(i // 3) if i else None, author=choose.choice(list(authors))) for i in range(80)]
    thread = build_thread(comments)
    stances = {comment.id: authors[comment.author] for comment in comments}
    swapped = {name: {"pro": "contra", "contra": "pro"}.get(stance, stance) for name, stance in stances.items()}
    before = asdict(polarization(thread, take(thread, **stances), LABELS))
    after = asdict(polarization(thread, take(thread, **swapped), LABELS))
    assert None not in before.values()
    assert after == pytest.approx(before)


class TestRandomWalk:
    """Authors A… are pro, B… are contra."""

    def talk(self, *replies: str) -> tuple[Thread, list[Prediction | None]]:
        """Return the thread of "replier answered" pairs, each a comment with one reply."""
        comments = []
        for i, pair in enumerate(replies):
            replier, answered = pair.split()
            comments += [Comment(f"{i}", author=answered), Comment(f"{i}r", f"{i}", author=replier)]
        thread = build_thread(comments)
        sides = {"A": "pro", "B": "contra", "C": "none"}
        return thread, take(thread, **{comment.id: sides[comment.author[0]] for comment in thread.comments})

    def test_two_circles_that_never_meet(self):
        assert polarization(*self.talk("A2 A1", "A3 A1", "B2 B1", "B3 B1")).controversy_rwc == pytest.approx(1)

    def test_everyone_answers_the_other_side_only(self):
        assert polarization(*self.talk("A2 B1", "A3 B1", "B2 A1", "B3 A1")).controversy_rwc == pytest.approx(-1)

    def test_walks_that_do_not_care(self):
        assert polarization(*self.talk("A2 A1", "A2 B1", "B2 A1", "B2 B1")).controversy_rwc == pytest.approx(0)

    def test_a_walk_over_two_authors_worked_out_by_hand(self):
        # A1 - A2 - B2 - B1, hubs A1 and B1 by their side talks; from A2 a walk ends at B1 with 1/3, from B2 with 2/3.
        # From A3, A4 it never does, from B3, B4 always: means 1/9 and 8/9.
        talk = self.talk("A2 A1", "A2 B2", "B2 B1", "A3 A1", "A4 A1", "B3 B1", "B4 B1")
        assert polarization(*talk).controversy_rwc == pytest.approx((8 / 9) ** 2 - (1 / 9) ** 2)

    def test_authors_who_can_reach_no_hub_do_not_start(self):
        circles = ("A2 A1", "A3 A1", "A3 B1", "B2 B1", "B3 B1")
        apart = ("A8 A9", "B8 B9")
        assert (
            polarization(*self.talk(*circles, *apart)).controversy_rwc
            == polarization(*self.talk(*circles)).controversy_rwc
        )

    def test_one_side_is_no_controversy(self):
        assert polarization(*self.talk("A2 A1", "A3 A1", "C1 A1")).controversy_rwc is None

    def test_two_hubs_without_anybody_else(self):
        assert polarization(*self.talk("A1 B1")).controversy_rwc is None

    def test_an_author_of_two_minds_takes_no_side(self):
        thread, _ = self.talk("A2 A1", "A3 A1", "B2 B1")
        comments = [*thread.comments, Comment("x", author="B2"), Comment("y", author="B1")]
        thread = build_thread(comments)
        sides = {
            comment.id: "pro" if comment.author[0] == "A" or comment.id in "xy" else "contra" for comment in comments
        }
        assert polarization(thread, take(thread, **sides)).controversy_rwc is None

    @pytest.mark.parametrize("seed", range(20))
    def test_a_dense_solver_finds_the_same_absorption(self, seed):
        choose = random.Random(seed)
        names = [f"{side}{i}" for side in "AB" for i in range(15)]
        thread, predictions = self.talk(*(" ".join(choose.sample(names, 2)) for _ in range(60)))
        known, stances = layout(thread, predictions), stance_names(LABELS)
        sides = _two_sides(known, predicted_labels(known, predictions, stances).stances, len(stances))
        graph = _Graph(known, sides)
        hubs = _hubs(graph.degrees, sides)
        walkers = _walkers(graph, hubs)
        ties = np.stack([graph.neighbour_sums(one[:, None])[:, 0] for one in np.eye(len(sides))])
        who, targets = walkers[:, 0], (hubs & (sides == 1))[:, 0]
        step = ties / np.maximum(1, graph.degrees)
        expected = np.linalg.solve(np.eye(who.sum()) - step[who][:, who], step[who][:, targets].sum(axis=1))
        assert _absorption(graph, walkers, hubs & (sides == 1))[who, 0] == pytest.approx(expected, abs=1e-9)
