"""Optimisers: the first steps by hand, a bowl to descend, and arrays as parameters."""

import math

import numpy as np
import pytest

import nn
from autograd import Value


def bowl(x, y):
    """Steep in one direction, flat in the other; the bottom is at (1, −2)."""
    return 10 * (x - 1) ** 2 + 0.1 * (y + 2) ** 2


def test_sgd_with_momentum_and_weight_decay_takes_the_textbook_steps():
    p = Value(1.0)
    optimizer = nn.SGD([p], lr=0.1, momentum=0.9, weight_decay=0.5)
    p.grad = 2.0
    optimizer.step()
    assert p.data == 1.0 - 0.1 * 2.5
    velocity = 0.9 * 2.5 + (2.0 + 0.5 * 0.75)
    optimizer.step()
    assert p.data == 0.75 - 0.1 * velocity


def test_adams_first_steps_are_those_of_the_paper():
    p, m, v, expected = Value(1.0), 0.0, 0.0, 1.0
    optimizer = nn.Adam([p], lr=0.1)
    for t, g in enumerate([2.0, -1.0, 0.5], start=1):
        p.grad = g
        optimizer.step()
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        expected -= 0.1 * m_hat / (math.sqrt(v_hat) + 1e-8)
        assert p.data == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "make",
    [
        lambda ps: nn.SGD(ps, lr=0.05),
        lambda ps: nn.SGD(ps, lr=0.02, momentum=0.9),
        lambda ps: nn.Adam(ps, lr=0.3),
    ],
)
def test_each_optimiser_reaches_the_bottom_of_a_bowl(make):
    x, y = Value(4.0), Value(3.0)
    optimizer = make([x, y])
    for _ in range(600):
        optimizer.zero_grad()
        bowl(x, y).backward()
        optimizer.step()
    assert (x.data, y.data) == pytest.approx((1.0, -2.0), abs=0.02)


@pytest.mark.parametrize(
    "make", [lambda ps: nn.SGD(ps, 0.1, 0.9, 0.01), lambda ps: nn.Adam(ps, weight_decay=0.1)]
)
def test_an_update_rule_holds_for_arrays_as_for_numbers(make):
    numbers, gradients = [1.0, -2.0, 0.0], [0.3, -4.0, 0.0]
    optimizer = make([Value(0.0)])
    optimizer.steps = 1
    zeros = (0.0,) * len(optimizer.state_names)
    on_arrays = optimizer.rule(
        np.array(numbers), np.array(gradients), *[np.zeros(3) for _ in zeros]
    )
    for i, (p, g) in enumerate(zip(numbers, gradients, strict=True)):
        assert [float(a[i]) for a in on_arrays] == pytest.approx(list(optimizer.rule(p, g, *zeros)))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.SGD([], lr=1), ValueError, "no parameters"),
        (lambda: nn.SGD([1.0], lr=1), TypeError, r"parameters\[0\] must be a Value"),
        (lambda: nn.SGD([Value(1)], lr=-1), ValueError, "lr must be > 0, not -1"),
        (lambda: nn.SGD([Value(1)], lr=math.nan), ValueError, "lr must be > 0, not nan"),
        (lambda: nn.SGD([Value(1)], lr=1, momentum=1.0), ValueError, r"momentum .*\[0, 1\)"),
        (lambda: nn.Adam([Value(1)], betas=(0.9, 1.5)), ValueError, r"betas\[1\]"),
        (lambda: nn.Adam([Value(1)], eps=-1), ValueError, "eps must be ≥ 0"),
    ],
)
def test_bad_arguments_get_an_error_that_names_them(make, error, message):
    with pytest.raises(error, match=message):
        make()
