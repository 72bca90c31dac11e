"""The HTML report as a reader meets it; the toy thread is c1 ─ c2 ─ c3, c4, c5 ─ c6 ─ c7, gone ─ c8."""

from collections.abc import Callable
from typing import Any

import pytest

from analyzer.analysis import analyze
from analyzer.thread import Comment, build_thread
from tests.payloads import PAYLOADS
from tests.toy import SOURCE, ToyPredictor, small_analysis

pytestmark = pytest.mark.browser
Visit = Callable[..., Any]

CHAIN = build_thread([Comment(f"c{i}", f"c{i - 1}" if i else None, "wrong, sign it") for i in range(60)])


def shown(page: Any) -> list[str]:
    """Return the ids of the comments that can be seen, in order."""
    return page.eval_on_selector_all(
        "#thread article", "all => all.filter(one => one.checkVisibility()).map(one => one.id.slice(2))"
    )


def boxes(page: Any) -> int:
    """Return how many comments the picture shows at full strength."""
    return page.locator("#picture rect[data-i]:not(.against):not(.off)").count()


def box(page: Any, position: int) -> Any:
    return page.locator(f"#picture rect[data-i='{position}']").first


def test_without_javascript_everything_can_be_read(visit: Visit) -> None:
    page = visit(small_analysis(), java_script_enabled=False)
    assert page.locator("#thread article").count() == 9
    assert page.locator("#picture rect").first.is_visible()
    assert not page.locator(".filters").is_visible()
    page.locator("#c-c2 .why summary").click()
    assert page.locator("#c-c2 .why p").first.is_visible()
    page.locator("#thread details.replies > summary").first.click()
    assert not page.locator("#c-c2").is_visible()


@pytest.mark.parametrize(
    ("control", "value", "expected"),
    [
        ("#f-stance", "against-treaty", ["c1", "c2", "c5"]),
        ("#f-agreement", "disagrees", ["c1", "c2", "c3"]),
        ("#f-flag", "attack", ["c5", "c6", "c7"]),
    ],
)
def test_a_filter_keeps_matches_and_what_they_answer(
    visit: Visit, control: str, value: str, expected: list[str]
) -> None:
    page = visit(small_analysis())
    page.select_option(control, label=value)
    assert shown(page) == expected


def test_words_and_authors_filter_too(visit: Visit) -> None:
    page = visit(small_analysis())
    page.fill("#f-author", "ada")
    page.locator("#matches", has_text="2 of 9 entries match").wait_for()
    assert shown(page) == ["c1", "c2", "c3"]
    page.fill("#f-text", "mines")
    page.locator("#matches", has_text="1 of 9 entries match").wait_for()
    assert shown(page) == ["c1"]
    assert boxes(page) == 1
    page.click("#clear")
    assert (len(shown(page)), boxes(page)) == (9, 9)


def test_next_match_goes_round(visit: Visit) -> None:
    page = visit(small_analysis())
    page.select_option("#f-stance", label="against-treaty")
    chosen = []
    for _ in range(3):
        page.click("#next")
        chosen.append(page.inner_text("#chosen .id"))
    assert chosen == ["c2", "c5", "c2"]


def test_a_click_shows_the_comment_and_a_double_click_zooms(visit: Visit) -> None:
    page = visit(small_analysis())
    box(page, 4).click()
    assert "our own coast" in page.inner_text("#chosen")
    box(page, 4).dblclick()
    assert boxes(page) == 3
    assert page.locator("#crumbs button").all_inner_texts() == ["Whole thread (9)", "c5 (3)"]
    page.click("#crumbs button >> nth=0")
    assert boxes(page) == 9


def test_a_box_is_as_wide_as_its_branch(visit: Visit) -> None:
    page = visit(small_analysis())
    widths = [box(page, i).bounding_box()["width"] for i in (0, 1, 2)]
    assert widths[0] / widths[2] == pytest.approx(3, rel=0.02)
    assert widths[1] / widths[2] == pytest.approx(2, rel=0.02)


def test_the_picture_is_worked_by_keys(visit: Visit) -> None:
    page = visit(small_analysis())
    page.focus("#picture")
    path = []
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
        path.append(page.inner_text("#chosen .id"))
    assert path == ["c1", "c2", "c3", "c2", "c1", "c4", "c5", "c4"]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert boxes(page) == 3
    page.keyboard.press("Escape")
    assert boxes(page) == 9
    page.keyboard.press(" ")
    assert page.evaluate("document.activeElement.id") == "c-c5"
    assert page.evaluate("location.hash") == "#c-c5"


