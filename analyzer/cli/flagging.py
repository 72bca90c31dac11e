"""The command for moderators: `flag`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from analyzer.cli import base
from analyzer.cli.base import (
    Cache,
    ColumnMap,
    InputFormat,
    ModelName,
    Output,
    app,
    output_width,
    shows_colors,
    write_text,
)
from analyzer.plain import json_text
from analyzer.resources import DEFAULT_MODEL


@app.command()
def flag(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Saved threads; - reads standard input.")],
    json: Annotated[bool, typer.Option("--json", help="Print every thread and flag as JSON.")] = False,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="Threads to show.")] = 20,
    thresholds: Annotated[
        Path | None, typer.Option(metavar="TOML", help="Thresholds to put in the place of the shipped ones.")
    ] = None,
    output: Output = None,
    model: ModelName = DEFAULT_MODEL,
    input_format: InputFormat = None,
    columns: ColumnMap = None,
    cache: Cache = True,
) -> None:
    """Say what to look at first, and why. Threads, branches and comments are ranked; docs/flags.md explains each flag.

    Example: analyzer flag data/threads/harbour-treaty.txt
    """
    from analyzer.analysis import analyze
    from analyzer.flags import default_thresholds, read_thresholds
    from analyzer.report.flag_list import flagged, flags_document, render_flags

    limits = read_thresholds(thresholds) if thresholds else default_thresholds()
    read = [base.read_file(file, input_format=input_format, column_map=columns) for file in files]
    comments = sum(thread.found for _, threads in read for thread in threads)
    predictor = base.load_stance_model(model, None, bulk=comments >= base.MANY_COMMENTS, cache=cache)
    with base.progress_bar(comments) as progress:
        found = [
            flagged(analyze(thread, predictor, source=source, progress=progress, thresholds=limits), thresholds=limits)
            for source, threads in read
            for thread in threads
        ]
    if json:
        text = json_text(flags_document(found), indent=2) + "\n"
    else:
        color = output is None and shows_colors(sys.stdout)
        text = render_flags(found, limit=limit, width=output_width(output), color=color)
    source = next((file for file in files if output and Path(file).resolve() == output.resolve()), files[0])
    write_text(text, output, source=source)
