from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.thread import Comment, Issue, Thread, build_thread, cut_branch

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def ids(thread: Thread) -> list[str]:
    return [comment.id for comment in thread.comments]


def kinds(thread: Thread) -> list[tuple[str, str]]:
    return [(issue.kind, issue.comment_id) for issue in thread.issues]


FOUR = (
    Comment("a", text="NATO should let them in.", author="Ann", created=at(0)),
    Comment("b", "a", "And start a war?", "Bo", at(1)),
    Comment("c", "a", "Well said.", "Cy", at(2)),
    Comment("d", "b", "The war has started already.", "Ann", at(3)),
)


def test_no_comments_make_an_empty_thread():
    thread = build_thread([], id="t", declared=3)
    assert thread.comments == thread.parents == thread.depths == thread.sizes == thread.replies == thread.roots == ()
    assert (thread.found, thread.missing, thread.deleted, thread.declared, thread.issues) == (0, 0, 0, 3, ())


def test_one_comment_is_a_root():
    thread = build_thread([Comment("a")])
    assert (thread.parents, thread.depths, thread.sizes, thread.roots, thread.issues) == ((-1,), (0,), (1,), (0,), ())


def test_comments_stand_depth_first_with_oldest_replies_first():
    thread = build_thread(FOUR)
    assert ids(thread) == ["a", "b", "d", "c"]
    assert thread.parents == (-1, 0, 1, 0)
    assert thread.depths == (0, 1, 2, 1)
    assert thread.sizes == (4, 2, 1, 1)
    assert thread.replies == ((1, 3), (2,), (), ())


def test_a_branch_is_one_slice():
    thread = build_thread(FOUR)
    assert [ids(thread)[i] for i in thread.branch(1)] == ["b", "d"]


def test_a_branch_cut_off_begins_at_its_comment():
    branch = cut_branch(build_thread(FOUR, declared=9), 1)
    assert ids(branch) == ["b", "d"]
    assert (branch.parents, branch.declared) == ((-1, 0), None)


def test_what_is_said_of_the_thread_is_kept():
    thread = build_thread(FOUR, id="t1", title="Ukraine", article="Kyiv asks.", declared=9, hidden=2)
    assert (thread.id, thread.title, thread.article, thread.declared, thread.hidden) == (
        "t1",
        "Ukraine",
        "Kyiv asks.",
        9,
        2,
    )


def test_ids_count_upwards_without_times():
    thread = build_thread([Comment(f"c{i}") for i in (10, 9, 1, 11)])
    assert ids(thread) == ["c1", "c9", "c10", "c11"]


def test_time_goes_before_id():
    assert ids(build_thread([Comment("a", created=at(5)), Comment("b", created=at(1))])) == ["b", "a"]


def test_issues_of_the_reader_are_kept():
    issue = Issue("unreadable_time", "a", "found 'yesterday-ish'")
    assert build_thread([Comment("a")], issues=[issue]).issues == (issue,)


class TestPlaceholders:
    def test_replies_to_one_missing_parent_share_a_placeholder(self):
        thread = build_thread([Comment("a"), Comment("b", "gone"), Comment("c", "gone")])
        assert ids(thread) == ["a", "gone", "b", "c"]
        assert thread.parents == (-1, -1, 1, 1)
        assert thread.comments[1] == Comment("gone", status="missing")
        assert kinds(thread) == [("missing_parent", "b"), ("missing_parent", "c")]

    def test_they_are_in_no_count_but_missing(self):
        thread = build_thread([Comment("a"), Comment("b", "gone"), Comment("c", "lost", status="deleted")])
        assert (thread.found, thread.missing, thread.deleted) == (3, 2, 1)

    def test_they_stand_where_their_first_reply_stands(self):
        comments = [Comment("a", created=at(0)), Comment("b", "gone", created=at(1)), Comment("c", created=at(2))]
        assert ids(build_thread(comments)) == ["a", "gone", "b", "c"]

    def test_those_of_a_reader_keep_their_place_in_the_tree(self):
        comments = [Comment("a"), Comment("x", "a", status="missing"), Comment("b", "x")]
        thread = build_thread(comments)
        assert (ids(thread), thread.depths) == (["a", "x", "b"], (0, 1, 2))
        assert kinds(thread) == [("missing_parent", "b")]

    def test_the_detail_names_the_parent(self):
        assert "'gone'" in build_thread([Comment("b", "gone")]).issues[0].detail


