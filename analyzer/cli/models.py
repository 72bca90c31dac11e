"""The commands about models: `models`, `predict`, `evaluate`, `calibrate` and `train`."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from analyzer.cli import base
from analyzer.cli.base import Cache, ModelName, Output, Target, app, open_output
from analyzer.errors import DataError, ModelError, ReadError
from analyzer.resources import DEFAULT_MODEL, model_folder, shipped_models

Only = Annotated[str | None, typer.Option(metavar="KEY=VALUE", help="Use only such rows: source=vast.")]


@app.command()
def predict(
    file: Annotated[str, typer.Argument(metavar="IN.jsonl", help="Rows with text, id, parent_text; - is stdin.")],
    output: Output = None,
    model: ModelName = DEFAULT_MODEL,
    target: Target = None,
    target_column: Annotated[
        str | None, typer.Option(metavar="KEY", help="Stance of each row towards the words under this key.")
    ] = None,
    with_text: Annotated[
        bool, typer.Option("--with-text", help="Repeat the words of each row: what `train` needs to learn from it.")
    ] = False,
    cache: Cache = True,
) -> None:
    """Classify rows of JSON. One prediction a row, in order; a row that cannot be read gets an error in its place.

    Example: analyzer predict comments.jsonl -o predictions.jsonl
    """
    from analyzer.rows import predict_rows

    with _open_rows(file) as lines:
        predictor = base.load_stance_model(model, target, bulk=True, cache=cache)
        with open_output(output, source=file) as out:
            for line in predict_rows(lines, predictor, target_column=target_column, with_text=with_text):
                out.write(line + "\n")


@app.command()
def models(
    bench: Annotated[bool, typer.Option("--bench", help="Also time each engine on bundled comments.")] = False,
) -> None:
    """List the shipped models. With --bench, how many comments a second each engine classifies on this machine.

    Example: analyzer models --bench
    """
    from analyzer.classifier.engine import processors
    from analyzer.classifier.folder import read_folder, weights_bytes

    for name in shipped_models():
        config, scheme = read_folder(model_folder(name))
        size = weights_bytes(model_folder(name)) / 1e6
        typer.echo(f"{name}  {size:.0f} MB  {scheme.topic}: {', '.join(scheme.labels)}  sha256 {config.sha256[:12]}")
        if not bench:
            continue
        from analyzer.classifier.bench import time_engines

        for engine in time_engines(model_folder(name)):
            typer.echo(
                f"  {engine.name} ({engine.used_for}): {engine.per_second:.0f} comments a second on {processors()} "
                f"processors, ready in {engine.start_seconds:.1f} s, {engine.same_stance:.1%} of the stances alike"
            )


@app.command()
def evaluate(
    data: Annotated[list[Path], typer.Argument(metavar="ROWS.jsonl…", help="Labelled rows to score the model on.")],
    model: ModelName = DEFAULT_MODEL,
    baseline: Annotated[
        list[Path] | None, typer.Option(metavar="ROWS.jsonl", help="Train TF-IDF + logistic regression on these.")
    ] = None,
    only: Only = None,
    mirrored: Annotated[
        Path | None, typer.Option(metavar="PAIRS.jsonl", help="Compare attack scores on comments with swapped sides.")
    ] = None,
    floors: Annotated[
        Path | None, typer.Option(metavar="FLOORS.toml", help="Leave with exit code 1 if a score breaks these limits.")
    ] = None,
) -> None:
    """Score a model on labelled rows. Beside it stand the majority class and, with --baseline, a TF-IDF classifier.

    Example: analyzer evaluate dev.jsonl --baseline train.jsonl
    """
    from analyzer.classifier.evaluation import evaluate as evaluate_model
    from analyzer.classifier.examples import read_examples
    from analyzer.classifier.fairness import mirrored_difference, read_pairs
    from analyzer.classifier.floors import failures, measured_values, read_floors
    from analyzer.report.scores import render_scores

    limits = read_floors(floors) if floors else None

    predictor = base.load_predictor(model)
    labels = predictor.scheme.labels
    examples = read_examples(data, labels, only=_pair(only))
    baseline_examples = read_examples(baseline, labels, only=_pair(only)) if baseline else []
    share = predictor.config.calibrated_share(data)
    scores = evaluate_model(predictor, examples, baseline_examples=baseline_examples, calibrated_share=share)
    difference = mirrored_difference(predictor, read_pairs(mirrored)) if mirrored else None
    test_set = ", ".join(path.name for path in data) + (f", {only}" if only else "")
    typer.echo(render_scores(scores, difference, model=predictor.name, test_set=test_set), nl=False)
    if limits and (broken := failures(measured_values(scores, difference), limits)):
        raise ModelError(f"{predictor.name} breaks the limits in {floors}: {'; '.join(broken)}")


@app.command()
def calibrate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A shipped model, or a model folder.")],
    data: Annotated[
        list[Path],
        typer.Argument(
            metavar="ROWS.jsonl…", help="Labelled rows it was not trained on, a file for each kind of site at hand."
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FOLDER", help="Leave MODEL as it is; write here.")
    ] = None,
    share: Annotated[
        float, typer.Option(min=0.1, max=1, help="Share of the threads to fit on; `evaluate` judges by the others.")
    ] = 1.0,
    accuracy: Annotated[
        float, typer.Option(min=0, max=1, help="Answers below the confidence that reaches this are `unclear`.")
    ] = 0.75,
) -> None:
    """Fit a model's probabilities to labelled rows. Its `unclear` threshold and corrected shares come with them.

    Example: analyzer calibrate models/small dev.jsonl --share 0.5
    """
    from analyzer.classifier.examples import read_examples, split_by_thread
    from analyzer.classifier.folder import file_sha256, read_folder
    from analyzer.classifier.recalibration import calibrate as calibrate_model

    folder = model_folder(model)
    _, scheme = read_folder(folder)
    sets = [read_examples([path], scheme.labels) for path in data]
    if share < 1:
        sets = [split_by_thread(examples, share)[1] for examples in sets]
    examples = [example for one in sets for example in one]
    if not examples:
        raise DataError(f"none of the threads falls into the share of {share:g}; use more rows or a larger --share")
    provenance = {"share": share, "data": {path.name: file_sha256(path) for path in data}}
    predictor = calibrate_model(
        folder,
        examples,
        output=output,
        accuracy=accuracy,
        collections=[len(one) for one in sets],
        provenance=provenance,
    )
    below = predictor.config.unclear_below
    typer.echo(f"{output or folder}: calibrated on {len(examples)} rows; below {below:.2f} the answer is unclear")


@app.command()
def train(
    data: Annotated[
        list[Path], typer.Argument(metavar="ROWS.jsonl…", help="Labelled rows; files may differ in labels.")
    ],
    scheme: Annotated[Path, typer.Option(metavar="SCHEME.toml", help="The topic and its labels.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where the model folder goes.")],
    only: Only = None,
    encoder: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A model of ours, a folder or a hub name; the shipped model by default."),
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the rows.")] = 3,
    learning_rate: Annotated[float, typer.Option(min=0, help="Of the encoder; 5e-5 suits one of MPNet's size.")] = 1e-4,
    frozen_layers: Annotated[
        int, typer.Option(min=0, help="Lowest layers of the encoder that do not learn, kept in four bits a weight.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 1,
) -> None:
    """Teach a model labels of your own. 8 to many thousand rows of each become a model folder with its card.

    Under 600 rows only the heads on the shipped encoder are fitted, in seconds. Needs the `train` extra.

    Example: analyzer train rows.jsonl --scheme scheme.toml -o models/mine
    """
    from analyzer.report.model_card import render_model_card
    from analyzer.report.scores import render_scores

    try:
        from analyzer.classifier.learning import train as train_model
        from analyzer.classifier.training import Settings
    except ImportError as error:
        raise ModelError(f"training needs more packages: pip install 'analyzer[train]' ({error.name})") from error

    with typer.progressbar(length=100, label="Training", file=sys.stderr) as bar:
        done = 0

        def show(step: int, steps: int, loss: float) -> None:
            nonlocal done
            if sys.stderr.isatty():  # elsewhere each label would be a line
                bar.label = f"Training, loss {loss:.2f}"
            bar.update(100 * step // steps - done)
            done = 100 * step // steps

        settings = Settings(epochs=epochs, learning_rate=learning_rate, frozen_layers=frozen_layers, seed=seed)
        predictor, scores = train_model(
            data, scheme, output, only=_pair(only), encoder=encoder, settings=settings, report=show
        )
        bar.update(100 - done)
    card = render_model_card(predictor.config, predictor.scheme, scores)
    (output / "README.md").write_text(card, encoding="utf-8")
    typer.echo(render_scores(scores, model=predictor.name, test_set="rows it did not learn from"), nl=False)
    typer.echo(f"\n{output}: model {predictor.name!r} for {', '.join(predictor.scheme.labels)}; its card is README.md")


def _pair(only: str | None) -> tuple[str, str] | None:
    """Return the key and the value of "source=vast"; raises DataError for another form."""
    if only is None:
        return None
    key, sign, value = only.partition("=")
    if not sign:
        raise DataError(f"--only {only!r} is not of the form source=vast")
    return key, value


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
