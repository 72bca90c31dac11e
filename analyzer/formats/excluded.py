"""Nodes of a thread that are no reader's published words: kept and counted as found, but without stance."""

from dataclasses import replace

from analyzer.thread import Comment, Issue

LINKBACKS = ("pingback", "trackback")
"""Kinds of comments that another site sent by itself."""


def exclude(comment: Comment, why: str) -> tuple[Comment, list[Issue]]:
    """Return the comment as an excluded one with the issue that says so; as it is where `why` is empty.

    A pingback or trackback has the name of the site that sent it where readers have theirs: it gets no author.
    """
    if not why or comment.status != "ok":
        return comment, []
    author = None if why in LINKBACKS else comment.author
    issue = Issue("excluded", comment.id, f"{why}: kept in the tree, without stance")
    return replace(comment, status="excluded", author=author), [issue]
