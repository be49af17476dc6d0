"""Stage 6: the op zoo.

Every further function needs two things only: its value, and its slope *at the present x*.
The rest (order, sums, products of slopes) is there already.

    relu(x)     x above 0, else 0            slope 1 above 0, else 0
    tanh(x)     (e²ˣ − 1)/(e²ˣ + 1)          1 − tanh²(x)
    exp(x)      eˣ                           eˣ, the value itself
    log(x)      ln x                         1/x
    sqrt(x)     √x                           1/(2√x)
    sigmoid(x)  1/(1 + e⁻ˣ)                  s(1 − s) with s = sigmoid(x)
    softplus(x) ln(1 + eˣ)                   sigmoid(x)

Worked example: tanh(0.5) = 0.4621…, its slope there 1 − 0.4621² = 0.7864…

These are methods without arguments: ``x.tanh()``. All are optional: one that your class does
not have is skipped. relu or tanh is needed for networks (stage 9), exp and log for
probabilities. ``**`` with any constant exponent is not optional.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import pytest

from .hints import expect, need


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def normal(x):
    return math.erfc(-x / math.sqrt(2)) / 2


class Function(NamedTuple):
    value: Callable[[float], float]
    slope: Callable[[float], float]
    points: tuple[float, float]
    slope_in_words: str


ZOO = {
    "relu": Function(
        lambda x: max(x, 0.0), lambda x: float(x > 0), (2.0, -3.0), "1 above 0, else 0"
    ),
    "tanh": Function(math.tanh, lambda x: 1 - math.tanh(x) ** 2, (0.5, -1.2), "1 − tanh²(x)"),
    "exp": Function(math.exp, math.exp, (0.7, -1.5), "eˣ, the value itself"),
    "log": Function(math.log, lambda x: 1 / x, (0.3, 5.0), "1/x"),
    "sqrt": Function(math.sqrt, lambda x: 0.5 / math.sqrt(x), (4.0, 0.3), "1/(2√x)"),
    "sin": Function(math.sin, math.cos, (0.4, 2.0), "cos(x)"),
    "cos": Function(math.cos, lambda x: -math.sin(x), (0.4, 2.0), "−sin(x): mind the sign"),
    "abs": Function(abs, lambda x: math.copysign(1.0, x), (1.5, -2.5), "1 above 0, −1 below"),
    "sigmoid": Function(sigmoid, lambda x: sigmoid(x) * sigmoid(-x), (0.8, -2.0), "s·(1 − s)"),
    "softplus": Function(lambda x: math.log1p(math.exp(x)), sigmoid, (0.8, -2.0), "sigmoid(x)"),
    "silu": Function(
        lambda x: x * sigmoid(x),
        lambda x: sigmoid(x) * (1 + x * sigmoid(-x)),
        (0.8, -2.0),
        "s + x·s·(1 − s), with s = sigmoid(x)",
    ),
    "gelu": Function(
        lambda x: x * normal(x),
        lambda x: normal(x) + x * math.exp(-x * x / 2) / math.sqrt(2 * math.pi),
        (0.8, -2.0),
        "Φ(x) + x·φ(x), with the normal distribution and its density",
    ),
}

for_each_function = pytest.mark.parametrize(
    ("method", "number"), [(name, x) for name, entry in ZOO.items() for x in entry.points]
)


@for_each_function
def test_the_value_of(Value, method, number):
    need(Value, method)
    x = Value(number)
    y = getattr(x, method)()
    expect(y.data, ZOO[method].value(number), f"this is {method}({number}); is the formula right?")


@for_each_function
def test_the_slope_of(Value, method, number):
    need(Value, method)
    x = Value(number)
    y = getattr(x, method)()
    y.backward()
    hint = f"the slope of {method}(x) is {ZOO[method].slope_in_words}; here x = {number}."
    expect(x.grad, ZOO[method].slope(number), hint)


@for_each_function
def test_the_chain_rule_goes_through(Value, method, number):
    need(Value, method)
    x = Value(number / 2)
    y = getattr(x * 2, method)() * 5
    y.backward()
    hint = "the slope alone is right; multiply it by the gradient that arrives (5), and pass on."
    expect(x.grad, 10 * ZOO[method].slope(number), hint)


@pytest.mark.parametrize("n", [2, 3, 1, 0, -1, -3, 0.5, 1.5, -0.5])
def test_the_slope_of_a_power(Value, n):
    x = Value(2.5)
    y = x**n
    y.backward()
    expect(y.data, 2.5**n, f"x ** {n} at x = 2.5.")
    expect(x.grad, n * 2.5 ** (n - 1), f"the slope of xⁿ is n·xⁿ⁻¹; here n = {n}.")


def test_an_odd_power_of_a_negative_number(Value):
    x = Value(-2.0)
    y = x**3
    y.backward()
    expect(y.data, -8.0, "(−2)³ = −8.")
    expect(x.grad, 12.0, "3x² = 12. Does your power use log(x)? That works for positive x only.")


def test_an_average_gives_each_its_share(Value):
    values = [Value(1.0), Value(4.0), Value(2.5), Value(-3.0)]
    mean = sum(values) / len(values)
    mean.backward()
    expect(mean.data, 1.125, "the sum, divided by 4.")
    expect(values[1].grad, 0.25, "each of four numbers has a quarter of the say.")
