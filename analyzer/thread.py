"""Comments in any order -> a Thread: one reply tree, stored parents-first, with its repairs listed.

The only place that orders comments and mends trees. It knows nothing of file formats, labels or metrics.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from math import nan
from typing import Literal, NamedTuple

Status = Literal["ok", "deleted", "excluded", "missing"]
IssueKind = Literal[
    "missing_parent",
    "self_reply",
    "reply_loop",
    "duplicate_id",
    "repeated_comment",
    "several_roots",
    "missing_time",
    "unreadable_time",
    "excluded",
]

_LAST = datetime.max.replace(tzinfo=UTC)
_READ_AT_ONCE = 1000  # comments


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment as the file has it; `parent_id` is None for a top-level comment.

    `created` is in UTC. `status` is "ok", "deleted" (a node without words), "excluded" (no reader's published words:
    a pingback, spam, a comment that waits for approval; counted as found, without stance) or "missing" (a placeholder
    for a comment that the file implies but does not hold). `unread_time` is a time as the file writes it that no
    reader understood; `created` is None then.
    """

    id: str
    parent_id: str | None = None
    text: str = ""
    author: str | None = None
    created: datetime | None = None
    status: Status = "ok"
    unread_time: str | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that was wrong with a comment, and what was done about it."""

    kind: IssueKind
    comment_id: str
    detail: str


@dataclass(frozen=True)
class Thread:
    """A reply tree in reading order (depth-first, replies oldest first), so a branch is one slice.

    `parents[i]` is the position of the parent of `comments[i]`, always smaller than i, and -1 for a root.
    `declared` is the number of comments the page claims to have; `hidden` the number behind "load more" stubs.
    """

    comments: tuple[Comment, ...]
    parents: tuple[int, ...]
    id: str = ""
    title: str = ""
    article: str = ""
    declared: int | None = None
    hidden: int = 0
    issues: tuple[Issue, ...] = ()

    @cached_property
    def depths(self) -> tuple[int, ...]:
        """Edges between each comment and its root."""
        depths = [0] * len(self.parents)
        for i, parent in enumerate(self.parents):
            if parent >= 0:
                depths[i] = depths[parent] + 1
        return tuple(depths)

    @cached_property
    def levels(self) -> tuple[int, ...]:
        """How many comments stand at depth 0, 1, … that of the deepest comment; placeholders are not counted."""
        counts = Counter(self.depths)
        if self.missing:
            counts -= Counter(
                depth for depth, comment in zip(self.depths, self.comments, strict=True) if comment.status == "missing"
            )
        return tuple(counts[depth] for depth in range(max(counts, default=-1) + 1))

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Nodes in each comment's branch, itself and placeholders included."""
        sizes = [1] * len(self.parents)
        for i in range(len(self.parents) - 1, -1, -1):
            if self.parents[i] >= 0:
                sizes[self.parents[i]] += sizes[i]
        return tuple(sizes)

    @cached_property
    def replies(self) -> tuple[tuple[int, ...], ...]:
        """Positions of the direct replies to each comment, oldest first."""
        replies: list[list[int]] = [[] for _ in self.parents]
        for i, parent in enumerate(self.parents):
            if parent >= 0:
                replies[parent].append(i)
        return tuple(map(tuple, replies))

    @property
    def roots(self) -> tuple[int, ...]:
        """Positions of the nodes at depth 0, placeholders included."""
        return tuple(i for i, parent in enumerate(self.parents) if parent < 0)

    @property
    def found(self) -> int:
        """Comments in the file, deleted and excluded ones among them; placeholders are not counted."""
        return len(self.comments) - self.missing

    @cached_property
    def authors(self) -> tuple[str | None, ...]:
        """The author of each comment, None where the file names nobody and for placeholders."""
        names = (*self.author_names, None)  # number -1 is the last
        return tuple(names[number] for number in self.author_numbers)

    @property
    def author_names(self) -> tuple[str, ...]:
        """The authors in the order in which they first write, each once."""
        return self._columns.author_names

    @property
    def author_numbers(self) -> "array[int]":
        """Where in `author_names` the author of each comment stands; -1 for None in `authors`."""
        return self._columns.author_numbers

    @cached_property
    def comments_by_author(self) -> "array[int]":
        """How many comments each of `author_names` wrote."""
        counts = array("q", [0]) * (len(self.author_names) + 1)
        for number in self.author_numbers:
            counts[number] += 1
        return counts[:-1]  # the last are those of -1

    @property
    def timestamps(self) -> "array[float]":
        """Seconds from 1970 to each comment, nan where its time is not known."""
        return self._columns.timestamps

    @property
    def missing(self) -> int:
        """Placeholders: comments that are implied but not in the file."""
        return self._columns.statuses["missing"]

    @property
    def deleted(self) -> int:
        """Comments that are in the file without their words."""
        return self._columns.statuses["deleted"]

    @property
    def excluded(self) -> int:
        """Comments in the file that are no reader's published words."""
        return self._columns.statuses["excluded"]

    @cached_property
    def _columns(self) -> "_Columns":
        """What is counted over all comments, read from a few of them at a time: a large thread fits into no cache."""
        numbers, timestamps = array("q"), array("d")
        statuses: Counter[Status] = Counter()
        known: dict[str, int] = {}
        for start in range(0, len(self.comments), _READ_AT_ONCE):
            some = self.comments[start : start + _READ_AT_ONCE]
            statuses.update([comment.status for comment in some])
            names = [comment.author or None if comment.status != "missing" else None for comment in some]
            numbers.extend([known.setdefault(name, len(known)) if name is not None else -1 for name in names])
            timestamps.extend([nan if (time := comment.created) is None else time.timestamp() for comment in some])
        return _Columns(tuple(known), numbers, timestamps, statuses)

    def branch(self, i: int) -> range:
        """Return the positions of comment `i` and everything below it."""
        return range(i, i + self.sizes[i])


