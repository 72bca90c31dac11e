from collections import Counter
from dataclasses import replace

import pytest

from analyzer.analysis import Quotation, analyze
from analyzer.report.entries import Flag, anchor, entries, looks
from analyzer.scheme import Scheme
from analyzer.thread import Comment, build_thread
from tests.toy import SOURCE, ToyPredictor, small_analysis


def test_labels_keep_their_key_color_and_letters() -> None:
    shown = [(look.label, look.key, look.color, look.tag) for look in looks(small_analysis()).values()]
    assert shown == [
        ("for-treaty", "0", "s0", "FT"),
        ("against-treaty", "1", "s1", "AT"),
        ("none", "n", "sn", "–"),
        ("unclear", "u", "su", "?"),
    ]


def test_lists_open_and_close_around_replies() -> None:
    # c1 ─ c2 ─ c3, c4, c5 ─ c6 ─ c7, gone ─ c8
    assert [(entry.id, entry.opens, entry.closes) for entry in entries(small_analysis())] == [
        ("c1", True, 0),
        ("c2", True, 0),
        ("c3", False, 2),
        ("c4", False, 0),
        ("c5", True, 0),
        ("c6", True, 0),
        ("c7", False, 2),
        ("gone", True, 0),
        ("c8", False, 1),
    ]


def test_below_depth_12_comments_stand_in_a_flat_list() -> None:
    thread = build_thread([Comment(f"c{i}", f"c{i - 1}" if i else None) for i in range(16)])
    drawn = entries(analyze(thread, ToyPredictor(), source=SOURCE))
    assert [(entry.depth, entry.level) for entry in drawn[11:]] == [(11, 11), (12, 12), (13, 13), (14, 13), (15, 13)]
    assert Counter(entry.opens for entry in drawn) == {True: 13, False: 3}
    assert sum(entry.closes for entry in drawn) == 13


def test_quoted_words_are_apart() -> None:
    reply = entries(small_analysis())[2]
    assert reply.spans == (("“a harbour full of warships”", True), (" keeps the peace. You are wrong, sign it.", False))


def test_overlapping_quotations_are_joined() -> None:
    analysis = small_analysis()
    overlapping = (Quotation(9, 20, None), Quotation(3, 12, None))
    quotations = (overlapping, *analysis.quotations[1:])
    spans = entries(replace(analysis, quotations=quotations))[0].spans
    assert spans[:3] == (("We ", False), ("should si", True), ("gn this ", True))


def test_deleted_and_missing_comments_have_no_labels() -> None:
    drawn = {entry.id: entry for entry in entries(small_analysis())}
    assert [(drawn[i].status, drawn[i].look, drawn[i].scores) for i in ("c6", "gone")] == [
        ("deleted", None, ()),
        ("missing", None, ()),
    ]


def test_letters_that_are_too_long_become_a_number() -> None:
    scheme = Scheme("pets", "Pets", {"anti-cat": "Against cats.", "anti-cow": "Against cows.", "none": "Neither."})
    assert [look.tag for look in looks(replace(small_analysis(), scheme=scheme)).values()] == ["1", "2", "–", "?"]


def test_an_attack_is_a_flag() -> None:
    flagged = {entry.id: entry.flags for entry in entries(small_analysis()) if entry.flags}
    assert flagged == {"c7": (Flag("attack", "A personal attack with probability 90 %."),)}


def test_scores_are_listed_likeliest_first() -> None:
    assert entries(small_analysis())[1].scores == (
        ("stance", (("against-treaty", "80 %"), ("for-treaty", "10 %"), ("none", "10 %"))),
        ("agreement", (("disagree", "80 %"), ("agree", "10 %"), ("neutral", "10 %"))),
        ("personal attack", (("no", "90 %"), ("yes", "10 %"))),
    )


@pytest.mark.parametrize(
    ("comment_id", "expected"), [("c1", "c-c1"), ("a b", "c-a%20b"), ("a%20b", "c-a%2520b"), ("é", "c-%C3%A9")]
)
def test_anchor(comment_id: str, expected: str) -> None:
    assert anchor(comment_id) == expected
