import numpy as np

from analyzer.metrics.arrays import Groups, each_of, run_starts

GROUPS = Groups.of(np.array([2, 0, -1, 2, 1]), 4)  # group 3 has no row


def test_sums_of_groups():
    counted = np.array([[1, 0], [1, 1], [1, 1], [1, 1], [0, 1]], dtype=bool)
    assert GROUPS.sums(counted).tolist() == [[1, 1], [0, 1], [2, 1], [0, 0]]


def test_sums_of_several_things_at_once():
    labels = np.array([[0], [1], [0], [1], [1]], dtype=np.int8)
    assert GROUPS.sums(each_of(labels, (0, 1)))[:, :, 0].tolist() == [[0, 1], [0, 1], [1, 1], [0, 0]]


def test_some_groups_alone_have_the_same_sums():
    counted = np.array([[1, 0], [1, 1], [1, 1], [1, 1], [0, 1]], dtype=bool)
    some = GROUPS.only(np.array([2, 3]))
    assert some.size == 2
    assert some.sums(counted).tolist() == [[2, 1], [0, 0]]


def test_no_groups_have_no_sums():
    assert GROUPS.only(np.array([], dtype=int)).sums(np.ones((5, 3), dtype=bool)).shape == (0, 3)


def test_where_runs_start():
    assert run_starts(np.array([3, 3, 1, 1, 3])).tolist() == [0, 2, 4]
    assert run_starts(np.array([], dtype=int)).tolist() == []
