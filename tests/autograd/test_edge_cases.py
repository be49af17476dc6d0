"""Kinks, poles, tails and overflow: the value and the gradient at every special point.

One principle decides the kinks: differentiable → the gradient; convex → the minimum-norm
subgradient; concave → likewise; defined → by continuity; otherwise arbitrary.
"""

import math

import pytest
from oracles import (
    EXACT,
    close,
    derivatives,
    exactly,
    inf,
    nan,
    same_bits,
    ulps,
    value_and_gradient,
)

import autograd as ag
from autograd import Value


def root_of_squares(x, y):
    return (x * x + y * y).sqrt()


def logsumexp(*xs):
    return ag.logsumexp(xs)


def prod(*xs):
    return ag.prod(xs)


def largest(*xs):
    return ag.max(xs)


def smallest(*xs):
    return ag.min(xs)


def norm(*xs):
    return ag.norm(xs)


def softmax(i):
    return lambda *xs: ag.softmax(xs)[i]


def log_softmax(i):
    return lambda *xs: ag.log_softmax(xs)[i]


THIRD = 1 / 3
SIXTH = 1 / 6

# Exact to the bit, signed zeros included: (id, function, point, value, gradient).
EXACT_TO_THE_BIT = [
    ("relu(0)", ag.relu, (0.0,), 0.0, (0.0,)),
    ("relu(-0)", ag.relu, (-0.0,), 0.0, (0.0,)),
    ("relu(-2)", ag.relu, (-2.0,), 0.0, (0.0,)),
    ("relu(2)", ag.relu, (2.0,), 2.0, (1.0,)),
    ("abs(0)", ag.abs, (0.0,), 0.0, (0.0,)),
    ("abs(-0)", ag.abs, (-0.0,), 0.0, (0.0,)),
    ("abs(-3)", ag.abs, (-3.0,), 3.0, (-1.0,)),
    ("abs(-inf)", ag.abs, (-inf,), inf, (-1.0,)),
    ("leaky_relu(0)", ag.leaky_relu, (0.0,), 0.0, (0.01,)),
    ("leaky_relu(-2)", ag.leaky_relu, (-2.0,), -0.02, (0.01,)),
    ("leaky_relu(2)", ag.leaky_relu, (2.0,), 2.0, (1.0,)),
    ("elu(0)", ag.elu, (0.0,), 0.0, (1.0,)),
    ("elu(-inf)", ag.elu, (-inf,), -1.0, (0.0,)),
    ("silu(0)", ag.silu, (0.0,), 0.0, (0.5,)),
    ("silu(inf)", ag.silu, (inf,), inf, (1.0,)),
    ("silu(-inf)", ag.silu, (-inf,), -0.0, (0.0,)),
    ("gelu(0)", ag.gelu, (0.0,), 0.0, (0.5,)),
    ("gelu(inf)", ag.gelu, (inf,), inf, (1.0,)),
    ("gelu(-inf)", ag.gelu, (-inf,), -0.0, (0.0,)),
    ("logsigmoid(-800)", ag.logsigmoid, (-800.0,), -800.0, (1.0,)),
    ("logsigmoid(800)", ag.logsigmoid, (800.0,), -0.0, (0.0,)),
    ("logsigmoid(-inf)", ag.logsigmoid, (-inf,), -inf, (1.0,)),
    ("gelu_tanh(0)", lambda x: x.gelu(approximate="tanh"), (0.0,), 0.0, (0.5,)),
    ("gelu_tanh(inf)", lambda x: x.gelu(approximate="tanh"), (inf,), inf, (1.0,)),
    ("gelu_tanh(-inf)", lambda x: x.gelu(approximate="tanh"), (-inf,), -0.0, (0.0,)),
    ("gelu_tanh(1e300)", lambda x: x.gelu(approximate="tanh"), (1e300,), 1e300, (1.0,)),
    ("mish(0)", ag.mish, (0.0,), 0.0, (0.6,)),
    ("mish(inf)", ag.mish, (inf,), inf, (1.0,)),
    ("mish(-inf)", ag.mish, (-inf,), -0.0, (0.0,)),
    ("softsign(0)", ag.softsign, (0.0,), 0.0, (1.0,)),
    ("softsign(-inf)", ag.softsign, (-inf,), -1.0, (0.0,)),
    ("relu6(0)", ag.relu6, (0.0,), 0.0, (0.0,)),
    ("relu6(-0)", ag.relu6, (-0.0,), 0.0, (0.0,)),
    ("relu6(6)", ag.relu6, (6.0,), 6.0, (0.0,)),
    ("relu6(3)", ag.relu6, (3.0,), 3.0, (1.0,)),
    ("relu6(nan)", ag.relu6, (nan,), nan, (1.0,)),
    ("relu6(inf)", ag.relu6, (inf,), 6.0, (0.0,)),
    ("selu(0)", ag.selu, (0.0,), 0.0, (1.7580993408473768,)),
    ("selu(2)", ag.selu, (2.0,), 2.101401974710961, (1.0507009873554805,)),
    ("selu(-inf)", ag.selu, (-inf,), -1.7580993408473768, (0.0,)),
    ("celu(0)", ag.celu, (0.0,), 0.0, (1.0,)),
    ("celu(-inf)", ag.celu, (-inf,), -1.0, (0.0,)),
    ("celu(0), alpha 2", lambda x: x.celu(2.0), (0.0,), 0.0, (1.0,)),
    ("hardtanh(-1)", ag.hardtanh, (-1.0,), -1.0, (0.0,)),
    ("hardtanh(nan)", ag.hardtanh, (nan,), nan, (1.0,)),
    ("hardtanh(0.5)", ag.hardtanh, (0.5,), 0.5, (1.0,)),
    ("hardtanh(7, -2, 2)", lambda x: x.hardtanh(-2, 2), (7.0,), 2.0, (0.0,)),
    ("hardsigmoid(-3)", ag.hardsigmoid, (-3.0,), 0.0, (0.0,)),
    ("hardsigmoid(0)", ag.hardsigmoid, (0.0,), 0.5, (SIXTH,)),
    ("hardsigmoid(3)", ag.hardsigmoid, (3.0,), 1.0, (0.0,)),
    ("hardsigmoid(-inf)", ag.hardsigmoid, (-inf,), 0.0, (0.0,)),
    # hardswish is concave around both kinks: the minimum-norm slope of 0 and -½, of 1½ and 1
    ("hardswish(-3)", ag.hardswish, (-3.0,), -0.0, (0.0,)),
    ("hardswish(0)", ag.hardswish, (0.0,), 0.0, (0.5,)),
    ("hardswish(3)", ag.hardswish, (3.0,), 3.0, (1.0,)),
    ("hardswish(inf)", ag.hardswish, (inf,), inf, (1.0,)),
    ("hardswish(-inf)", ag.hardswish, (-inf,), -0.0, (0.0,)),
    ("clip inside", lambda x: x.clip(-1, 1), (0.5,), 0.5, (1.0,)),
    ("clip at the lower bound", lambda x: x.clip(-1, 1), (-1.0,), -1.0, (0.0,)),
    ("clip beyond", lambda x: x.clip(-1, 1), (7.0,), 1.0, (0.0,)),
    ("clip, open above", lambda x: x.clip(min=-1), (7.0,), 7.0, (1.0,)),
    ("maximum, tied", ag.maximum, (2.0, 2.0), 2.0, (0.5, 0.5)),
    ("minimum, tied", ag.minimum, (2.0, 2.0), 2.0, (0.5, 0.5)),
    ("maximum(inf, inf)", ag.maximum, (inf, inf), inf, (0.5, 0.5)),
    ("maximum(3, 2)", ag.maximum, (3.0, 2.0), 3.0, (1.0, 0.0)),
    ("minimum(3, 2)", ag.minimum, (3.0, 2.0), 2.0, (0.0, 1.0)),
    ("max of three, tied", largest, (2.0, 2.0, 2.0), 2.0, (THIRD, THIRD, THIRD)),
    ("max of three, two tied", largest, (2.0, 1.0, 2.0), 2.0, (0.5, 0.0, 0.5)),
    ("min of three, two tied", smallest, (2.0, 1.0, 1.0), 1.0, (0.0, 0.5, 0.5)),
    ("sqrt(0)", ag.sqrt, (0.0,), 0.0, (inf,)),
    ("sqrt(-0)", ag.sqrt, (-0.0,), -0.0, (-inf,)),
    ("sqrt(-1)", ag.sqrt, (-1.0,), nan, (nan,)),
    ("log(0)", ag.log, (0.0,), -inf, (inf,)),
    ("log(-1)", ag.log, (-1.0,), nan, (-1.0,)),
    ("log1p(-1)", ag.log1p, (-1.0,), -inf, (inf,)),
    ("log1p(-2)", ag.log1p, (-2.0,), nan, (-1.0,)),
    ("log1p(-0)", ag.log1p, (-0.0,), -0.0, (1.0,)),
    ("log2(0)", ag.log2, (0.0,), -inf, (inf,)),
    ("log2(-1)", ag.log2, (-1.0,), nan, (-1 / math.log(2),)),
    ("log10(0)", ag.log10, (0.0,), -inf, (inf,)),
    ("log10(inf)", ag.log10, (inf,), inf, (0.0,)),
    ("cbrt(0)", ag.cbrt, (0.0,), 0.0, (inf,)),
    ("cbrt(-0)", ag.cbrt, (-0.0,), -0.0, (inf,)),
    ("cbrt(-8)", ag.cbrt, (-8.0,), -2.0, (1 / 12,)),
    ("cbrt(-inf)", ag.cbrt, (-inf,), -inf, (0.0,)),
    ("expm1(710)", ag.expm1, (710.0,), inf, (inf,)),
    ("expm1(-inf)", ag.expm1, (-inf,), -1.0, (0.0,)),
    ("expm1(-0)", ag.expm1, (-0.0,), -0.0, (1.0,)),
    ("cosh(711)", ag.cosh, (711.0,), inf, (inf,)),
    ("cosh(-711)", ag.cosh, (-711.0,), inf, (-inf,)),
    ("sinh(-711)", ag.sinh, (-711.0,), -inf, (inf,)),
    ("asinh(-inf)", ag.asinh, (-inf,), -inf, (0.0,)),
    ("acosh(1)", ag.acosh, (1.0,), 0.0, (inf,)),
    ("acosh(0.5)", ag.acosh, (0.5,), nan, (nan,)),
    ("acosh(inf)", ag.acosh, (inf,), inf, (0.0,)),
    ("atanh(1)", ag.atanh, (1.0,), inf, (inf,)),
    ("atanh(-1)", ag.atanh, (-1.0,), -inf, (inf,)),
    ("atanh(2)", ag.atanh, (2.0,), nan, (-THIRD,)),
    ("tan(inf)", ag.tan, (inf,), nan, (nan,)),
    ("asin(1)", ag.asin, (1.0,), math.pi / 2, (inf,)),
    ("asin(-1)", ag.asin, (-1.0,), -math.pi / 2, (inf,)),
    ("asin(2)", ag.asin, (2.0,), nan, (nan,)),
    ("acos(1)", ag.acos, (1.0,), 0.0, (-inf,)),
    ("acos(-1)", ag.acos, (-1.0,), math.pi, (-inf,)),
    ("atan(inf)", ag.atan, (inf,), math.pi / 2, (0.0,)),
    ("atan(1e155)", ag.atan, (1e155,), math.pi / 2, (1e-310,)),
    ("atan2(0, 0)", ag.atan2, (0.0, 0.0), 0.0, (0.0, 0.0)),
    ("atan2(0, -0)", ag.atan2, (0.0, -0.0), math.pi, (0.0, 0.0)),
    ("atan2(0, -1)", ag.atan2, (0.0, -1.0), math.pi, (-1.0, 0.0)),
    ("atan2(1e200, 1e200)", ag.atan2, (1e200, 1e200), math.pi / 4, (5e-201, -5e-201)),
    ("hypot(0, 0)", ag.hypot, (0.0, 0.0), 0.0, (0.0, 0.0)),
    ("hypot(-0, 0)", ag.hypot, (-0.0, 0.0), 0.0, (0.0, 0.0)),
    ("hypot(-3, 4)", ag.hypot, (-3.0, 4.0), 5.0, (-0.6, 0.8)),
    ("hypot(1e200, 0)", ag.hypot, (1e200, 0.0), 1e200, (1.0, 0.0)),
    ("hypot(inf, nan)", ag.hypot, (inf, nan), inf, (nan, nan)),
    ("norm(0, 0)", norm, (0.0, 0.0), 0.0, (0.0, 0.0)),
    ("norm(2, -3, 6)", norm, (2.0, -3.0, 6.0), 7.0, (2 / 7, -3 / 7, 6 / 7)),
    ("norm(-2)", norm, (-2.0,), 2.0, (-1.0,)),
    ("xlogy(0, 0)", ag.xlogy, (0.0, 0.0), 0.0, (0.0, nan)),
    ("xlogy(0, 2)", ag.xlogy, (0.0, 2.0), 0.0, (math.log(2), 0.0)),
    ("xlogy(0, nan)", ag.xlogy, (0.0, nan), nan, (nan, nan)),
    ("xlogy(2, 0)", ag.xlogy, (2.0, 0.0), -inf, (-inf, inf)),
    ("xlogy(2, 1)", ag.xlogy, (2.0, 1.0), 0.0, (0.0, 2.0)),
    ("-5 % 3", lambda x, y: x % y, (-5.0, 3.0), 1.0, (1.0, 2.0)),
    ("5 % -3", lambda x, y: x % y, (5.0, -3.0), -1.0, (1.0, 2.0)),
    ("-0.0 % 3", lambda x, y: x % y, (-0.0, 3.0), 0.0, (1.0, 0.0)),
    ("5 % 0", lambda x, y: x % y, (5.0, 0.0), nan, (1.0, -inf)),
    ("-1 % inf", lambda x, y: x % y, (-1.0, inf), inf, (1.0, 1.0)),
    ("fmod(-5, 3)", ag.fmod, (-5.0, 3.0), -2.0, (1.0, 1.0)),
    ("fmod(5, -3)", ag.fmod, (5.0, -3.0), 2.0, (1.0, 1.0)),
    ("fmod(inf, 3)", ag.fmod, (inf, 3.0), nan, (1.0, nan)),
    ("fmod(2, inf)", ag.fmod, (2.0, inf), 2.0, (1.0, 0.0)),
    ("-5 // 3", lambda x, y: x // y, (-5.0, 3.0), -2.0, (0.0, 0.0)),
    ("1 // 0", lambda x, y: x // y, (1.0, 0.0), inf, (0.0, 0.0)),
    ("floor(-2.5)", ag.floor, (-2.5,), -3.0, (0.0,)),
    ("floor(-0)", ag.floor, (-0.0,), -0.0, (0.0,)),
    ("floor(-inf)", ag.floor, (-inf,), -inf, (0.0,)),
    ("floor(nan)", ag.floor, (nan,), nan, (0.0,)),
    ("ceil(-0.5)", ag.ceil, (-0.5,), -0.0, (0.0,)),
    ("ceil(2.5)", ag.ceil, (2.5,), 3.0, (0.0,)),
    ("round(0.5)", ag.round, (0.5,), 0.0, (0.0,)),
    ("round(1.5)", ag.round, (1.5,), 2.0, (0.0,)),
    ("round(-2.5)", ag.round, (-2.5,), -2.0, (0.0,)),
    ("round(4503599627370497.5)", ag.round, (4503599627370497.5,), 4503599627370498.0, (0.0,)),
    ("sign(0)", ag.sign, (0.0,), 0.0, (0.0,)),
    ("sign(-3)", ag.sign, (-3.0,), -1.0, (0.0,)),
    ("erf(0)", ag.erf, (0.0,), 0.0, (1.1283791670955126,)),
    ("erf(inf)", ag.erf, (inf,), 1.0, (0.0,)),
    ("exp(710)", ag.exp, (710.0,), inf, (inf,)),
    ("exp(-746)", ag.exp, (-746.0,), 0.0, (0.0,)),
    ("sin(inf)", ag.sin, (inf,), nan, (nan,)),
    ("cos(-inf)", ag.cos, (-inf,), nan, (nan,)),
    ("sigmoid(800)", ag.sigmoid, (800.0,), 1.0, (0.0,)),
    ("sigmoid(-800)", ag.sigmoid, (-800.0,), 0.0, (0.0,)),
    ("tanh(-inf)", ag.tanh, (-inf,), -1.0, (0.0,)),
    ("softplus(800)", ag.softplus, (800.0,), 800.0, (1.0,)),
    ("softplus(-800)", ag.softplus, (-800.0,), 0.0, (0.0,)),
    ("x⁰ at 0", lambda x: x**0, (0.0,), 1.0, (0.0,)),
    ("x⁰ at inf", lambda x: x**0, (inf,), 1.0, (0.0,)),
    ("x⁰ at nan", lambda x: x**0, (nan,), 1.0, (0.0,)),
    ("x¹ at 0", lambda x: x**1, (0.0,), 0.0, (1.0,)),
    ("x² at 0", lambda x: x**2, (0.0,), 0.0, (0.0,)),
    ("x² at 1e200", lambda x: x**2, (1e200,), inf, (2e200,)),
    ("x³ at -1e200", lambda x: x**3, (-1e200,), -inf, (inf,)),
    ("x⁻¹ at 0", lambda x: x**-1, (0.0,), inf, (-inf,)),
    ("x⁻¹ at -0", lambda x: x**-1, (-0.0,), -inf, (-inf,)),
    ("x^½ at 0", lambda x: x**0.5, (0.0,), 0.0, (inf,)),
    ("x^1.5 at 0", lambda x: x**1.5, (0.0,), 0.0, (0.0,)),
    ("(-1)^½", lambda x: x**0.5, (-1.0,), nan, (nan,)),
    ("(-8)^⅓", lambda x: x**THIRD, (-8.0,), nan, (nan,)),
    ("x² at -2", lambda x: x**2, (-2.0,), 4.0, (-4.0,)),
    ("x^y at (0, 0)", ag.pow, (0.0, 0.0), 1.0, (0.0, 0.0)),
    ("x^y at (0, 1)", ag.pow, (0.0, 1.0), 0.0, (1.0, 0.0)),
    ("x^y at (0, 2)", ag.pow, (0.0, 2.0), 0.0, (0.0, 0.0)),
    ("x^y at (0, -1)", ag.pow, (0.0, -1.0), inf, (-inf, -inf)),
    ("x^y at (-2, 2)", ag.pow, (-2.0, 2.0), 4.0, (-4.0, nan)),
    ("1/x at 0", lambda x: 1 / x, (0.0,), inf, (-inf,)),
    ("1/x at -0", lambda x: 1 / x, (-0.0,), -inf, (-inf,)),
    ("x/y at (1, 0)", ag.div, (1.0, 0.0), inf, (inf, -inf)),
    ("x/y at (0, 0)", ag.div, (0.0, 0.0), nan, (inf, nan)),
    ("x/y at (1e-200, 1e-200)", ag.div, (1e-200, 1e-200), 1.0, (1e200, -1e200)),
    ("√(x² + y²) written out, at 0", root_of_squares, (0.0, 0.0), 0.0, (nan, nan)),
    ("logsumexp(-inf, -inf)", logsumexp, (-inf, -inf), -inf, (nan, nan)),
    ("logsumexp(-inf, 0)", logsumexp, (-inf, 0.0), 0.0, (0.0, 1.0)),
    ("logsumexp(inf, 0)", logsumexp, (inf, 0.0), inf, (nan, 0.0)),
    ("softmax(inf, 0)", softmax(0), (inf, 0.0), nan, (nan, nan)),
    ("softmax(-inf, 0)", softmax(0), (-inf, 0.0), 0.0, (0.0, 0.0)),
    ("log_softmax(-inf, 0)", log_softmax(0), (-inf, 0.0), -inf, (1.0, -1.0)),
    ("prod(0, 2, 3)", prod, (0.0, 2.0, 3.0), 0.0, (6.0, 0.0, 0.0)),
    ("prod(0, 0, 3)", prod, (0.0, 0.0, 3.0), 0.0, (0.0, 0.0, 0.0)),
    ("x - x at inf", lambda x: x - x, (inf,), nan, (0.0,)),
    ("where(x, log x, 0) at 0", lambda x: ag.where(x, x.log(), 0), (0.0,), 0.0, (0.0,)),
    ("where(x, 1/x, x) at -0", lambda x: ag.where(x, 1 / x, x), (-0.0,), -0.0, (1.0,)),
    ("nan + 1", lambda x: x + 1, (nan,), nan, (1.0,)),
    ("relu(nan)", ag.relu, (nan,), nan, (1.0,)),
    ("sigmoid(nan)", ag.sigmoid, (nan,), nan, (nan,)),
]

# Within four units in the last place, of values from 60-digit arithmetic.
WITHIN_4_ULPS = [
    ("asinh(1e300)", ag.asinh, (1e300,), 691.4686750787736, (1e-300,)),  # the C library's
    ("sigmoid(40)", ag.sigmoid, (40.0,), 1.0, (4.248354255291589e-18,)),
    ("tanh(20)", ag.tanh, (20.0,), 1.0, (1.6993417021166356e-17,)),
    ("softplus(30)", ag.softplus, (30.0,), 30.0000000000000936, (0.99999999999990642,)),
    (
        "logsumexp(0, -40)",
        logsumexp,
        (0.0, -40.0),
        4.248354255291589e-18,
        (1.0, 4.248354255291589e-18),
    ),
    (
        "softmax(1000, 960)",
        softmax(1),
        (1000.0, 960.0),
        4.248354255291589e-18,
        (-4.248354255291589e-18, 4.248354255291589e-18),
    ),
    (
        # the gradient in x₀ would be 1 − p₀, the sum of two edges, which rounds to 0
        "log_softmax(1000, 960)",
        lambda x: log_softmax(0)(1000.0, x),
        (960.0,),
        -4.248354255291589e-18,
        (-4.248354255291589e-18,),
    ),
    ("logsumexp(1000, 1000)", logsumexp, (1000.0, 1000.0), 1000.6931471805599, (0.5, 0.5)),
]


@pytest.mark.parametrize(
    "function, point, value, gradient", [pytest.param(*c, id=i) for i, *c in EXACT_TO_THE_BIT]
)
def test_special_points_are_exact_to_the_bit(function, point, value, gradient):
    found, slopes = value_and_gradient(function, *point)
    assert same_bits(found, value), f"value {found!r}, expected {value!r}"
    assert all(map(same_bits, slopes, gradient)), f"gradient {slopes}, expected {gradient}"


@pytest.mark.parametrize(
    "function, point, value, gradient", [pytest.param(*c, id=i) for i, *c in WITHIN_4_ULPS]
)
def test_tails_are_within_4_ulps(function, point, value, gradient):
    found, slopes = value_and_gradient(function, *point)
    assert ulps(found, value) <= 4
    assert all(ulps(s, g) <= 4 for s, g in zip(slopes, gradient, strict=True)), slopes


@pytest.mark.parametrize("name", EXACT)
def test_functions_and_slopes_against_60_digits(name):
    function, slope = EXACT[name]
    for x in (-700.0, -40.0, -20.0, -3.0, -0.7, -1e-9, 1e-9, 0.02, 0.7, 3.0, 20.0, 40.0, 700.0):
        if name in ("log", "sqrt") and x < 0:
            continue
        found, (gradient,) = value_and_gradient(getattr(ag, name), x)
        value, derivative = exactly(function, x), exactly(slope, x)
        assert close(found, value, 4), f"{name}({x}) = {found!r}, exactly {value!r}"
        # The slopes of silu and gelu are sums of two terms of up to 1, which may cancel.
        cancels = name in ("silu", "gelu") and abs(gradient - derivative) <= 4 * math.ulp(1.0)
        assert close(gradient, derivative, 4) or cancels, f"slope {gradient!r}, {derivative!r}"


def test_a_branch_that_was_not_chosen_has_no_edge():
    x = Value(0.0)
    y = ag.where(x, x.log(), 5.0)
    assert y.partials == (None, None, 1.0)
    assert [p.op for p in y.parents] == ["", "log", ""]  # kept, so that replay can switch
    y.backward()
    assert same_bits(x.grad, 0.0)


# --- derivatives of every order -----------------------------------------------------------------

PHI = 0.79788456080286536  # 2φ(0)
ERF = 1.1283791670955126
GELU_TANH = (0, 0.5, PHI, 0, 12 * PHI * (0.044715 - PHI**2 / 3), 0)
# with s = √(x² − 1) = ¾: 1/s, −x/s³, (2x² + 1)/s⁵, −(6x³ + 9x)/s⁷, (24x⁴ + 72x² + 9)/s⁹
ACOSH = (math.log(2), 4 / 3, -80 / 27, 1408 / 81, -22.96875 / 0.75**7, 180.09375 / 0.75**9)
MINUS_SOFTPLUS = (-0.69314718055994531, -0.5, -0.25, 0, 0.125, 0)

HIGHER_ORDER = [
    ("tanh", ag.tanh, 0.0, (0, 1, 0, -2, 0, 16)),
    ("sigmoid", ag.sigmoid, 0.0, (0.5, 0.25, 0, -0.125, 0, 0.25)),
    ("softplus", ag.softplus, 0.0, (0.69314718055994531, 0.5, 0.25, 0, -0.125, 0)),
    ("silu", ag.silu, 0.0, (0, 0.5, 0.5, 0, -0.5, 0)),
    ("gelu", ag.gelu, 0.0, (0, 0.5, PHI, 0, -2 * PHI, 0)),
    ("gelu_tanh", lambda x: ag.gelu(x, "tanh"), 0.0, GELU_TANH),
    ("erf", ag.erf, 0.0, (0, ERF, 0, -2 * ERF, 0, 12 * ERF)),
    ("mish", ag.mish, 0.0, (0, 0.6, 0.64, -0.096, -1.1008, -0.0448)),
    ("logsigmoid", ag.logsigmoid, 0.0, (-0.69314718055994531, 0.5, -0.25, 0, 0.125, 0)),
    ("log1p", ag.log1p, 0.0, (0, 1, -1, 2, -6, 24)),
    ("expm1", ag.expm1, 0.0, (0, 1, 1, 1, 1, 1)),
    ("tan", ag.tan, 0.0, (0, 1, 0, 2, 0, 16)),
    ("asin", ag.asin, 0.0, (0, 1, 0, 1, 0, 9)),
    ("acos", ag.acos, 0.0, (math.pi / 2, -1, 0, -1, 0, -9)),
    ("atan", ag.atan, 0.0, (0, 1, 0, -2, 0, 24)),
    ("sinh", ag.sinh, 0.0, (0, 1, 0, 1, 0, 1)),
    ("cosh", ag.cosh, 0.0, (1, 0, 1, 0, 1, 0)),
    ("asinh", ag.asinh, 0.0, (0, 1, 0, -1, 0, 9)),
    ("acosh", ag.acosh, 1.25, ACOSH),
    ("atanh", ag.atanh, 0.0, (0, 1, 0, 2, 0, 24)),
    ("log2", ag.log2, 1.0, tuple(c / math.log(2) for c in (0, 1, -1, 2, -6, 24))),
    ("log10", ag.log10, 1.0, tuple(c / math.log(10) for c in (0, 1, -1, 2, -6, 24))),
    ("cbrt", ag.cbrt, 1.0, (1, 1 / 3, -2 / 9, 10 / 27, -80 / 81, 880 / 243)),
    ("cbrt", ag.cbrt, -1.0, (-1, 1 / 3, 2 / 9, 10 / 27, 80 / 81, 880 / 243)),
    ("atan2 in y", lambda x: ag.atan2(x, 1.0), 0.0, (0, 1, 0, -2, 0, 24)),
    ("atan2 in x", lambda x: ag.atan2(1.0, x), 0.0, (math.pi / 2, -1, 0, 2, 0, -24)),
    ("hypot", lambda x: ag.hypot(x, 1.0), 0.0, (1, 0, 1, 0, -3, 0)),
    ("norm", lambda x: ag.norm([x, 1.0, x]), 0.0, (1, 0, 2, 0, -12, 0)),
    ("xlogy", lambda x: ag.xlogy(x, x), 1.0, (0, 1, 1, -1, 2, -6)),
    ("x % 3", lambda x: x % 3, -5.0, (1, 1, 0, 0, 0, 0)),
    ("5 % x", lambda x: 5 % x, 2.0, (1, -2, 0, 0, 0, 0)),
    ("fmod", lambda x: ag.fmod(-5.0, x), 3.0, (-2, 1, 0, 0, 0, 0)),
    ("softsign", ag.softsign, 1.0, (0.5, 0.25, -0.25, 0.375, -0.75, 1.875)),
    ("hardswish", ag.hardswish, 1.0, (2 / 3, 5 / 6, 1 / 3, 0, 0, 0)),
    ("selu", ag.selu, -0.0, tuple(c * 1.7580993408473768 for c in (0, 1, 1, 1, 1, 1))),
    ("celu", lambda x: x.celu(2.0), -0.0, (0, 1, 0.5, 0.25, 0.125, 0.0625)),
    ("log_softmax", lambda x: ag.log_softmax([x, 0.0])[1], 0.0, MINUS_SOFTPLUS),
    ("x³", lambda x: x**3, 0.0, (0, 0, 0, 6, 0, 0)),
    ("x·x·x", lambda x: x * x * x, 0.0, (0, 0, 0, 6, 0, 0)),
    ("x²", lambda x: x**2, 0.0, (0, 0, 2, 0, 0, 0)),
    ("exp", ag.exp, 0.0, (1, 1, 1, 1, 1, 1)),
    ("sin", ag.sin, 0.0, (0, 1, 0, -1, 0, 1)),
    ("cos", ag.cos, 0.0, (1, 0, -1, 0, 1, 0)),
    ("log", ag.log, 1.0, (0, 1, -1, 2, -6, 24)),
    ("sqrt", ag.sqrt, 1.0, (1, 0.5, -0.25, 0.375, -0.9375, 3.28125)),
    ("1/x", lambda x: 1 / x, 1.0, (1, -1, 2, -6, 24, -120)),
    ("x⁻¹", lambda x: x**-1, 1.0, (1, -1, 2, -6, 24, -120)),
    ("2^x", lambda x: 2**x, 0.0, tuple(math.log(2) ** k for k in range(6))),
    ("x^y, y = 3", lambda x: x ** Value(3.0), 2.0, (8, 12, 12, 6, 0, 0)),
    ("relu", ag.relu, 0.0, (0, 0, 0, 0, 0, 0)),
    ("abs", ag.abs, -2.0, (2, -1, 0, 0, 0, 0)),
    ("leaky_relu", ag.leaky_relu, -1.0, (-0.01, 0.01, 0, 0, 0, 0)),
    ("elu", ag.elu, -0.0, (0, 1, 1, 1, 1, 1)),
    ("clip", lambda x: x.clip(-1, 1), 0.5, (0.5, 1, 0, 0, 0, 0)),
    ("max", lambda x: ag.max([x, x * x]), 2.0, (4, 4, 2, 0, 0, 0)),
    ("prod", lambda x: ag.prod([x, x, x]), 0.0, (0, 0, 0, 6, 0, 0)),
    ("dot", lambda x: ag.dot([x, 2.0], [x, x], x), 1.0, (4, 5, 2, 0, 0, 0)),
    ("mean", lambda x: ag.mean([x, x * x]), 1.0, (1, 1.5, 1, 0, 0, 0)),
    # ln(1 + eˣ) and its derivatives, by another door than softplus
    ("logsumexp", lambda x: ag.logsumexp([x, 0.0]), 0.0, (math.log(2), 0.5, 0.25, 0, -0.125, 0)),
    ("softmax", lambda x: ag.softmax([x, 0.0])[0], 0.0, (0.5, 0.25, 0, -0.125, 0, 0.25)),
    ("where", lambda x: ag.where(x, x**3, x**2), 1.0, (1, 3, 6, 6, 0, 0)),
]


@pytest.mark.parametrize(
    "function, at, expected", [pytest.param(*c, id=i) for i, *c in HIGHER_ORDER]
)
def test_derivatives_of_order_0_to_5(function, at, expected):
    found = derivatives(function, at, order=5)
    for order, (x, y) in enumerate(zip(found, expected, strict=True)):
        assert abs(x - y) <= 1e-14 * max(map(abs, expected)), f"order {order}: {found}"


# --- published points -------------------------------------------------------------------------


def rosenbrock(x, y):
    return 100 * (y - x**2) ** 2 + (1 - x) ** 2


def beale(x, y):
    return (1.5 - x * (1 - y)) ** 2 + (2.25 - x * (1 - y**2)) ** 2 + (2.625 - x * (1 - y**3)) ** 2


def himmelblau(x, y):
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def freudenstein_roth(x, y):
    return (-13 + x + ((5 - y) * y - 2) * y) ** 2 + (-29 + x + ((y + 1) * y - 14) * y) ** 2


def powell_singular(a, b, c, d):
    return (a + 10 * b) ** 2 + 5 * (c - d) ** 2 + (b - 2 * c) ** 4 + 10 * (a - d) ** 4


def wood(a, b, c, d):
    return (
        100 * (b - a**2) ** 2
        + (1 - a) ** 2
        + 90 * (d - c**2) ** 2
        + (1 - c) ** 2
        + 10 * (b + d - 2) ** 2
        + (b - d) ** 2 / 10
    )


def brown_badly_scaled(x, y):
    return (x - 1e6) ** 2 + (y - 2e-6) ** 2 + (x * y - 2) ** 2


def powell_badly_scaled(x, y):
    return (1e4 * x * y - 1) ** 2 + ((-x).exp() + (-y).exp() - 1.0001) ** 2


def micrograd_sanity_check(x):
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    return h + q + q * x


def micrograd_readme(a, b):
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    return g + 10.0 / f


def logistic_map(x):
    for _ in range(3):
        x = 4 * x * (1 - x)
    return x


def griewank_walther(a, b):
    return ((a / b).sin() + a / b - b.exp()) * (a / b - b.exp())


def helical_valley(x, y, z):
    turns = ag.atan2(y, x) / (2 * math.pi)
    return 100 * ((z - 10 * turns) ** 2 + (ag.hypot(x, y) - 1) ** 2) + z**2


# (id, function, point, value, gradient, largest term that cancels in the sums)
PUBLISHED = [
    (
        "Baydin et al. 2018",
        lambda x, y: x.log() + x * y - y.sin(),
        (2.0, 5.0),
        11.652071455223084,
        (5.5, 1.7163378145367737),
        12.0,
    ),
    (
        "Griewank & Walther 2008",
        griewank_walther,
        (1.5, 0.5),
        2.0166466694282014,
        (3.0118433276739066, -13.723961509314075),
        14.0,
    ),
    ("logistic map", logistic_map, (0.2,), 0.28901376, (9.0660864,), 64.0),
    ("Rosenbrock", rosenbrock, (-1.2, 1.0), 24.2, (-215.6, -88.0), 220.0),
    ("Beale", beale, (1.0, 1.0), 14.203125, (0.0, 27.75), 30.0),
    ("Himmelblau", himmelblau, (0.0, 0.0), 170.0, (-14.0, -22.0), 170.0),
    ("Freudenstein-Roth", freudenstein_roth, (0.5, -2.0), 400.5, (30.0, -1272.0), 1300.0),
    (
        "Powell singular",
        powell_singular,
        (3.0, -1.0, 0.0, 1.0),
        215.0,
        (306.0, -144.0, -2.0, -310.0),
        320.0,
    ),
    (
        "Wood",
        wood,
        (-3.0, -1.0, -3.0, -1.0),
        19192.0,
        (-12008.0, -2080.0, -10808.0, -1880.0),
        20000.0,
    ),
    (
        "Helical valley",
        helical_valley,
        (-1.0, 0.0, 0.0),
        2500.0,
        (0.0, -1591.5494309189534, -1000.0),
        2500.0,
    ),
    (
        "Brown badly scaled",
        brown_badly_scaled,
        (1.0, 1.0),
        999998000003.0,
        (-2000000.0, -4e-6),
        1e12,
    ),
    (
        "Powell badly scaled",
        powell_badly_scaled,
        (0.0, 1.0),
        1.1352617173483784,
        (-20000.735558882343, -0.2705969905849911),
        20000.0,
    ),
    ("micrograd's sanity check", micrograd_sanity_check, (-4.0,), -20.0, (46.0,), 100.0),
    (
        "micrograd's README",
        micrograd_readme,
        (-4.0, 2.0),
        24.704081632653061,
        (138.83381924198251, 645.57725947521866),
        700.0,
    ),
]


@pytest.mark.parametrize(
    "function, point, value, gradient, scale", [pytest.param(*c, id=i) for i, *c in PUBLISHED]
)
def test_published_points(function, point, value, gradient, scale):
    found, slopes = value_and_gradient(function, *point)
    for x, y in zip((found, *slopes), (value, *gradient), strict=True):
        assert abs(x - y) <= 1e-12 * scale, f"{x!r}, published {y!r}"


@pytest.mark.parametrize("n", [1, 2, 7, 50])
def test_speelpennings_product(n):
    point = [(i + 1) / (i + 2) for i in range(n)]
    for function in (prod, lambda *xs: math.prod(xs)):
        found, gradient = value_and_gradient(function, *point)
        assert abs(found - 1 / (n + 1)) <= 1e-14
        for x, slope in zip(point, gradient, strict=True):
            assert abs(slope - 1 / (n + 1) / x) <= 1e-14
