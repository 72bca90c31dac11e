"""Time a thread's classification, and again after it grew by a tenth, with the answers kept in a fresh file.

    python benchmarks/grown_thread.py [--comments 400]

Prints the seconds of both runs and the second's share of the first.
"""

import argparse
import tempfile
import time
from pathlib import Path

from analyzer.classifier.bench import bundled_turns
from analyzer.classifier.cache import CachedPredictor
from analyzer.classifier.predictor import load_predictor
from analyzer.resources import model_folder


def main() -> None:
    """Print the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--comments", type=int, default=400)
    comments = parser.parse_args().comments
    turns = bundled_turns(comments + comments // 10)
    with tempfile.TemporaryDirectory() as folder:
        cached = CachedPredictor(load_predictor(model_folder("small")), Path(folder, "answers.sqlite"))
        seconds = []
        for count in (comments, len(turns)):
            start = time.perf_counter()
            cached.predict(turns[:count])
            seconds.append(time.perf_counter() - start)
    first, second = seconds
    print(f"{comments} comments {first:.2f} s, then {len(turns)} in {second:.2f} s: {second / first:.1%} of the first")


if __name__ == "__main__":
    main()
