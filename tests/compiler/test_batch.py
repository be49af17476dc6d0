"""A function written for one sample runs for many: the mean of their losses."""

import random

import numpy as np
import pytest

import autograd
import nn
from autograd import CompileError, Value, compile


def eager(function, samples, parameters):
    for p in parameters:
        p.grad = 0.0
    mean = autograd.mean([function(*sample) for sample in samples])
    mean.backward()
    gradients = [p.grad for p in parameters]
    for p in parameters:
        p.grad = 0.0
    return mean.data, gradients


def test_it_is_the_mean_over_the_samples():
    model = nn.MLP(2, [8, 3], rng=0)
    X, y = nn.make_moons(30, rng=1)

    def loss(x, label):
        logits = model(x)
        return autograd.logsumexp(logits) - autograd.pick(logits, label)

    value, gradients = eager(loss, zip(X, y, strict=True), model.parameters())
    program = compile(loss, batch=True, form="arrays")
    assert program(X, y) == pytest.approx(value, rel=1e-12)
    assert [p.grad for p in model.parameters()] == pytest.approx(gradients, rel=1e-9, abs=1e-14)
    assert "matrix products: 3 forward" in program.explain()  # two layers, and the mean
    # as arrays, and other samples
    assert program(np.array(X[::-1]), np.array(y[::-1])) == pytest.approx(value, rel=1e-12)


def test_only_one_sample_is_traced():
    calls = []
    w = Value(2.0)

    def loss(x):
        calls.append(x)
        return w * x

    program = compile(loss, batch=True, check=False)
    assert program([1.0, 2.0, 6.0]) == 6.0
    assert len(calls) == 1
    assert program([3.0, 4.0, 5.0]) == 8.0
    assert len(calls) == 1


def test_what_all_samples_share_stays_single():
    ws = [Value(float(i)) for i in range(20)]

    def loss(x, strength):
        return ws[0] * x + strength * autograd.sum([w * w for w in ws])

    program = compile(loss, batch=(True, False), form="arrays")
    value, gradients = eager(loss, [(x, 0.1) for x in range(50)], ws)
    assert program([float(x) for x in range(50)], 0.1) == pytest.approx(value)
    assert [w.grad for w in ws] == pytest.approx(gradients)
    assert program.program.nodes < 250


def test_random_numbers_are_drawn_for_each_sample():
    draws = iter(range(1, 100))
    w = Value(1.0)
    program = compile(
        lambda x: w * x * autograd.redrawn(lambda: float(next(draws))), batch=True, check=False
    )
    assert program([1.0, 1.0, 1.0]) == 2.0  # drew 1, 2, 3
    assert program([1.0, 1.0, 1.0]) == 5.0  # drew 4, 5, 6


def test_outputs_sample_by_sample():
    w = Value(3.0)

    def loss(x):
        y = w * x
        return y * y, [y]

    program = compile(loss, batch=True)
    program([1.0, 2.0])
    assert program.outputs() == [[3.0], [6.0]]


def test_a_branch_that_all_samples_take_gets_a_program():
    w = Value(1.0)
    program = compile(lambda x: w * x if x > 0 else -w * x, batch=True)
    assert program([1.0, 2.0]) == 1.5
    assert program([-1.0, -2.0]) == 1.5
    assert program([1.0, 3.0]) == 2.0
    with pytest.raises(CompileError, match=r"autograd\.where"):
        program([1.0, -1.0])


@pytest.mark.parametrize(
    ("args", "batch", "message"),
    [
        (([1.0, 2.0], [1.0]), True, "equally many samples"),
        (([], []), True, "at least one"),
        (([[1.0], [1.0, 2.0]], [1.0, 2.0]), True, "different shapes"),
        (([1.0, 2.0], [1.0]), (True,), "which of 1 arguments"),
        (([1.0, 2.0], 3.0), True, "argument 1 must be a list or an array"),
    ],
)
def test_batches_that_are_none(args, batch, message):
    w = Value(1.0)
    with pytest.raises((ValueError, TypeError), match=message):
        compile(lambda x, y: w * 2.0, batch=batch)(*args)


def test_a_state_has_no_meaning_for_each_sample():
    mean, w = Value(0.0, requires_grad=False), Value(1.0)

    def loss(x):
        autograd.assign(mean, w * x)
        return w * x

    with pytest.raises(CompileError, match="for a whole batch"):
        compile(loss, batch=True)([1.0, 2.0])


def test_training_on_batches_of_several_sizes():
    rng = random.Random(0)
    w, b = Value(0.0), Value(0.0)
    program = compile(lambda x, y: (w * x + b - y) ** 2, batch=True)
    for _ in range(200):
        X = [rng.uniform(-1, 1) for _ in range(rng.choice([4, 7]))]
        w.grad = b.grad = 0.0
        program(X, [3.0 * x - 1.0 for x in X])
        w.data -= 0.5 * w.grad
        b.data -= 0.5 * b.grad
    assert (w.data, b.data) == pytest.approx((3.0, -1.0), abs=1e-6)
    assert program.traces == 2
