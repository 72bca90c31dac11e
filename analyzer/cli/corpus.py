"""The commands about many threads: `corpus INPUT…` and `corpus summary`."""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from analyzer.cli import base
from analyzer.cli.base import ColumnMap, ModelName, Target, app
from analyzer.errors import AnalyzerError
from analyzer.resources import DEFAULT_MODEL, model_folder


class _CorpusCommands(TyperGroup):
    """`corpus INPUT…` is short for `corpus run INPUT…`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "-h", "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


corpus = typer.Typer(cls=_CorpusCommands, no_args_is_help=True, rich_markup_mode=None)
app.add_typer(corpus, name="corpus", help="Analyse dumps of any size. In short: `corpus INPUT… -o OUT.parquet`.")


@corpus.command()
def run(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT…", help="Files, patterns, addresses (s3://…), or hf:NAME_OR_PATH.")
    ],
    output: Annotated[str, typer.Option("--output", "-o", metavar="OUT.parquet", help="The table of comments.")],
    model: ModelName = DEFAULT_MODEL,
    target: Target = None,
    columns: ColumnMap = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes, each with the model loaded; one a processor by default.")
    ] = None,
    ray: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Run on this Ray cluster; `local` starts one here.")
    ] = None,
    work: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where unfinished work is kept; OUT.parquet.work by default.")
    ] = None,
) -> None:
    """Analyse every thread of huge dumps. Killed and started again, it goes on where it was.

    Writes OUT.parquet (a comment a row), OUT.threads.parquet (a thread a row), OUT.html (an index) and, where rows
    could not be read, OUT.rejected.jsonl.

    Example: analyzer corpus "dumps/*.jsonl.zst" -o site.parquet
    """
    run_corpus = _corpus_module().run_corpus
    if "://" in output and work is None:
        raise AnalyzerError(f"{output} is no local file; say with --work where unfinished work may be kept")
    from analyzer.classifier.engine import processors
    from analyzer.classifier.folder import read_folder

    config, _ = read_folder(model_folder(model))
    report = run_corpus(
        inputs,
        output,
        partial(base.load_stance_model, str(model_folder(model)), target, bulk=True, engine_workers=1),
        identity=f"{config} {target!r}",
        columns=base.parse_columns(columns),
        workers=workers or processors(),
        ray=None if ray is None else ray.removeprefix("local"),
        work=work,
        heard=_show if sys.stderr.isatty() else None,
    )
    if sys.stderr.isatty():
        typer.echo(err=True)
    typer.echo(f"{report.rows:,} rows read, {report.rejected:,} left out")
    written = (report.comments, report.threads, report.page, report.rejected_file)
    typer.echo("\n".join(name for name in written if name))


@corpus.command()
def summary(
    table: Annotated[Path, typer.Argument(metavar="OUT.parquet", help="The table of comments.")],
) -> None:
    """Print what a finished corpus holds: threads, stances, agreement, the largest and the most contested threads.

    Example: analyzer corpus summary site.parquet
    """
    module = _corpus_module()
    typer.echo(module.render_summary(module.summarise(table)), nl=False)


def _corpus_module() -> Any:
    try:
        import analyzer.corpus
    except ImportError as error:
        raise AnalyzerError(f"a corpus needs more packages: pip install 'analyzer[corpus]' ({error.name})") from error
    return analyzer.corpus


def _show(what: str, done: int, total: int) -> None:
    typer.echo(f"\r{what} {done:,} of {total:,} ", nl=False, err=True)
