"""Analyses -> the two tables: a comment a row as the document has it, and a thread a row with its metrics and stances.

Values of a fixed shape are structures; what differs from version to version (metrics, flags) is JSON in a text. Metrics
are without intervals, which would take longer than all else; `analyzer report` gives them for a thread.
"""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from analyzer.analysis import Analysis
from analyzer.document import to_document
from analyzer.plain import json_text
from analyzer.predictions import AGREEMENT_LABELS, UNCLEAR

_TEXT, _WHOLE, _SCORE = pa.string(), pa.int32(), pa.float64()


def comment_schema(labels: Sequence[str]) -> pa.Schema:
    """Return the columns of the comments' table for a scheme's labels."""
    quote = pa.struct([("start", _WHOLE), ("end", _WHOLE), ("from", _TEXT)])
    return pa.schema(
        [(name, _TEXT) for name in ("thread_id", "id", "parent_id")]
        + [("depth", _WHOLE)]
        + [(name, _TEXT) for name in ("status", "author", "created", "text")]
        + [
            ("quotes", pa.list_(quote)),
            ("stance", pa.struct([("label", _TEXT), ("reason", _TEXT), ("scores", _scores(labels))])),
            ("agreement", pa.struct([("label", _TEXT), ("scores", _scores(AGREEMENT_LABELS))])),
            ("attack", pa.struct([("score", _SCORE)])),
        ]
    )


def thread_schema(labels: Sequence[str]) -> pa.Schema:
    """Return the columns of the threads' table for a scheme's labels."""
    issue = pa.struct([("kind", _TEXT), ("comment_id", _TEXT), ("detail", _TEXT)])
    share = pa.struct(
        [("count", _WHOLE), *[(name, _SCORE) for name in ("share", "low", "high")], ("too_few", pa.bool_())]
    )
    return pa.schema(
        [("id", _TEXT), ("title", _TEXT)]
        + [(name, _WHOLE) for name in ("declared", "found", "missing", "deleted", "hidden")]
        + [
            ("issues", pa.list_(issue)),
            ("stances", pa.struct([(label, share) for label in (*labels, UNCLEAR)])),
            ("metrics", _TEXT),
            ("flags", _TEXT),
        ]
    )


def to_tables(analyses: Sequence[Analysis], labels: Sequence[str]) -> tuple[pa.Table, pa.Table]:
    """Return the comments' and the threads' tables of analysed threads, in their order."""
    comments: list[dict[str, Any]] = []
    threads: list[dict[str, Any]] = []
    for analysis in analyses:
        document = to_document(analysis)
        thread_id = document["thread"]["id"]
        comments += [{"thread_id": thread_id, **comment} for comment in document["comments"]]
        texts = {name: json_text(document[name]) for name in ("metrics", "flags")}
        threads.append(document["thread"] | {"stances": document["stances"]} | texts)
    return (
        pa.Table.from_pylist(comments, schema=comment_schema(labels)),
        pa.Table.from_pylist(threads, schema=thread_schema(labels)),
    )


def _scores(labels: Sequence[str]) -> pa.DataType:
    return pa.struct([(label, _SCORE) for label in labels])
