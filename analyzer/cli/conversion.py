"""The commands about forms of files: `convert` and `formats`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from analyzer.cli.base import (
    ColumnMap,
    InputFormat,
    Output,
    ThreadFile,
    ThreadId,
    app,
    choose_thread,
    open_output,
    read_file,
)
from analyzer.errors import AnalyzerError

_CONTAINERS = (
    ("gzip, zstd", "Any of these, compressed."),
    ("Parquet", "A table of comments, as flat_records; needs the extra `parquet`."),
    ("a folder", "A ConvoKit corpus: utterances.jsonl, and conversations.json for the titles."),
)


@app.command()
def convert(
    file: ThreadFile,
    to: Annotated[
        Literal["jsonl", "csv", "parquet", "convokit", "graphml", "markdown"], typer.Option(help="Form to write.")
    ],
    output: Output = None,
    thread: ThreadId = None,
    input_format: InputFormat = None,
    columns: ColumnMap = None,
) -> None:
    """Write threads in another form. What is written as jsonl, csv, parquet or convokit is read back as it was.

    Example: analyzer convert export.xml --to csv -o comments.csv
    """
    from analyzer.convert import WRITERS

    source, threads = read_file(file, input_format=input_format, column_map=columns)
    if thread is not None:
        threads = [choose_thread(threads, thread, source.name)]
    content = WRITERS[to].write(threads)
    if isinstance(content, dict):
        _write_folder(content, output, form=to)
    else:
        with open_output(output, source=file) as out:
            out.flush()
            out.buffer.write(content)
            out.buffer.flush()


@app.command()
def formats() -> None:
    """List the forms of files that are read. Each has how it is known and an example; a name alone never counts.

    Example: analyzer formats
    """
    from analyzer.formats import READERS

    for name, reader in READERS.items():
        typer.echo(name)
        for words in (reader.__doc__, reader.looks_like.__doc__):
            typer.echo("    " + (words or "").partition("\n")[0])
        typer.echo("        " + reader.EXAMPLE.replace("\n", "\n        "))
    for name, words in _CONTAINERS:
        typer.echo(f"{name}\n    {words}")


def _write_folder(files: dict[str, bytes], folder: Path | None, *, form: str) -> None:
    if folder is None:
        raise AnalyzerError(f"{form} is a folder of files; say where with -o FOLDER")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise AnalyzerError(f"{folder}: cannot write: {error.strerror}") from error
