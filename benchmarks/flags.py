"""Measure the flags: how often they are right on labelled rows, what drift they find, and how long they take.

    python benchmarks/flags.py SHARED [--model small] [--rows 700] [--comments 100000]

SHARED holds stance/dev.jsonl (attack 0 or 1), stance/topics.jsonl (threads on other topics), threads/worldnews.jsonl
and benchmarks/conduct_train.jsonl (c3: toxicity, constructive; ucc: hostile, antagonize).
"""

import argparse
import json
import random
import time
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from analyzer.classifier.fairness import read_pairs
from analyzer.classifier.inputs import make_turn
from analyzer.classifier.predictor import load_predictor
from analyzer.flags import default_thresholds, prioritise, raise_flags
from analyzer.formats import read_threads
from analyzer.predictions import EMBEDDING_SIZE, Prediction, Predictor, Scored
from analyzer.resources import model_folder, resource
from analyzer.thread import Comment, Thread, build_thread

_LENGTH = 60  # words: the baseline of `constructive`


def attacks(name: str, rows: Sequence[dict[str, Any]], gold: Sequence[bool], predictor: Predictor) -> None:
    """Print the precision and recall of `attack` on labelled rows, beside the base rate."""
    predictions = predictor.predict([make_turn(row["text"], row["parent_text"] or None) for row in rows])
    flagged = [right for right, kinds in zip(gold, map(_kinds, rows, predictions), strict=True) if "attack" in kinds]
    print(
        f"attack        {name}: {sum(flagged)} of {len(flagged)} flags right, {sum(gold)} of {len(rows)} rows are "
        f"attacks ({sum(gold) / len(rows):.3f})"
    )


def constructive(rows: Sequence[dict[str, Any]], predictor: Predictor) -> None:
    """Print the precision of `constructive` on C3, beside the base rate and that of length alone."""
    predictions = predictor.predict([make_turn(row["text"], None) for row in rows])
    flagged = [
        row["constructive"] for row, p in zip(rows, predictions, strict=True) if "constructive" in _kinds(row, p)
    ]
    long = [row["constructive"] for row in rows if len(row["text"].split()) >= _LENGTH]
    base = sum(row["constructive"] for row in rows) / len(rows)
    print(
        f"constructive  c3: {sum(flagged)} of {len(flagged)} flags right; {_LENGTH} words or more alone "
        f"{sum(long)} of {len(long)}; base rate {base:.3f}"
    )


def mirrored(predictor: Predictor) -> None:
    """Print how many comments change their attack flag when their sides are swapped in the text."""
    pairs = read_pairs(resource("data", "labelled", "mirrored.jsonl"))
    limit = default_thresholds()["attack"]["probability"]
    first = predictor.predict([pair.first for pair in pairs])
    second = predictor.predict([pair.second for pair in pairs])
    changed = sum((one.attack >= limit) != (other.attack >= limit) for one, other in zip(first, second, strict=True))
    print(f"attack        sides swapped in the text: {changed} of {len(pairs)} comments change their flag")


def drift(threads: Sequence[Thread], strangers: Sequence[Thread], predictor: Predictor) -> None:
    """Print how often `off_topic` finds a thread on another topic that was grafted into one, and what else it flags.

    The thresholds were chosen on the first half of the threads.
    """
    draw = random.Random(1)
    said = _predictions(threads, predictor)
    said |= {f"graft {key}": prediction for key, prediction in _predictions(strangers, predictor).items()}
    halves: list[list[tuple[bool, bool, bool]]] = [[], []]
    for thread in threads:
        grafted, head = _grafted(thread, draw.choice(strangers), draw.choice(thread.comments).id)
        inside = grafted.branch(head)
        flagged = _drifting(grafted, said)
        near = [i for i in flagged if i in inside or (head in grafted.branch(i) and grafted.sizes[i] < 2 * len(inside))]
        elsewhere = any(i not in inside and head not in grafted.branch(i) for i in flagged)
        half = sha256(thread.id.encode()).digest()[0] % 2
        halves[half].append((bool(near), elsewhere, bool(_drifting(thread, said))))
    for name, rows in zip(("first", "second"), halves, strict=True):
        found, elsewhere_in, plain = map(sum, zip(*rows, strict=True))
        print(
            f"off_topic     {name} half, grafts: {found} of {len(rows)} found, {elsewhere_in} threads with a flag "
            f"elsewhere; without grafts {plain} threads flagged"
        )


