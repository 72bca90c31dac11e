"""Comment-thread discourse analyzer. The public names, loaded when they are first used so that the import is light."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzer.analysis import Analysis, analyze
    from analyzer.classifier.predictor import load_predictor
    from analyzer.document import to_document
    from analyzer.errors import AnalyzerError
    from analyzer.formats import read_threads
    from analyzer.resources import model_folder
    from analyzer.thread import Comment, Thread, build_thread

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "AnalyzerError",
    "Comment",
    "Thread",
    "analyze",
    "build_thread",
    "load_predictor",
    "model_folder",
    "read_threads",
    "to_document",
]

_HOMES = {
    "Analysis": "analysis",
    "AnalyzerError": "errors",
    "Comment": "thread",
    "Thread": "thread",
    "analyze": "analysis",
    "build_thread": "thread",
    "load_predictor": "classifier.predictor",
    "model_folder": "resources",
    "read_threads": "formats",
    "to_document": "document",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'analyzer' has no attribute {name!r}")
    return getattr(import_module(f"analyzer.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
