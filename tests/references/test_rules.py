"""Small things about rules and nodes that other tests would let pass.

Each was found by a mutant that nothing else killed (see tests/mutation).
"""

import math

import mpmath
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


def test_second_derivatives_of_fractional_powers():
    for n in (1 / 3, 2 / 3, -0.3):
        x = Value(2.0)
        y = x**n
        (first,) = y.primitive.partials(y, x)
        first.backward()
        assert first.data == pytest.approx(n * 2 ** (n - 1), rel=1e-15)
        assert x.grad == pytest.approx(n * (n - 1) * 2 ** (n - 2), rel=1e-14)


def slopes_of_power(x, y):
    a, b = Value(x), Value(y)
    ag.pow(a, b).backward()
    return a.grad, b.grad


def test_the_slope_of_a_power_where_one_of_the_two_formulas_fails():
    assert slopes_of_power(math.inf, 0.25)[0] == 0.0  # not y·out/x, inf/inf
    assert slopes_of_power(-1.0, -1e300)[0] == 1e300  # not y·x^(y−1), whose y − 1 is y
    assert slopes_of_power(-0.5, -1e300)[0] == math.inf
    assert slopes_of_power(-2.0, -3.0)[0] == -3 / 16


def exactly(function, *point):
    with mpmath.workdps(60):
        return float(function(*map(mpmath.mpf, point)))


def in_ulps(found, exact):
    return abs(found - exact) / math.ulp(exact)


@pytest.mark.parametrize("x", [1e-90, 3e-9, 0.7, 123.4, 5e100])
@pytest.mark.parametrize("y", [0.3, 0.1, -0.3, -1.7])
def test_slopes_of_powers_keep_their_ulps_for_all_sizes(x, y):
    found = slopes_of_power(x, y)
    assert in_ulps(found[0], exactly(lambda x, y: y * x ** (y - 1), x, y)) <= 4
    assert in_ulps(found[1], exactly(lambda x, y: x**y * mpmath.log(x), x, y)) <= 4


def density(x):
    return mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)


# (entry, what it is, points in its tail)
TAILS = [
    ("normal_pdf", density, (0.37, 1.93, 5.123, 11.3, 20.51, 25.77, 30.69, 33.03, 36.9)),
    (
        "erf_slope",
        lambda x: 2 * mpmath.exp(-x * x) / mpmath.sqrt(mpmath.pi),
        (0.37, 1.93, 5.123, 11.3, 17.57, 20.51, 23.9, 25.77),
    ),
    ("normal_cdf", mpmath.ncdf, (-0.37, -1.93, -5.123, -11.3, -20.51, -25.77, -30.69, -36.9)),
    ("cbrt", mpmath.cbrt, (0.37, 1.93, 5.123, 11.3, 20.51, 1e-300, 3e200)),
]


@pytest.mark.parametrize(
    "name, function, x", [(name, function, x) for name, function, xs in TAILS for x in xs]
)
def test_tails_keep_their_ulps(name, function, x):
    assert in_ulps(table[name].forward(x), exactly(function, x)) <= 4