def speed(shape: str, comments: int) -> None:
    """Print the processor time of all rules and of the priorities on one made thread."""
    thread, predictions = _made(shape, comments)
    start = time.process_time()
    flags = raise_flags(thread, predictions)
    middle = time.process_time()
    prioritise(thread, flags)
    print(
        f"speed         {shape}: {comments} comments, {len(flags)} flags in {middle - start:.1f} s, "
        f"priorities in {time.process_time() - middle:.1f} s"
    )


def _kinds(row: dict[str, Any], prediction: Prediction) -> set[str]:
    thread = build_thread([Comment("a", text=row["text"])])
    return {flag.kind for flag in raise_flags(thread, [prediction])}


def _predictions(threads: Sequence[Thread], predictor: Predictor) -> dict[str, Prediction]:
    """Return what the model says of every comment with words, by the comments' ids."""
    turns = {}
    for thread in threads:
        texts = {comment.id: comment.text for comment in thread.comments}
        turns |= {
            comment.id: make_turn(comment.text, texts.get(comment.parent_id or "") or None)
            for comment in thread.comments
            if comment.status == "ok"
        }
    return dict(zip(turns, predictor.predict(list(turns.values())), strict=True))


def _drifting(thread: Thread, said: Mapping[str, Prediction]) -> list[int]:
    position = {comment.id: i for i, comment in enumerate(thread.comments)}
    flags = raise_flags(thread, [said.get(comment.id) for comment in thread.comments])
    return [position[flag.comment_id] for flag in flags if flag.kind == "off_topic"]


def _grafted(thread: Thread, stranger: Thread, under: str) -> tuple[Thread, int]:
    """Return the thread with another below one of its comments, its first root the head, and the head's position."""
    head = f"graft {stranger.comments[0].id}"
    graft = [
        replace(
            comment, id=f"graft {comment.id}", parent_id=f"graft {comment.parent_id}" if comment.parent_id else head
        )
        for comment in stranger.comments
    ]
    graft[0] = replace(graft[0], parent_id=under)
    own = [comment for comment in thread.comments if comment.status != "missing"]
    grafted = build_thread([*own, *graft], title=thread.title, article=thread.article)
    return grafted, [comment.id for comment in grafted.comments].index(head)


def _made(shape: str, count: int) -> tuple[Thread, list[Prediction | None]]:
    draw = random.Random(3)
    words = [f"word{i}" for i in range(20_000)]
    comments = [
        Comment(
            f"c{i}",
            f"c{ {'chain': i - 1, 'star': 0, 'tree': draw.randrange(max(0, i - 3000), i)}[shape] }" if i else None,
            " ".join(draw.choices(words, k=40)),
            f"author{draw.randrange(5000)}",
            datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=i),
        )
        for i in range(count)
    ]
    predictions: list[Prediction | None] = []
    for _ in comments:
        disagree = draw.random()
        scores = {"agree": 1 - disagree, "disagree": disagree}
        agreement = Scored("disagree" if disagree > 0.5 else "agree", scores)
        embedding = b64encode(draw.randbytes(EMBEDDING_SIZE)).decode()
        predictions.append(Prediction(Scored("none", {"none": 1.0}), agreement, draw.random() ** 8, embedding))
    return build_thread(comments), predictions


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _topic_threads(path: Path) -> list[Thread]:
    comments = defaultdict(list)
    for row in _rows(path):
        comments[row["thread"]].append(Comment(row["id"], row["parent_id"], row["text"], row["author"]))
    return [build_thread(thread) for thread in comments.values()]


def main() -> None:
    """Print every measure, a line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--model", default="small")
    parser.add_argument("--rows", type=int, default=700, help="drawn of each set of conduct_train.jsonl")
    parser.add_argument("--comments", type=int, default=100_000)
    options = parser.parse_args()
    for shape in ("tree", "chain", "star"):
        speed(shape, options.comments)
    _, threads = read_threads(options.shared / "threads" / "worldnews.jsonl")
    predictor = load_predictor(model_folder(options.model))
    drift(threads, _topic_threads(options.shared / "stance" / "topics.jsonl"), predictor)
    dev = list(_rows(options.shared / "stance" / "dev.jsonl"))
    attacks("dev", dev, [row["attack"] == 1 for row in dev], predictor)
    conduct = list(_rows(options.shared / "benchmarks" / "conduct_train.jsonl"))
    draw = random.Random(5)
    c3, ucc = (
        draw.sample([row for row in conduct if row["source"] == source], options.rows) for source in ("c3", "ucc")
    )
    attacks("c3", c3, [row["toxicity"] >= 0.5 for row in c3], predictor)
    attacks("ucc", ucc, [bool(row["hostile"] or row["antagonize"]) for row in ucc], predictor)
    constructive(c3, predictor)
    mirrored(predictor)


if __name__ == "__main__":
    main()
