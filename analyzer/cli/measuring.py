"""The commands about numbers: `metrics` and `compare`."""

import sys
from typing import Annotated

import typer

from analyzer.cli.base import (
    Cache,
    ColumnMap,
    InputFormat,
    ModelName,
    Target,
    ThreadFile,
    ThreadId,
    analyze_with_progress,
    app,
    choose_thread,
    find_comment,
    load_stance_model,
    output_width,
    read_and_load,
    read_file,
    shows_colors,
    write_text,
)
from analyzer.errors import ReadError
from analyzer.plain import json_text
from analyzer.resources import DEFAULT_MODEL


@app.command()
def metrics(
    file: ThreadFile,
    comment: Annotated[
        str | None, typer.Option(metavar="ID", help="Measure this comment's branch alone, by the id that reports show.")
    ] = None,
    hints: Annotated[
        bool, typer.Option("--hints", help="Take names that replies call out for missing authors, marked by “?”.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    model: ModelName = DEFAULT_MODEL,
    target: Target = None,
    thread: ThreadId = None,
    input_format: InputFormat = None,
    columns: ColumnMap = None,
    cache: Cache = True,
) -> None:
    """Print every metric of a thread. With intervals, and who talks to whom; of one branch with --comment.

    Example: analyzer metrics data/threads/harbour-treaty.txt --comment c2
    """
    source, found, predictor = read_and_load(
        file,
        thread_id=thread,
        input_format=input_format,
        model=model,
        target=target,
        column_map=columns,
        cache=cache,
    )
    if hints:
        from analyzer.vocatives import find_hints, with_hints

        found = with_hints(found, find_hints(found))
    analysis = analyze_with_progress(source, found, predictor)
    from analyzer.analysis import analyze_branch
    from analyzer.report.measures import measures_document, render_measures

    if comment is not None:
        analysis = analyze_branch(analysis, find_comment(analysis.thread, comment, analysis.source.name))
    if json:
        text = json_text(measures_document(analysis), indent=2) + "\n"
    else:
        text = render_measures(analysis, width=output_width(None), color=shows_colors(sys.stdout))
    write_text(text, None, source=file)


@app.command()
def compare(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Saved threads; the first is compared with.")],
    thread: Annotated[
        list[str] | None, typer.Option("--thread", metavar="ID", help="Take these threads of each FILE; repeat it.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    model: ModelName = DEFAULT_MODEL,
    target: Target = None,
    input_format: InputFormat = None,
    columns: ColumnMap = None,
    cache: Cache = True,
) -> None:
    """Put the numbers of threads side by side. With differences and their intervals.

    Example: analyzer compare monday.txt tuesday.txt

    Of one file: analyzer compare dump.jsonl --thread t1 --thread t2
    """
    from analyzer.report.comparison import compare as compare_analyses
    from analyzer.report.comparison import render_comparison

    predictor = load_stance_model(model, target, cache=cache)
    analyses = []
    wanted_threads: list[str | None] = [*thread] if thread else [None]
    for file in files:
        source, threads = read_file(file, input_format=input_format, column_map=columns)
        analyses += [
            analyze_with_progress(source, choose_thread(threads, wanted, source.name), predictor)
            for wanted in wanted_threads
        ]
    if len(analyses) < 2:
        raise ReadError("one thread alone cannot be compared; give two files, or --thread twice")
    if json:
        text = json_text(compare_analyses(analyses), indent=2) + "\n"
    else:
        text = render_comparison(analyses, width=output_width(None), color=shows_colors(sys.stdout))
    write_text(text, None, source=files[0])
