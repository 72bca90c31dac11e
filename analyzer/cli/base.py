"""What the commands share: the application, their common options, and reading, choosing and writing."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, TextIO

import typer
from typer.core import TyperGroup

from analyzer import __version__
from analyzer.errors import AnalyzerError, ReadError
from analyzer.plain import clean, excerpt
from analyzer.predictions import Progress
from analyzer.resources import model_folder
from analyzer.thread import Thread

if TYPE_CHECKING:
    from analyzer.analysis import Analysis
    from analyzer.classifier.cache import CachedPredictor
    from analyzer.classifier.predictor import OnnxPredictor, TargetPredictor
    from analyzer.formats import Source

_LONG_WORK = 200  # comments; less is done before a progress bar could be read
MANY_COMMENTS = 2_000  # of so many and more, the bulk engine gains more than it takes to start
_THREADS_SHOWN = 20
_TITLE_SHOWN = 60
_THREADS = ("report", "tree", "explain", "metrics", "compare", "flag", "review", "corpus", "convert", "formats")
_MODELS = ("predict", "models", "evaluate", "calibrate", "train")


class _Commands(TyperGroup):
    """The command group that turns an AnalyzerError into a line on standard error, its notes below, and exit code 1.

    Help lists what users of a thread need first.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(super().list_commands(ctx), key=(*_THREADS, *_MODELS).index)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except AnalyzerError as error:
            typer.echo(f"error: {clean(str(error))}", err=True)
            for note in getattr(error, "__notes__", ()):
                typer.echo(f"  {clean(note)}", err=True)
            raise typer.Exit(1) from error


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ThreadFile = Annotated[str, typer.Argument(metavar="FILE", help="The saved thread; - reads standard input.")]
ThreadFiles = Annotated[
    list[str],
    typer.Argument(metavar="FILE…", help="The saved thread; - is standard input. Many: files, a folder, '*.txt'."),
]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="OUT", help="Write to this file.")]
ModelName = Annotated[str, typer.Option("--model", metavar="NAME", help="A shipped model, or a model folder.")]
ThreadId = Annotated[str | None, typer.Option("--thread", metavar="ID", help="Which thread, if FILE holds several.")]
InputFormat = Annotated[
    str | None, typer.Option("--input-format", metavar="NAME", help="FILE's format, if it is not to be detected.")
]
ColumnMap = Annotated[
    str | None,
    typer.Option("--map", metavar="WHAT=COLUMN,…", help="Columns by what they hold: text=body,parent=in_reply_to."),
]

Cache = Annotated[bool, typer.Option("--cache/--no-cache", help="Keep the model's answers for the next time.")]

