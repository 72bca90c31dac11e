from dataclasses import replace

from analyzer.analysis import Analysis, analyze
from analyzer.flags import Flag
from analyzer.report.flag_list import first_flags, flagged, flags_document, render_flags
from analyzer.thread import Comment, build_thread
from tests.toy import SOURCE, ToyPredictor, small_analysis


def flagged_analysis(*flags: Flag, thread_id: str = "t1") -> Analysis:
    comments = [Comment("a", text="Sign it."), Comment("b", "a", "Scrap it."), Comment("c", text="Hm.")]
    thread = build_thread(comments, id=thread_id, title="Harbour treaty signed")
    return replace(analyze(thread, ToyPredictor(), source=SOURCE), flags=flags)


ATTACK = Flag("attack", "b", 0.9, "A personal attack.")
PRAISE = Flag("constructive", "a", 0.8, "Sixty words.")


def test_flags_come_by_the_priority_of_their_comment() -> None:
    weaker = replace(ATTACK, comment_id="c", score=0.7)
    assert flagged(flagged_analysis(PRAISE, weaker, ATTACK)).flags == (ATTACK, weaker, PRAISE)


def test_a_report_names_the_first_flags_and_counts_the_rest() -> None:
    assert first_flags(flagged_analysis(PRAISE, ATTACK), limit=1) == [
        "attack, b “Scrap it.”: A personal attack.",
        "and 1 more",
    ]


def test_a_report_without_flags_names_none() -> None:
    assert first_flags(flagged_analysis()) == []


def test_the_list_begins_with_the_thread_of_highest_priority() -> None:
    threads = [flagged(flagged_analysis(PRAISE, thread_id="calm")), flagged(flagged_analysis(ATTACK, thread_id="hot"))]
    # an attack counts 1.0 * 0.7 * 0.9
    assert render_flags(threads, width=120) == (
        "2 flags in 2 threads of 6 comments: 1 constructive, 1 attack. Numbers are priorities: how many comments are "
        "expected to\nneed a moderator.\n"
        "\n"
        "1. 0.63  hot  Harbour treaty signed  (3 comments)\n"
        "    0.63  b  “Scrap it.”\n"
        "          attack  A personal attack.\n"
        "\n"
        "2. 0.00  calm  Harbour treaty signed  (3 comments)\n"
        "    0.00  a  “Sign it.”\n"
        "          constructive  Sixty words.\n"
    )


def test_a_branch_of_higher_priority_than_its_head_is_shown_with_its_own() -> None:
    quarrel = Flag("pile_on", "a", 0.5, "Seven contradict it.", "branch")
    # the pile-on counts 0.7 * 0.8 * 0.5 = 0.28, the attack below it 0.63
    assert "0.28  (branch 0.91)  a" in render_flags([flagged(flagged_analysis(quarrel, ATTACK))])


def test_what_is_left_out_is_said() -> None:
    threads = [flagged(flagged_analysis(ATTACK, PRAISE)) for _ in range(3)]
    text = render_flags(threads, limit=1, each=1)
    assert "and 1 more flagged comment" in text
    assert "And 2 more flagged threads" in text


def test_the_document_holds_every_thread_with_priorities() -> None:
    document = flags_document([flagged(flagged_analysis(thread_id="calm")), flagged(flagged_analysis(ATTACK))])
    assert [(thread["id"], thread["priority"]) for thread in document["threads"]] == [("t1", 0.63), ("calm", 0.0)]
    assert document["threads"][0]["flags"] == [
        {
            "kind": "attack",
            "comment_id": "b",
            "score": 0.9,
            "reason": "A personal attack.",
            "scope": "comment",
            "involved": [],
            "priority": 0.63,
            "branch_priority": 0.63,
        }
    ]


def test_a_thread_without_title_is_named_by_its_article() -> None:
    assert flagged(replace(small_analysis(), thread=replace(small_analysis().thread, title=""))).subject == (
        "Three harbours are to open."
    )
