"""Dropout: its mask is data, drawn from its own generator, and only while training."""

import random

import pytest

import nn
from autograd import Value, replay, topological_order


def test_each_number_is_0_or_scaled_and_so_is_its_slope():
    x = [Value(float(i + 1)) for i in range(50)]
    outputs = nn.Dropout(0.2, rng=0)(x)
    sum(outputs).backward()
    for v, y in zip(x, outputs, strict=True):
        assert v.grad in (0.0, 1.25)
        assert y.data == v.data * v.grad


def test_so_many_are_dropped_and_the_expectation_stays():
    outputs = [y.data for y in nn.Dropout(0.3, rng=0)([1.0] * 20_000)]
    assert outputs.count(0.0) / 20_000 == pytest.approx(0.3, abs=0.01)
    assert sum(outputs) / 20_000 == pytest.approx(1.0, abs=0.015)


def test_the_mask_comes_from_the_generator_given_and_from_nowhere_else():
    random.seed(0)
    before = random.getstate()
    masks = []
    for _ in range(2):
        dropout = nn.Dropout(0.5, rng=random.Random(5))
        masks.append([[y.data for y in dropout([1.0] * 20)] for _ in range(2)])
    assert masks[0] == masks[1]
    assert masks[0][0] != masks[0][1]  # drawn anew in each call
    assert random.getstate() == before


def test_in_eval_mode_numbers_pass_and_nothing_is_drawn():
    rng = random.Random(0)
    dropout = nn.Dropout(0.9, rng=rng).eval()
    state = rng.getstate()
    x = [Value(1.0), Value(2.0)]
    assert dropout(x)[0] is x[0]
    assert rng.getstate() == state


def test_the_graph_is_the_same_whatever_was_drawn():
    shapes = set()
    for seed in range(5):
        x = [Value(1.0), Value(2.0)]
        root = sum(nn.Dropout(0.5, rng=seed)(x))
        shapes.add(tuple((n.op, len(n.parents)) for n in topological_order(root)))
    assert len(shapes) == 1


def test_replay_keeps_the_mask():
    x = Value(1.0)
    y = sum(nn.Dropout(0.5, rng=1)([x] * 8))
    kept = y.data
    x.data = 3.0
    assert replay(y) == 3.0 * kept


def test_nested_lists_keep_their_form_and_the_ends_are_allowed():
    assert nn.Dropout(0.0)([[1.0], [2.0, 3.0]]) == [[1.0], [2.0, 3.0]]
    assert nn.Dropout(1.0)([[1.0], [2.0, 3.0]]) == [[0.0], [0.0, 0.0]]


@pytest.mark.parametrize(
    ("p", "error", "message"),
    [
        (-0.1, ValueError, "p must be between 0 and 1, not -0.1"),
        (1.1, ValueError, "p must be between 0 and 1"),
        (float("nan"), ValueError, "not nan"),
        ("half", TypeError, "p must be a number, not 'half'"),
        (True, TypeError, "p must be a number, not True"),
    ],
)
def test_other_probabilities_are_refused(p, error, message):
    with pytest.raises(error, match=message):
        nn.Dropout(p)
