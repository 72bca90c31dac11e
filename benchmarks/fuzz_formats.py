"""Read damaged files: each is a bundled sample with a few random faults, and must give a tree or one clear line.

    python benchmarks/fuzz_formats.py [--inputs 20000] [--seed 1] [--keep FOLDER]

Faults are of bytes (flipped, cut out, doubled, swapped, NUL), of lines, of values (numbers, nulls, huge depth), of
markup, of encoding, and pieces of another sample. Half of the inputs name the sample's format, so that its reader sees
what detection would refuse. Prints the seed, the count, how many inputs were read or refused, and the
slowest; exit code 1 if one of them raises what is no AnalyzerError. `--keep` saves those inputs.
"""

import argparse
import io
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from analyzer.convert.rows import to_rows
from analyzer.errors import AnalyzerError
from analyzer.formats import READERS, read_threads

ROOT = Path(__file__).parents[1]
INLINE = {
    "flat_records.csv": b'id,parent_id,author,created,text\n1,,Hedda,2024-05-06 12:00,Keep.\n2,1,Ole,,"No, ""no""."\n',
    "flat_records.jsonl": b'{"id": 1, "parent_id": null, "text": "Keep."}\n{"id": 2, "parent_id": 1, "text": "No."}\n',
    "quoted_text.txt": b"Hedda wrote:\n> Late, says Ole.\n> > It was not.\n\nSo it is.\n\nOle wrote:\n> So it is.\nNo.",
    "addressed_text.txt": "Hedda says:\nLate – again.\n\nOle\nIn reply to Hedda\nNever.\n".encode(),
    "wordpress_wxr.xml": b'<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><item><title>Ferry</title><wp:comment>'
    b"<wp:comment_id>1</wp:comment_id><wp:comment_content>Keep it.</wp:comment_content></wp:comment><wp:comment>"
    b"<wp:comment_id>2</wp:comment_id><wp:comment_parent>1</wp:comment_parent></wp:comment></item></channel></rss>",
    "disqus_xml.xml": b'<disqus xmlns:dsq="http://disqus.com/disqus-internals"><thread dsq:id="7"><title>Ferry</title>'
    b'</thread><post dsq:id="1"><message>Keep it.</message><thread dsq:id="7"/></post><post dsq:id="2">'
    b'<message>No.</message><parent dsq:id="1"/><thread dsq:id="7"/></post></disqus>',
}
VALUES = (b"null", b"-1", b"1e999", b'""', b"[]", b"{}", b"true", b'"\\ud800"', b"9" * 400, b"[" * 200, b'"0"')
MARKUP = (b"<", b">", b"</li>", b"<ol>", b"<div class='comment'>", b"<!--", b"]]>", b"&#xd800;", b"&lt", b"<?xml", b"'")


def _flip(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]


def _cut(data: bytes, rng: random.Random) -> bytes:
    first, last = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
    return data[:first] + data[last:] if rng.random() < 0.5 else data[:last]


def _double(data: bytes, rng: random.Random) -> bytes:
    first, last = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
    return data[:last] + data[first:last] * rng.randint(1, 3) + data[last:]


def _shuffle_lines(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    rng.shuffle(lines)
    return b"\n".join(lines[: rng.randint(1, len(lines))])


def _change_value(data: bytes, rng: random.Random) -> bytes:
    """Put another value where something stands between two of the marks that part values."""
    marks = [i for i, byte in enumerate(data) if byte in b'":,>{}[]\n']
    if len(marks) < 2:
        return data
    k = rng.randrange(len(marks) - 1)
    return data[: marks[k] + 1] + rng.choice(VALUES) + data[marks[k + 1] :]


def _insert_markup(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(MARKUP) * rng.choice((1, 1, 1, 50)) + data[at:]


def _reencode(data: bytes, rng: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return rng.choice(
        [text.encode(code, "replace") for code in ("utf-16", "utf-16-le", "cp1252", "utf-8-sig", "utf-7")]
    )


def _insert_nothing(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice((b"\0", b"\r", b"\x1a", b"\xff", b"\xef\xbb\xbf", "\u202e".encode())) + data[at:]


FAULTS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip, _cut, _double, _shuffle_lines, _change_value, _insert_markup, _reencode, _insert_nothing,
)  # fmt: skip


def samples() -> dict[str, bytes]:
    """Return the bundled samples and one of each form that has none, by name."""
    files = [*(ROOT / "tests/formats/samples").iterdir(), *(ROOT / "data/threads").iterdir()]
    return {path.name: path.read_bytes() for path in sorted(files) if path.is_file()} | INLINE


def damaged(known: dict[str, bytes], rng: random.Random) -> tuple[str, bytes]:
    """Return the name of a sample and its bytes with one to four faults."""
    name = rng.choice(list(known))
    data = known[name]
    if rng.random() < 0.15:  # a piece of another sample
        other = known[rng.choice(list(known))]
        at = rng.randrange(len(data) + 1)
        data = data[:at] + other[rng.randrange(len(other)) :] + data[at:]
    for _ in range(rng.randint(1, 4)):
        if data:
            data = rng.choice(FAULTS)(data, rng)
    return name, data


class NamedBytes(io.BytesIO):
    """The bytes of a file that has a name."""

    name = ""


def main() -> None:
    """Read the damaged inputs, count, and leave with 1 if one fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the inputs that fail")
    options = parser.parse_args()
    known, counts, slowest = samples(), Counter[str](), (0.0, 0)
    for number in range(options.inputs):
        # A generator of its own for each input, so that one can be made again alone.
        rng = random.Random(f"{options.seed}-{number}")
        name, data = damaged(known, rng)
        stem = name.partition(".")[0]
        form = stem if stem in READERS and rng.random() < 0.5 else None
        file = NamedBytes(data)
        file.name = name
        start = time.perf_counter()
        try:
            to_rows(read_threads(file, format=form)[1])
            counts["read"] += 1
        except AnalyzerError:
            counts["refused"] += 1
        except Exception:  # any other kind is what is looked for
            counts["failed"] += 1
            print(f"input {number}, made from {name}, fails:\n{traceback.format_exc(limit=-3)}")
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{number}-{name}").write_bytes(data)
        slowest = max(slowest, (time.perf_counter() - start, number))
        if sys.stderr.isatty() and number % 100 == 0:
            print(f"\r{number} of {options.inputs}", end="", file=sys.stderr)
    print(
        f"seed {options.seed}: {options.inputs} inputs, {counts['read']} read, {counts['refused']} refused, "
        f"{counts['failed']} failed; the slowest, input {slowest[1]}, took {slowest[0]:.2f} s"
    )
    sys.exit(1 if counts["failed"] else 0)


if __name__ == "__main__":
    main()