class _Columns(NamedTuple):
    """See the properties of Thread with these names."""

    author_names: tuple[str, ...]
    author_numbers: "array[int]"
    timestamps: "array[float]"
    statuses: Counter[Status]


def build_thread(
    comments: Iterable[Comment],
    *,
    id: str = "",
    title: str = "",
    article: str = "",
    declared: int | None = None,
    hidden: int = 0,
    one_root: bool = False,
    issues: Sequence[Issue] = (),
) -> Thread:
    """Return the reply tree of `comments`; their order does not matter and none is dropped unsaid.

    Repairs, each listed in `Thread.issues` with the comment's id:

    - a parent that is not among the comments becomes a placeholder root (`missing_parent`);
    - a comment that answers itself becomes a root (`self_reply`);
    - a reply loop is cut at its earliest comment, which becomes a root (`reply_loop`);
    - the later of two comments with one id is kept as "id#2" (`duplicate_id`), an exact copy is left out
      (`repeated_comment`); replies stay with the earlier one;
    - with `one_root`, further top-level comments stay roots and are named (`several_roots`);
    - a comment without a time in a thread that has times comes after its siblings (`missing_time`), and so does one
      whose time cannot be read (`unreadable_time`).

    "Earlier" compares time, then id by length and letters, so that 9 < 10 and c9 < c10. A placeholder stands
    where its first reply stands. `issues` are those the reader already found. Linear but for the sorting.
    """
    found = list(issues)
    nodes = _without_duplicates(sorted(comments, key=_order), found)
    parents = _link(nodes, found, one_root=one_root)
    _cut_loops(nodes, parents, found)
    order = _reading_order(nodes, parents)
    position = [0] * len(order)
    for i, old in enumerate(order):
        position[old] = i
    return Thread(
        comments=tuple(nodes[old] for old in order),
        parents=tuple(position[parents[old]] if parents[old] >= 0 else -1 for old in order),
        id=id,
        title=title,
        article=article,
        declared=declared,
        hidden=hidden,
        issues=tuple(sorted(found, key=lambda issue: (issue.kind, len(issue.comment_id), issue.comment_id))),
    )


def cut_branch(thread: Thread, i: int) -> Thread:
    """Return comment `i` and everything below it as a thread of its own, without counts of the page and repairs."""
    branch = thread.branch(i)
    return Thread(
        comments=thread.comments[branch.start : branch.stop],
        parents=(-1, *(parent - i for parent in thread.parents[i + 1 : branch.stop])),
        id=thread.id,
        title=thread.title,
        article=thread.article,
    )


def _order(comment: Comment) -> tuple[datetime, int, str, str, str, str, str, str]:
    """Return the sort key of a comment: time, then id, then the rest, so that copies of one id have an order too."""
    return (
        comment.created or _LAST,
        len(comment.id),
        comment.id,
        comment.text,
        repr(comment.parent_id),
        repr(comment.author),
        comment.status,
        repr(comment.unread_time),
    )


