import os
import signal
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("pyarrow")
ray = pytest.importorskip("ray")

from tests.corpus.test_corpus import many_rows, rows_of, run, write_jsonl  # noqa: E402


@pytest.mark.ray
@pytest.mark.filterwarnings("default")
def test_ray_gives_the_same_rows_and_a_killed_worker_changes_nothing(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "in.jsonl", many_rows())
    run([path], tmp_path / "here.parquet", bucket_bytes=500)
    killed: list[int] = []
    ended = threading.Event()

    def kill_one() -> None:
        while not killed and not ended.is_set():
            time.sleep(0.05)
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    title = (process / "cmdline").read_bytes()
                    if b"ray::MapWorker" in title and str(os.getpid()).encode() in parent_chain(process):
                        os.kill(int(process.name), signal.SIGKILL)
                        killed.append(int(process.name))
                        return
                except OSError:
                    continue

    killer = threading.Thread(target=kill_one)
    killer.start()
    try:
        run([path], tmp_path / "there.parquet", bucket_bytes=500, workers=2, ray="")
    finally:
        ended.set()
        killer.join()
        ray.shutdown()
    assert killed
    for ending in (".parquet", ".threads.parquet"):
        assert rows_of(tmp_path / f"there{ending}") == rows_of(tmp_path / f"here{ending}")


def parent_chain(process: Path) -> list[bytes]:
    """Return the ids of the processes above this one."""
    found = []
    while process.name not in ("0", "1"):
        status = dict(line.split(b":", 1) for line in (process / "status").read_bytes().splitlines() if b":" in line)
        process = process.parent / status[b"PPid"].strip().decode()
        found.append(process.name.encode())
    return found
