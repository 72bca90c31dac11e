import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from analyzer.metrics.participation import measure_participation
from analyzer.metrics.structure import measure_structure
from analyzer.thread import Comment, build_thread

pytestmark = pytest.mark.shared

SHARED = Path(os.environ.get("ANALYZER_SHARED", Path(__file__).parents[2].parent / "shared"))
GENERATOR = SHARED / "bench" / "gen_data.py"
GOLDEN = SHARED / "bench" / "golden_forest200.json"

if not GENERATOR.exists():
    pytest.skip(f"no shared benchmark in {SHARED}", allow_module_level=True)


def test_200_threads_have_the_golden_metrics(tmp_path):
    subprocess.run([sys.executable, GENERATOR, tmp_path], check=True, stdout=subprocess.DEVNULL)
    threads = defaultdict(list)
    for line in (tmp_path / "forest200.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        threads[row["thread_id"]].append(Comment(row["id"], row["parent_id"], author=row["author"]))
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert threads.keys() == golden.keys()
    for thread_id, comments in threads.items():
        thread = build_thread(comments)
        structure, participation = measure_structure(thread), measure_participation(thread)
        measured = {
            "n": structure.comments,
            "max_depth": structure.max_depth,
            "mean_depth": structure.mean_depth,
            "max_width": structure.breadth,
            "leaves": structure.leaves,
            "branching_factor": structure.branching_factor,
            "structural_virality": structure.structural_virality,
            "h_index": structure.h_index,
            "authors": participation.authors,
            "arc_reciprocity": participation.reciprocity,
        }
        for name, value in measured.items():
            expected = golden[thread_id][name]
            same = value is None if expected is None else abs(value - expected) <= 1e-9
            assert same, f"{thread_id}: {name} is {value}, golden is {expected}"
