import numpy as np
import pytest

from analyzer.metrics.arrays import Groups, count, run_starts

GROUPS = Groups.of(np.array([2, 0, -1, 2, 1]), 4)  # group 3 has no row


def test_sums_of_groups():
    values = np.array([[1, 0], [1, 1], [1, 1], [1, 1], [0, 1]], dtype=np.int8)
    assert GROUPS.sums(values).tolist() == [[1, 1], [0, 1], [2, 1], [0, 0]]


def test_labels_of_groups_are_counted():
    labels = np.array([[0], [1], [0], [1], [1]], dtype=np.int8)
    assert GROUPS.counts(labels, (0, 1))[:, :, 0].tolist() == [[0, 1], [0, 1], [1, 1], [0, 0]]


def test_some_groups_alone_have_the_same_sums():
    values = np.array([[1, 0], [1, 1], [1, 1], [1, 1], [0, 1]], dtype=np.int8)
    some = GROUPS.only(np.array([2, 3]))
    assert some.size == 2
    assert some.sums(values).tolist() == [[2, 1], [0, 0]]


def test_no_groups_have_no_sums():
    assert GROUPS.only(np.array([], dtype=int)).sums(np.ones((5, 3), dtype=np.int8)).shape == (0, 3)


def test_where_runs_start():
    assert run_starts(np.array([3, 3, 1, 1, 3])).tolist() == [0, 2, 4]
    assert run_starts(np.array([], dtype=int)).tolist() == []


@pytest.mark.parametrize("rows", [0, 1, 255, 256, 2_040, 2_041, 5_003])
def test_true_rows_are_counted_whatever_their_number(rows):
    cells = np.ones((rows, 3), dtype=bool)
    cells[:, 1] = False
    cells[1::2, 2] = False
    assert count(cells).tolist() == [rows, 0, (rows + 1) // 2]


def test_rows_are_counted_apart_in_every_further_direction():
    cells = np.zeros((1_000, 2, 2), dtype=bool)
    cells[:10, 0, 1] = True
    cells[:300, 1, 0] = True
    assert count(cells).tolist() == [[0, 10], [300, 0]]


@pytest.mark.parametrize("times", [1, 200])
def test_labels_are_counted_in_small_groups_and_in_large_ones(times):
    groups = Groups.of(np.array([0, 2, -1, 2, 0, 2] * times), 3)
    labels = np.array([[0, 1], [1, 1], [0, 0], [1, -1], [1, 0], [0, 1]] * times, dtype=np.int8)
    assert groups.counts(labels, (0, 1)).tolist() == [
        [[times, times], [times, times]],
        [[0, 0], [0, 0]],
        [[times, 0], [2 * times, 2 * times]],
    ]
