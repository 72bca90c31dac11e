"""The commands: options -> a plain function -> its result printed -> an exit code. Only this package prints."""

import gc
import io
import os
import sys
from contextlib import suppress

from analyzer.cli import (  # noqa: F401 (each module adds its commands to the application)
    conversion,
    corpus,
    flagging,
    measuring,
    models,
    reporting,
    reviewing,
)
from analyzer.cli.base import app


def main() -> None:
    """Run the command line."""
    # Importing makes many objects that stay: looking through them for cycles takes time and finds nothing.
    gc.set_threshold(20_000)
    # The matrices multiplied by numpy are small: threads for them take longer to start than they save.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # JSON is UTF-8 wherever it goes; a terminal that lacks a box character must not end the report.
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
    try:
        app()
    except SystemExit as end:
        # Nothing is left to do, and taking the model apart would take a tenth of a small report's time.
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(end.code if isinstance(end.code, int) else int(end.code is not None))