def test_the_first_tab_skips_to_the_comments(visit: Visit) -> None:
    page = visit(small_analysis())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the comments"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#thread"


def test_the_picture_is_reached_by_tab(visit: Visit) -> None:
    page = visit(small_analysis())
    reached = []
    for _ in range(25):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
    order = ["f-stance", "f-agreement", "f-flag", "f-author", "f-text", "next", "clear", "picture"]
    assert [name for name in reached if name in order] == order


def test_a_deep_link_opens_what_was_collapsed_and_clears_the_filter(visit: Visit) -> None:
    page = visit(small_analysis())
    page.click("#collapse")
    assert shown(page) == ["c1", "c4", "c5", "gone"]
    page.select_option("#f-stance", label="unclear")
    page.evaluate("location.hash = '#c-c3'")
    page.wait_for_function("document.getElementById('c-c3').classList.contains('here')")
    assert page.locator("#c-c3").is_visible()
    assert page.inner_text("#chosen .id") == "c3"


def test_a_link_from_elsewhere_leads_to_the_comment(visit: Visit) -> None:
    page = visit(analyze(CHAIN, ToyPredictor(), source=SOURCE), "#c-c55")
    assert page.locator("#c-c55").is_visible()
    assert 0 <= page.locator("#c-c55").bounding_box()["y"] < 720


def test_a_chain_deeper_than_the_picture_can_be_walked(visit: Visit) -> None:
    page = visit(analyze(CHAIN, ToyPredictor(), source=SOURCE))
    assert boxes(page) == 24
    page.focus("#picture")
    for _ in range(40):
        page.keyboard.press("ArrowDown")
    assert page.inner_text("#chosen .id") == "c39"
    assert page.locator("#picture .chosen").count() == 1


def test_payloads_run_nothing_and_request_nothing(visit: Visit) -> None:
    comments = [Comment(f"{i}{payload}", None, payload, payload) for i, payload in enumerate(PAYLOADS)]
    replies = [Comment(f"r{i}", comment.id, comment.text, comment.author) for i, comment in enumerate(comments)]
    thread = build_thread([*comments, *replies], title=PAYLOADS[0], article=PAYLOADS[1])
    page = visit(analyze(thread, ToyPredictor(), source=SOURCE))
    page.focus("#picture")
    for _ in comments:
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        page.keyboard.press("ArrowUp")
    page.fill("#f-text", "<script>pwned=1</script>")
    page.locator("#matches", has_text="match").wait_for()
    page.click("#next")
    assert page.evaluate("typeof pwned") == "undefined"


def test_a_thread_without_comments_has_a_page(visit: Visit) -> None:
    page = visit(analyze(build_thread([]), ToyPredictor(), source=SOURCE))
    assert "The thread has no comments." in page.inner_text("#tree")


@pytest.mark.parametrize("width", [1440, 768, 390])
def test_nothing_sticks_out(visit: Visit, width: int) -> None:
    long_word = "averylongwordwithoutanybreak" * 20
    replies = [Comment(f"c{i}", f"c{i - 1}" if i else None, f"sign {long_word}", long_word) for i in range(20)]
    page = visit(
        analyze(build_thread(replies, title=long_word), ToyPredictor(), source=SOURCE),
        viewport={"width": width, "height": 900},
    )
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_print_shows_every_comment_and_no_controls(visit: Visit) -> None:
    page = visit(small_analysis())
    page.emulate_media(media="print")
    assert len(shown(page)) == 9
    assert not any(page.locator(part).is_visible() for part in (".filters", "#inspector", "#collapse", ".top nav"))
    assert page.locator("#picture").is_visible()


def test_text_from_right_to_left_runs_from_right_to_left(visit: Visit) -> None:
    page = visit(analyze(build_thread([Comment("c1", text="مرحبا بالعالم")]), ToyPredictor(), source=SOURCE))
    assert page.eval_on_selector("#c-c1 .text", "one => one.matches(':dir(rtl)')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious(visit: Visit, scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = visit(small_analysis(), color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    box(page, 4).click()
    found = axe.Axe().run(page).response["violations"]
    serious = [
        (rule["id"], node["target"])
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    assert serious == []
