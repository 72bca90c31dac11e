"""Files of threads -> a folder of HTML pages, one a thread, and index.html, which compares them."""

import re
from collections.abc import Callable, Iterable, Sequence
from glob import glob, has_magic
from pathlib import Path

from analyzer.analysis import Model, analyze
from analyzer.errors import AnalyzerError, ReadError
from analyzer.formats import Source
from analyzer.formats.convokit import is_corpus
from analyzer.predictions import Progress
from analyzer.report.html import render_html
from analyzer.report.index import Failure, Row, render_index, summarise
from analyzer.thread import Thread

_INDEX = "index.html"
_NAME = 60
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


def find_files(patterns: Iterable[str], *, without: Path | None = None) -> list[str]:
    """Return the files that names, folders and patterns ("saved/**/*.html") stand for, each once, in order.

    A folder stands for every file below it, hidden ones and those in the folder `without` left out; a ConvoKit corpus
    is one file. A name that is neither stands for itself. Raises ReadError for a folder or a pattern without files.
    """
    found: dict[str, None] = {}
    for pattern in patterns:
        files = [pattern]
        if not Path(pattern).exists() and has_magic(pattern):
            files = sorted(glob(pattern, recursive=True))
        if not (listed := [name for file in files for name in _below(Path(file), file, without)]):
            raise ReadError(f"{pattern}: no file there to read")
        found.update(dict.fromkeys(listed))
    return list(found)


def read_all(
    files: Iterable[str], read: Callable[[str], tuple[Source, list[Thread]]]
) -> tuple[list[tuple[Source, Thread]], list[Failure]]:
    """Return every thread of the files with its source, and the files that cannot be read, with the reason.

    Raises ReadError, with the reasons in its notes, if no file can be read.
    """
    threads: list[tuple[Source, Thread]] = []
    failures = []
    for file in files:
        try:
            source, own = read(file)
        except AnalyzerError as error:
            failures.append(Failure(file, str(error)))
        else:
            threads += [(source, thread) for thread in own]
    if not threads:
        nothing_read = ReadError("none of the files can be read as a comment thread:")
        for failure in failures:
            nothing_read.add_note(failure.reason)
        raise nothing_read
    return threads, failures


def write_pages(
    threads: Iterable[tuple[Source, Thread]],
    failures: Sequence[Failure],
    folder: Path,
    predictor: Model,
    *,
    progress: Progress | None = None,
) -> list[Row]:
    """Write the pages and the index into the folder and return the index's rows; raises AnalyzerError if it cannot.

    `progress` hears how many comments were classified since its last call.
    """
    rows: list[Row] = []
    taken = {_INDEX}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source, thread in threads:
            analysis = analyze(thread, predictor, source=source, progress=progress)
            name = _page_name(source, thread, taken)
            taken.add(name)
            (folder / name).write_text(render_html(analysis, index=_INDEX), encoding="utf-8")
            rows.append(summarise(analysis, name))
        index = render_index(rows, failures, scheme=predictor.scheme, model=predictor.name)
        (folder / _INDEX).write_text(index, encoding="utf-8")
    except OSError as error:
        raise AnalyzerError(f"{error.filename or folder}: cannot write: {error.strerror}") from error
    return rows


def _below(path: Path, name: str, without: Path | None) -> list[str]:
    """Return the files a path stands for, under the name it was given by."""
    if not path.is_dir() or is_corpus(path):
        return [name]
    skipped = without.resolve() if without else None
    return [
        str(file)
        for file in sorted(path.rglob("*"))
        if file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
        and not (skipped and file.resolve().is_relative_to(skipped))
    ]


def _page_name(source: Source, thread: Thread, taken: set[str]) -> str:
    """Return the name of a thread's page: its file's name and its own id in plain letters, and a number if need be."""
    words = _NOT_IN_NAMES.sub("-", f"{Path(source.name).stem} {thread.id}".lower())[:_NAME].strip("-") or "thread"
    name, number = f"{words}.html", 1
    while name in taken:
        number += 1
        name = f"{words}-{number}.html"
    return name
