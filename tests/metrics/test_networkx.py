"""Every measure that networkx has at hand, equal on 500 random trees and 200 random interaction graphs."""

import random

import networkx as nx
import pytest

from analyzer.metrics import measure
from analyzer.metrics.graphs import interaction_graph, reply_tree
from analyzer.predictions import Prediction, Scored
from analyzer.thread import Comment, Thread, build_thread

LABELS = ("pro", "contra", "worry", "none")


def random_thread(choose: random.Random, *, authors: int, roots: int = 1) -> Thread:
    """Return 2 to 60 comments under `roots` roots, each reply to any earlier comment."""
    size = choose.randint(roots + 1, 60)
    return build_thread(
        Comment(str(i), str(choose.randrange(i)) if i >= roots else None, author=f"u{choose.randrange(authors)}")
        for i in range(size)
    )


def random_labels(choose: random.Random, thread: Thread) -> list[Prediction | None]:
    agreements = [
        Scored(choose.choice(["agree", "disagree", "neutral"]), {}) if parent >= 0 else None
        for parent in thread.parents
    ]
    return [Prediction(Scored(choose.choice(LABELS), {}), agreement, 0.0) for agreement in agreements]


@pytest.mark.parametrize("seed", range(500))
def test_a_random_tree(seed):
    choose = random.Random(seed)
    thread = random_thread(choose, authors=5)
    predictions = random_labels(choose, thread)
    metrics = measure(thread, predictions, LABELS, draws=0, shuffles=0)
    tree = reply_tree(thread)
    depths = nx.single_target_shortest_path_length(tree, 0)
    levels = [len(level) for level in nx.bfs_layers(tree.reverse(), [0])]
    structure = metrics.structure
    assert structure.structural_virality == pytest.approx(nx.average_shortest_path_length(tree.to_undirected()))
    assert structure.max_depth == nx.dag_longest_path_length(tree)
    assert structure.mean_depth == pytest.approx(sum(dict(depths).values()) / len(tree))
    assert list(structure.levels) == levels
    answered = sum(degree > 0 for _, degree in tree.in_degree())
    assert structure.branching_factor == pytest.approx(tree.number_of_edges() / answered)
    assert structure.leaves == sum(degree == 0 for _, degree in tree.in_degree())

    stances = {i: p.stance.label for i, p in enumerate(predictions) if p and p.stance.label != "none"}
    takers = tree.subgraph(stances)
    if not takers.number_of_edges():
        return
    nx.set_node_attributes(takers, stances, "stance")
    sides = [{i for i, taken in stances.items() if taken == stance} for stance in set(stances.values())]
    assert metrics.polarization.stance_modularity == pytest.approx(
        nx.community.modularity(takers.to_undirected(), sides), abs=1e-12
    )
    if metrics.polarization.stance_assortativity is not None:
        assert metrics.polarization.stance_assortativity == pytest.approx(
            nx.attribute_assortativity_coefficient(takers, "stance"), abs=1e-12
        )


@pytest.mark.parametrize("seed", range(200))
def test_a_random_interaction_graph(seed):
    choose = random.Random(seed)
    thread = random_thread(choose, authors=choose.randint(2, 12), roots=choose.randint(1, 3))
    predictions = random_labels(choose, thread)
    metrics = measure(thread, predictions, LABELS, draws=0, shuffles=0)
    graph = interaction_graph(thread)
    if graph.number_of_edges():
        assert metrics.participation.reciprocity == pytest.approx(nx.overall_reciprocity(graph))

    signed = nx.Graph()
    for i, parent in enumerate(thread.parents):
        a, b = thread.comments[i].author, thread.comments[parent].author
        agreement = predictions[i].agreement
        if parent < 0 or a == b or agreement is None:
            continue
        sign = {"agree": 1, "disagree": -1}.get(agreement.label, 0)
        signed.add_edge(a, b, sign=signed.edges[a, b]["sign"] + sign if signed.has_edge(a, b) else sign)
    signed.remove_edges_from([(a, b) for a, b, sign in signed.edges(data="sign") if not sign])
    triangles = [clique for clique in nx.enumerate_all_cliques(signed) if len(clique) == 3]
    balanced = sum(
        signed.edges[a, b]["sign"] * signed.edges[a, c]["sign"] * signed.edges[b, c]["sign"] > 0
        for a, b, c in triangles
    )
    assert sum(nx.triangles(signed).values()) == 3 * len(triangles)
    assert metrics.agreement.balance == (pytest.approx(balanced / len(triangles)) if triangles else None)
