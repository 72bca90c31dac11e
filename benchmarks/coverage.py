"""How often the 95 % intervals of the metrics hold the true value, and whether permutation p-values are uniform.

    python benchmarks/coverage.py [--threads 1200] [--comments 300] [--draws 200]

Threads are simulated with known labels. A classifier of known confusion answers for each comment with the probability
of every label given what it saw, which is calibrated by construction. Three worlds, in order of difficulty:
- independent: every comment takes its stance by itself, every reply agrees or not by itself;
- talk: a reply often shares its parent's stance, and agreement follows the two stances;
- people: besides, an author mostly keeps one stance.
Entries with few replies have few possible values, which any interval covers too often: of the metrics with many
entries, only depths of at least 20 judged replies and comments of at least 10 count.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyzer.metrics import measure
from analyzer.predictions import AGREEMENT_LABELS, Prediction, Scored
from analyzer.thread import Comment, Thread, build_thread

LABELS = ("pro", "contra", "worry", "none")
MIX = (0.35, 0.25, 0.15, 0.25)
RIGHT = (0.55, 0.75, 0.95)  # how often the classifier sees the true label: it differs by comment
AGREEING = {"same": (0.5, 0.15, 0.35), "other": (0.15, 0.5, 0.35), "none": (0.25, 0.25, 0.5)}
MEAN_AGREEMENT = (0.3, 0.3, 0.4)


@dataclass(frozen=True)
class World:
    """How labels hang together: how often a reply takes its parent's stance, and a comment its author's."""

    shares_parent: float
    keeps_author: float
    follows_stances: bool


WORLDS = {
    "independent": World(0.0, 0.0, False),
    "talk": World(0.35, 0.0, True),
    "people": World(0.2, 0.6, True),
}


def grow(choose: random.Random, comments: int) -> Thread:
    """Return a thread in which half of the replies go to any comment, half to one in proportion to its replies."""
    parents = [-1]
    for i in range(1, comments):
        parents.append(
            choose.randrange(i) if choose.random() < 0.5 or i < 2 else max(0, parents[choose.randrange(1, i)])
        )
    authors = max(4, comments // 6)
    return build_thread(
        Comment(str(i), None if parent < 0 else str(parent), author=f"u{choose.randrange(authors)}")
        for i, parent in enumerate(parents)
    )


def true_labels(choose: random.Random, thread: Thread, world: World) -> tuple[list[str], list[str]]:
    """Return the stance and the agreement of each comment."""
    of_author: dict[str | None, str] = {}
    stances: list[str] = []
    agreements: list[str] = []
    for comment, parent in zip(thread.comments, thread.parents, strict=True):
        fresh = choose.choices(LABELS, MIX)[0]
        own = of_author.setdefault(comment.author, fresh)
        draw = choose.random()
        if parent >= 0 and draw < world.shares_parent:
            fresh = stances[parent]
        elif draw > 1 - world.keeps_author:
            fresh = own
        stances.append(fresh)
        relation = "none"
        if parent >= 0 and "none" not in (fresh, stances[parent]):
            relation = "same" if fresh == stances[parent] else "other"
        agreements.append(
            choose.choices(AGREEMENT_LABELS, AGREEING[relation] if world.follows_stances else MEAN_AGREEMENT)[0]
        )
    return stances, agreements


def classified(choose: random.Random, truth: str, labels: Sequence[str], mix: Sequence[float], below: float) -> Scored:
    """Return what the classifier answers: it sees the true label or, mistaken, any other one."""
    right = choose.choice(RIGHT)
    seen = truth if choose.random() < right else choose.choice([label for label in labels if label != truth])
    wrong = (1 - right) / (len(labels) - 1)
    weights = [share * (right if label == seen else wrong) for label, share in zip(labels, mix, strict=True)]
    scores = {label: weight / sum(weights) for label, weight in zip(labels, weights, strict=True)}
    best = max(scores, key=scores.__getitem__)
    return Scored(best, scores) if scores[best] >= below else Scored("unclear", scores, "low_confidence")


def covered(threads: int, comments: int, world: World, draws: int) -> dict[str, list[bool]]:
    """Return for each metric whether each true value lies in its interval."""
    hits: dict[str, list[bool]] = {}
    agreement_mix = np.zeros(3)
    for seed in range(200):
        choose = random.Random(-seed)
        _, agreements = true_labels(choose, grow(choose, 100), world)
        agreement_mix += [agreements[1:].count(label) for label in AGREEMENT_LABELS]
    mix = (agreement_mix / agreement_mix.sum()).tolist()
    for seed in range(threads):
        choose = random.Random(seed)
        thread = grow(choose, comments)
        stances, agreements = true_labels(choose, thread, world)
        answers: list[Prediction | None] = []
        truths: list[Prediction | None] = []
        for parent, stance, agreement in zip(thread.parents, stances, agreements, strict=True):
            judged = classified(choose, agreement, AGREEMENT_LABELS, mix, 0.0) if parent >= 0 else None
            answers.append(Prediction(classified(choose, stance, LABELS, MIX, 0.5), judged, 0.0))
            truths.append(Prediction(Scored(stance, {}), Scored(agreement, {}) if parent >= 0 else None, 0.0))
        shown = measure(thread, answers, LABELS, mix=MIX, draws=draws, shuffles=0, seed=seed).as_dict()
        true = measure(thread, truths, LABELS, draws=0, shuffles=0).as_dict()
        replies = {comment.id: len(thread.replies[i]) for i, comment in enumerate(thread.comments)}
        at_depth = np.bincount(thread.depths)
        for name, value in shown.items():
            pairs: list[tuple[object, object]] = [(value, true[name])]
            if name == "controversy":
                pairs = [(own, true[name].get(key, 0.0)) for key, own in value.items() if replies[key] >= 10]
            elif name == "disagreement_by_depth":
                pairs = [
                    pair for pair, size in zip(zip(value, true[name], strict=True), at_depth, strict=True) if size >= 20
                ]
            for own, exact in pairs:
                if isinstance(own, dict) and exact is not None:
                    hits.setdefault(name, []).append(own["low"] - 1e-9 <= exact <= own["high"] + 1e-9)
    return hits


def p_values(threads: int, comments: int) -> dict[str, list[float]]:
    """Return the p-values of each mixing metric under stances taken at random."""
    found: dict[str, list[float]] = {}
    for seed in range(threads):
        choose = random.Random(seed)
        thread = grow(choose, comments)
        stances = [choose.choices(LABELS, MIX)[0] for _ in thread.comments]
        predictions = [Prediction(Scored(stance, {}), None, 0.0) for stance in stances]
        for name, chance in measure(thread, predictions, LABELS, draws=0, seed=seed).nulls.items():
            found.setdefault(name, []).append(chance.p)
    return found


def uniformity(values: Sequence[float]) -> float:
    """Return the p-value of the Kolmogorov-Smirnov test that the values are uniform (its limiting distribution)."""
    ordered = np.sort(values)
    n = len(ordered)
    ranks = np.arange(n)
    distance = max((ordered - ranks / n).max(), ((ranks + 1) / n - ordered).max())
    scaled = (np.sqrt(n) + 0.12 + 0.11 / np.sqrt(n)) * distance
    return float(min(1.0, 2 * sum((-1) ** (k - 1) * np.exp(-2 * (k * scaled) ** 2) for k in range(1, 101))))


def main() -> None:
    """Print both tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--threads", type=int, default=1200)
    options.add_argument("--comments", type=int, default=300)
    options.add_argument("--draws", type=int, default=200, help="of the labels; the longest threads are drawn 40 times")
    chosen = options.parse_args()
    results = {name: covered(chosen.threads, chosen.comments, world, chosen.draws) for name, world in WORLDS.items()}
    print(f"Share of true values in the 95 % interval, {chosen.threads} threads of {chosen.comments} comments")
    print(f"{'':24}" + "".join(f"{name:>14}" for name in results))
    for metric in results["independent"]:
        print(f"{metric:24}" + "".join(f"{np.mean(hits[metric]):14.1%}" for hits in results.values()))
    print()
    print(f"Uniformity of p under random stances, {chosen.threads} threads of 1,500 comments (Kolmogorov-Smirnov)")
    for metric, values in p_values(chosen.threads, 1500).items():
        print(f"{metric:24}{uniformity(values):14.3f}")


if __name__ == "__main__":
    main()
