"""An Analysis -> what a reader wants to know, as sentences and small records; the reports only lay it out.

Text taken from the file comes back cleaned for a terminal, never escaped for a format.
"""

from collections import Counter
from dataclasses import dataclass

from analyzer.analysis import Analysis, StanceShare
from analyzer.flags import Flag
from analyzer.metrics import Interval
from analyzer.metrics.labels import judged_replies, stance_pairs
from analyzer.plain import clean, excerpt
from analyzer.predictions import UNCLEAR
from analyzer.scheme import NO_STANCE, Scheme

_GOOD_VOICE = 40  # characters: shorter comments seldom say why
_SUBJECT = 100
_VOICE = 260
_OPENING = 60
_IDS_NAMED = 8
METRICS_DRAWN = (
    "A metric that rests on labels is counted from the labels shown. Its 95 % interval is where it would lie were the "
    "true labels known, by drawing them from the model's probabilities; the labels shown can be off to one side of it."
)
_SHARES_CORRECTED = (
    "Shares are corrected for the model's known mistakes, those called unclear included, so they can differ from the "
    "counts; their 95 % intervals cover chance in this thread and in the comments the mistakes are known from, "
    "not missing comments."
)
_SHARES_AS_COUNTED = (
    "The 95 % intervals cover chance in a thread of this size (Wilson), not missing comments, nor the model's "
    "mistakes: how it errs was not measured."
)


@dataclass(frozen=True, slots=True)
class Voice:
    """A comment that stands for a stance, in its author's own words."""

    label: str
    position: int
    comment_id: str
    confidence: float
    text: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A comment, the replies below it, how many of those disagree, and the comment they disagree with most."""

    position: int
    comment_id: str
    text: str
    replies: int
    disagreements: int
    focus_id: str
    focus_text: str
    focus_disagreements: int


def subject(analysis: Analysis) -> str:
    """Return what the thread is about: its title, else the article's first words, else the file's name and its id."""
    thread = analysis.thread
    named = ", ".join(filter(None, (analysis.source.name, thread.id)))
    return excerpt(thread.title, _SUBJECT) or excerpt(thread.article, _SUBJECT) or excerpt(named, _SUBJECT)


def headline(analysis: Analysis) -> str:
    """Return the main result in a sentence or two: the leading stance, and whether its lead is more than chance."""
    shares = [(label, analysis.stances[label]) for label in analysis.scheme.stances]
    (first, lead), (second, runner_up) = sorted(shares, key=lambda item: -item[1].count)[:2]
    total = sum(prediction is not None for prediction in analysis.predictions)
    if not lead.count:
        return f"No stance was found in {_count(total, 'comment')}."
    taken = sum(share.count for _, share in shares)
    found = f"{_share_of(taken, total, 'comment')} {'takes' if taken == 1 else 'take'} a stance."
    if lead.count == runner_up.count:
        return f"{found} Among these, {first} and {second} are level with {lead.count} each."
    overlap = lead.low is not None and runner_up.high is not None and lead.low <= runner_up.high
    margin = "which may be chance" if overlap else "more than chance would give"
    return f"{found} Among these, {first} leads with {lead.count} over {second} with {runner_up.count}, {margin}."


def counts(analysis: Analysis) -> str:
    """Return how many comments the page claims, how many the file holds, and where the others are."""
    thread = analysis.thread
    declared = "" if thread.declared is None else f" of the {thread.declared} the page declares"
    left = f" (only replies to {'it' if thread.missing == 1 else 'them'} are left)" if thread.missing else ""
    behind = " behind “load more”" if thread.hidden else ""
    excluded = f", {thread.excluded} excluded" if thread.excluded else ""
    unexplained = (thread.declared or 0) - thread.found - thread.missing - thread.hidden
    rest = f", {unexplained} without a trace" if unexplained > 0 else ""
    return (
        f"{_count(thread.found, 'comment')} found{declared}: {thread.missing} missing{left}, "
        f"{thread.deleted} deleted{excluded}, {thread.hidden} hidden{behind}{rest}."
    )


def shape(analysis: Analysis) -> str:
    """Return the thread's shape in a sentence."""
    structure = analysis.metrics.structure
    roots = _count(structure.roots, "top-level comment")
    parts = [f"{roots}, deepest reply at depth {structure.max_depth or 0}, at most {structure.breadth} at one depth"]
    if analysis.metrics.participation.authors is not None:
        parts.append(_count(analysis.metrics.participation.authors, "author"))
    return "; ".join(parts) + "."


