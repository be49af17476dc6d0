"""Columns of integers in order: against NumPy's own, slower functions."""

import numpy as np
import pytest

from autograd.compiler.sorting import ordered, spread, starts, unique

COLUMNS = [
    [],
    [0],
    [3, 1, 2, 1, 3, 0, 0, 2],
    [0, 0, 1, 5, 5],
    [5, 5, 1, 0, 0],
    [2**40, 7, 2**40, 0],
    np.random.default_rng(0).integers(0, 50, 1000).tolist(),
]
columns = pytest.mark.parametrize("column", COLUMNS, ids=len)


@columns
def test_ordered_keeps_equal_keys_in_their_order(column):
    keys = np.array(column, np.int64)
    in_order, place = ordered(keys)
    assert place.tolist() == np.argsort(keys, kind="stable").tolist()
    assert in_order.tolist() == sorted(column)


@columns
def test_ordered_sorts_pairs(column):
    keys = np.array(column, np.int64) % 7
    values = np.arange(len(keys))[::-1] * 3
    pairs = sorted(zip(keys.tolist(), values.tolist(), strict=True))
    in_order, along = ordered(keys, values)
    assert list(zip(in_order.tolist(), along.tolist(), strict=True)) == pairs


@columns
def test_starts_are_where_searching_finds_them(column):
    owner = np.sort(np.array(column, np.int64) % 60)
    assert starts(owner, 60).tolist() == np.searchsorted(owner, np.arange(61)).tolist()


@columns
def test_unique_is_numpys(column):
    assert unique(np.array(column, np.int64)).tolist() == sorted(set(column))


def test_spread_runs_from_each_beginning():
    begin, counts = np.array([10, 20, 30]), np.array([2, 0, 3])
    assert spread(begin, counts).tolist() == [10, 11, 30, 31, 32]
    assert spread(begin[:0], counts[:0]).tolist() == []
