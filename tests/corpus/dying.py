"""Run a corpus with a predictor that kills its process, as happens for want of memory: python dying.py N IN OUT."""

import os
import signal
import sys
from collections.abc import Sequence

from analyzer.corpus import run_corpus
from analyzer.predictions import Prediction, Progress, Turn
from tests.toy import ToyPredictor


class DyingPredictor(ToyPredictor):
    """Dies at its n-th call."""

    calls = 0

    def predict(self, turns: Sequence[Turn], *, progress: Progress | None = None) -> list[Prediction]:
        DyingPredictor.calls += 1
        if DyingPredictor.calls == int(sys.argv[1]):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().predict(turns, progress=progress)


if __name__ == "__main__":
    run_corpus([sys.argv[2]], sys.argv[3], DyingPredictor, identity="toy", bucket_bytes=500)
