"""Derivatives of derivatives: any order, any nesting, kinks and edges, stale graphs."""

import inspect
import math

import mpmath
import pytest
from oracles import derivatives, inf, nan, same_bits

import autograd as ag
from autograd import StaleGraphError, Value, custom, grad, hessian, hvp, jvp, no_grad, primitive
from autograd.primitives import table


def towers(f, order):
    """f and its derivatives by reverse mode over reverse mode …, and forward over forward …"""

    def slope_by_jvp(g):
        return lambda x: jvp(g, (x,), (1.0,))[1]

    reverse, forward = [f], [f]
    for _ in range(order):
        reverse.append(grad(reverse[-1]))
        forward.append(slope_by_jvp(forward[-1]))
    return reverse, forward


# --- derivatives 0 to 5 at 0, exact ---------------------------------------------------------------

SQRT_2_OVER_PI = 0.79788456080286536
AT_ZERO = {
    "tanh": (0, 1, 0, -2, 0, 16),
    "sigmoid": (0.5, 0.25, 0, -0.125, 0, 0.25),
    "softplus": (math.log(2), 0.5, 0.25, 0, -0.125, 0),
    "silu": (0, 0.5, 0.5, 0, -0.5, 0),
    "gelu": (0, 0.5, SQRT_2_OVER_PI, 0, -2 * SQRT_2_OVER_PI, 0),
    "erf": (0, 1.1283791670955126, 0, -2.2567583341910251, 0, 13.540550005146151),
    "asin": (0, 1, 0, 1, 0, 9),
    "atan": (0, 1, 0, -2, 0, 24),
    "asinh": (0, 1, 0, -1, 0, 9),
    "atanh": (0, 1, 0, 2, 0, 24),
    "mish": (0, 0.6, 0.64, -0.096, -1.1008, -0.0448),
    "log1p": (0, 1, -1, 2, -6, 24),
    "expm1": (0, 1, 1, 1, 1, 1),
    "exp": (1, 1, 1, 1, 1, 1),
    "sin": (0, 1, 0, -1, 0, 1),
    "cos": (1, 0, -1, 0, 1, 0),
    "sinh": (0, 1, 0, 1, 0, 1),
    "cosh": (1, 0, 1, 0, 1, 0),
    "tan": (0, 1, 0, 2, 0, 16),
}


@pytest.mark.parametrize("name", [name for name in AT_ZERO if hasattr(ag, name)])
def test_derivatives_0_to_5_at_0(name):
    expected = AT_ZERO[name]
    for tower in towers(getattr(ag, name), 5):
        for order, (f, exact) in enumerate(zip(tower, expected, strict=True)):
            error = abs(f(0.0) - exact)
            assert error <= 1e-14 * max(map(abs, expected)), f"order {order}: {f(0.0)}"


def test_the_cube_ends():
    for tower in towers(lambda x: x**3, 5):
        assert [f(0.0) for f in tower] == [0, 0, 0, 6, 0, 0]
        assert [f(2.0) for f in tower] == [8, 12, 12, 6, 0, 0]


def of_one_operand():
    for name, entry in table.items():
        _, *operands = inspect.signature(entry.partials).parameters.values()
        if len(operands) == 1 and operands[0].kind is not inspect.Parameter.VAR_POSITIONAL:
            yield name


