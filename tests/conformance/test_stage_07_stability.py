"""Stage 7: stability at the edges.

A formula can be right on paper and wrong in floats, which keep 16 digits and end at 1.8e308.

*Digits drown.* tanh(20) is 0.99999999999999999150… and rounds to 1.0. So ``1 - tanh(x)**2``
is 0 there, while the true slope is 1.7e-17: a small push, but without it a neuron that got
stuck never moves again. A formula without the subtraction keeps all digits:

    e = exp(-2·|x|)          slope = 4·e / (1 + e)²

*Numbers overflow.* ``math.exp(1000)`` raises OverflowError, and log(1 + eˣ) at x = 1000 is
simply 1000. Take the large part out first, so that the exponent is never positive:

    softplus(x) = max(x, 0) + log1p(exp(-|x|))
    log(eᵃ + eᵇ) = m + log(eᵃ⁻ᵐ + eᵇ⁻ᵐ)     with m = max(a, b)

*Kinks need a decision.* relu has no slope at 0; everybody takes 0 (the smallest of the
slopes that fit). And xⁿ at 0 has a fine slope, as long as the rule is not n·out/x.

*nan must be seen.* nan means "something went wrong"; who turns it into 0 hides the mistake.
"""

import math

import pytest

from .hints import Hint, expect, need


def test_the_slope_of_relu_at_zero_is_zero(Value):
    need(Value, "relu")
    x = Value(0.0)
    x.relu().backward()
    expect(x.grad, 0.0, "at the kink the slope is 0 by convention: compare with >, not >=.")


def test_relu_lets_nan_through(Value):
    need(Value, "relu")
    y = Value(math.nan).relu()
    hides = "max(0.0, nan) is 0.0 in Python, which hides that something went wrong: ask x < 0."
    expect(y.data, math.nan, "nan in, nan out.", if_got={0.0: hides})


@pytest.mark.parametrize(("n", "exact"), [(1, 1.0), (2, 0.0), (3, 0.0), (1.5, 0.0)])
def test_the_slope_of_a_power_at_zero(Value, n, exact):
    x = Value(0.0)
    (x**n).backward()
    expect(x.grad, exact, "n·xⁿ⁻¹ at x = 0. (n·out/x would divide by 0.)")


def test_the_power_zero_is_flat_even_at_zero(Value):
    x = Value(0.0)
    y = x**0
    y.backward()
    expect(y.data, 1.0, "x⁰ = 1.")
    zero = "x⁰ is 1 everywhere, so its slope is 0. 0·x⁻¹ at x = 0 is 0/0: treat n = 0 on its own."
    expect(x.grad, 0.0, zero)


def test_a_root_of_a_negative_number_is_not_complex(Value):
    try:
        y = Value(-8.0) ** (1 / 3)
    except (ValueError, ArithmeticError):
        return  # to refuse is fine as well
    real = "Python's (-8.0) ** (1/3) is a complex number: make it nan (math.nan), or raise."
    if isinstance(y.data, complex):
        raise Hint(real, f"(-8) ** (1/3) is {y.data}")
    expect(y.data, math.nan, real)


def test_a_quotient_of_tiny_numbers(Value):
    a = Value(1e-200)
    b = Value(1e-200)
    y = a / b
    y.backward()
    expect(y.data, 1.0, "a divided by itself; b⁻¹ first is fine, b² is not.")
    expect(a.grad, 1e200, "1/b.")
    expect(b.grad, -1e200, "b² is 1e-400, which is 0 as a float: write −a/b² as −(a/b)/b.")


def test_tanh_keeps_a_slope_far_out(Value):
    need(Value, "tanh")
    x = Value(20.0)
    x.tanh().backward()
    drowned = (
        "1 − tanh² is 1 − 1 here: all digits drowned. With e = exp(−2|x|) the slope is 4e/(1+e)²."
    )
    expect(x.grad, 1.6993417021166356e-17, drowned)


def test_tanh_keeps_its_digits_on_the_way_out(Value):
    need(Value, "tanh")
    x = Value(-12.0)
    x.tanh().backward()
    drowned = "1 − tanh² has lost most of its digits here. With e = exp(−2|x|): 4e/(1+e)²."
    expect(x.grad, 1.510053817597626e-10, drowned)


@pytest.mark.parametrize("number", [1000.0, -1000.0])
def test_tanh_is_flat_at_a_thousand(Value, number):
    need(Value, "tanh")
    x = Value(number)
    y = x.tanh()
    y.backward()
    expect(y.data, math.copysign(1.0, number), "math.tanh knows; (e²ˣ − 1)/(e²ˣ + 1) overflows.")
    expect(x.grad, 0.0, "4·e^−2000 is 0 as a float.")


def test_exp_of_a_thousand_is_infinite(Value):
    need(Value, "exp")
    y = Value(1000.0).exp()
    expect(
        y.data, math.inf, "e¹⁰⁰⁰ is more than a float can hold: inf, as in every other language."
    )


def test_exp_of_minus_a_thousand_is_zero(Value):
    need(Value, "exp")
    x = Value(-1000.0)
    y = x.exp()
    y.backward()
    expect(y.data, 0.0, "e⁻¹⁰⁰⁰ is 0 as a float.")
    expect(x.grad, 0.0, "the slope of eˣ is eˣ.")


@pytest.mark.parametrize(("number", "exact"), [(1000.0, 1.0), (-1000.0, 0.0)])
def test_sigmoid_of_a_thousand(Value, number, exact):
    need(Value, "sigmoid")
    y = Value(number).sigmoid()
    expect(y.data, exact, "only ever take exp of −|x|, and tell the two sides apart.")


def test_sigmoid_keeps_a_slope_far_out(Value):
    need(Value, "sigmoid")
    x = Value(40.0)
    x.sigmoid().backward()
    drowned = "s·(1 − s) is 1·0 here. With e = exp(−|x|) the slope is e/(1+e)²."
    expect(x.grad, 4.248354255291589e-18, drowned)


@pytest.mark.parametrize(
    ("number", "exact"), [(1000.0, 1000.0), (-1000.0, 0.0), (-40.0, 4.248354255291589e-18)]
)
def test_softplus_far_out(Value, number, exact):
    need(Value, "softplus")
    y = Value(number).softplus()
    expect(y.data, exact, "log(1 + eˣ) overflows or rounds to log 1: max(x, 0) + log1p(e^−|x|).")


def test_the_sum_of_large_exponentials_shifted_by_the_largest(Value):
    need(Value, "exp", "log")
    a = Value(1000.0)
    b = Value(1000.0)
    largest = max(a.data, b.data)
    y = ((a - largest).exp() + (b - largest).exp()).log() + largest
    y.backward()
    expect(y.data, 1000.6931471805599, "1000 + log 2; `largest` is a plain number here.")
    expect(a.grad, 0.5, "two equal terms share the gradient.")
    expect(b.grad, 0.5, "two equal terms share the gradient.")
