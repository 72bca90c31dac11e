"""The two tables of a run -> what they say in short, as numbers and as a page. Reads them in pieces of any size."""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from heapq import nlargest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from jinja2 import Environment, PackageLoader, StrictUndefined

from analyzer.errors import ReadError

_LISTED = 500
_DEBATE = 10  # judged replies from which a share of disagreement says something
_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: start; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid #8886; vertical-align: top; }
td + td, th + th { text-align: end; }
"""


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A thread as the page lists it; `authors` is None where none are named.

    `disagreement` is its share among judged replies, None for fewer than ten.
    """

    id: str
    title: str
    comments: int
    authors: int | None
    disagreement: float | None
    stances: dict[str, int]


@dataclass(frozen=True, slots=True)
class CorpusSummary:
    """Counts over all threads. Those of stances are what was predicted, not corrected for the model's mistakes."""

    threads: int
    comments: int
    missing: int
    deleted: int
    stances: dict[str, int]
    agreements: dict[str, int]
    largest: list[ThreadLine]
    contested: list[ThreadLine]


def summarise(comments: Path, threads: Path | None = None, *, listed: int = _LISTED) -> CorpusSummary:
    """Return the summary of a table of comments and the table of threads beside it; raises ReadError."""
    threads = threads or comments.with_name(f"{comments.stem}.threads.parquet")
    counts: Counter[str] = Counter()
    stances: Counter[str] = Counter()
    agreements: Counter[str] = Counter()
    largest: list[ThreadLine] = []
    contested: list[ThreadLine] = []
    try:
        for batch in pq.ParquetFile(comments).iter_batches(columns=["agreement.label"]):
            labels = pc.value_counts(pc.struct_field(batch.column("agreement"), "label")).to_pylist()
            agreements.update({pair["values"]: pair["counts"] for pair in labels if pair["values"]})
        for batch in pq.ParquetFile(threads).iter_batches(batch_size=4096):
            lines = [_line(row) for row in batch.to_pylist()]
            for name in ("found", "missing", "deleted"):
                counts[name] += pc.sum(batch.column(name)).as_py() or 0
            counts["threads"] += len(lines)
            for line in lines:
                stances.update(line.stances)
            largest = nlargest(listed, largest + lines, key=lambda line: (line.comments, line.id))
            debates = [line for line in contested + lines if line.disagreement is not None]
            contested = nlargest(listed, debates, key=lambda line: (line.disagreement or 0.0, line.comments, line.id))
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise ReadError(f"{comments} and {threads.name} are not the tables of a corpus: {error}") from error
    return CorpusSummary(
        threads=counts["threads"],
        comments=counts["found"],
        missing=counts["missing"],
        deleted=counts["deleted"],
        stances=dict(stances),
        agreements=dict(agreements.most_common()),
        largest=largest,
        contested=contested,
    )


def render_page(summary: CorpusSummary, *, rows: int, rejected: int) -> str:
    """Return the index as one HTML page without script; all words from the comments are escaped."""
    environment = Environment(
        loader=PackageLoader("analyzer.corpus", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    policy = f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
    return environment.get_template("index.html.j2").render(
        summary=summary, rows=rows, rejected=rejected, style=_STYLE, policy=policy
    )


def render_summary(summary: CorpusSummary, *, shown: int = 5) -> str:
    """Return the summary as lines of text."""
    classified = max(1, sum(summary.stances.values()))
    judged = max(1, sum(summary.agreements.values()))
    lines = [f"{summary.threads:,} threads, {summary.comments:,} comments ({summary.deleted:,} deleted), "]
    lines[0] += f"{summary.missing:,} missing"
    lines += [f"  {label}  {count:,}  {count / classified:.1%}" for label, count in summary.stances.items()]
    lines += ["Replies to words that are there"]
    lines += [f"  {label}  {count:,}  {count / judged:.1%}" for label, count in summary.agreements.items()]
    for heading, threads in (("Largest", summary.largest), ("Most disagreement", summary.contested)):
        lines.append(heading)
        for line in threads[:shown]:
            share = "" if line.disagreement is None else f", {line.disagreement:.0%} of the judged replies disagree"
            lines.append(f"  {line.id}  {line.title}  {line.comments:,} comments{share}")
    return "\n".join(lines) + "\n"


def merged(parts: Sequence[Path], path: Path) -> None:
    """Write the rows of the parts, in their order, as one table."""
    with pq.ParquetWriter(path, pq.read_schema(parts[0]), compression="zstd") as out:
        for part in parts:
            out.write_table(pq.read_table(part))


def _line(row: dict[str, Any]) -> ThreadLine:
    metrics = json.loads(row["metrics"])
    judged = metrics["agree"] + metrics["disagree"]
    return ThreadLine(
        row["id"],
        row["title"],
        row["found"],
        metrics["authors"],
        metrics["disagree"] / judged if judged >= _DEBATE else None,
        {label: share["count"] for label, share in row["stances"].items()},
    )