Target = Annotated[
    str | None,
    typer.Option(metavar="WORDS", help='Stance towards this instead of the model\'s topic: "building the bypass".'),
]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"analyzer {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Say what goes on in a thread of reader comments: stances, agreement, contested branches, and how sure that is.

    Example: analyzer report data/threads/harbour-treaty.txt
    """


def analyze_with_progress(
    source: "Source", thread: "Thread", predictor: "OnnxPredictor | TargetPredictor | CachedPredictor"
) -> "Analysis":
    """Return the analysis of what `read_and_load` returned, with a progress bar."""
    from analyzer.analysis import analyze

    with progress_bar(thread.found) as progress:
        return analyze(thread, predictor, source=source, progress=progress)


def read_and_load(
    file: str,
    *,
    thread_id: str | None,
    input_format: str | None,
    model: str,
    target: str | None = None,
    column_map: str | None = None,
    cache: bool = False,
    whole: bool = True,
) -> "tuple[Source, Thread, OnnxPredictor | TargetPredictor | CachedPredictor]":
    """Return the chosen thread of a file, or of standard input for "-", its source, and the predictor.

    The predictor is one for many comments where there are many and the `whole` thread is to be read.
    """
    # The model loads while this thread imports and reads: on two processors the report starts a quarter sooner.
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(load_stance_model, model, target, cache=cache)
        source, threads = read_file(file, input_format=input_format, column_map=column_map)
        thread = choose_thread(threads, thread_id, source.name)
        # What comes next is imported while the model loads and reads, after the modules that it needs for that.
        import analyzer.classifier.predictor  # noqa: F401

        threading.Thread(target=import_module, args=["analyzer.report"], daemon=True).start()
        predictor = loading.result()
    if whole and thread.found >= MANY_COMMENTS:
        predictor = load_stance_model(model, target, bulk=True, cache=cache)
    return source, thread, predictor


def read_file(file: str, *, input_format: str | None, column_map: str | None) -> "tuple[Source, list[Thread]]":
    """Return the source and the threads of a file, or of standard input for "-"."""
    from analyzer.formats import read_threads

    path_or_file: str | BinaryIO = sys.stdin.buffer if file == "-" else file
    return read_threads(path_or_file, format=input_format, columns=parse_columns(column_map))


def parse_columns(column_map: str | None) -> dict[str, str]:
    """Return the columns of "text=body,parent=in_reply_to" by what they hold; raises ReadError for another form."""
    pairs = [pair.partition("=") for pair in column_map.split(",")] if column_map else []
    for what, _, column in pairs:
        if not what.strip() or not column.strip():
            raise ReadError(f"--map {column_map!r} is not of the form text=body,parent=in_reply_to")
    return {what.strip(): column.strip() for what, _, column in pairs}


def load_predictor(name: str, *, bulk: bool = False, engine_workers: int | None = None) -> "OnnxPredictor":
    """Return the predictor of a shipped model, or of a model folder; `bulk` makes it one for many comments."""
    from analyzer.classifier.predictor import load_predictor

    return load_predictor(model_folder(name), bulk=bulk, workers=engine_workers)


def load_stance_model(
    name: str, target: str | None, *, bulk: bool = False, engine_workers: int | None = None, cache: bool = False
) -> "OnnxPredictor | TargetPredictor | CachedPredictor":
    """Return the predictor of a model's own topic, or of the stance towards a target in words.

    With `cache` it keeps its answers for the next time. `bulk` suits many comments, read by `engine_workers` threads.
    """
    from analyzer.classifier.predictor import TargetPredictor

    loaded = load_predictor(name, bulk=bulk, engine_workers=engine_workers)
    predictor = loaded if target is None else TargetPredictor(loaded, target)
    if not cache:
        return predictor
    from analyzer.classifier.cache import CachedPredictor, cache_file

    return CachedPredictor(predictor, cache_file(), version=__version__)


def choose_thread(threads: list[Thread], thread_id: str | None, name: str) -> Thread:
    """Return the thread with this id, or the only one; raises ReadError with the threads there are in its notes."""
    if thread_id is None and len(threads) == 1:
        return threads[0]
    for thread in threads:
        if thread.id == thread_id:
            return thread
    if thread_id is None:
        error = ReadError(f"{name} holds {len(threads)} threads; choose one with --thread ID:")
    else:
        error = ReadError(f"{name} holds no thread {thread_id!r}; it holds:")
    for thread in threads[:_THREADS_SHOWN]:
        title = f"  {excerpt(thread.title, _TITLE_SHOWN)}" if thread.title else ""
        error.add_note(f"{thread.id}{title}  ({thread.found} comment{'s' * (thread.found != 1)})")
    if len(threads) > _THREADS_SHOWN:
        error.add_note(f"and {len(threads) - _THREADS_SHOWN} more")
    raise error


def find_comment(thread: Thread, comment_id: str, name: str) -> int:
    """Return the position of the comment with this id; raises ReadError where there is none."""
    for i, comment in enumerate(thread.comments):
        if comment.id == comment_id:
            return i
    raise ReadError(f"{name} holds no comment {comment_id!r}; `analyzer tree` shows the ids")


@contextmanager
def progress_bar(total: int) -> Iterator[Progress | None]:
    """Give a callback that moves a bar on standard error; None where nobody watches or the work is short."""
    if total < _LONG_WORK or not sys.stderr.isatty():
        yield None
        return
    with typer.progressbar(length=total, label="Reading comments", file=sys.stderr) as bar:
        yield bar.update


def shows_colors(stream: TextIO) -> bool:
    """Say whether the stream is a terminal that shows colours, and wants to (NO_COLOR)."""
    from rich.console import Console

    console = Console(file=stream)
    return console.color_system is not None and not console.no_color


def output_width(output: Path | None) -> int:
    """Return the columns to write for: those of the terminal, 80 for a file."""
    from rich.console import Console

    return 80 if output else Console().width


def write_text(text: str, output: Path | None, *, source: str) -> None:
    """Write to the file, or to standard output; raises AnalyzerError rather than write over `source`."""
    with open_output(output, source=source) as out:
        out.write(text)


@contextmanager
def open_output(output: Path | None, *, source: str) -> Iterator[TextIO]:
    """Open the file to write, or standard output; refuses to write over the file that is read."""
    if output is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    try:
        if source != "-" and output.exists() and output.samefile(source):
            raise AnalyzerError(f"{output}: this is the file that is read; write to another one")
        out = output.open("w", encoding="utf-8")
    except OSError as error:
        raise AnalyzerError(f"{output}: cannot write: {error.strerror}") from error
    with out:
        yield out
