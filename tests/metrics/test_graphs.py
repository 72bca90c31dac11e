from analyzer.metrics.graphs import interaction_graph, reply_arcs, reply_tree
from analyzer.thread import Comment, build_thread

THREAD = build_thread(
    [
        Comment("a", author="Ann"),
        Comment("b", "a", author="Bo"),
        Comment("c", "b", author="Ann"),
        Comment("d", "a", author="Bo"),
        Comment("e", "d", author="Bo"),  # answers himself
        Comment("f", "a"),  # unknown author
        Comment("g", "gone", author="Cy"),
    ]
)


def test_edges_of_the_reply_tree_run_from_reply_to_parent():
    tree = reply_tree(THREAD)
    position = {comment.id: i for i, comment in enumerate(THREAD.comments)}
    assert set(tree) == set(range(8))
    assert tree.has_edge(position["b"], position["a"])
    assert not tree.has_edge(position["a"], position["b"])
    assert tree.number_of_edges() == 6


def test_edges_of_the_interaction_graph_run_from_replier_to_replied_to():
    graph = interaction_graph(THREAD)
    assert sorted(graph.edges(data="weight")) == [("Ann", "Bo", 1), ("Bo", "Ann", 2)]


def test_an_author_who_answers_nobody_is_a_node():
    assert set(interaction_graph(THREAD)) == {"Ann", "Bo", "Cy"}


def test_self_replies_unknown_authors_and_placeholders_make_no_arcs():
    assert reply_arcs(THREAD) == {("Bo", "Ann"): 2, ("Ann", "Bo"): 1}


def test_no_comments_make_empty_graphs():
    empty = build_thread([])
    assert len(reply_tree(empty)) == len(interaction_graph(empty)) == 0


def test_the_author_of_a_placeholder_does_not_take_part():
    thread = build_thread([Comment("a", author="Ann", status="missing"), Comment("b", "a", author="Bo")])
    assert set(interaction_graph(thread)) == {"Bo"}
    assert reply_arcs(thread) == {}
