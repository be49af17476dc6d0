"""pick: an element of a table by a number, where what is not picked has no edge."""

import math

import pytest

from autograd import Value, pick, replay


def test_a_plain_index_gives_the_element_itself():
    table = [Value(1.0), Value(2.0)]
    assert pick(table, 1) is table[1]
    assert pick([10, 20], 0) == 10


def test_a_value_as_index_records_a_node_that_can_be_replayed():
    table, index = [Value(1.0), Value(2.0), Value(3.0)], Value(1.0)
    picked = pick(table, index) * 10.0
    assert picked.data == 20.0
    index.data = 2.0
    assert replay(picked) == 30.0


def test_the_slope_is_1_to_what_is_picked_and_there_is_no_other_edge():
    table, index = [Value(1.0), Value(2.0), Value(3.0)], Value(1.0)
    picked = pick(table, index)
    assert picked.partials == (None, 1.0, None, None)
    picked.backward(5.0)
    assert [v.grad for v in (*table, index)] == [0.0, 5.0, 0.0, 0.0]


def test_not_even_0_times_infinity_flows_to_what_is_not_picked():
    x = Value(0.0)
    pick([x.log(), Value(2.0)], Value(1.0)).backward()
    assert x.grad == 0.0


def test_rows_are_picked_column_by_column():
    table = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    assert [v.data for v in pick(table, Value(1.0))] == [3.0, 4.0]
    assert pick(table, 0) is table[0]


@pytest.mark.parametrize("index", [-1, 2, 0.5, math.nan, math.inf, Value(2.0), Value(-1.0)])
def test_an_index_outside_the_table_is_named(index):
    with pytest.raises(IndexError, match="a whole number from 0 to 1, not"):
        pick([1.0, 2.0], index)


def test_an_empty_table_is_said_to_be_so():
    with pytest.raises(IndexError, match="the table is empty"):
        pick([], 0)


def test_the_entry_itself_answers_nan_where_there_is_no_element():
    from autograd.primitives import table

    forward = table["pick"].forward
    assert forward(1.0, 2.0, 1.0) == 2.0
    assert math.isnan(forward(1.0, 2.0, 2.0))
    assert math.isnan(forward(1.0, 2.0, -1.0))
    assert math.isnan(forward(1.0, 2.0, 0.5))
