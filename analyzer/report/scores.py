"""An Evaluation -> text: each head's scores beside the majority class and the baseline, with the test set named."""

from analyzer.classifier.evaluation import Evaluation, HeadScore, Reliability
from analyzer.classifier.fairness import MirroredDifference


def render_scores(
    evaluation: Evaluation, mirrored: MirroredDifference | None = None, *, model: str, test_set: str
) -> str:
    """Return the scores as aligned plain text."""
    lines = [f"{model} on {test_set}"]
    for name, head in (
        ("stance", evaluation.stance),
        ("agreement", evaluation.agreement),
        ("target", evaluation.target),
    ):
        if head:
            lines += ["", *_head(name, head)]
    if evaluation.attack_precision is not None:
        lines += ["", f"attack      average precision {evaluation.attack_precision:.3f}"]
        lines.append(f"  base rate (chance)     {_number(evaluation.attack_rate)}")
        if evaluation.attack_reliability:
            lines += _reliability(evaluation.attack_reliability)
    if evaluation.stance and evaluation.stance.reliability:
        lines += ["", *_risk_coverage(evaluation.stance.reliability)]
    if evaluation.answered is not None:
        accuracy = _number(evaluation.answered_accuracy)
        lines.append(f"  answered (not unclear) {evaluation.answered:.1%}, accuracy among those {accuracy}")
    if len(lines) == 1:
        lines += ["", "no rows to judge by"]
    if mirrored:
        lines += [
            "",
            f"sides swapped in {mirrored.pairs} comments: attack scores differ by {mirrored.mean:.3f} on average",
        ]
        lines.append(f"  most, {mirrored.largest:.3f}, in {mirrored.largest_id}")
    return "\n".join(lines) + "\n"


def _head(name: str, head: HeadScore) -> list[str]:
    interval = f"95 % {head.low:.3f} to {head.high:.3f}, {head.rows} rows"
    lines = [
        f"{name:11} macro-F1 {head.macro_f1:.3f}  ({interval})",
        f"  majority class         {head.majority_macro_f1:.3f}",
    ]
    if head.baseline_macro_f1 is not None:
        lines.append(f"  TF-IDF + logistic      {head.baseline_macro_f1:.3f}{_gain(head)}")
    lines.append(f"  accuracy               {head.accuracy:.3f}")
    if head.reliability:
        lines += _reliability(head.reliability)
    lines += [f"  F1 {label:19} {f1:.3f}  ({head.rows_by_label[label]} rows)" for label, f1 in head.f1_by_label.items()]
    return lines


def _reliability(reliability: Reliability) -> list[str]:
    return [
        f"  calibration error      {reliability.error:.3f}  "
        f"(10 equal-mass bins; {reliability.chance_error:.3f} by chance alone on {reliability.rows} rows)",
        f"    debiased             {reliability.debiased_error:.3f}",
        f"    without bins         {reliability.cumulative_error:.3f}  "
        f"(largest cumulative gap; {reliability.chance_cumulative_error:.3f} by chance)",
        f"  Brier score            {reliability.brier:.3f}",
    ]


def _risk_coverage(reliability: Reliability) -> list[str]:
    return [
        "stance, the most confident answered first",
        "  answered " + "".join(f"{coverage:7.0%}" for coverage, _ in reliability.risk_coverage),
        "  accuracy " + "".join(f"{accuracy:7.3f}" for _, accuracy in reliability.risk_coverage),
        f"  mean risk over all coverages (AURC) {reliability.aurc:.3f}",
    ]


def _gain(head: HeadScore) -> str:
    if head.baseline_gain is None:
        return ""
    low, high = head.baseline_gain
    return f"  (the model is above it by {low:+.3f} to {high:+.3f}, 95 %)"


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"
