"""The commands for one thread: `report`, `tree` and `explain`."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from analyzer.cli.base import (
    MANY_COMMENTS,
    Cache,
    ColumnMap,
    InputFormat,
    ModelName,
    Output,
    Target,
    ThreadFile,
    ThreadFiles,
    ThreadId,
    analyze_with_progress,
    app,
    find_comment,
    load_stance_model,
    output_width,
    progress_bar,
    read_and_load,
    read_file,
    shows_colors,
    write_text,
)
from analyzer.errors import AnalyzerError
from analyzer.plain import clean, json_text
from analyzer.resources import DEFAULT_MODEL

if TYPE_CHECKING:
    from analyzer.analysis import Model
    from analyzer.formats import Source
    from analyzer.thread import Thread


@app.command()
def report(
    files: ThreadFiles,
    format: Annotated[
        Literal["terminal", "markdown", "json", "csv", "html"], typer.Option(help="Form of the report.")
    ] = "terminal",
    output: Output = None,
    model: ModelName = DEFAULT_MODEL,
    target: Target = None,
    thread: ThreadId = None,
    input_format: InputFormat = None,
    columns: ColumnMap = None,
    cache: Cache = True,
) -> None:
    """Print the stance report of a thread. Many threads become a page each and an index of them, in a folder.

    Example: analyzer report data/threads/harbour-treaty.txt --format markdown -o report.md

    Many threads: analyzer report data/threads -o pages

    Any topic: analyzer report data/threads/harbour-treaty.txt --target "the harbour treaty"
    """
    if _are_many(files, output):
        if format not in {"terminal", "html"} or output is None or thread is not None:
            raise AnalyzerError(
                "many threads become a folder of HTML pages: give -o FOLDER, and neither --format nor --thread"
            )
        read = partial(read_file, input_format=input_format, column_map=columns)
        _report_pages(files, output, read, partial(load_stance_model, model, target, cache=cache))
        return
    [file] = files
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
    """Show what carried a comment's stance. That is words, clauses, and the part its parent has in it.

    Example: analyzer explain data/threads/harbour-treaty.txt --comment c2
    """
    source, found, predictor = read_and_load(
        file, thread_id=thread, input_format=input_format, model=model, target=target, whole=False
    )
    from analyzer.explain import explain as explain_comment
    from analyzer.report.explanation import render_explanation

    explanation = explain_comment(found, find_comment(found, comment, source.name), predictor)
    if json:
        typer.echo(json_text(explanation.as_dict(), indent=2))
        return
    text = render_explanation(explanation, predictor.scheme, width=output_width(None), color=shows_colors(sys.stdout))
    write_text(text, None, source=file)


def _are_many(files: Sequence[str], output: Path | None) -> bool:
    """Say whether to write a folder of pages: for several files, a folder that is no corpus, or into a folder."""
    if len(files) > 1 or (output is not None and output.is_dir()):
        return True
    path = Path(files[0])
    if path.is_dir():
        from analyzer.formats.convokit import is_corpus

        return not is_corpus(path)
    return has_magic(files[0]) and not path.exists()


def _report_pages(
    files: Sequence[str],
    folder: Path,
    read: "Callable[[str], tuple[Source, list[Thread]]]",
    load: "Callable[..., Model]",
) -> None:
    """Write the pages, and say on standard error how many there are and which files have none."""
    from analyzer.report.site import find_files, read_all, write_pages

    found = find_files(files, without=folder)
    for file in found:
        if file != "-" and Path(file).resolve().parent == folder.resolve():
            raise AnalyzerError(f"{folder}: holds {file}, which is read; write to another folder")
    threads, failures = read_all(found, read)
    comments = sum(thread.found for _, thread in threads)
    predictor = load(bulk=comments >= MANY_COMMENTS)
    with progress_bar(comments) as progress:
        rows = write_pages(threads, failures, folder, predictor, progress=progress)
    typer.echo(f"{folder / 'index.html'}: {len(rows)} thread{'s' * (len(rows) != 1)}", err=True)
    for failure in failures:
        typer.echo(f"no page: {clean(failure.reason)}", err=True)
