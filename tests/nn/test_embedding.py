"""Embedding: rows by index, gradients for the rows used, and indices that are refused."""

import numpy as np
import pytest

import nn
from autograd import Value


def test_only_rows_that_were_used_get_a_gradient_and_twice_if_used_twice():
    embedding = nn.Embedding(4, 2, rng=0)
    sum(x for row in embedding([3, 1, 3]) for x in row).backward()
    assert [[w.grad for w in row] for row in embedding.weight] == [
        [0.0, 0.0],
        [1.0, 1.0],
        [0.0, 0.0],
        [2.0, 2.0],
    ]


def test_indices_may_be_nested_and_numpys():
    embedding = nn.Embedding(3, 2, rng=0)
    assert embedding(np.int64(2))[0] is embedding.weight[2][0]
    nested = embedding(np.array([[0, 1], [2, 2]]))
    assert nested[1][0][1] is embedding.weight[2][1]
    assert embedding([]) == []


def test_what_comes_back_may_be_changed_without_changing_the_weights():
    embedding = nn.Embedding(2, 2, rng=0)
    embedding(0)[0] = Value(9.0)
    assert embedding.weight[0][0].data != 9.0


def test_rows_start_normal():
    data = [p.data for p in nn.Embedding(100, 50, rng=0).parameters()]
    assert sum(data) / len(data) == pytest.approx(0.0, abs=0.05)
    assert sum(d * d for d in data) / len(data) == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("padding_idx", [1, -2])
def test_the_padding_row_is_zero_and_is_not_trained(padding_idx):
    embedding = nn.Embedding(3, 2, padding_idx, rng=0)
    rows = embedding([1, 0])
    assert rows[0] == [0.0, 0.0]
    sum(x * 3.0 for row in rows for x in row).backward()
    assert [w.grad for w in embedding.weight[1]] == [0.0, 0.0]
    assert [w.grad for w in embedding.weight[0]] == [3.0, 3.0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda e: e(3), IndexError, r"Embedding\(3, 2\): index 3 is not in 0 … 2"),
        (lambda e: e(-1), IndexError, "index -1"),
        (lambda e: e([0, [5]]), IndexError, "index 5"),
        (lambda e: e(1.0), TypeError, r"Embedding\(3, 2\) takes an index, an int, not 1.0"),
        (lambda e: e("a"), TypeError, "not 'a'"),
        (lambda e: e(True), TypeError, "not True"),
        (lambda e: e(Value(1.5)), IndexError, "a whole number from 0 to 2, not 1.5"),
        (lambda e: nn.Embedding(0, 2), ValueError, "num_embeddings must be at least 1"),
        (lambda e: nn.Embedding(3, 2, 3), ValueError, "padding_idx.*3 rows, not 3"),
    ],
)
def test_mistakes_get_an_error_that_names_them(call, error, message):
    with pytest.raises(error, match=message):
        call(nn.Embedding(3, 2))
