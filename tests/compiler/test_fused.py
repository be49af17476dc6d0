"""An optimiser's rule as NumPy statements does what the rule does, in place."""

import numpy as np
import pytest

import autograd
import nn
from autograd import Value, fused

STEPWISE = [
    nn.SGD, nn.Adam, nn.AdamW, nn.NAdam, nn.RAdam, nn.Adamax, nn.Lion, nn.RMSprop,
    nn.Adagrad, nn.Adadelta, nn.Rprop, nn.ASGD,
]  # fmt: skip


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("optimizer", STEPWISE)
def test_every_optimizer_moves_arrays_as_its_rule_says(optimizer, weight_decay):
    options = {} if optimizer is nn.Rprop else {"weight_decay": weight_decay}
    group = optimizer([Value(1.0)], **options)
    options = group.param_groups[0]
    states = range(2, 2 + len(group.state_names))
    update = fused(group.whole_rule, into=(0, *states))
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=7), rng.normal(size=7)]
    arrays += [np.full(7, x) for x in group.initial_state(options)]
    expected = [a.copy() for a in arrays]
    for _ in range(12):
        options["steps"] += 1
        options["lr"] *= 0.9  # as a schedule does
        arrays[1][...] = expected[1] = rng.normal(size=7)
        update(*arrays, **group.options_for(options))
        with np.errstate(all="ignore"):
            moved = group.whole_rule(*expected, **group.options_for(options))
        expected[0], expected[2:] = moved[0], moved[1:]
        for ours, theirs in zip(arrays, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-13)
    assert "np." in update.source  # it was written down, not just called


def test_a_branch_on_an_option_is_noticed():
    update = fused(lambda x, up: (x + 1.0 if up > 0.0 else x - 1.0,), into=(0,))
    x = np.zeros(3)
    for up in (1.0, -1.0, 2.0):
        update(x, up=up)
    assert x.tolist() == [1.0] * 3


def test_a_rule_that_cannot_be_written_down_is_called():
    def rule(x, y, scale):
        return (np.sort(np.asarray(x)) * scale, y)

    update = fused(rule, into=(0, 1))
    x, y = np.array([3.0, 1.0]), np.array([0.0, 1.0])
    update(x, y, scale=2.0)
    assert x.tolist() == [2.0, 6.0]
    assert y.tolist() == [0.0, 1.0]


def test_results_may_change_places():
    swap = fused(lambda x, y: (y, x + y), into=(0, 1))
    x, y = np.array([1.0]), np.array([2.0])
    swap(x, y)
    assert (x[0], y[0]) == (2.0, 3.0)


def test_names_of_options_are_no_code():
    update = fused(lambda x, **options: (x * sum(options.values()),), into=(0,))
    x = np.array([1.0])
    update(x, **{"np": 2.0, "a0": 3.0, "lambda": 4.0, "x: 0\nimport os": 1.0})
    assert x[0] == 10.0


def test_a_number_that_was_hidden_from_it_is_not_frozen():
    update = fused(lambda x, step: (x + float.__add__(step, 0.0),), into=(0,))
    x = np.zeros(1)
    for step in (1.0, 2.0):
        update(x, step=step)
    assert x[0] == 3.0
    assert autograd.fused is fused