def conversation(analysis: Analysis) -> list[str]:
    """Return how much talk crosses stances, how much of it agrees and disagrees, and how much attacks."""
    return [*_crossing(analysis), _agreeing(analysis), _attacking(analysis)]


def contested_branches(analysis: Analysis, *, limit: int = 3) -> list[Branch]:
    """Return the branches with most disagreeing replies: one a top-level comment; a lone one's replies count too."""
    thread = analysis.thread
    disagreements = [0] * len(thread.comments)
    for reply in judged_replies(thread, analysis.predictions):
        disagreements[reply.parent] += reply.label == "disagree"
    heads = thread.roots if len(thread.roots) != 1 else (*thread.roots, *thread.replies[thread.roots[0]])
    branches = []
    for head in heads:
        branch = thread.branch(head)
        total = sum(disagreements[i] for i in branch)
        if not total:
            continue
        focus = max(branch, key=disagreements.__getitem__)
        comment = thread.comments[head]
        branches.append(
            Branch(
                position=head,
                comment_id=clean(comment.id),
                text=opening(analysis, head),
                replies=sum(thread.comments[i].status != "missing" for i in branch[1:]),
                disagreements=total,
                focus_id=clean(thread.comments[focus].id),
                focus_text=opening(analysis, focus),
                focus_disagreements=disagreements[focus],
            )
        )
    return sorted(branches, key=lambda branch: -branch.disagreements)[:limit]


def branch_sentence(branch: Branch) -> str:
    """Return a branch's numbers in a sentence."""
    replies = _count(branch.replies, "reply")
    focus = "it" if branch.focus_id == branch.comment_id else f"{branch.focus_id} {branch.focus_text}"
    if branch.disagreements == 1:
        return f"{replies}; 1 disagrees with {focus}."
    if branch.focus_disagreements == 1:
        return f"{replies}; {branch.disagreements} disagree, each with a different comment."
    return f"{replies}; {branch.disagreements} disagree, {branch.focus_disagreements} of them with {focus}."


def flags_by_comment(analysis: Analysis) -> dict[str, list[Flag]]:
    """Return the flags by the id of their comment."""
    raised: dict[str, list[Flag]] = {}
    for flag in analysis.flags:
        raised.setdefault(flag.comment_id, []).append(flag)
    return raised


def voices(analysis: Analysis, *, each: int = 2) -> list[Voice]:
    """Return up to `each` comments for each stance: long enough to say why, then by confidence."""
    found = []
    for label in analysis.scheme.stances:
        candidates = []
        for i, prediction in enumerate(analysis.predictions):
            if prediction and prediction.stance.label == label and (words := own_words(analysis, i)):
                candidates.append((len(words) >= _GOOD_VOICE, prediction.stance.confidence, -i, words))
        for _, confidence, negative, words in sorted(candidates, reverse=True)[:each]:
            comment_id = clean(analysis.thread.comments[-negative].id)
            found.append(Voice(label, -negative, comment_id, confidence, excerpt(words, _VOICE)))
    return found


def issues(analysis: Analysis, *, limit: int = 8) -> list[str]:
    """Return what was wrong with the thread and what was done about it, a line each."""
    lines = [f"{clean(issue.comment_id)}: {clean(issue.detail)}" for issue in analysis.thread.issues]
    return lines if len(lines) <= limit else [*lines[:limit], f"and {len(lines) - limit} more"]


def certainty(analysis: Analysis) -> list[str]:
    """Return how far the labels and shares can be trusted."""
    answers = [prediction.stance for prediction in analysis.predictions if prediction]
    sentences = [
        f"Labels are predictions of the model {clean(analysis.model_name)} ({clean(analysis.model_sha256)[:12]}), "
        "which learned from labels made by machine annotators. Read the comments before you quote a label."
    ]
    if not answers:
        return [*sentences, "No comment has words to classify."]
    if confidences := [answer.confidence for answer in answers if answer.reason != "language"]:
        sentences.append(f"Mean confidence in a stance is {percent(sum(confidences) / len(confidences))}.")
    unclear = analysis.stances[UNCLEAR].count
    unlabelled = f"{_share_of(unclear, len(answers), 'comment')} {_are(unclear)} unclear"
    sentences.append(f"{unlabelled}: {_why_unclear(analysis)}.")
    if any(share.too_few for share in analysis.stances.values()):
        sentences.append("Fewer than 10 comments have a label: too few for shares to mean much.")
    sentences.append(METRICS_DRAWN)
    sentences.append(_SHARES_CORRECTED if analysis.shares_corrected else _SHARES_AS_COUNTED)
    return sentences


