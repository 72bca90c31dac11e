"""Threads -> a Parquet table, a comment a row. Needs pyarrow (extra `parquet`)."""

import io
from collections.abc import Sequence

from analyzer.convert.rows import COLUMNS, to_rows
from analyzer.errors import AnalyzerError
from analyzer.plain import json_text
from analyzer.thread import Thread

_WHOLE_NUMBERS = {"depth", "declared", "hidden"}


def write(threads: Sequence[Thread]) -> bytes:
    """Return the table; read back it gives equal threads. Raises AnalyzerError without pyarrow."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise AnalyzerError("Parquet needs one more package: pip install 'analyzer[parquet]'") from error

    rows = to_rows(threads)
    for row in rows:
        if "issues" in row:
            row["issues"] = json_text(row["issues"])
    schema = pa.schema([(column, pa.int64() if column in _WHOLE_NUMBERS else pa.string()) for column in COLUMNS])
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), out, compression="zstd")
    return out.getvalue()
