"""The readers on real pages and a planted-fault data set that are kept outside the repository."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from analyzer.errors import NoCommentsError, ReadError
from analyzer.formats import read_threads
from analyzer.quotes import find_quotes
from analyzer.thread import Thread

SHARED = Path(os.environ.get("ANALYZER_SHARED", Path(__file__).parents[2].parent / "shared"))
SEEDS = SHARED / "seeds"
WITH_COMMENTS = "002_603967cb8a91b0c1.txt"

pytestmark = pytest.mark.shared
if not SEEDS.is_dir():
    pytest.skip("the shared folder is not here", allow_module_level=True)

FAULTS = {
    "clean": set(),
    "shuffled_rows": set(),
    "single_comment": set(),
    "orphan": {"missing_parent"},
    "no_root": {"missing_parent"},
    "self_reply": {"self_reply"},
    "two_cycle": {"reply_loop"},
    "duplicate_id": {"duplicate_id"},
    "two_roots": {"several_roots"},
    "no_timestamp": {"missing_time"},
}


@pytest.fixture(scope="module")
def thread() -> Thread:
    _, (thread,) = read_threads(SEEDS / WITH_COMMENTS)
    return thread


def test_seed_counts(thread: Thread) -> None:
    assert (thread.declared, thread.found, thread.missing) == (33, 27, 2)


def test_seed_depths(thread: Thread) -> None:
    depths = Counter(
        depth for comment, depth in zip(thread.comments, thread.depths, strict=True) if comment.status == "ok"
    )
    assert depths == {0: 8, 1: 5, 2: 8, 3: 3, 4: 3}
    assert len(thread.roots) == 9


def test_seed_placeholders_are_explained(thread: Thread) -> None:
    assert [(issue.kind, issue.comment_id) for issue in thread.issues] == [
        ("missing_parent", "c1"),
        ("missing_parent", "c12"),
        ("missing_parent", "c13"),
    ]


def test_seed_ends_before_the_reply_form(thread: Thread) -> None:
    assert thread.comments[-1].text.endswith("IMO.")


def test_seed_quotes(thread: Thread) -> None:
    found = {}
    for i, comment in enumerate(thread.comments):
        ancestors = []
        parent = thread.parents[i]
        while parent >= 0:
            ancestors.append(thread.comments[parent].text)
            parent = thread.parents[parent]
        if quotes := find_quotes(comment.text, ancestors):
            found[comment.id] = [(comment.text[quote.start : quote.end][:12], quote.source) for quote in quotes]
    assert found == {"c4": [("Russia sees ", 0), ("Pushing a po", 0)], "c22": [("“having to e", 0)]}


@pytest.mark.parametrize("path", [path for path in sorted(SEEDS.glob("*.txt")) if path.name != WITH_COMMENTS], ids=str)
def test_seeds_without_comments_say_so(path: Path) -> None:
    with pytest.raises(NoCommentsError, match=r"^no reader comments found in "):
        read_threads(path)


def test_planted_faults_are_named(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SHARED / "bench" / "gen_data.py", tmp_path], check=True, capture_output=True)
    truth = json.loads((tmp_path / "dirty_truth.json").read_text())
    _, threads = read_threads(tmp_path / "dirty.jsonl")
    named = defaultdict(list)
    for thread in threads:
        named[truth[thread.id]].append({issue.kind for issue in thread.issues})
    assert dict(named) == {fault: [kinds] * 20 for fault, kinds in FAULTS.items()}


def test_an_archived_table_with_bare_ids_and_prefixed_parents(tmp_path: Path) -> None:
    path = SHARED / "formats" / "flat_json_parent" / "emocado_comments_example.json"
    source, threads = read_threads(shutil.copyfile(path, tmp_path / "saved.dat"))
    assert source.format == "flat_records"
    replies = sum(parent >= 0 for thread in threads for parent in thread.parents)
    assert (sum(thread.found for thread in threads), replies) == (346, 180)
    assert max(max(thread.depths) for thread in threads) == 8
    assert [issue.kind for thread in threads for issue in thread.issues] == ["missing_parent"]


@pytest.mark.parametrize(
    ("path", "format", "threads", "comments", "depth", "replies"),
    [
        ("reddit_json/thread_n49rw_listing_with_more.json", "reddit_json", 1, 485, 9, 363),
        ("reddit_json/small_thread.json", "reddit_json", 1, 2, 1, 1),
        ("disqus_xml/laisky_disqus.xml", "disqus_xml", 61, 209, 7, 118),
        ("disqus_xml/isso_disqus.xml", "disqus_xml", 3, 6, 1, 2),
        # One of the six posts refers to its thread by an attribute without quotes: it stands in a thread of its own.
        ("disqus_xml/remark42_disqus_deleted_post.xml", "disqus_xml", 3, 6, 0, 0),
        ("wordpress_wxr/theme_unit_test.xml", "wordpress_wxr", 6, 32, 9, 10),
        ("wordpress_wxr/isso_wordpress.xml", "wordpress_wxr", 2, 8, 2, 3),
        ("hn_algolia_json/hn_thread_synthetic.json", "hn_algolia_json", 1, 4, 1, 1),
        ("guardian_discussion/discussion.json", "guardian_discussion", 1, 51, 1, 1),
        ("wordpress_html/gormulus_wordpresscom.html", "wordpress_html", 1, 45, 2, 25),
        ("wordpress_html/californiaglobe_news.html", "wordpress_html", 1, 20, 1, 2),
        ("wordpress_html/netzpolitik_de_nested.html", "wordpress_html", 1, 74, 4, 38),
        ("wordpress_wpdiscuz/backenmachtgluecklich_wpdiscuz.html", "wordpress_html", 1, 25, 4, 10),
        ("hn_html/hn_small_synthetic.html", "hn_html", 1, 4, 2, 2),
        ("convokit_corpus/utterances.jsonl", "convokit", 50, 300, 9, 250),
        ("wordpress_rest/comments.json", "wordpress_rest", 7, 10, 0, 0),
        ("discourse_json/topic.json", "discourse_json", 1, 3, 0, 0),
        ("youtube_json/threads_by_video_p1.json", "youtube_json", 1, 5, 0, 0),
        ("youtube_json/threads_by_video_p2.json", "youtube_json", 1, 5, 0, 0),
        ("isso_json/generic.json", "isso_json", 2, 2, 0, 0),
        ("commento_json/commento_api.json", "commento_json", 1, 7, 1, 2),
        ("remark42_json/tree.json", "remark42_json", 1, 12, 2, 8),
        ("hn_firebase_json/inkfeed_comments_trimmed.json", "hn_firebase_json", 3, 11, 2, 5),
    ],
)
def test_real_files(
    path: str, format: str, threads: int, comments: int, depth: int, replies: int, tmp_path: Path
) -> None:
    source, found = read_threads(shutil.copyfile(SHARED / "formats" / path, tmp_path / "saved.dat"))
    assert (source.format, len(found)) == (format, threads)
    assert sum(thread.found for thread in found) == comments
    assert max(max(thread.depths) for thread in found) == depth
    assert sum(parent >= 0 for thread in found for parent in thread.parents) == replies
    # Pingbacks are excluded and have no time; one Disqus file has a time that is none.
    kinds = {issue.kind for thread in found for issue in thread.issues}
    assert kinds <= {"missing_time", "excluded", "unreadable_time"}


@pytest.mark.parametrize(
    ("path", "excluded"),
    [
        ("wordpress_html/gormulus_wordpresscom.html", {"pingback": 5}),
        ("wordpress_html/californiaglobe_news.html", {"pingback": 8}),
        ("wordpress_wxr/theme_unit_test.xml", {"pingback": 2, "trackback": 2, "waiting for approval": 3}),
        ("disqus_xml/laisky_disqus.xml", {"spam": 1}),
    ],
)
def test_what_is_no_readers_published_words_is_counted_and_named(path: str, excluded: dict[str, int]) -> None:
    _, threads = read_threads(SHARED / "formats" / path)
    issues = [issue for thread in threads for issue in thread.issues if issue.kind == "excluded"]
    assert Counter(issue.detail.partition(":")[0] for issue in issues) == excluded
    assert sum(c.status == "excluded" for thread in threads for c in thread.comments) == len(issues)


def test_a_page_with_stubs_declares_more_than_it_holds() -> None:
    _, (thread,) = read_threads(SHARED / "formats" / "reddit_json" / "thread_n49rw_listing_with_more.json")
    assert (thread.declared, thread.missing, thread.deleted, thread.hidden) == (1412, 0, 10, 1060)


def test_deleted_comments_of_an_export_stay() -> None:
    _, threads = read_threads(SHARED / "formats" / "disqus_xml" / "laisky_disqus.xml")
    assert sum(thread.deleted for thread in threads) == 4


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("tabular_csv/worldnews_flat.csv", "no parent column among: comment"),
        ("reddit_rss/reddit_thread.rss", "a feed lists comments without the ids of their parents"),
    ],
)
def test_a_form_without_a_tree_says_so(path: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=f"no tree in this form: {why}"):
        read_threads(shutil.copyfile(SHARED / "formats" / path, tmp_path / "saved.dat"))


def test_a_context_holds_all_but_the_status_it_belongs_to(tmp_path: Path) -> None:
    path = SHARED / "formats" / "mastodon_context" / "test_entity_context_0.json"
    source, (thread,) = read_threads(shutil.copyfile(path, tmp_path / "saved.dat"))
    assert source.format == "mastodon_context"
    assert (thread.found, thread.missing, max(thread.depths)) == (2, 1, 1)


def test_what_a_plugin_has_not_loaded_is_hidden() -> None:
    _, (thread,) = read_threads(SHARED / "formats/wordpress_wpdiscuz/backenmachtgluecklich_wpdiscuz.html")
    assert (thread.declared, thread.found, thread.hidden) == (63 + 49, 25, 87)  # threads and answers in them
