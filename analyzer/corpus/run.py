"""Inputs -> the finished tables: the steps of a run, each kept when it is done, on this machine or on Ray."""

import json
import multiprocessing
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
import pyarrow.parquet as pq

from analyzer.analysis import Model, analyze_all
from analyzer.corpus.buckets import REJECTED, read_bucket, scatter
from analyzer.corpus.sources import find_inputs, input_state
from analyzer.corpus.summary import merged, render_page, summarise
from analyzer.corpus.tables import to_tables
from analyzer.errors import AnalyzerError, NoCommentsError
from analyzer.formats import Source

Load = Callable[[], Model]
"""Loads the model in a worker process; it is pickled on its way there."""
Heard = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and of how much."""

_BUCKET_BYTES = 6_000_000  # of an input as it is stored; some 10,000 comments, more where it is compressed
_SHARED_BUCKETS = 32  # so that every worker has some, and the progress is seen to move
_SHARED_BYTES = 20_000  # of which one bucket is enough
_MOST_BUCKETS = 512  # files that a process may well hold open
_PACKED = (".gz", ".zst", ".parquet")
_PACKED_FACTOR = 4
_ATTEMPTS = 3
_SOURCE = Source("corpus", "corpus", "")


@dataclass(frozen=True, slots=True)
class Report:
    """What a run read and where its tables are."""

    comments: str
    threads: str
    page: str
    rejected_file: str | None
    rows: int
    rejected: int


@dataclass(frozen=True, slots=True)
class _Job:
    """What every worker needs to know."""

    work: Path
    inputs: tuple[str, ...]
    columns: Mapping[str, str]
    buckets: int
    load: Load

    def rows(self, i: int) -> Path:
        return self.work / "rows" / f"input-{i:05d}"

    def part(self, kind: str, bucket: int) -> Path:
        return self.work / "parts" / f"{kind}-{bucket:05d}.parquet"


def run_corpus(
    inputs: Sequence[str],
    output: str,
    load: Load,
    *,
    identity: str,
    columns: Mapping[str, str] | None = None,
    workers: int = 1,
    ray: str | None = None,
    work: Path | None = None,
    heard: Heard | None = None,
    bucket_bytes: int = _BUCKET_BYTES,
) -> Report:
    """Analyse every thread of the inputs and return what came out; killed and called again, it goes on where it was.

    `identity` says what the answers depend on beside the rows: with another one, or changed inputs, it starts anew.
    `ray` is the address of a Ray cluster that shares the `work` folder, "" for one on this machine. `bucket_bytes` is
    the share of the inputs, unpacked, that one worker analyses at a time. Raises ReadError for an input that cannot be
    read at all, NoCommentsError where no row could be, and AnalyzerError where workers keep dying.
    """
    heard = heard or (lambda what, done, total: None)
    names = find_inputs(list(inputs))
    if os.path.realpath(output) in map(os.path.realpath, names):
        raise AnalyzerError(f"{output}: this is a file that is read; write to another one")
    sizes, states = zip(*[input_state(name) for name in names], strict=True)
    job = _Job(
        work or Path(f"{output}.work"),
        tuple(names),
        dict(columns or {}),
        _bucket_count(names, sizes, bucket_bytes),
        load,
    )
    _prepare(job, {"inputs": dict(zip(names, states, strict=True)), "columns": job.columns, "identity": identity})
    counts = list(_counted(_each(job, _scatter, range(len(names)), workers, ray), "reading", len(names), heard))
    rows, rejected = (sum(count[key] for count in counts) for key in ("rows", "rejected"))
    if not rows:
        raise NoCommentsError(f"no row of {names[0]} could be read: {_first_reason(job) or 'it holds none'}")
    buckets = [bucket for bucket in range(job.buckets) if not job.part("comments", bucket).exists()]
    for done, _ in enumerate(_each(job, _analyse, buckets, workers, ray), start=1 + job.buckets - len(buckets)):
        heard("analysing", done, job.buckets)
    report = Report(
        output,
        _beside(output, ".threads.parquet"),
        _beside(output, ".html"),
        _beside(output, ".rejected.jsonl") if rejected else None,
        rows,
        rejected,
    )
    _finish(job, report)
    return report


def _first_reason(job: _Job) -> str | None:
    """Return why the first row that was left out was."""
    for i in range(len(job.inputs)):
        with (job.rows(i) / REJECTED).open(encoding="utf-8") as lines:
            for line in lines:
                return str(json.loads(line)["reason"])
    return None


def _prepare(job: _Job, plan: dict[str, Any]) -> None:
    """Make the work folder; what an earlier run with another plan left there is removed."""
    text = json.dumps(plan | {"buckets": job.buckets}, indent=1)
    path = job.work / "plan.json"
    if not (path.exists() and path.read_text(encoding="utf-8") == text):
        if (
            job.work.exists()
            and not path.exists()
            and any(entry.suffix != ".unfinished" for entry in job.work.iterdir())
        ):
            raise AnalyzerError(f"{job.work} is not of an earlier run; move it, or choose another folder with --work")
        try:
            _discard(job.work)
            job.work.mkdir(parents=True)
            _write(path, text)
        except OSError as error:
            raise AnalyzerError(f"{job.work}: cannot write: {error.strerror}") from error
    (job.work / "parts").mkdir(exist_ok=True)


def _scatter(job: _Job, i: int, model: Model | None) -> dict[str, int]:
    return scatter(job.inputs[i], job.rows(i), buckets=job.buckets, columns=job.columns)


def _analyse(job: _Job, bucket: int, model: Model | None) -> dict[str, int]:
    """Write the two parts of a bucket; that of the comments comes last and says that both are complete."""
    if model is None:
        raise ValueError("analysing needs the model")
    threads = read_bucket([job.rows(i) for i in range(len(job.inputs))], bucket)
    tables = to_tables(analyze_all(threads, model, source=_SOURCE, intervals=False), model.scheme.labels)
    for kind, table in zip(("threads", "comments"), reversed(tables), strict=True):
        path = job.part(kind, bucket)
        unfinished = path.with_suffix(f".{os.getpid()}.unfinished")
        pq.write_table(table, unfinished, compression="zstd")
        unfinished.replace(path)
    return {"bucket": bucket}


Step = Callable[[_Job, int, Model | None], dict[str, int]]


def _each(job: _Job, step: Step, items: Sequence[int], workers: int, ray: str | None) -> Iterator[dict[str, int]]:
    """Yield the answer of the step for each item, in no order."""
    if not items:
        return iter(())
    if ray is not None:
        from analyzer.corpus.on_ray import each_on_ray

        return each_on_ray(_Worker, {"job": job, "step": step}, items, workers, ray)
    if workers == 1 or len(items) == 1:
        worker = _Worker(job, step)
        return (worker(item) for item in items)
    return _each_in_processes(job, step, items, workers)


class _Worker:
    """A step with the model it needs, loaded once."""

    def __init__(self, job: _Job, step: Step):
        self._job = job
        self._step = step
        self._model = job.load() if step is _analyse else None

    def __call__(self, item: int) -> dict[str, int]:
        return self._step(self._job, item, self._model)


_worker: _Worker | None = None


def _start(job: _Job, step: Step) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    global _worker
    _worker = _Worker(job, step)


def _end_with_parent() -> None:
    """Leave when the process that gives out the work is gone: a killed run leaves no worker behind."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _work(item: int) -> tuple[int, dict[str, int]]:
    if _worker is None:
        raise ValueError("the worker was not started")
    return item, _worker(item)


