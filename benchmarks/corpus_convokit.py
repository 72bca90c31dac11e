"""Load generated rows with ConvoKit, in an environment that has it.

    python benchmarks/corpus_convokit.py ROWS.jsonl [--comments N]

The rows are those `corpus_speed.py --keep FOLDER` leaves. Prints seconds, processor seconds and the largest resident
memory for building a Corpus in memory; nothing is classified or measured.
"""

import argparse
import json
import resource
import time
from itertools import islice
from pathlib import Path

from convokit import Corpus, Speaker, Utterance


def main() -> None:
    """Print the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--comments", type=int)
    options = parser.parse_args()
    start, used = time.perf_counter(), time.process_time()
    speakers: dict[str, Speaker] = {}
    utterances = []
    with options.rows.open(encoding="utf-8") as lines:
        for row in map(json.loads, islice(lines, options.comments)):
            thread = row["thread_id"]
            utterances.append(
                Utterance(
                    id=f"{thread}-{row['id']}",
                    speaker=speakers.setdefault(row["author"], Speaker(id=row["author"])),
                    conversation_id=f"{thread}-c0",
                    reply_to=row["parent_id"] and f"{thread}-{row['parent_id']}",
                    timestamp=row["created"],
                    text=row["text"],
                )
            )
    corpus = Corpus(utterances=utterances)
    seconds, used = time.perf_counter() - start, time.process_time() - used
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{len(utterances):,} comments, {len(corpus.get_conversation_ids()):,} conversations: "
        f"{seconds:.0f} s, {used:.0f} processor s, {gigabytes:.2f} GB resident"
    )


if __name__ == "__main__":
    main()
