import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_no_acknowledged_decision_is_lost_when_the_server_is_killed(address: str) -> None:
    command = [sys.executable, "benchmarks/review_kills.py", "--kills", "3", "--store", address]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    found = json.loads(subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True).stdout)
    assert found["acknowledged"] > 0
    assert (found["lost"], found["doubled"]) == (0, 0)
    assert found["log"].endswith("entries, none changed")