@pytest.mark.parametrize("name", [n for n in of_one_operand() if hasattr(mpmath, n)])
@pytest.mark.parametrize("at", [0.3, 0.8])
def test_derivatives_0_to_4_of_whatever_has_an_exact_counterpart(name, at):
    entry = table[name]
    at += name == "acosh"  # defined from 1 on
    with mpmath.workdps(60):
        exact = mpmath.taylor(getattr(mpmath, name), mpmath.mpf(at), 4)
        exact = [float(c * mpmath.factorial(k)) for k, c in enumerate(exact)]
    for tower in towers(entry, 4):
        for f, expected in zip(tower, exact, strict=True):
            assert f(at) == pytest.approx(expected, rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("name", list(of_one_operand()))
@pytest.mark.parametrize("at", [0.3, 0.0, -0.6, 1.7, 30.0, -2.0, inf, nan])
def test_three_ways_to_the_third_derivative_of_every_entry(name, at):
    """Reverse, forward, and closures by hand: they multiply the same slopes."""
    entry = table[name]
    reverse, forward = towers(entry, 3)
    by_hand = derivatives(entry, at, 3)
    for order in range(4):
        r, f = reverse[order](at), forward[order](at)
        if math.isfinite(by_hand[order]):
            assert r == pytest.approx(by_hand[order], rel=1e-9, abs=1e-12), f"order {order}"
            assert f == pytest.approx(by_hand[order], rel=1e-9, abs=1e-12), f"order {order}"
        else:  # sums of infinities of both signs are nan in one order and not in the other
            assert not math.isfinite(r)


# --- kinks and edges ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "f, at, expected",
    [
        (lambda x: x**2, 0.0, [0, 0, 2, 0]),
        (lambda x: x**0, 0.0, [1, 0, 0, 0]),
        (lambda x: ag.relu(x) * x, 0.0, [0, 0, 0, 0]),
        (lambda x: ag.relu(x) * x, 3.0, [9, 6, 2, 0]),
        (lambda x: abs(x) * x, -3.0, [-9, 6, -2, 0]),
        (lambda x: ag.maximum(x, x * x), 1.0, [1, 1.5, 1, 0]),  # half of each at a tie
        (lambda x: ag.clip(x, -1, 1) ** 2, 0.5, [0.25, 1, 2, 0]),
        (lambda x: ag.where(x, ag.log(x), 0.0), 0.0, [0, 0, 0, 0]),
        (lambda x: ag.where(x > 0, ag.log(x), x**3), 2.0, [math.log(2), 0.5, -0.25, 0.25]),
        (lambda x: ag.sqrt(x), 0.0, [0, inf, -inf, inf]),
        (lambda x: ag.log(x), 0.0, [-inf, inf, -inf, inf]),
        (lambda x: ag.log(x), -1.0, [nan, -1, -1, -2]),
        (lambda x: ag.div(1.0, x), 0.0, [inf, -inf, inf, -inf]),
        (lambda x: ag.exp(x), 1000.0, [inf, inf, inf, inf]),
        (lambda x: ag.tanh(x), inf, [1, 0, 0, 0]),
        (lambda x: ag.sigmoid(x), -800.0, [0, 0, 0, 0]),
        (lambda x: ag.tanh(x), nan, [nan, nan, nan, nan]),
        (lambda x: x + 1, nan, [nan, 1, 0, 0]),
    ],
)
def test_kinks_and_edges(f, at, expected):
    for tower in towers(f, 3):
        for order, (g, exact) in enumerate(zip(tower, expected, strict=True)):
            found = g(at)
            assert found == exact or (found != found and exact != exact), f"order {order}: {found}"


def test_the_branch_not_chosen_has_no_edge_at_any_order():
    x = Value(0.0)
    y = ag.where(x, ag.log(x) / x, 5 * x)
    slope = grad(y, x, create_graph=True)
    assert slope.data == 5.0
    assert grad(slope, x, allow_unused=True) in (0.0, None)


# --- nesting --------------------------------------------------------------------------------------


def test_no_perturbation_confusion():
    """d/dx (x · d/dy (x + y)) = 1, not 2, whatever the modes."""
    forward = lambda f: lambda x: jvp(f, (x,), (1.0,))[1]  # noqa: E731
    for outer in (grad, forward):
        for inner in (grad, forward):
            assert outer(lambda x, d=inner: x * d(lambda y: x + y)(1.0))(1.0) == 1.0
            assert outer(lambda x, d=inner: x * d(lambda y: x + y)(x))(1.0) == 1.0
            assert outer(lambda x, d=inner: x * d(lambda y: x * y)(2.0))(3.0) == 6.0
            assert outer(lambda x, d=inner: d(lambda y: x * y * y)(x))(3.0) == 12.0


def test_three_levels_deep():
    """∂/∂x ∂/∂y ∂/∂z of x²y³z⁴, each inside the other."""

    def d(x, y, z):
        return grad(lambda x: grad(lambda y: grad(lambda z: x**2 * y**3 * z**4)(z))(y))(x)

    x, y, z = 2.0, 3.0, 0.5
    assert d(x, y, z) == pytest.approx(2 * x * 3 * y**2 * 4 * z**3, rel=1e-15)
    assert type(d(x, y, z)) is float


def test_mixed_partials_agree():
    f = lambda x, y: ag.sin(x * y) * ag.exp(x)  # noqa: E731
    xy = grad(lambda x, y: grad(f, 1)(x, y), 0)(0.7, -0.3)
    yx = grad(lambda x, y: grad(f, 0)(x, y), 1)(0.7, -0.3)
    x, y = 0.7, -0.3
    exact = math.exp(x) * ((1 + x) * math.cos(x * y) - x * y * math.sin(x * y))
    assert xy == pytest.approx(exact, rel=1e-14)
    assert yx == pytest.approx(exact, rel=1e-14)


def test_forward_over_reverse_and_reverse_over_forward():
    f = lambda x: ag.logsumexp([x * x, ag.sin(x), 1.0])  # noqa: E731
    second = [
        jvp(grad(f), (0.4,), (1.0,))[1],
        grad(lambda x: jvp(f, (x,), (1.0,))[1])(0.4),
        grad(grad(f))(0.4),
        jvp(lambda x: jvp(f, (x,), (1.0,))[1], (0.4,), (1.0,))[1],
    ]
    assert second == pytest.approx([second[0]] * 4, rel=1e-14)


