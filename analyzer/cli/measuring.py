"""The commands about numbers: `metrics`."""

import sys
from typing import Annotated

import typer

from analyzer.cli.base import (
    ColumnMap,
    InputFormat,
    ModelName,
    Target,
    ThreadFile,
    ThreadId,
    analyze_with_progress,
    app,
    find_comment,
    output_width,
    read_and_load,
    shows_colors,
    write_text,
)
from analyzer.plain import json_text
from analyzer.resources import DEFAULT_MODEL


@app.command()
def metrics(
    file: ThreadFile,
    comment: Annotated[
        str | None, typer.Option(metavar="ID", help="Measure this comment's branch alone, by the id that reports show.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    model: ModelName = DEFAULT_MODEL,
    target: Target = None,
    thread: ThreadId = None,
    input_format: InputFormat = None,
    columns: ColumnMap = None,
) -> None:
    """Print every metric of a thread, or of one branch, with intervals, and who talks to whom.

    Example: analyzer metrics data/threads/harbour-treaty.txt --comment c2
    """
    loaded = read_and_load(
        file, thread_id=thread, input_format=input_format, model=model, target=target, column_map=columns
    )
    analysis = analyze_with_progress(*loaded)
    from analyzer.analysis import analyze_branch
    from analyzer.report.measures import measures_document, render_measures

    if comment is not None:
        analysis = analyze_branch(analysis, find_comment(analysis.thread, comment, analysis.source.name))
    if json:
        text = json_text(measures_document(analysis), indent=2) + "\n"
    else:
        text = render_measures(analysis, width=output_width(None), color=shows_colors(sys.stdout))
    write_text(text, None, source=file)
