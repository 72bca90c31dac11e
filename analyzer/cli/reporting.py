"""The commands for one thread: `report` and `tree`."""

import sys
from typing import Annotated, Literal

import typer

from analyzer.cli.base import (
    ColumnMap,
    InputFormat,
    ModelName,
    Output,
    ThreadFile,
    ThreadId,
    analyze_file,
    app,
    output_width,
    shows_colors,
    write_text,
)
from analyzer.resources import DEFAULT_MODEL


@app.command()
def report(
    file: ThreadFile,
    format: Annotated[Literal["terminal", "markdown", "json"], typer.Option(help="Form of the report.")] = "terminal",
    output: Output = None,
    model: ModelName = DEFAULT_MODEL,
    thread: ThreadId = None,
    input_format: InputFormat = None,
    columns: ColumnMap = None,
) -> None:
    """Print the stance report of a thread.

    Example: analyzer report data/threads/harbour-treaty.txt --format markdown -o report.md
    """
    analysis = analyze_file(file, thread_id=thread, input_format=input_format, model=model, column_map=columns)
    from analyzer.report import RENDERERS

    on_screen = output is None and shows_colors(sys.stdout)
    write_text(RENDERERS[format](analysis, width=output_width(output), color=on_screen), output, source=file)


@app.command()
def tree(
    file: ThreadFile,
    model: ModelName = DEFAULT_MODEL,
    thread: ThreadId = None,
    input_format: InputFormat = None,
    columns: ColumnMap = None,
) -> None:
    """Draw the reply tree of a thread, a line a comment.

    Example: analyzer tree data/threads/harbour-treaty.txt
    """
    analysis = analyze_file(file, thread_id=thread, input_format=input_format, model=model, column_map=columns)
    from analyzer.report.tree import render_tree

    write_text(render_tree(analysis, width=output_width(None), color=shows_colors(sys.stdout)), None, source=file)
