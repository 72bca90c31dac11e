"""The commands: options -> a plain function -> its result printed -> an exit code. Only this module prints."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal, TextIO

import typer
from typer.core import TyperGroup

from analyzer import __version__
from analyzer.errors import AnalyzerError, ModelError, ReadError
from analyzer.plain import clean
from analyzer.predictions import Progress
from analyzer.resources import DEFAULT_MODEL, model_folder
from analyzer.thread import Thread

if TYPE_CHECKING:
    from analyzer.analysis import Analysis
    from analyzer.classifier.predictor import OnnxPredictor

_LONG_WORK = 200  # comments; less is done before a progress bar could be read
_IDS_SHOWN = 10


class _Commands(TyperGroup):
    """The command group that turns an AnalyzerError into one line on standard error and exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except AnalyzerError as error:
            typer.echo(f"error: {clean(str(error))}", err=True)
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
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="OUT", help="Write to this file.")]
ModelName = Annotated[str, typer.Option("--model", metavar="NAME", help="A shipped model, or a model folder.")]
ThreadId = Annotated[str | None, typer.Option("--thread", metavar="ID", help="Which thread, if FILE holds several.")]
InputFormat = Annotated[
    str | None, typer.Option("--input-format", metavar="NAME", help="FILE's format, if it is not to be detected.")
]


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # JSON is UTF-8 wherever it goes; a terminal that lacks a box character must not end the report.
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
    app()


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


@app.command()
def report(
    file: ThreadFile,
    format: Annotated[Literal["terminal", "markdown", "json"], typer.Option(help="Form of the report.")] = "terminal",
    output: Output = None,
    model: ModelName = DEFAULT_MODEL,
    thread: ThreadId = None,
    input_format: InputFormat = None,
) -> None:
    """Print the stance report of a thread.

    Example: analyzer report data/threads/harbour-treaty.txt --format markdown -o report.md
    """
    from analyzer.report import RENDERERS

    analysis = _analyze(file, thread_id=thread, input_format=input_format, model=model)
    on_screen = output is None and _shows_colors(sys.stdout)
    _write(RENDERERS[format](analysis, width=_width(output), color=on_screen), output, source=file)


@app.command()
def tree(
    file: ThreadFile,
    model: ModelName = DEFAULT_MODEL,
    thread: ThreadId = None,
    input_format: InputFormat = None,
) -> None:
    """Draw the reply tree of a thread, a line a comment.

    Example: analyzer tree data/threads/harbour-treaty.txt
    """
    from analyzer.report.tree import render_tree

    analysis = _analyze(file, thread_id=thread, input_format=input_format, model=model)
    _write(render_tree(analysis, width=_width(None), color=_shows_colors(sys.stdout)), None, source=file)


@app.command()
def predict(
    file: Annotated[str, typer.Argument(metavar="IN.jsonl", help="Rows with text, id, parent_text; - is stdin.")],
    output: Output = None,
    model: ModelName = DEFAULT_MODEL,
) -> None:
    """Classify rows of JSON: one prediction a row, in order; a row that cannot be read gets an error in its place.

    Example: analyzer predict comments.jsonl -o predictions.jsonl
    """
    from analyzer.rows import predict_rows

    with _open_rows(file) as lines:
        predictor = _load_predictor(model)
        with _open_output(output, source=file) as out:
            for line in predict_rows(lines, predictor):
                out.write(line + "\n")


@app.command()
def evaluate(
    data: Annotated[list[Path], typer.Argument(metavar="ROWS.jsonl…", help="Labelled rows to score the model on.")],
    model: ModelName = DEFAULT_MODEL,
    baseline: Annotated[
        list[Path] | None, typer.Option(metavar="ROWS.jsonl", help="Train TF-IDF + logistic regression on these.")
    ] = None,
) -> None:
    """Score a model on labelled rows, beside the majority class and, with --baseline, a TF-IDF classifier.

    Example: analyzer evaluate dev.jsonl --baseline train.jsonl
    """
    from analyzer.classifier.evaluation import evaluate as evaluate_model
    from analyzer.classifier.examples import read_examples
    from analyzer.report.scores import render_scores

    predictor = _load_predictor(model)
    labels = predictor.scheme.labels
    examples = read_examples(data, labels)
    baseline_examples = read_examples(baseline, labels) if baseline else []
    scores = evaluate_model(predictor, examples, baseline_examples=baseline_examples)
    typer.echo(render_scores(scores, model=predictor.name, test_set=", ".join(path.name for path in data)), nl=False)


