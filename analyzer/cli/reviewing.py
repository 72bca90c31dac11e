"""The commands of the moderators' page: `review add`, `serve`, `user`, `token`, `export` and `audit`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from analyzer.cli.base import (
    ColumnMap,
    InputFormat,
    ModelName,
    Output,
    Target,
    app,
    load_stance_model,
    open_output,
    read_file,
)
from analyzer.errors import AnalyzerError, ReviewError
from analyzer.plain import clean
from analyzer.resources import DEFAULT_MODEL

if TYPE_CHECKING:
    from analyzer.review.intake import Added
    from analyzer.review.store import Store as OpenStore

review = typer.Typer(
    no_args_is_help=True,
    help="Serve moderators a queue with reasons. Needs the extra `review`.",
)
app.add_typer(review, name="review")

_CORAL_SECRET = "ANALYZER_CORAL_SECRET"  # noqa: S105 (a variable's name)
_PASSWORD = "ANALYZER_PASSWORD"  # noqa: S105 (a variable's name)
_EXPORTS = {"csv": "decisions.csv", "json": "decisions.json", "training": "training.jsonl"}
StoreAddress = Annotated[
    str, typer.Option(metavar="STORE", envvar="ANALYZER_STORE", help="An SQLite file, or postgresql://user@host/name.")
]
Site = Annotated[str, typer.Option(metavar="NAME", help="Tells apart threads of one id from different sites.")]


@review.command()
def add(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="Saved threads, or documents of `report --format json`.")
    ],
    store: StoreAddress = "review.db",
    site: Site = "",
    model: ModelName = DEFAULT_MODEL,
    target: Target = None,
    input_format: InputFormat = None,
    columns: ColumnMap = None,
) -> None:
    """Put threads into the queue. Of one that has grown only what is new is classified.

    Example: analyzer review add data/threads/harbour-treaty.txt
    """
    opened = _open(store)
    from analyzer.review.intake import add_document, add_thread, find_document

    predictor = None
    for file in files:
        document = find_document(Path(file).read_bytes()) if Path(file).is_file() else None
        if document is not None:
            _tell(file, add_document(opened, document, site=site))
            continue
        source, threads = read_file(file, input_format=input_format, column_map=columns)
        predictor = predictor or load_stance_model(model, target)
        for thread in threads:
            _tell(thread.id or file, add_thread(opened, thread, predictor, source=source, site=site))


@review.command()
def serve(
    store: StoreAddress = "review.db",
    host: Annotated[
        str,
        typer.Option(metavar="ADDRESS", help="Where to listen; another one than this machine's own is seen by others."),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    names: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="NAME", help="A name under which the page is called: review.example.org."),
    ] = None,
    behind_proxy: Annotated[
        bool,
        typer.Option("--behind-proxy", help="A proxy on this machine speaks https and tells the callers' addresses."),
    ] = False,
    coral_withhold: Annotated[
        bool, typer.Option("--coral-withhold", help="What is flagged for Coral waits there for a moderator.")
    ] = False,
    model: ModelName = DEFAULT_MODEL,
) -> None:
    """Serve the review page until interrupted. With $ANALYZER_CORAL_SECRET also Coral's moderation phase, at /coral.

    Example: analyzer review serve
    """
    opened = _open(store)
    import uvicorn

    from analyzer.review.coral import Phase
    from analyzer.review.web import OWN_NAMES, Settings, make_app

    secrets = tuple(filter(None, os.environ.get(_CORAL_SECRET, "").replace(",", " ").split()))
    phase = Phase(secrets, withhold=coral_withhold) if secrets else None
    settings = Settings(hosts=(*OWN_NAMES, host, *(names or ())), secure=behind_proxy, phase=phase)
    app_ = make_app(opened, predictor=load_stance_model(model, None), settings=settings)
    uvicorn.run(app_, host=host, port=port, proxy_headers=behind_proxy, server_header=False, timeout_keep_alive=65)


@review.command()
def user(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who signs in.")],
    store: StoreAddress = "review.db",
    role: Annotated[
        Literal["moderator", "admin"], typer.Option(help="An admin decides what is escalated.")
    ] = "moderator",
    remove: Annotated[bool, typer.Option("--remove", help="Let them in no more.")] = False,
) -> None:
    """Add a moderator, or change a password. It is asked for, or taken from $ANALYZER_PASSWORD.

    Example: analyzer review user ada --role admin
    """
    opened = _open(store)
    from analyzer.review.accounts import add_user, shut_out

    if remove:
        shut_out(opened, name)
    else:
        password = os.environ.get(_PASSWORD) or typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        add_user(opened, name, password, role=role)
    typer.echo(f"{name}: {'shut out' if remove else role}")


@review.command()
def token(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which program it is for.")],
    store: StoreAddress = "review.db",
) -> None:
    """Print a token for POST /api/threads. One of the same name is void then.

    Example: analyzer review token our-site
    """
    opened = _open(store)
    from analyzer.review.accounts import add_token

    typer.echo(add_token(opened, name))


@review.command()
def export(
    store: StoreAddress = "review.db",
    format: Annotated[
        Literal["csv", "json", "training"], typer.Option(help="`training` gives rows for `analyzer train`.")
    ] = "csv",
    output: Output = None,
) -> None:
    """Write decisions, or rows to train on.

    Example: analyzer review export --format json -o decisions.json
    """
    opened = _open(store)
    from analyzer.review.exports import FILES

    rows, write, _ = FILES[_EXPORTS[format]]
    with opened.reading() as connection:
        text = write(list(rows(connection)))
    with open_output(output, source=store) as out:
        out.write(text)


@review.command()
def audit(
    store: StoreAddress = "review.db",
    verify: Annotated[
        bool, typer.Option("--verify", help="Check every entry; exit code 1 if one was changed.")
    ] = False,
    head: Annotated[
        str | None, typer.Option(metavar="HASH", help="With --verify: a hash noted earlier that must still be there.")
    ] = None,
) -> None:
    """Print the log, or check that nobody changed it.

    Example: analyzer review audit --verify
    """
    opened = _open(store)
    from analyzer.review import audit as log

    with opened.reading() as connection:
        if not verify:
            for entry in reversed(log.newest(connection, log.count(connection))):
                item = f" item {entry.item_id}" if entry.item_id else ""
                typer.echo(f"{entry.seq} {entry.at} {clean(entry.actor)} {entry.action}{item} {clean(entry.detail)}")
            return
        verdict = log.verify(connection, head=head)
    if verdict.problem:
        raise ReviewError(f"the log was tampered with: {clean(verdict.problem)}")
    typer.echo(f"{verdict.entries} entries, none changed; the last has the hash {verdict.head}")


def _tell(name: str, added: "Added") -> None:
    typer.echo(
        f"{clean(name)}: {added.comments} new comments, {added.items} new in the queue, "
        f"{added.reopened} back on new evidence"
    )


def _open(address: str) -> "OpenStore":
    try:
        from analyzer.review.store import Store
    except ImportError as error:
        raise AnalyzerError(
            f"the review page needs more packages: pip install 'analyzer[review]' ({error.name})"
        ) from error

    if "://" not in address and not Path(address).parent.is_dir():
        raise ReviewError(f"{address}: there is no folder {Path(address).parent}")
    return Store(address)
