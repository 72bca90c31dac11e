"""A Thread -> the numbers of its shape. Needs no labels, authors or times.

Placeholders (status "missing") are nodes of the tree, so depths and distances run through them, but they are not
counted as comments. Deleted comments are comments. Every function is one or two passes over the thread.
"""

from dataclasses import dataclass

from analyzer.thread import Thread


@dataclass(frozen=True, slots=True)
class Structure:
    """The shape of a reply tree; each field is the function of the same name."""

    comments: int
    roots: int
    leaves: int
    missing: int
    deleted: int
    max_depth: int | None
    mean_depth: float | None
    breadth: int
    levels: tuple[int, ...]
    branching_factor: float | None
    structural_virality: float | None
    h_index: int
    reply_share: float | None


def measure_structure(thread: Thread) -> Structure:
    """Return every structure metric of a thread."""
    return Structure(
        comments=thread.found,
        roots=roots(thread),
        leaves=leaves(thread),
        missing=thread.missing,
        deleted=thread.deleted,
        max_depth=max_depth(thread),
        mean_depth=mean_depth(thread),
        breadth=breadth(thread),
        levels=levels(thread),
        branching_factor=branching_factor(thread),
        structural_virality=structural_virality(thread),
        h_index=h_index(thread),
        reply_share=reply_share(thread),
    )


def roots(thread: Thread) -> int:
    """Return the number of comments at depth 0; 0 for no comments, 1 for one.

    A placeholder at depth 0 is not counted.

    >>> roots(build_thread([Comment("a"), Comment("b", "a"), Comment("c")]))
    2
    """
    return thread.parents.count(-1) - sum(thread.parents[i] < 0 for i in _placeholders(thread))


def leaves(thread: Thread) -> int:
    """Return the number of comments nothing hangs under; 0 for no comments, 1 for one.

    A placeholder under a comment stands for a reply, so that comment is no leaf.

    >>> leaves(build_thread([Comment("a"), Comment("b", "a"), Comment("c", "a")]))
    2
    """
    answered = set(thread.parents) - {-1}
    return len(thread.comments) - len(answered | _placeholders(thread))


def max_depth(thread: Thread) -> int | None:
    """Return the most edges between a comment and its root; None for no comments, 0 for one.

    >>> max_depth(build_thread([Comment("a"), Comment("b", "a"), Comment("c", "b")]))
    2
    """
    return len(thread.levels) - 1 if thread.levels else None


def mean_depth(thread: Thread) -> float | None:
    """Return the mean number of edges between a comment and its root; None for no comments, 0 for one.

    Formula: Σ depth / comments. Range: 0 to max_depth.

    >>> mean_depth(build_thread([Comment("a"), Comment("b", "a"), Comment("c", "b")]))  # (0 + 1 + 2) / 3
    1.0
    """
    return sum(i * count for i, count in enumerate(thread.levels)) / thread.found if thread.levels else None


def breadth(thread: Thread) -> int:
    """Return the largest number of comments at one depth; 0 for no comments, 1 for one.

    Formula: max over i of n_i. Range: 0 to comments.
    Reference: Gómez, Kaltenbrunner, López (2008), Statistical analysis of the social network and discussion
    threads in Slashdot.

    >>> breadth(build_thread([Comment("a"), Comment("b", "a"), Comment("c", "a")]))
    2
    """
    return max(thread.levels, default=0)


def levels(thread: Thread) -> tuple[int, ...]:
    """Return the number of comments at depth 0, 1, … max_depth; () for no comments, (1,) for one.

    A level that holds placeholders only counts 0.
    Reference: Gómez, Kaltenbrunner, López (2008).

    >>> levels(build_thread([Comment("a"), Comment("b", "a"), Comment("c", "a")]))
    (1, 2)
    """
    return thread.levels


def branching_factor(thread: Thread) -> float | None:
    """Return how many replies an answered comment has; None for no comments, for one, and without replies.

    Formula: replies / comments with at least one reply, where a reply is a comment whose parent is a comment:
    a placeholder is neither. Range: 1 upwards. Not 2E/N, which is about 2 for every tree.

    >>> branching_factor(build_thread([Comment("a"), Comment("b", "a"), Comment("c", "a"), Comment("d", "b")]))
    1.5
    """
    nobody = _placeholders(thread) | {-1}
    parents = [parent for i, parent in enumerate(thread.parents) if parent not in nobody and i not in nobody]
    return len(parents) / len(set(parents)) if parents else None


def structural_virality(thread: Thread) -> float | None:
    """Return the mean distance between two comments; None for fewer than two.

    Formula: 2W / (n(n - 1)), W = Σ s(n - s) over all edges, s = comments under the edge, n = comments. Each pair
    of comments is counted once for every edge between them. Roots are joined through the article, which is no
    endpoint, so the edges article -> root are among them; neither is a placeholder an endpoint.
    Range: 1 (a single pair) upwards; below 2 for a star, (n + 1)/3 for a chain.
    For one root without placeholders: networkx `average_shortest_path_length` of the undirected tree.
    Reference: Goel, Anderson, Hofman, Watts (2016), The structural virality of online diffusion.

    >>> structural_virality(build_thread([Comment("a"), Comment("b", "a"), Comment("c", "b")]))  # (1 + 1 + 2) / 3
    1.3333333333333333
    """
    n = thread.found
    if n < 2:
        return None
    below = [1] * len(thread.comments)
    for placeholder in _placeholders(thread):
        below[placeholder] = 0
    total = 0
    for i in range(len(below) - 1, -1, -1):  # replies stand after their parent, so below[i] is complete here
        total += below[i] * (n - below[i])
        parent = thread.parents[i]
        if parent >= 0:
            below[parent] += below[i]
    return 2 * total / (n * (n - 1))


def h_index(thread: Thread) -> int:
    """Return the largest h such that level i holds at least i comments for every i = 1 … h; 0 for none, 1 for one.

    The article is level 0, so level i counts the comments at depth i - 1. The first level that fails ends it.
    Range: 0 to max_depth + 1. A high value is a discussion both wide and deep: controversy on Slashdot.
    Reference: Gómez, Kaltenbrunner, López (2008).

    >>> h_index(build_thread([Comment("a"), Comment("b", "a"), Comment("c", "a"), Comment("d", "b")]))  # 1, 2, 1
    2
    """
    h = 0
    for count in thread.levels:
        if count <= h:
            break
        h += 1
    return h


def reply_share(thread: Thread) -> float | None:
    """Return the share of comments that are no roots; None for no comments, 0 for one.

    Formula: (comments - roots) / comments. Range: 0 to 1. A reply to a placeholder is a reply.

    >>> reply_share(build_thread([Comment("a"), Comment("b", "a"), Comment("c"), Comment("d")]))
    0.25
    """
    comments = thread.found
    return (comments - roots(thread)) / comments if comments else None


def _placeholders(thread: Thread) -> set[int]:
    """Return their positions; most threads have none, which their number tells without looking at every comment."""
    return {i for i, comment in enumerate(thread.comments) if comment.status == "missing"} if thread.missing else set()
