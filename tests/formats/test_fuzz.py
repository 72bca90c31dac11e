"""A short run of `benchmarks/fuzz_formats.py`, always the same inputs."""

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "fuzz_formats.py"


def test_damaged_samples_are_read_or_refused() -> None:
    run = subprocess.run(
        [sys.executable, SCRIPT, "--inputs", "600", "--seed", "7"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.startswith("seed 7: 600 inputs, ")
    assert " 0 failed" in run.stdout