class TestRepairs:
    def test_a_self_reply_becomes_a_root(self):
        thread = build_thread([Comment("a"), Comment("b", "b"), Comment("c", "b")])
        assert (ids(thread), thread.parents) == (["a", "b", "c"], (-1, -1, 1))
        assert thread.comments[1].parent_id is None
        assert kinds(thread) == [("self_reply", "b")]

    def test_a_loop_is_cut_at_its_earliest_comment(self):
        comments = [
            Comment("a", "b", created=at(2)),
            Comment("b", "c", created=at(1)),
            Comment("c", "a", created=at(3)),
        ]
        thread = build_thread(comments)
        assert (ids(thread), thread.depths) == (["b", "a", "c"], (0, 1, 2))
        assert kinds(thread) == [("reply_loop", "b")]
        assert thread.comments[0].parent_id is None

    def test_what_hangs_off_a_loop_stays_there(self):
        comments = [Comment("a", "b"), Comment("b", "a"), Comment("c", "b"), Comment("d", "c")]
        thread = build_thread(comments)
        assert (ids(thread), thread.parents) == (["a", "b", "c", "d"], (-1, 0, 1, 2))

    def test_each_loop_is_cut_once(self):
        comments = [Comment("a", "b"), Comment("b", "a"), Comment("c", "d"), Comment("d", "c")]
        assert kinds(build_thread(comments)) == [("reply_loop", "a"), ("reply_loop", "c")]

    def test_a_second_comment_with_an_id_gets_a_number(self):
        comments = [*FOUR, Comment("b", "a", "Another one.", "Dee", at(9))]
        thread = build_thread(comments)
        assert ids(thread) == ["a", "b", "d", "c", "b#2"]
        assert kinds(thread) == [("duplicate_id", "b#2")]

    def test_replies_stay_with_the_earlier_of_two(self):
        comments = [Comment("a", created=at(5)), Comment("a", text="first", created=at(1)), Comment("b", "a")]
        thread = build_thread(comments)
        assert (ids(thread), thread.parents) == (["a", "b", "a#2"], (-1, 0, -1))
        assert thread.comments[0].text == "first"

    def test_a_number_that_is_taken_is_passed_over(self):
        comments = [Comment("a", text="x"), Comment("a", text="y"), Comment("a#2", text="z")]
        assert sorted(ids(build_thread(comments))) == ["a", "a#2", "a#3"]

    def test_a_second_comment_that_answers_its_own_id_is_a_self_reply(self):
        thread = build_thread([Comment("a", text="x"), Comment("a", "a", text="y")])
        assert thread.parents == (-1, -1)
        assert kinds(thread) == [("duplicate_id", "a#2"), ("self_reply", "a#2")]

    def test_an_exact_copy_is_left_out_and_named(self):
        thread = build_thread([*FOUR, FOUR[1]])
        assert ids(thread) == ["a", "b", "d", "c"]
        assert kinds(thread) == [("repeated_comment", "b")]

    def test_further_roots_are_named_where_one_is_expected(self):
        comments = [Comment("a"), Comment("b"), Comment("c", "a")]
        thread = build_thread(comments, one_root=True)
        assert (thread.roots, kinds(thread)) == ((0, 2), [("several_roots", "b")])
        assert build_thread(comments).issues == ()

    def test_a_comment_without_time_comes_after_its_siblings(self):
        thread = build_thread([Comment("a"), Comment("b", created=at(1)), Comment("c", created=at(2))])
        assert ids(thread) == ["b", "c", "a"]
        assert kinds(thread) == [("missing_time", "a")]