def _without_duplicates(comments: list[Comment], issues: list[Issue]) -> list[Comment]:
    """Return the comments with one id each, the earliest keeping it."""
    first: dict[str, Comment] = {}
    for comment in comments:
        first.setdefault(comment.id, comment)
    if len(first) == len(comments):
        return comments
    taken = set(first)
    numbers: dict[str, int] = {}
    again: dict[str, str] = {}  # one text for all copies of an id, which can be many
    seen: set[Comment] = set()
    kept = []
    for comment in comments:
        if comment in seen:
            issues.append(Issue("repeated_comment", comment.id, "an exact copy of this comment was left out"))
            continue
        seen.add(comment)
        if first[comment.id] is comment:
            kept.append(comment)
            continue
        number = numbers.get(comment.id, 1) + 1
        while (new_id := f"{comment.id}#{number}") in taken:
            number += 1
        numbers[comment.id] = number
        taken.add(new_id)
        again.setdefault(comment.id, f"a second comment with id {comment.id!r}; kept under an id of its own")
        issues.append(Issue("duplicate_id", new_id, again[comment.id]))
        # A copy that answers its own original id is a self-reply and must stay one under the new id.
        parent_id = new_id if comment.parent_id == comment.id else comment.parent_id
        kept.append(replace(comment, id=new_id, parent_id=parent_id))
    del first, seen, taken, numbers  # large where every id is the same
    return sorted(kept, key=_order)  # by the new ids: a mended thread, written and read again, keeps its order


def _link(nodes: list[Comment], issues: list[Issue], *, one_root: bool) -> list[int]:
    """Return each node's parent position, appending placeholders to `nodes` for parents that are not there."""
    index = {comment.id: i for i, comment in enumerate(nodes)}
    absent: dict[int, str] = {}  # one text for all replies to a missing parent, which can be many
    timed = any(comment.created for comment in nodes)
    seen_root = False
    parents = []
    for i in range(len(nodes)):
        comment = nodes[i]
        parent_id = comment.parent_id
        if comment.unread_time is not None:
            detail = f"its time {comment.unread_time!r} cannot be read; left out"
            issues.append(Issue("unreadable_time", comment.id, detail))
        elif timed and comment.created is None and comment.status != "missing":
            issues.append(Issue("missing_time", comment.id, "no time; placed after its siblings"))
        if parent_id is None:
            if one_root and seen_root:
                issues.append(Issue("several_roots", comment.id, "a further top-level comment; kept as a root"))
            seen_root = True
            parents.append(-1)
            continue
        if parent_id == comment.id:
            issues.append(Issue("self_reply", comment.id, "answers itself; made a top-level comment"))
            nodes[i] = replace(comment, parent_id=None)
            parents.append(-1)
            continue
        if parent_id not in index:
            index[parent_id] = len(nodes)
            nodes.append(Comment(parent_id, status="missing"))
        parent = index[parent_id]
        if nodes[parent].status == "missing" and comment.status != "missing":
            if parent not in absent:
                absent[parent] = f"its parent {parent_id!r} is not in the file; a placeholder stands for it"
            issues.append(Issue("missing_parent", comment.id, absent[parent]))
        parents.append(parent)
    parents += [-1] * (len(nodes) - len(parents))
    return parents


def _cut_loops(nodes: list[Comment], parents: list[int], issues: list[Issue]) -> None:
    """Make the earliest comment of every reply loop a root, in `nodes` and `parents`."""
    settled = bytearray(len(nodes))
    for start in range(len(nodes)):
        path: list[int] = []
        i = start
        while i >= 0 and not settled[i]:
            settled[i] = 1
            path.append(i)
            i = parents[i]
        # Only a walk that comes back to its own path has closed a loop; `settled` also ends walks at earlier paths.
        if i < 0 or i not in set(path):
            continue
        loop = path[path.index(i) :]
        cut = min(loop)
        names = " -> ".join(repr(nodes[j].id) for j in loop[:4]) + (" -> …" if len(loop) > 4 else "")
        detail = f"in a loop of {len(loop)} replies ({names}); made a top-level comment"
        issues.append(Issue("reply_loop", nodes[cut].id, detail))
        nodes[cut] = replace(nodes[cut], parent_id=None)
        parents[cut] = -1


def _reading_order(nodes: list[Comment], parents: list[int]) -> list[int]:
    """Return node positions depth-first, siblings by rank; a placeholder ranks with its first reply."""
    replies: list[list[int]] = [[] for _ in nodes]
    roots: list[int] = []
    for i, parent in enumerate(parents):
        (replies[parent] if parent >= 0 else roots).append(i)
    if any(comment.status == "missing" for comment in nodes):
        rank = list(range(len(nodes)))
        for i in reversed(_depth_first(roots, replies)):
            if nodes[i].status == "missing":
                rank[i] = min((rank[reply] for reply in replies[i]), default=i)
        for siblings in (roots, *replies):
            siblings.sort(key=rank.__getitem__)
    return _depth_first(roots, replies)


def _depth_first(roots: list[int], replies: list[list[int]]) -> list[int]:
    order = []
    stack = roots[::-1]
    while stack:
        i = stack.pop()
        order.append(i)
        stack.extend(reversed(replies[i]))
    return order
