"""Small things about rules and nodes that other tests would let pass.

Each was found by a mutant that nothing else killed (see tests/mutation).
"""

import pytest

import autograd as ag
from autograd import Value
from autograd.primitives import table

from .compare import same_bits

nan = float("nan")


def slope(function, x):
    leaf = Value(x)
    function(leaf).backward()
    return leaf.grad


@pytest.mark.parametrize("alpha", [2.0, 0.5, -0.5])
def test_elu_with_another_alpha(alpha):
    elu = Value(-1.0).elu(alpha)
    assert elu.data == alpha * ag.expm1(-1.0)
    assert slope(lambda x: x.elu(alpha), -1.0) == alpha * ag.exp(-1.0)
    assert slope(lambda x: x.elu(alpha), 2.0) == 1.0


def test_leaky_relu_with_a_negative_slope():
    assert Value(-2.0).leaky_relu(-1.0).data == 2.0
    assert slope(lambda x: x.leaky_relu(-1.0), -2.0) == -1.0
    assert slope(lambda x: x.leaky_relu(-1.0), 2.0) == 1.0


@pytest.mark.parametrize(
    "function",
    [ag.relu, ag.leaky_relu, ag.elu, lambda x: ag.celu(x, 0.5)],
    ids=["relu", "leaky_relu", "elu", "celu"],
)
def test_at_nan_the_rectifiers_count_as_being_above_the_kink(function):
    assert slope(function, nan) == 1.0


def test_at_nan_selu_has_the_slope_above_the_kink():
    assert slope(ag.selu, nan) == slope(ag.selu, 1.0)


@pytest.mark.parametrize("x, y", [(-3.5, 0.0), (-3.0, 0.0), (3.0, 1.0), (3.5, 1.0)])
def test_hardsigmoid_is_flat_from_its_corners_on(x, y):
    assert same_bits(ag.hardsigmoid(x), y)
    assert slope(ag.hardsigmoid, x) == 0.0


@pytest.mark.parametrize("count", [2, 3, 4, 5, 8, 9])
def test_the_closure_of_dot_has_a_partial_per_operand(count):
    operands = [float(i + 1) for i in range(count)]
    n = count // 2
    expected = operands[n : 2 * n] + operands[:n] + [1.0] * (count % 2)
    dot = table["dot"]
    assert list(dot.partials(dot.forward(*operands), *operands)) == expected


def test_operands_are_recorded_in_the_order_in_which_they_are_written():
    x = Value(3.0)
    for y in (x + 2, x - 2, x * 2, x / 2):
        assert y.parents[0] is x
    for y in (2 + x, 2 - x, 2 * x, 2 / x):
        assert y.parents[1] is x


def test_a_new_node_has_no_gradient_and_no_walk_has_met_it():
    x, y = Value(2.0), Value(3.0)
    for node in (x + y, x - y, x * y, x.relu(), x / y, ag.sum([x, y]), x.exp()):
        assert same_bits(node.grad, 0.0)
        assert node.mark == 0
