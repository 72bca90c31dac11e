"""A Thread -> its two graphs; the directions of their edges are stated here and nowhere else.

networkx is imported when a graph is asked for, so that `import analyzer` stays light.
"""

from collections import Counter
from typing import TYPE_CHECKING

from analyzer.thread import Thread

if TYPE_CHECKING:
    import networkx as nx


def reply_tree(thread: Thread) -> "nx.DiGraph":
    """Return the reply tree: a node is a position in `thread.comments`, an edge runs from a reply to its parent.

    Placeholders are nodes. Several roots make it a forest.
    """
    import networkx as nx

    tree = nx.DiGraph()
    tree.add_nodes_from(range(len(thread.comments)))
    tree.add_edges_from((i, parent) for i, parent in enumerate(thread.parents) if parent >= 0)
    return tree


def interaction_graph(thread: Thread) -> "nx.DiGraph":
    """Return the interaction graph: a node is an author, an edge runs from replier to replied-to author.

    The edge's `weight` is the number of replies. Every known author is a node, also one who answers nobody.
    """
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from(author for author in thread.authors if author is not None)
    graph.add_weighted_edges_from((*arc, count) for arc, count in reply_arcs(thread).items())
    return graph


def reply_arcs(thread: Thread) -> Counter[tuple[str, str]]:
    """Return how often each author answers each other author: (replier, replied-to) -> replies.

    Answers to oneself are dropped; so are replies where either author is unknown or a placeholder.
    """
    authors = thread.authors
    arcs: Counter[tuple[str, str]] = Counter()
    for author, parent in zip(authors, thread.parents, strict=True):
        if parent < 0 or author is None:
            continue
        parent_author = authors[parent]
        if parent_author is not None and parent_author != author:
            arcs[author, parent_author] += 1
    return arcs
