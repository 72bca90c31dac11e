"""The commands: options -> a plain function -> its result printed -> an exit code. Only this package prints."""

import io
import sys

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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # JSON is UTF-8 wherever it goes; a terminal that lacks a box character must not end the report.
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
    app()
