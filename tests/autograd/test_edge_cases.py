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


THIRD = 1 / 3

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
    ("relu6 at 0", lambda x: x.clip(0, 6), (0.0,), 0.0, (0.0,)),
    ("relu6 at 6", lambda x: x.clip(0, 6), (6.0,), 6.0, (0.0,)),
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
    ("sigmoid(40)", ag.sigmoid, (40.0,), 1.0, (4.248354255291589e-18,)),
    ("tanh(20)", ag.tanh, (20.0,), 1.0, (1.6993417021166356e-17,)),
    ("softplus(30)", ag.softplus, (30.0,), 30.0000000000000936, (0.99999999999990642,)),
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
        # Φ and φ multiply the rounding of x/√2 by x²: no formula of floats is spared that.
        units = 4 + 2 * x * x if name == "gelu" else 4
        assert close(found, value, units), f"{name}({x}) = {found!r}, exactly {value!r}"
        # The slopes of silu and gelu are sums of two terms of up to 1, which may cancel.
        cancels = name in ("silu", "gelu") and abs(gradient - derivative) <= 4 * math.ulp(1.0)
        assert close(gradient, derivative, units) or cancels, f"slope {gradient!r}, {derivative!r}"


def test_a_branch_that_was_not_chosen_has_no_edge():
    x = Value(0.0)
    y = ag.where(x, x.log(), 5.0)
    assert y.partials == (None, None, 1.0)
    assert [p.op for p in y.parents] == ["", "log", ""]  # kept, so that replay can switch
    y.backward()
    assert same_bits(x.grad, 0.0)


# --- derivatives of every order -----------------------------------------------------------------

PHI = 0.79788456080286536  # 2φ(0)

HIGHER_ORDER = [
    ("tanh", ag.tanh, 0.0, (0, 1, 0, -2, 0, 16)),
    ("sigmoid", ag.sigmoid, 0.0, (0.5, 0.25, 0, -0.125, 0, 0.25)),
    ("softplus", ag.softplus, 0.0, (0.69314718055994531, 0.5, 0.25, 0, -0.125, 0)),
    ("silu", ag.silu, 0.0, (0, 0.5, 0.5, 0, -0.5, 0)),
    ("gelu", ag.gelu, 0.0, (0, 0.5, PHI, 0, -2 * PHI, 0)),
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
