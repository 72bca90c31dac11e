import subprocess
import sys

import pytest

import analyzer

HEAVY = ("torch", "transformers", "typer", "rich", "networkx", "onnxruntime", "openvino", "tokenizers", "numpy")


def loaded_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_the_import_is_light() -> None:
    assert loaded_after("import analyzer").isdisjoint(HEAVY)


def test_the_command_line_starts_without_the_model_runtime() -> None:
    assert loaded_after("import analyzer.cli").isdisjoint({"torch", "networkx", "onnxruntime", "tokenizers", "numpy"})


def test_there_are_at_most_ten_public_names() -> None:
    assert len(analyzer.__all__) <= 10


@pytest.mark.parametrize("name", [*analyzer.__all__, "__version__"])
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(analyzer, name)
    assert name in dir(analyzer)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        analyzer.nonsense  # noqa: B018


def test_a_report_without_authors_needs_no_graph_library() -> None:
    code = (
        "from tests.toy import ToyPredictor; from analyzer.analysis import analyze; from analyzer.formats import Source"
    )
    code += "; from analyzer import Comment, build_thread; thread = build_thread([Comment('a'), Comment('b', 'a')])"
    code += "; analyze(thread, ToyPredictor(), source=Source('', '', ''))"
    assert "networkx" not in loaded_after(code)
