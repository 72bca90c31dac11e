from analyzer.metrics.authors import Author, Pair, measure_authors, measure_pairs
from analyzer.predictions import Prediction, Scored
from analyzer.thread import Comment, build_thread

# Ann (pro) ─┬─ Bo (contra) ─── Ann (pro) ─── Bo (pro)
#            ├─ Cy (pro)
#            └─ Ann (pro)
TALK = build_thread(
    [
        Comment("a", author="Ann"),
        Comment("b", "a", author="Bo"),
        Comment("c", "b", author="Ann"),
        Comment("d", "c", author="Bo"),
        Comment("e", "a", author="Cy"),
        Comment("f", "a", author="Ann"),
    ]
)
PREDICTIONS = [Prediction(Scored("contra" if comment.id == "b" else "pro", {}), None, 0.0) for comment in TALK.comments]


def test_who_answers_whom_and_crosses():
    assert measure_authors(TALK, PREDICTIONS) == [
        Author("Ann", comments=3, answers=1, answered=3, partners=1, reciprocity=1.0, across=1, within=0),
        Author("Bo", comments=2, answers=2, answered=1, partners=1, reciprocity=1.0, across=1, within=1),
        Author("Cy", comments=1, answers=1, answered=0, partners=1, reciprocity=0.0, across=0, within=1),
    ]


def test_pairs_and_their_longest_back_and_forth():
    assert measure_pairs(TALK) == [
        Pair(("Ann", "Bo"), replies=(1, 2), back_and_forth=4),
        Pair(("Ann", "Cy"), replies=(0, 1), back_and_forth=2),
    ]


def test_nobody_is_named():
    thread = build_thread([Comment("a"), Comment("b", "a")])
    assert measure_authors(thread, [None, None]) == []
    assert measure_pairs(thread) == []


def test_a_reply_without_stance_crosses_nothing():
    predictions = [None, *PREDICTIONS[1:]]
    bo = measure_authors(TALK, predictions)[1]
    assert (bo.across, bo.within) == (0, 1)
