"""Read hostile files, each in a process of its own: a tree or one clear line, within 60 seconds and 1 GB.

    python benchmarks/hostile_formats.py [--only WORD] [--seconds 60] [--megabytes 1000]

A line a file: what was read or the error, seconds, and the peak of the process's memory. Exit code 1 if one of them
takes more, or raises what is no AnalyzerError. The files are written to a temporary folder, 200 MB at most at a time.
"""

import argparse
import gzip
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

MB = 1_000_000
NEAR = 99 * MB  # bytes; just below the limit of a file
PAGE = '<html><body><ol class="comment-list">'
COMMENT = '<li class="comment" id="comment-1"><p class="fn">A</p><div class="comment-content"><p>No.</p></div></li>'
WXR = '<rss xmlns:wp="https://wordpress.org/export/1.2/"><channel><item><title>{}</title><wp:comment><wp:comment_id>1'
WXR_END = "</wp:comment_id><wp:comment_content>No.</wp:comment_content></wp:comment></item></channel></rss>"
DATES = (
    1714996800, 1714996800000, 1714996800.5, "1714996800", "2024-05-06T12:00:00Z", "2024-05-06 12:00:00.123456+02:00",
    "2024-05-06", "Mon, 06 May 2024 12:00:00 +0000", "06/05/2024 12:00", "yesterday", -1e300, True,
)  # fmt: skip
IDS = (1, 1.0, "1", " 1 ", -1, 1e300, True, None, "", [], {"a": 1}, "\ud800", "null", 10**400, "a\0b", "\u202e")

READ = """
import resource, sys, time
from analyzer.errors import AnalyzerError
from analyzer.formats import read_threads
start = time.perf_counter()
try:
    source, threads = read_threads(sys.argv[1])
    said = f"{source.format}: {sum(thread.found for thread in threads)} comments, depth "
    said += f"{max(max(thread.depths, default=0) for thread in threads)}, {sum(len(t.issues) for t in threads)} issues"
except AnalyzerError as error:
    said = "error: " + " ".join(str(error).split())
except BaseException as error:
    said = f"UNCAUGHT {type(error).__name__}: {error}"
print(f"{time.perf_counter() - start:.1f}", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000, said, sep="\\t")
"""


