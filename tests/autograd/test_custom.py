"""custom: functions with derivatives of one's own."""

import copy
import math
import pickle

import numpy
import pytest
from oracles import derivatives

import autograd as ag
from autograd import Value, custom, grad, gradcheck, hessian, jvp


@custom(partials=lambda out, a, b: (ag.div(a, out), ag.div(b, out)))
def distance(a, b):
    """√(a² + b²), by Python's own function."""
    return math.hypot(a, b)


def test_a_function_on_floats_gets_derivatives_in_both_modes_of_any_order():
    a, b = 3.0, 4.0
    assert distance(a, b) == 5.0
    assert grad(distance, (0, 1))(a, b) == (0.6, 0.8)
    assert jvp(distance, (a, b), (1.0, 0.0)) == (5.0, 0.6)
    (aa, ab), (ba, bb) = hessian(distance, (0, 1))(a, b)
    assert (aa, ab, ba, bb) == pytest.approx((b * b / 125, -a * b / 125, -a * b / 125, a * a / 125))
    assert gradcheck(distance, a, b)


def test_it_is_a_function_with_name_and_docstring_on_numbers_values_and_arrays():
    assert (distance.__name__, distance.__doc__) == (
        "distance",
        "√(a² + b²), by Python's own function.",
    )
    assert distance(3, 4) == 5.0
    assert distance(Value(3.0), 4).op == "distance"
    assert distance(numpy.array([3.0, 6.0]), 8.0).tolist() == [math.hypot(3, 8), 10.0]


def test_no_name_is_taken():
    first = custom(lambda x: 2 * x, lambda out, x: (2.0,))
    second = custom(lambda x: 3 * x, lambda out, x: (3.0,))
    assert (grad(first)(1.0), grad(second)(1.0)) == (2.0, 3.0)
    assert "<lambda>" not in ag.primitives.table


def test_the_implicit_function_theorem():
    """x(a) solves x·eˣ = a; no graph of the iteration, dx/da = 1/(eˣ(1 + x)), to any order."""

    @custom(partials=lambda out, a: (ag.div(1.0, ag.exp(out) * (1.0 + out)),))
    def lambert(a):
        x = 0.0
        for _ in range(60):
            x -= (x * math.exp(x) - a) / (math.exp(x) * (1 + x))
        return x

    found = derivatives(lambert, 0.0, 4)
    assert found == pytest.approx([0, 1, -2, 9, -64], abs=1e-12)  # (−n)ⁿ⁻¹


def test_slopes_that_are_not_those_of_the_function():
    straight_through = custom(lambda x: float(round(x)), lambda out, x: (1.0,))
    reverse = custom(lambda x: x, lambda out, x: (-1.0,))
    stop_second = custom(lambda a, b: a * b, lambda out, a, b: (b, None))
    assert grad(lambda x: straight_through(x) ** 2)(2.7) == 6.0
    assert grad(lambda x: reverse(x * x))(3.0) == -6.0
    assert grad(stop_second, (0, 1))(2.0, 3.0) == (3.0, 0.0)


def test_copies_and_pickles():
    x = Value(3.0)
    y = distance(x, 4.0)
    for again in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert again.primitive is distance
        again.backward()
        assert again.parents[0].grad == 0.6
    local = custom(lambda x: x, lambda out, x: (1.0,))
    assert copy.deepcopy(local) is local
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(local(x))


def test_mistakes_are_named():
    x = Value(2.0)
    with pytest.raises(TypeError, match="give the derivatives too"):
        custom(lambda x: x)
    with pytest.raises(TypeError, match="must be callable, not 3"):
        custom(lambda x: x, 3)
    with pytest.raises(ValueError, match=r"partials of <lambda> must be a tuple of 1, .* not 1\.0"):
        custom(lambda x: x, lambda out, x: 1.0)(x)
    with pytest.raises(ValueError, match="a tuple of 2, one for each input"):
        custom(lambda x, y: x, lambda out, x, y: (1.0,))(x, 1.0)
    with pytest.raises(TypeError, match="a partial of <lambda> must be a real number, not str"):
        custom(lambda x: x, lambda out, x: ("1",))(x)
    with pytest.raises(TypeError, match=r"what <lambda>\(2\.0,\) returned must be a real number"):
        custom(lambda x: None, lambda out, x: (1.0,))(x)
    leave = custom(math.sin, lambda out, x: (math.cos(x),))
    assert grad(leave)(0.0) == 1.0
    with pytest.raises(TypeError, match=r"use autograd\.exp, autograd\.sin … to stay in the graph"):
        grad(grad(leave))(0.0)
