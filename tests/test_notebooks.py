"""The notebooks run from the first cell to the last, and are committed with what they show."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
NEEDS = ("ipykernel", "matplotlib", "nbclient", "nbformat", "pandas")
TRAINS = {"3-bring-your-own-topic.ipynb": ("torch", "transformers", "datasets", "onnx", "sklearn")}


def code_cells(path: Path) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]


def test_there_are_four() -> None:
    assert [path.name[0] for path in NOTEBOOKS] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path) -> None:
    if missing := [name for name in (*NEEDS, *TRAINS.get(path.name, ())) if find_spec(name) is None]:
        pytest.skip(f"not installed: {', '.join(missing)} (extras notebooks, train)")
    command = [sys.executable, FOLDER / "run.py", "--check", path.name]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_as_it_ran(path: Path) -> None:
    cells = code_cells(path)
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert {output["output_type"] for output in outputs} <= {"stream", "display_data", "execute_result"}
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert any("image/png" in output.get("data", {}) for output in outputs)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_uses_public_names_only(path: Path) -> None:
    lines = [line for cell in code_cells(path) for line in "".join(cell["source"]).splitlines()]
    imports = [line for line in lines if line.startswith(("from analyzer", "import analyzer"))]
    assert imports
    assert all(line.startswith("from analyzer import ") for line in imports)