def fill(unit: str, *, start: str = "", end: str = "", size: int = NEAR) -> Callable[[], bytes]:
    """Return a maker of `start`, then `unit` again and again up to `size` bytes, then `end`."""

    def make() -> bytes:
        each = unit.encode("utf-8", "surrogatepass")
        return start.encode() + each * ((size - len(start) - len(end)) // len(each)) + end.encode()

    return make


def rows(records: Iterable[dict[str, object]]) -> bytes:
    """Return the records as JSON Lines."""
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def chain(length: int) -> bytes:
    """Return a table in which every comment answers the one before."""
    return rows({"id": i, "parent_id": i - 1 if i else None, "text": "No."} for i in range(length))


def loop(length: int) -> bytes:
    """Return a table in which the first comment answers the last."""
    return rows({"id": i, "parent_id": (i - 1) % length, "text": "No."} for i in range(length))


def laughs() -> bytes:
    """Return an export whose title is the billion laughs."""
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    return f"<!DOCTYPE rss [{entities}]>{WXR.format('&a9;')}{WXR_END}".encode()


def external() -> bytes:
    """Return an export whose title is a file of this machine and one of the network."""
    entities = '<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b SYSTEM "http://example.invalid/b">'
    return f"<!DOCTYPE rss [{entities}]>{WXR.format('&a;&b;')}{WXR_END}".encode()


def nested_replies(depth: int) -> bytes:
    """Return an item of Hacker News whose replies nest."""
    return ('{"id": 1, "author": "a", "children": [' * depth + "]}" * depth).encode()


def gzip_bomb() -> bytes:
    """Return 5 GB of spaces in 5 MB."""
    return gzip.compress(b" " * (500 * MB), 9) * 10


def zstd_bomb() -> bytes:
    """Return 50 GB of spaces in a few MB."""
    import zstandard

    return zstandard.compress(b" " * (500 * MB)) * 100


def parquet_bomb() -> bytes:
    """Return a table of 100,000 rows that all hold one text of a megabyte."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000), pa.array(["x" * MB]))
    table = pa.table({"id": list(range(100_000)), "parent_id": [None] * 100_000, "text": text})
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd", dictionary_pagesize_limit=2 * MB)
    return out.getvalue()


ROW = '{"id": 1, "parent_id": null, "text": "'
POST = "<wp:comment><wp:comment_id>1</wp:comment_id></wp:comment>"
FILES: dict[str, Callable[[], bytes]] = {
    "one line of 200 MB": fill("late ", size=200 * MB),
    "one line of JSON of 200 MB": fill("late ", start=ROW, end='"}', size=200 * MB),
    "one line of 99 MB": fill("late ", start="1 comment\n\n- "),
    "one line of JSON of 99 MB": fill("late ", start=ROW, end='"}'),
    "one emoji in 99 MB, CR LF": fill("late\r\n" * 50, start="1 comment\r\n\r\n- 😀 "),
    "one emoji in 99 MB of CSV": fill('"late ""again"""\n' * 8, start='id,parent,text\n1,,"😀', end='"'),
    "99 MB of emoji in JSON": fill("😀", start=ROW, end='"}'),
    "99 MB of white space": fill(" \n"),
    "99 MB of Windows-1252": lambda: b"1 comment\n\n- " + b"caf\xe9 " * (NEAR // 5),
    "99 MB of bytes that are no UTF-8": lambda: b"\xff" * NEAR,
    "99 MB of NUL": lambda: bytes(NEAR),
    "NUL in a table": lambda: b"id,parent,text\n1,,a\0b\n",
    "NUL in JSON": lambda: rows([{"id": "a\0", "parent_id": None, "text": "a\0b"}]),
    "Windows-1252 inside UTF-8": lambda: "id,parent,text\n1,,café – naïve\n2,1,caf".encode() + b"\xe9\n",
    "UTF-16 with a mark": lambda: "1 comment\n\n- café 😀\n".encode("utf-16"),
    "UTF-16, cut off": lambda: "1 comment\n\n- café 😀\n".encode("utf-16")[:-1],
    "UTF-16, 99 MB": lambda: ("1 comment\n\n- " + "é" * (NEAR // 2 - 50)).encode("utf-16"),
    "lists of nothing, 99 MB": fill("[],", start='{"id": [', end="0]}"),
    "objects of one key, 99 MB": fill('{"a":0},', start="[", end="0]"),
    "short strings, 99 MB": fill('"ab",', start='[{"id":1,"text":[', end="0]}]"),
    "numbers, 99 MB": fill("999,", start="[", end="0]"),
    "JSON list of comments, 40 MB": fill('{"id":1,"parent":1,"text":""},', start="[", end="{}]", size=40 * MB),
    "JSON nested 100,000 deep": lambda: b"[" * 100_000 + b"]" * 100_000,
    "JSON nested 99 million deep": fill("["),
    "objects nested 100,000 deep": lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "replies nested 400 deep": lambda: nested_replies(400),
    "replies nested 100,000 deep": lambda: nested_replies(100_000),
    "row with a value nested deep": lambda: b'{"id": 1, "parent": 0, "text": "a", "b": ' + b"[" * 10**6,
    "chain of 1,000,000 replies": lambda: chain(10**6),
    "loop of 1,000,000 replies": lambda: loop(10**6),
    "1,000,000 copies": lambda: rows([{"id": 1, "parent_id": 2, "text": "No."}]) * 10**6,
    "1,000,000 comments of one id": lambda: rows({"id": 1, "parent_id": 2, "text": str(i)} for i in range(10**6)),
    "1,000,000 threads": lambda: rows({"id": 1, "parent_id": 2, "text": "", "thread_id": i} for i in range(10**6)),
    "1,000,000 sets of keys": lambda: rows({"id": 1, "parent_id": 2, "text": "", f"k{i}": i} for i in range(10**6)),
    "99 MB of rows of CSV": fill("1,,\n", start="id,parent,text\n"),
    "99 MB of commas": fill(",", start="id,parent,text\n"),
    "99 MB of header": fill("id,"),
    "99 MB of unclosed quote": fill('late,\n"late', start='id,parent,text\n1,,"'),
    "99 MB of list items": fill("- a\n", start="9 comments\n\n"),
    "5 MB of list items": fill("- a\n", start="9 comments\n\n", size=5 * MB),
    "list items ever deeper": lambda: ("9 comments\n\n" + "".join(f"{'  ' * i}- a\n" for i in range(5000))).encode(),
    "99 MB of headings": fill("2 comments\n"),
    "5 MB of headings": fill("2 comments\n", size=5 * MB),
    "the billion laughs": laughs,
    "external entities": external,
    "99 MB of <": fill("<"),
    "99 MB of tags": fill("<p>", start="<html>"),
    "10 MB of tags": fill("<p>", start="<html>", size=10 * MB),
    "10 MB of nested tags": fill("<div>", start="<html>", size=10 * MB),
    "10 MB of unclosed attribute": fill("a='", start="<html><p ", size=10 * MB),
    "20 MB of comments in a page": fill(COMMENT, start=PAGE, size=20 * MB),
    "99 MB of words in a page": fill("late ", start=PAGE + COMMENT),
    "comments nested 10,000 deep": lambda: (PAGE + (COMMENT[:-5] + "<ol class='children'>") * 10_000).encode(),
    "XML nested 1,000,000 deep": lambda: WXR.encode() + b"<a>" * 10**6,
    "20 MB of comments in an export": fill(POST, start=WXR + "</wp:comment_id></wp:comment>", size=20 * MB),
    "gzip bomb": gzip_bomb,
    "zstd bomb": zstd_bomb,
    "Parquet bomb": parquet_bomb,
    "dates of 12 kinds": lambda: rows(
        {"id": f"c{i}", "parent_id": None, "text": "No.", "created": date} for i, date in enumerate(DATES)
    ),
    "ids of odd types": lambda: rows({"id": own, "parent_id": IDS[i - 1], "text": "No."} for i, own in enumerate(IDS)),
}  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="files whose name holds this")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--megabytes", type=int, default=1000)
    options = parser.parse_args()
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "hostile.dat")
        for name, make in FILES.items():
            if options.only not in name:
                continue
            path.write_bytes(make())
            try:
                command = [sys.executable, "-c", READ, str(path)]
                answer = subprocess.run(command, capture_output=True, text=True, timeout=4 * options.seconds).stdout
            except subprocess.TimeoutExpired:
                answer = f"{4 * options.seconds}\t0\tno answer"
            seconds, megabytes, said = (answer.rstrip("\n") or "0\t0\tUNCAUGHT: the process died").split("\t", 2)
            bad = float(seconds) > options.seconds or int(megabytes) > options.megabytes or "UNCAUGHT" in said
            if bad:
                failed.append(name)
            said = said.replace(str(path), "FILE")
            print(
                f"{'!' if bad else ' '} {name:34}{float(seconds):7.1f} s{int(megabytes):6} MB  {said[:110]}", flush=True
            )
    if failed:
        sys.exit(f"beyond the limits: {', '.join(failed)}")


if __name__ == "__main__":
    main()
