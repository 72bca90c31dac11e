import pytest

from analyzer.review.decisions import ask_opinion, decide, give_opinion, undo
from analyzer.review.opinions import Agreement, agreement, nominal_alpha
from analyzer.review.store import Store
from tests.review.conftest import ADA, BEN


def test_krippendorffs_own_example() -> None:
    # "Computing Krippendorff's Alpha-Reliability" (2011), section C: four observers, twelve units, gaps; 0.743.
    a = [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None]
    b = [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3]
    c = [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None]
    d = [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None]
    units = [
        {coder: str(value) for coder, value in zip("abcd", values, strict=True) if value}
        for values in zip(a, b, c, d, strict=True)
    ]
    assert nominal_alpha(units) == pytest.approx(0.743, abs=0.0005)


def test_two_coders_by_hand() -> None:
    # Coincidences: hide-hide 2, keep-keep 2, hide-keep 1, keep-hide 1; n = 6, each label 3 times.
    # alpha = 1 - (6 - 1) * 2 / (36 - 9 - 9) = 1 - 10 / 18.
    units = [{"a": "hide", "b": "hide"}, {"a": "keep", "b": "keep"}, {"a": "hide", "b": "keep"}]
    assert nominal_alpha(units) == pytest.approx(1 - 10 / 18)


@pytest.mark.parametrize("units", [[], [{"a": "hide"}], [{"a": "hide", "b": "hide"}]])
def test_without_two_labels_to_compare_there_is_no_alpha(units: list[dict[str, str]]) -> None:
    assert nominal_alpha(units) is None


def test_a_second_opinion_counts_and_what_was_taken_back_does_not(store: Store) -> None:
    decide(store, 1, ADA, "hide", request="a", reason="spam")
    undo(store, ADA, request="u")
    for item_id, opinion in ((1, "approve"), (2, "hide")):
        decide(store, item_id, ADA, "wrong", request=f"d{item_id}", reason="irony")
        ask_opinion(store, item_id, ADA)
        give_opinion(store, item_id, BEN, opinion, request=f"o{item_id}")
    with store.reading() as connection:
        found = agreement(connection)
    # keep-keep 2, keep-hide 1, hide-keep 1; n = 4, keep 3 times, hide once: 1 - 3 * 2 / (16 - 9 - 1) = 0.
    assert found == Agreement(pytest.approx(0.0), 2, 1)
