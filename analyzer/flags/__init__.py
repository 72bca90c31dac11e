"""A Thread and its Predictions -> Flags: what a moderator should look at and why, and a priority to rank by.

Flags are about conduct and dynamics: no rule asks which stance a comment takes, only `bridge` whether two differ, and
that one never moves a priority.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from analyzer.flags import conduct, context, copies, dynamics, merit
from analyzer.flags.flag import POSITIVE, Flag
from analyzer.flags.priority import Priorities, learned_precision, prioritise
from analyzer.flags.scene import Scene
from analyzer.flags.thresholds import Limits, Thresholds, default_thresholds, read_thresholds
from analyzer.predictions import Prediction
from analyzer.thread import Thread

__all__ = [
    "POSITIVE",
    "RULES",
    "Flag",
    "Priorities",
    "Thresholds",
    "default_thresholds",
    "learned_precision",
    "prioritise",
    "raise_flags",
    "read_thresholds",
]

# Each kind of flag and the rule that raises it; its thresholds stand under its name in thresholds.toml.
RULES: Mapping[str, Callable[[Scene, Limits], Iterable[Flag]]] = {
    "attack": conduct.attacks,
    "attack_exchange": conduct.attack_exchanges,
    "pile_on": conduct.pile_ons,
    "heated_branch": dynamics.heated_branches,
    "back_and_forth": dynamics.back_and_forths,
    "copy": copies.copies,
    "spam": copies.spam,
    "off_topic": context.off_topics,
    "lost_context": context.lost_contexts,
    "bridge": merit.bridges,
    "constructive": merit.constructive,
}


def raise_flags(
    thread: Thread,
    predictions: Sequence[Prediction | None],
    *,
    own_words: Sequence[str] | None = None,
    thresholds: Thresholds | None = None,
) -> list[Flag]:
    """Return the flags of a thread in reading order, those of one comment in the order of RULES.

    `predictions` stands beside `thread.comments`, None where there was nothing to read; so does `own_words`, the
    comments without what they quote, where that is known. `thresholds` are the shipped ones unless given.
    Linear in the comments. Raises ValueError when the sequences differ in length.
    """
    thresholds = default_thresholds() if thresholds is None else thresholds
    scene = Scene.of(thread, predictions, own_words)
    flags = [flag for kind, rule in RULES.items() if thresholds[kind]["on"] for flag in rule(scene, thresholds[kind])]
    position = {comment.id: i for i, comment in enumerate(thread.comments)}
    return sorted(flags, key=lambda flag: position[flag.comment_id])
