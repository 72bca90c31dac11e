"""Records in any order -> rows in buckets on disk, each bucket holding whole threads; a bucket -> its Threads."""

import json
import shutil
import zlib
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from analyzer.corpus.sources import Rejected, read_records
from analyzer.formats.flat_records import Row, resolve_parents, row_comment
from analyzer.thread import Comment, Thread, build_thread

_SCHEMA = pa.schema([(name, pa.string()) for name in Row._fields])
_HELD = 40_000  # rows in memory before they are written
COUNTS = "counts.json"
REJECTED = "rejected.jsonl"


def scatter(name: str, folder: Path, *, buckets: int, columns: Mapping[str, str]) -> dict[str, int]:
    """Write the rows of one input into `folder`, a file a bucket, and return how many were read and rejected.

    The folder appears when it is complete; one that is there already is not read again.
    """
    if not folder.exists():
        unfinished = folder.with_name(f"{folder.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        counts = _write_rows(name, unfinished, buckets, columns)
        (unfinished / COUNTS).write_text(json.dumps(counts), encoding="utf-8")
        unfinished.rename(folder)
    kept: dict[str, int] = json.loads((folder / COUNTS).read_text(encoding="utf-8"))
    return kept


def read_bucket(folders: list[Path], bucket: int) -> list[Thread]:
    """Return the threads of a bucket, sorted by the length and letters of their ids."""
    rows: dict[str, list[Comment]] = defaultdict(list)
    titles: dict[str, set[str]] = defaultdict(set)
    for folder in folders:
        path = folder / _file_name(bucket)
        if not path.exists():
            continue
        with pa.memory_map(str(path)) as file, pa.ipc.open_stream(file) as stream:
            for batch in stream:
                for cells in zip(*[column.to_pylist() for column in batch.columns], strict=True):
                    row = Row(*cells)
                    rows[row.thread].append(row_comment(row, 0))
                    if row.title:
                        titles[row.thread].add(row.title)
    threads = []
    for thread_id in sorted(rows, key=lambda thread_id: (len(thread_id), thread_id)):
        title = next(iter(titles[thread_id])) if len(titles[thread_id]) == 1 else ""
        comments = resolve_parents(rows.pop(thread_id), thread_id)
        threads.append(build_thread(comments, id=thread_id, title=title))
    return threads


def _write_rows(name: str, folder: Path, buckets: int, columns: Mapping[str, str]) -> dict[str, int]:
    held: list[list[Row]] = [[] for _ in range(buckets)]
    files: dict[int, pa.ipc.RecordBatchStreamWriter] = {}
    rows = waiting = bad = 0
    try:
        with (folder / REJECTED).open("w", encoding="utf-8") as rejected:
            for record in read_records(name, columns):
                if isinstance(record, Rejected):
                    rejected.write(json.dumps(record._asdict()) + "\n")
                    bad += 1
                    continue
                held[zlib.crc32(record.thread.encode()) % buckets].append(record)
                waiting += 1
                rows += 1
                if waiting == _HELD:
                    _flush(held, files, folder)
                    waiting = 0
        _flush(held, files, folder)
    finally:
        for file in files.values():
            file.close()
    return {"rows": rows, "rejected": bad}


def _flush(held: list[list[Row]], files: dict[int, pa.ipc.RecordBatchStreamWriter], folder: Path) -> None:
    for bucket, rows in enumerate(held):
        if not rows:
            continue
        if bucket not in files:
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            files[bucket] = pa.ipc.new_stream(str(folder / _file_name(bucket)), _SCHEMA, options=options)
        columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
        files[bucket].write_batch(pa.record_batch(columns, schema=_SCHEMA))
        rows.clear()


def _file_name(bucket: int) -> str:
    return f"bucket-{bucket:05d}.arrow"