def _each_in_processes(job: _Job, step: Step, items: Sequence[int], workers: int) -> Iterator[dict[str, int]]:
    left = set(items)
    for _ in range(_ATTEMPTS):
        context = multiprocessing.get_context("spawn")  # a forked process would inherit the threads of the runtimes
        pool = ProcessPoolExecutor(min(workers, len(left)), context, _start, (job, step))
        try:
            for future in as_completed([pool.submit(_work, item) for item in sorted(left)]):
                item, answer = future.result()
                left.discard(item)
                yield answer
            return
        except BrokenProcessPool:
            continue
        finally:
            pool.shutdown(cancel_futures=True)
    raise AnalyzerError(f"a worker died {_ATTEMPTS} times, perhaps for want of memory; fewer workers need less")


def _counted(answers: Iterable[dict[str, int]], what: str, total: int, heard: Heard) -> Iterator[dict[str, int]]:
    for done, answer in enumerate(answers, start=1):
        heard(what, done, total)
        yield answer


def _finish(job: _Job, report: Report) -> None:
    """Join the parts, put the tables, the page and the rejected rows where they belong, and remove the work folder."""
    finished = job.work / "finished"
    finished.mkdir(exist_ok=True)
    for kind, target in (("threads", report.threads), ("comments", report.comments)):
        merged([job.part(kind, bucket) for bucket in range(job.buckets)], finished / Path(target).name)
    tables = [finished / Path(name).name for name in (report.comments, report.threads)]
    summary = summarise(*tables)
    page = finished / Path(report.page).name
    _write(page, render_page(summary, rows=report.rows, rejected=report.rejected))
    files = [*tables, page]
    if report.rejected_file:
        listed = finished / Path(report.rejected_file).name
        with listed.open("wb") as out:
            for i in range(len(job.inputs)):
                out.write((job.rows(i) / REJECTED).read_bytes())
        files.append(listed)
    targets = [report.comments, report.threads, report.page, report.rejected_file]
    for file, name in zip(files, filter(None, targets), strict=True):
        _put(file, name)
    _discard(job.work)


def _discard(work: Path) -> None:
    """Remove a work folder under another name, so that half of one is never taken for an earlier run's."""
    discarded = work.with_name(f"{work.name}.discarded")
    shutil.rmtree(discarded, ignore_errors=True)
    if work.exists():
        work.rename(discarded)
        shutil.rmtree(discarded)


def _put(file: Path, target: str) -> None:
    if "://" in target:
        files, path = fsspec.core.url_to_fs(target)
        files.put_file(str(file), path)
        return
    try:
        file.replace(target)
    except OSError:  # the work folder may be on another disk
        shutil.copyfile(file, f"{target}.unfinished")
        os.replace(f"{target}.unfinished", target)


def _beside(output: str, ending: str) -> str:
    return output.removesuffix(".parquet") + ending


def _bucket_count(names: Sequence[str], sizes: Sequence[int], bucket_bytes: int) -> int:
    unpacked = sum(
        size * (_PACKED_FACTOR if name.endswith(_PACKED) else 1) for name, size in zip(names, sizes, strict=True)
    )
    to_share = min(_SHARED_BUCKETS, 1 + unpacked // _SHARED_BYTES)
    return min(_MOST_BUCKETS, max(to_share, 1 + unpacked // bucket_bytes))


def _write(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
