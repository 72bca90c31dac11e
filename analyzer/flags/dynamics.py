"""How talk in a branch develops: heat that rises with depth, and two who go back and forth."""

from collections.abc import Iterator

import numpy as np

from analyzer.flags.flag import Flag, counted, name, percent, strength
from analyzer.flags.scene import Scene, sums_below
from analyzer.flags.thresholds import Limits


def heated_branches(scene: Scene, limits: Limits) -> Iterator[Flag]:
    """Yield a flag for each outermost branch in which disagreement and attack both rise with depth.

    Heat is the probability of disagreement plus that of attack. A line is fitted to it over the depths of the replies
    in the branch (least squares); it must rise by `rise` a level and be no accident (slope / standard error >= `t`),
    and both parts must reach their threshold at the deepest reply. The score is the mean of the two there.
    """
    thread = scene.thread
    rows = np.zeros((len(thread.comments), 3))  # judged replies, disagreement, attack
    for i, prediction in enumerate(scene.predictions):
        if prediction and prediction.agreement:
            rows[i] = 1, prediction.agreement.scores.get("disagree", 0.0), prediction.attack
    judged, disagree, attack = rows.T
    depth, heat = np.array(thread.depths, dtype=float), disagree + attack
    columns = judged, judged * depth, judged * depth**2, disagree, attack, depth * disagree, depth * attack, heat**2
    n, d, dd, disagree, attack, d_disagree, d_attack, hh = sums_below(np.stack(columns, axis=1), thread.parents).T
    deepest = _deepest(scene, judged)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = dd - d**2 / n
        disagree_slope = (d_disagree - d * disagree / n) / spread
        attack_slope = (d_attack - d * attack / n) / spread
        slope = disagree_slope + attack_slope
        left = hh - (disagree + attack) ** 2 / n - slope**2 * spread
        t = slope / np.sqrt(np.maximum(left, 1e-9) / (n - 2) / spread)
        disagree_last = disagree / n + disagree_slope * (deepest - d / n)
        attack_last = attack / n + attack_slope * (deepest - d / n)
    levels = deepest - depth
    hot = (n >= limits["replies"]) & (levels >= limits["levels"]) & (disagree_slope > 0) & (attack_slope > 0)
    hot &= (slope >= limits["rise"]) & (t >= limits["t"])
    hot &= (disagree_last >= limits["disagree"]) & (attack_last >= limits["attack"])
    end = 0
    for i in np.flatnonzero(hot).tolist():
        if i < end:
            continue
        end = i + thread.sizes[i]
        reason = (
            f"Over {counted(int(n[i]), 'reply')} on {counted(int(levels[i]), 'level')}, disagreement rises by "
            f"{100 * disagree_slope[i]:.0f} and attack by {100 * attack_slope[i]:.0f} points a level, to "
            f"{percent(min(1.0, disagree_last[i]))} and {percent(min(1.0, attack_last[i]))} at the deepest."
        )
        involved = tuple(scene.id(j) for j in range(i + 1, end) if judged[j])
        score = float(min(1.0, disagree_last[i]) + min(1.0, attack_last[i])) / 2
        yield Flag("heated_branch", scene.id(i), score, reason, "branch", involved)


def back_and_forths(scene: Scene, limits: Limits) -> Iterator[Flag]:
    """Yield a flag for each long chain on which two authors alternate and mostly disagree, at its first comment.

    Of several chains from one comment, the longest. The score is the strength of its length times the share of
    disagreement.
    """
    parents, authors = scene.thread.parents, scene.authors
    length, start = [1] * len(parents), list(range(len(parents)))
    last: dict[int, int] = {}
    for i, parent in enumerate(parents):
        if parent < 0 or not authors[i] or not authors[parent] or authors[i] == authors[parent]:
            continue
        goes_on = length[parent] > 1 and authors[parents[parent]] == authors[i]
        length[i], start[i] = (length[parent] + 1, start[parent]) if goes_on else (2, parent)
        if length[i] > length[last.get(start[i], start[i])]:
            last[start[i]] = i
    for first, i in last.items():
        if length[i] < limits["comments"]:
            continue
        chain = [i]
        while chain[-1] != first:
            chain.append(parents[chain[-1]])
        labels = [p.agreement.label for j in chain[:-1] if (p := scene.predictions[j]) and p.agreement]
        share = labels.count("disagree") / len(labels) if labels else 0.0
        if share < limits["share"]:
            continue
        one, other = sorted({name(authors[j] or "") for j in chain[-2:]})
        reason = (
            f"{one} and {other} answer each other over {length[i]} comments; {labels.count('disagree')} of "
            f"{len(labels)} disagree."
        )
        score = strength(length[i], limits["comments"]) * share
        yield Flag("back_and_forth", scene.id(first), score, reason, "branch", tuple(map(scene.id, chain[-2::-1])))


def _deepest(scene: Scene, judged: np.ndarray) -> np.ndarray:
    """Return the depth of the deepest judged reply in each comment's branch, or the comment's own without one."""
    parents = scene.thread.parents
    deepest = list(scene.thread.depths)
    reached = [depth if judged[i] else 0 for i, depth in enumerate(deepest)]
    for i in range(len(parents) - 1, -1, -1):
        deepest[i] = max(deepest[i], reached[i])
        if parents[i] >= 0:
            reached[parents[i]] = max(reached[parents[i]], reached[i])
    return np.array(deepest, dtype=float)
