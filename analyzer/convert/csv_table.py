"""Threads -> CSV, a comment a row, safe to open in a spreadsheet: see `formats.thread_rows.write_cell`."""

import csv
import io
from collections.abc import Sequence

from analyzer.convert.rows import COLUMNS, to_rows
from analyzer.formats.thread_rows import write_cells
from analyzer.plain import json_text
from analyzer.thread import Thread


def write(threads: Sequence[Thread]) -> bytes:
    """Return the table in UTF-8; read back it gives equal threads."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in to_rows(threads):
        if "issues" in row:
            row["issues"] = json_text(row["issues"])
        table.writerow(write_cells(row, COLUMNS))
    return out.getvalue().encode()