def test_derivatives_of_a_solver_that_closes_over_its_parameter():
    """Newton's method for y² = a, with its slope by grad: dy/da = 1/(2y)."""

    def root(a):
        y = 1.0
        residual = lambda y: y * y - a  # noqa: E731
        for _ in range(8):
            y = y - residual(y) / grad(residual)(y)
        return y

    assert root(2.0) == pytest.approx(math.sqrt(2), rel=1e-15)
    assert grad(root)(2.0) == pytest.approx(0.5 / math.sqrt(2), rel=1e-12)


# --- depth, garbage, repetition -------------------------------------------------------------------


def deep(x, length):
    y = x
    for _ in range(length // 2):
        y = y * 0.9999 + x
    return y * y


def test_a_chain_of_100_000_nodes_differentiated_twice():
    x = Value(0.5)
    slope = grad(deep(x, 100_000), x, create_graph=True)
    second = grad(slope, x)
    factor = deep(1.0, 100_000) ** 0.5  # y = factor·x
    assert slope.data == pytest.approx(2 * factor**2 * 0.5, rel=1e-9)
    assert second == pytest.approx(2 * factor**2, rel=1e-9)


def test_forward_mode_along_20_000_nodes():
    factor = deep(1.0, 20_000) ** 0.5
    (product,) = hvp(lambda x: deep(x, 20_000), (0.5,), (1.0,))
    assert product == pytest.approx(2 * factor**2, rel=1e-9)


def test_the_same_bits_every_time():
    f = lambda p: ag.softmax([p[0] * p[1], p[1] / p[2], ag.tanh(p[2])])[1]  # noqa: E731
    assert hessian(f)([0.3, -1.1, 0.7]) == hessian(f)([0.3, -1.1, 0.7])


# --- stale graphs ---------------------------------------------------------------------------------


def test_a_graph_gone_stale_is_refused_where_it_would_lie():
    x = Value(2.0, label="x")
    y = ag.sin(x) * 3
    x.data = 1.0
    assert grad(y, x) == 3 * math.cos(2.0)  # recorded, and faithful
    with pytest.raises(StaleGraphError, match=r"sin\(x = 1\.0\) holds 0\.909.*replay\(root\), or"):
        grad(y, x, create_graph=True)
    y.replay()
    assert grad(y, x, create_graph=True).data == 3 * math.cos(1.0)
    x.data = -1.0  # cos(-1) = cos(1): the slope alone would not tell
    with pytest.raises(StaleGraphError):
        grad(y, x, create_graph=True)


def test_an_interior_node_that_was_changed_is_stale_too():
    x = Value(2.0)
    middle = x.exp()
    y = middle * x
    middle.data = 3.0
    with pytest.raises(StaleGraphError, match=r"exp\(2\.0\)|\*\(3\.0, 2\.0\)"):
        grad(y, x, create_graph=True)


def test_where_that_would_switch_is_stale():
    c, x = Value(1.0), Value(2.0)
    y = ag.where(c, x * x, x)
    c.data = -1.0
    with pytest.raises(StaleGraphError, match="where"):
        grad(y, x, create_graph=True)


def test_what_does_not_matter_may_change():
    """A change that no slope depends on, and a node that does not lead to the input."""
    x, w = Value(2.0), Value(5.0)
    y = x + w.exp()
    w.data = 7.0
    assert grad(y, x, create_graph=True).data == 1.0


def test_no_false_alarm():
    """A closure may round differently on Values, as Python's ``sum`` does since 3.12."""

    def slope(x):
        terms = [1.0, 1e100 * x, 1.0, -1e100 * x]
        return math.fsum(terms) if type(x) is float else terms[0] + terms[1] + terms[2] + terms[3]

    odd = primitive("odd", lambda x, y: x * nan, lambda out, x, y: (slope(x), nan * y))
    try:
        x, y = Value(2.0), Value(-0.0)
        z = odd(x, y) + custom(lambda x: -x * 0.0, lambda out, x: (-0.0,))(x)
        dx, dy = grad(z, [x, y], create_graph=True)
        assert (dx.data, math.isnan(dy.data)) == (0.0, True)
        assert grad(z, x) == 2.0
    finally:
        del table["odd"]


def test_fresh_graphs_of_every_entry_are_not_stale():
    for name in of_one_operand():
        for at in (0.0, -0.0, 0.5, -2.0, 1e300, 5e-324, inf, -inf, nan):
            x = Value(at)
            y = table[name](x)
            (slope,) = grad([y], [x], create_graph=True)
            assert same_bits(slope.data, grad(y, x)), f"{name}({at})"


def test_no_grad_inside_a_function_cuts_the_graph():
    def f(x):
        with no_grad():
            scale = x * x
        return scale * x

    assert grad(f)(3.0) == 9.0
    assert grad(grad(f))(3.0) == 0.0
