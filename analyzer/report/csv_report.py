"""An Analysis -> its comments as CSV, a row each, safe to open in a spreadsheet and read back by `read_threads`."""

import csv
import io

from analyzer.analysis import Analysis, comment_rows
from analyzer.formats.thread_rows import COMMENT_COLUMNS, write_cells
from analyzer.report.findings import flags_by_comment

_DIGITS = 4


def render_csv(analysis: Analysis, **_: object) -> str:
    """Return the table of `comment_rows`, then the kinds of each comment's flags; see `thread_rows.write_cell`."""
    flags = flags_by_comment(analysis)
    rows = [
        {column: round(value, _DIGITS) if isinstance(value, float) else value for column, value in row.items()}
        | {"flags": "|".join(flag.kind for flag in flags.get(comment.id, ())) or None}
        for row, comment in zip(comment_rows(analysis), analysis.thread.comments, strict=True)
    ]
    columns = tuple(rows[0]) if rows else COMMENT_COLUMNS
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(columns)
    table.writerows(write_cells(row, columns) for row in rows)
    return out.getvalue()
