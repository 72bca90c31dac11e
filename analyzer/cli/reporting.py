"""The commands for one thread: `report`, `tree` and `explain`."""

import sys
from typing import Annotated, Literal

import typer

from analyzer.cli.base import (
    Cache,
    ColumnMap,
    InputFormat,
    ModelName,
    Output,
    Target,
    ThreadFile,
    ThreadId,
    analyze_with_progress,
    app,
    output_width,
    read_and_load,
    shows_colors,
    write_text,
)
from analyzer.errors import ReadError
from analyzer.plain import json_text
from analyzer.resources import DEFAULT_MODEL


@app.command()
def report(
    file: ThreadFile,
    format: Annotated[
        Literal["terminal", "markdown", "json", "html"], typer.Option(help="Form of the report.")
    ] = "terminal",
    output: Output = None,
    model: ModelName = DEFAULT_MODEL,
    target: Target = None,
    thread: ThreadId = None,
    input_format: InputFormat = None,
    columns: ColumnMap = None,
    cache: Cache = True,
) -> None:
    """Print the stance report of a thread.

    Example: analyzer report data/threads/harbour-treaty.txt --format markdown -o report.md

    Any topic: analyzer report data/threads/harbour-treaty.txt --target "the harbour treaty"
    """
    loaded = read_and_load(
        file,
        thread_id=thread,
        input_format=input_format,
        model=model,
        target=target,
        column_map=columns,
        cache=cache,
    )
    analysis = analyze_with_progress(*loaded)
    from analyzer.report import RENDERERS

    on_screen = output is None and shows_colors(sys.stdout)
    write_text(RENDERERS[format](analysis, width=output_width(output), color=on_screen), output, source=file)


@app.command()
def tree(
    file: ThreadFile,
    model: ModelName = DEFAULT_MODEL,
    target: Target = None,
    thread: ThreadId = None,
    input_format: InputFormat = None,
    columns: ColumnMap = None,
    cache: Cache = True,
) -> None:
    """Draw the reply tree of a thread, a line a comment.

    Example: analyzer tree data/threads/harbour-treaty.txt
    """
    loaded = read_and_load(
        file,
        thread_id=thread,
        input_format=input_format,
        model=model,
        target=target,
        column_map=columns,
        cache=cache,
    )
    analysis = analyze_with_progress(*loaded)
    from analyzer.report.tree import render_tree

    write_text(render_tree(analysis, width=output_width(None), color=shows_colors(sys.stdout)), None, source=file)


@app.command()
def explain(
    file: ThreadFile,
    comment: Annotated[str, typer.Option(metavar="ID", help="The comment, by the id that reports show.")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    model: ModelName = DEFAULT_MODEL,
    target: Target = None,
    thread: ThreadId = None,
    input_format: InputFormat = None,
) -> None:
    """Show what in a comment carried its stance: words, clauses, and the part its parent has in it.

    Example: analyzer explain data/threads/harbour-treaty.txt --comment c2
    """
    source, found, predictor = read_and_load(
        file, thread_id=thread, input_format=input_format, model=model, target=target
    )
    from analyzer.explain import explain as explain_comment
    from analyzer.report.explanation import render_explanation

    position = next((i for i, known in enumerate(found.comments) if known.id == comment), None)
    if position is None:
        raise ReadError(f"{source.name} holds no comment {comment!r}; `analyzer tree` shows the ids")
    explanation = explain_comment(found, position, predictor)
    if json:
        typer.echo(json_text(explanation.as_dict(), indent=2))
        return
    text = render_explanation(explanation, predictor.scheme, width=output_width(None), color=shows_colors(sys.stdout))
    write_text(text, None, source=file)