@app.command()
def train(
    data: Annotated[
        list[Path], typer.Argument(metavar="ROWS.jsonl…", help="Labelled rows; files may differ in labels.")
    ],
    scheme: Annotated[Path, typer.Option(metavar="SCHEME.toml", help="The topic and its labels.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where the model folder goes.")],
    encoder: Annotated[
        str | None, typer.Option(metavar="NAME", help="A folder or model hub name; all-MiniLM-L6-v2 by default.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the rows.")] = 3,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 1,
) -> None:
    """Teach a model from labelled rows and write its folder. Needs the `train` extra.

    Example: analyzer train rows.jsonl --scheme scheme.toml -o models/mine
    """
    try:
        from analyzer.classifier.learning import train as train_model
        from analyzer.classifier.training import Settings
    except ImportError as error:
        raise ModelError(f"training needs more packages: pip install 'analyzer[train]' ({error.name})") from error

    with typer.progressbar(length=100, label="Training", file=sys.stderr) as bar:
        done = 0

        def show(step: int, steps: int, loss: float) -> None:
            nonlocal done
            bar.label = f"Training, loss {loss:.2f}"
            bar.update(100 * step // steps - done)
            done = 100 * step // steps

        predictor = train_model(
            data, scheme, output, encoder=encoder, settings=Settings(epochs=epochs, seed=seed), report=show
        )
    typer.echo(f"{output}: model {predictor.name!r} for {', '.join(predictor.scheme.labels)}")


def _analyze(file: str, *, thread_id: str | None, input_format: str | None, model: str) -> "Analysis":
    from analyzer.analysis import analyze
    from analyzer.formats import read_threads

    path_or_file: str | BinaryIO = sys.stdin.buffer if file == "-" else file
    source, threads = read_threads(path_or_file, format=input_format)
    thread = _choose(threads, thread_id, source.name)
    with _progress_bar(thread.found) as progress:
        return analyze(thread, _load_predictor(model), source=source, progress=progress)


def _load_predictor(name: str) -> "OnnxPredictor":
    from analyzer.classifier.predictor import load_predictor

    return load_predictor(model_folder(name))


def _choose(threads: list[Thread], thread_id: str | None, name: str) -> Thread:
    """Return the thread with this id, or the only one; raises ReadError with the ids there are."""
    if thread_id is None and len(threads) == 1:
        return threads[0]
    for thread in threads:
        if thread.id == thread_id:
            return thread
    ids = ", ".join(thread.id for thread in threads[:_IDS_SHOWN]) + (", …" if len(threads) > _IDS_SHOWN else "")
    if thread_id is None:
        raise ReadError(f"{name} holds {len(threads)} threads; choose one with --thread ID: {ids}")
    raise ReadError(f"{name} holds no thread {thread_id!r}; it holds: {ids}")


@contextmanager
def _progress_bar(total: int) -> Iterator[Progress | None]:
    """Give a callback that moves a bar on standard error; None where nobody watches or the work is short."""
    if total < _LONG_WORK or not sys.stderr.isatty():
        yield None
        return
    with typer.progressbar(length=total, label="Reading comments", file=sys.stderr) as bar:
        yield bar.update


def _shows_colors(stream: TextIO) -> bool:
    from rich.console import Console

    console = Console(file=stream)
    return console.color_system is not None and not console.no_color


def _width(output: Path | None) -> int:
    from rich.console import Console

    return 80 if output else Console().width


def _write(text: str, output: Path | None, *, source: str) -> None:
    with _open_output(output, source=source) as out:
        out.write(text)


@contextmanager
def _open_rows(file: str) -> Iterator[TextIO]:
    """Open the rows as UTF-8; bytes that are none survive as surrogates, so that only their row is refused."""
    if file == "-":
        yield io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", errors="surrogateescape")
        return
    try:
        lines = open(file, encoding="utf-8-sig", errors="surrogateescape")  # noqa: SIM115 (closed two lines below)
    except OSError as error:
        raise ReadError(f"{file}: cannot read: {error.strerror}") from error
    with lines:
        yield lines


@contextmanager
def _open_output(output: Path | None, *, source: str) -> Iterator[TextIO]:
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
