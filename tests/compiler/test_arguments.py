"""Arguments as one row of numbers, and what they must share to run the same program."""

from array import array
from fractions import Fraction

import numpy as np
import pytest

import nn
from autograd import Value, compile
from autograd.compiler.arguments import flatten, signature, substitute

ARGUMENTS = [
    1.5, 3, Fraction(1, 4), np.float32(0.5), [1.0, 2.0], (1.0, 2.0), [1, 2], [1, 2.5], [True, 2.0],
    [[1.0, 2.0], [3, 4]], {"x": [1.0], "y": (2, Fraction(1, 2))}, [], [None, "name", 1.0],
    np.arange(6.0).reshape(2, 3), np.arange(6).reshape(2, 3).T, np.float32([0.1, 0.2]),
    np.asfortranarray([[1.0, 2.0], [3.0, 4.0]]), np.arange(10.0)[::-3], [np.ones(2), 3.0],
]  # fmt: skip


@pytest.mark.parametrize("argument", ARGUMENTS, ids=repr)
def test_the_numbers_are_those_of_the_leaves_in_their_order(argument):
    numbers, leaves = array("d"), []
    flatten(argument, numbers)
    substitute(argument, leaves)
    assert numbers.tolist() == [leaf.data for leaf in leaves]


@pytest.mark.parametrize(
    ("one", "other"),
    [([1.0, 2.0], [3.0, 4.0]), ([1, 2], [3, 4]), ([[1.0], [2]], [[5.0], [6]]), (1, 2.0)],
)
def test_other_numbers_run_the_same_program(one, other):
    assert signature(one) == signature(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1.0, 2.0], [1.0, 2.0, 3.0]),
        ([1.0, 2.0], (1.0, 2.0)),
        ([True, 2.0], [False, 2.0]),
        ([True, 2.0], [1, 2.0]),
        ([[1.0], [2.0]], [1.0, 2.0]),
        ({"x": 1.0}, {"y": 1.0}),
        (np.ones((2, 3)), np.ones((3, 2))),
        ([], [0.0]),
    ],
)
def test_anything_else_does_not(one, other):
    assert signature(one) != signature(other)


def test_a_value_is_itself():
    a = Value(1.0)
    assert signature([a]) == signature([a]) != signature([Value(1.0)])


def test_what_is_no_number_has_to_be_hashable():
    with pytest.raises(TypeError, match="made of numbers"):
        signature([{1, 2}])


def test_a_number_that_is_too_large_is_none():
    with pytest.raises(OverflowError):
        signature([10**400])


def test_arguments_may_be_given_by_name():
    w = Value(2.0)

    def loss(x, y, scale=1.0):
        return scale * (w * x - y) ** 2

    program = compile(loss)
    assert program(3.0, y=5.0) == program(3.0, 5.0) == 1.0
    assert program(scale=10.0, y=4.0, x=3.0) == 40.0
    assert program.value_and_grad(x=3.0, y=4.0) == (4.0, [12.0])
    assert program.traces == 2  # with the scale, and without
    with pytest.raises(TypeError, match="missing a required argument: 'y'"):
        program(x=1.0)


def test_arguments_that_have_names_only_are_bound_before():
    def loss(x, *, power):
        return x**power

    with pytest.raises(TypeError, match=r"power can be given by name only.*functools.partial"):
        compile(loss)(2.0, power=3.0)


def test_a_step_takes_its_arguments_by_name():
    model = nn.Linear(1, 1, rng=0)
    step = nn.CompiledStep(
        lambda x, y: nn.mse_loss(model(x), y), nn.SGD(model.parameters(), lr=0.1)
    )
    assert step(x=[1.0], y=[2.0]) > step([1.0], y=[2.0])