def test_a_chain_of_200_000_is_no_trouble():
    chain = [Comment(str(i), str(i - 1) if i else None) for i in range(200_000)]
    start = perf_counter()
    thread = build_thread(reversed(chain))
    assert thread.depths[-1] == 199_999
    assert thread.sizes[0] == 200_000
    assert thread.issues == ()
    assert perf_counter() - start < 20  # seconds; anything quadratic takes hours


def test_a_loop_of_200_000_is_cut_once():
    loop = [Comment(str(i), str((i - 1) % 200_000)) for i in range(200_000)]
    thread = build_thread(loop)
    assert kinds(thread) == [("reply_loop", "0")]
    assert thread.depths[-1] == 199_999


names = st.sampled_from(["a", "b", "c", "d", "e", "a#2", "gone"])
comments_of_any_kind = st.lists(
    st.builds(
        Comment,
        id=names,
        parent_id=st.none() | names,
        text=st.sampled_from(["", "No.", "Yes."]),
        author=st.none() | st.sampled_from(["Ann", "Bo"]),
        created=st.none() | st.integers(0, 3).map(at),
        status=st.sampled_from(["ok", "deleted", "missing"]),
    ),
    max_size=12,
)


@given(comments_of_any_kind, st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_comments_changes_nothing(comments, random, one_root):
    shuffled = random.sample(comments, len(comments))
    assert build_thread(shuffled, one_root=one_root) == build_thread(comments, one_root=one_root)


@given(comments_of_any_kind)
@settings(max_examples=300)
def test_nothing_is_lost_unsaid(comments):
    thread = build_thread(comments)
    copies = sum(issue.kind == "repeated_comment" for issue in thread.issues)
    named_placeholders = sum(comment.status == "missing" for comment in set(comments))
    assert len(comments) == thread.found + named_placeholders + copies
    assert thread.missing >= named_placeholders


@given(comments_of_any_kind)
@settings(max_examples=300)
def test_the_tree_agrees_with_the_comments(comments):
    thread = build_thread(comments)
    assert len(set(ids(thread))) == len(thread.comments)
    for i, (comment, parent) in enumerate(zip(thread.comments, thread.parents, strict=True)):
        assert parent < i
        assert comment.parent_id == (thread.comments[parent].id if parent >= 0 else None)


@given(comments_of_any_kind)
def test_what_was_repaired_once_needs_no_second_repair(comments):
    thread = build_thread(comments)
    again = build_thread(thread.comments)
    assert set(again.comments) == set(thread.comments)
    assert {issue.kind for issue in again.issues} <= {"missing_parent", "missing_time"}


@given(comments_of_any_kind)
def test_every_change_to_a_comment_is_an_issue(comments):
    thread = build_thread(comments)
    changed = {comment.id for comment in thread.comments if comment not in comments and comment.status != "missing"}
    assert changed <= {issue.comment_id for issue in thread.issues}


@pytest.mark.parametrize("kind", ["self_reply", "reply_loop", "duplicate_id", "missing_parent", "repeated_comment"])
def test_every_issue_says_what_was_done(kind):
    comments = [
        Comment("a", "a"),
        Comment("b", "c"),
        Comment("c", "b"),
        Comment("d"),
        Comment("d", text="Again."),
        Comment("e", "gone"),
        Comment("f"),
        Comment("f"),
    ]
    assert [issue.detail for issue in build_thread(comments).issues if issue.kind == kind]


def test_a_time_that_cannot_be_read_is_named_once():
    thread = build_thread([Comment("a", created=at(1)), Comment("b", unread_time="soon")])
    assert kinds(thread) == [("unreadable_time", "b")]
    assert "'soon'" in thread.issues[0].detail