def own_words(analysis: Analysis, i: int) -> str:
    """Return a comment without the spans that repeat an ancestor."""
    text = analysis.thread.comments[i].text
    parts, end = [], 0
    for quotation in sorted(analysis.quotations[i], key=lambda quotation: quotation.start):
        parts.append(text[end : quotation.start])
        end = max(end, quotation.end)
    return clean(" ".join([*parts, text[end:]])).strip(" \"'“”‘’«»>:")


def opening(analysis: Analysis, i: int) -> str:
    """Return a comment's first words, or what stands in for them."""
    comment = analysis.thread.comments[i]
    if comment.status != "ok":
        return f"({comment.status} comment)"
    return f"“{excerpt(own_words(analysis, i) or comment.text, _OPENING)}”"


def stance_tags(scheme: Scheme) -> dict[str, str]:
    """Return a short tag for each label: its initials, or the label itself where two have the same."""
    initials = {label: "".join(word[:1] for word in label.split("-")).upper() for label in scheme.stances}
    if len(set(initials.values())) < len(initials):
        initials = {label: label for label in scheme.stances}
    return {**initials, NO_STANCE: "–", UNCLEAR: "?"}


def interval(share: StanceShare) -> str:
    """Return "42 % (24–61 %)", "too few (24–61 %)", or a dash where a share is undefined."""
    if share.share is None or share.low is None or share.high is None:
        return "–"
    return f"{'too few' if share.too_few else percent(share.share)} ({100 * share.low:.0f}–{percent(share.high)})"


def percent(share: float) -> str:
    """Return a share as whole percent."""
    return f"{100 * share:.0f} %"


def _why_unclear(analysis: Analysis) -> str:
    foreign = sum(prediction.stance.reason == "language" for prediction in analysis.predictions if prediction)
    if not foreign:
        return "too uncertain to label"
    others = analysis.stances[UNCLEAR].count - foreign
    uncertain = f", {others} too uncertain to label" if others else ""
    return f"{foreign} in another language than the model's{uncertain}"


def _crossing(analysis: Analysis) -> list[str]:
    pairs = stance_pairs(analysis.thread, analysis.predictions)
    if not pairs:
        return ["No reply runs between two comments that both take a stance."]
    crossing = sum(stance != parent_stance for stance, parent_stance in pairs)
    verb = "crosses" if crossing == 1 else "cross"
    sentences = [f"{_share_of(crossing, len(pairs), 'reply')} between stance-takers {verb} to another stance."]
    assortativity = analysis.metrics.polarization.stance_assortativity
    interval = analysis.metrics.intervals.get("stance_assortativity")
    if assortativity is not None:
        bounds = ""
        if isinstance(interval, Interval) and interval.low is not None and interval.high is not None:
            bounds = f", 95 % {interval.low:+.2f} to {interval.high:+.2f}"
        sentences.append(
            f"Stance assortativity is {assortativity:+.2f}{bounds} (+1: each stance answers only its own; 0: as by "
            "chance; below 0: they seek each other out)."
        )
    if null := analysis.metrics.nulls.get("stance_assortativity"):
        sentences.append(
            "Shuffling the same stances over these replies gives a value as extreme in "
            f"{percent(null.p) if null.p >= 0.01 else 'fewer than 1 %'} of cases."
        )
    return sentences


def _agreeing(analysis: Analysis) -> str:
    judged = Counter(reply.label for reply in judged_replies(analysis.thread, analysis.predictions))
    if not judged:
        return "No reply could be compared with its parent."
    rest = judged.total() - judged["agree"] - judged["disagree"]
    replies = f"Of {_count(judged.total(), 'reply')} to a comment in the file"
    return f"{replies}: {judged['agree']} agreeing, {judged['disagree']} disagreeing, {rest} neither."


def _attacking(analysis: Analysis) -> str:
    attacks = [
        clean(comment.id)
        for comment, prediction in zip(analysis.thread.comments, analysis.predictions, strict=True)
        if prediction and prediction.attack > 0.5
    ]
    if not attacks:
        return "No comment is more likely than not a personal attack."
    more = f" and {len(attacks) - _IDS_NAMED} more" if len(attacks) > _IDS_NAMED else ""
    named = ", ".join(attacks[:_IDS_NAMED]) + more
    return f"{_count(len(attacks), 'comment')} {_are(len(attacks))} more likely than not a personal attack: {named}."


def _count(number: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _share_of(part: int, whole: int, noun: str) -> str:
    return f"{part} of {_count(whole, noun)} ({percent(part / whole)})"
