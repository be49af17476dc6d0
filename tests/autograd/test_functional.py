"""grad, value_and_grad, vjp, jvp, jacobian, hvp: from functions to derivatives."""

import math
import operator
from collections import namedtuple

import numpy
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from oracles import same_bits
from programs import BINARY, SMOOTH, exact_gradient, largest_number, programs, run

import autograd as ag
from autograd import Value, grad, hessian, hvp, jacobian, jvp, no_grad, value_and_grad, vjp

# --- grad of a function ---------------------------------------------------------------------------


def test_grad_of_a_function_is_a_function():
    cube = grad(lambda x: x**3)
    assert cube(2.0) == 12.0
    assert type(cube(2)) is float
    assert cube(numpy.float64(2)) == 12.0


def test_argnums_choose_the_arguments():
    def f(x, y, scale=1.0):
        return scale * x * x * y

    assert grad(f)(3.0, 5.0) == 30.0
    assert grad(f, 1)(3.0, 5.0) == 9.0
    assert grad(f, argnums=-1)(3.0, 5.0) == 9.0
    assert grad(f, argnums=(1, 0))(3.0, 5.0) == (9.0, 30.0)
    assert grad(f, argnums=())(3.0, 5.0) == ()
    assert grad(f)(3.0, 5.0, scale=2.0) == 60.0
    assert value_and_grad(f, (0, 1))(3.0, 5.0) == (45.0, (30.0, 9.0))


def test_the_gradient_has_the_form_of_the_argument():
    Point = namedtuple("Point", "x y")

    def f(p):
        return p["w"][0] * p["at"].x + p["w"][1] * p["at"].y + p["bias"][0][0]

    params = {"w": [2.0, 3.0], "at": Point(5, 7.0), "bias": ((1.0,), ())}
    assert grad(f)(params) == {"w": [5.0, 7.0], "at": Point(2.0, 3.0), "bias": ((1.0,), ())}
    assert type(grad(f)(params)["at"]) is Point
    assert grad(lambda nothing: 1.0)([]) == []


def test_the_gradient_is_that_of_backward_to_the_bit():
    def f(p):
        h = [ag.tanh(p[0] * x + p[1]) for x in (0.3, -1.2, 2.0)]
        return ag.where(h[0], ag.logsumexp(h) * h[1], h[2]) + p[0] / p[1] + ag.max([*h, p[1]])

    leaves = [Value(0.7), Value(-0.4)]
    y = f(leaves)
    y.backward()
    value, gradient = value_and_grad(f)([0.7, -0.4])
    assert same_bits(value, y.data)
    assert all(map(same_bits, gradient, [x.grad for x in leaves]))
    on_values = grad(f(leaves), leaves, create_graph=True)
    assert all(map(same_bits, [g.data for g in on_values], gradient))


def test_what_does_not_matter_has_gradient_zero():
    assert grad(lambda x, y: x * 2, 1)(1.0, 2.0) == 0.0
    assert grad(lambda x: 3)(1.0) == 0.0
    assert grad(lambda x: x.detach() * 2)(1.0) == 0.0
    assert value_and_grad(lambda x: 3)([1.0]) == (3.0, [0.0])
    assert jacobian(lambda x: [1, x])(2.0) == [0.0, 1.0]
    assert hessian(lambda x: x[0] + 1)([2.0, 3.0]) == [[0.0, 0.0], [0.0, 0.0]]
    assert jvp(lambda x: 3.0, (1.0,), (1.0,)) == (3.0, 0.0)
    assert same_bits(grad(lambda x: x * -0.0)(1.0), 0.0)  # +0, as backward() has it


def test_the_same_argument_twice_is_two_variables():
    x = Value(3.0)
    dx, dy = grad(lambda a, b: a * a * b, (0, 1))(x, x)
    assert (dx.data, dy.data) == (18.0, 9.0)


# --- numbers in, numbers out; Values in, Values out -----------------------------------------------


def test_values_in_give_values_that_go_on_into_a_graph():
    x = Value(2.0)
    slope = grad(lambda v: v**3)(x)
    (slope * slope).backward()  # (3x²)²
    assert slope.data == 12.0
    assert x.grad == 36 * x.data**3


def test_a_function_that_closes_over_parameters_gives_values_that_train_them():
    w = Value(0.5)
    slope = grad(lambda x: ag.sin(w * x))(2.0)  # w·cos(wx)
    loss = (slope - 1.0) ** 2
    loss.backward()
    expected = 2 * (0.5 * math.cos(1.0) - 1) * (math.cos(1.0) - 0.5 * 2 * math.sin(1.0))
    assert w.grad == pytest.approx(expected, rel=1e-14)


def test_constants_in_give_constants():
    c = Value(2.0, requires_grad=False)
    slope = grad(lambda x: x * x)(c)
    assert (slope.data, slope.requires_grad) == (4.0, False)


def test_the_variables_of_a_call_do_not_outlive_it():
    kept = []
    w = Value(3.0)
    slope = grad(lambda x: kept.append(x) or w * x * x)(2.0)
    assert not kept[0].requires_grad
    assert ag.leaves(slope) == [w]


def test_under_no_grad_derivatives_are_computed_and_nothing_is_recorded():
    w, x = Value(3.0), Value(2.0)
    with no_grad():
        assert grad(grad(lambda x: w * x**3))(2.0) == 36.0
        assert not grad(lambda v: w * v * v)(x).requires_grad
        assert not value_and_grad(lambda v: w * v * v)(x)[0].requires_grad
        value, tangent = jvp(lambda v: w * v, (x,), (1.0,))
        assert (value.requires_grad, tangent.data) == (False, 3.0)
        assert hessian(lambda v: v**3)(2.0) == 12.0
    _, pullback = vjp(lambda v: w * v * v, 2.0)
    with no_grad():
        assert not pullback(1.0)[0].requires_grad
    assert pullback(1.0)[0].requires_grad


def test_no_side_effects():
    seen = []
    w = Value(3.0, label="w")
    w.register_hook(seen.append)
    inner = w * 2
    inner.register_hook(seen.append)
    inner.grad = w.grad = 7.0
    f = lambda x: inner * x * x + w  # noqa: E731
    grad(f)(1.0), jacobian(lambda x: [f(x)] * 2)(1.0), hessian(f)(1.0), jvp(f, (1.0,), (1.0,))
    pullback = vjp(f, 1.0)[1]
    pullback(2.0)
    grad(inner * w, [w, inner], create_graph=True)
    assert (seen, w.grad, inner.grad, w.label) == ([], 7.0, 7.0, "w")


# --- grad of Values -------------------------------------------------------------------------------


def test_grad_of_values_with_respect_to_values():
    x, y = Value(2.0), Value(3.0)
    z = x * x * y
    assert grad(z, x) == 12.0
    assert grad(z, [x, y]) == [12.0, 4.0]
    assert grad(z, inputs={"a": y}) == {"a": 4.0}
    assert grad([z, x], (x,), grad_outputs=[10.0, 1.0]) == (121.0,)
    assert grad(z, [x, x]) == [12.0, 12.0]
    assert (x.grad, y.grad, z.grad) == (0.0, 0.0, 0.0)


def test_inputs_may_lie_inside_the_graph_and_one_above_another():
    x = Value(2.0)
    y = x * x
    z = y * y * x
    assert grad(z, y) == 2 * 4 * 2
    assert grad(z, [x, y]) == [5 * 2**4, 16.0]
    assert grad(z, [z, y]) == [1.0, 16.0]


def test_create_graph_gives_values_of_any_order():
    x = Value(2.0)
    y = x**5
    for expected in (5 * 2**4, 20 * 2**3, 60 * 2**2, 120 * 2, 120):
        y = grad(y, x, create_graph=True)
        assert y.data == expected
    y = x**3
    with no_grad():  # as in PyTorch, create_graph has its way
        assert grad(grad(y, x, create_graph=True), x) == 12.0


def test_a_gradient_penalty():
    """The use of create_graph: a loss with a gradient in it."""
    w, x = Value(0.7), Value(-1.3)
    slope = grad((w * x).tanh(), x, create_graph=True)
    (slope**2).backward()
    penalty = lambda w: grad(lambda x: ag.tanh(w * x))(-1.3) ** 2  # noqa: E731
    assert w.grad == pytest.approx(grad(penalty)(0.7), rel=1e-14)


def test_unused_inputs_and_constants_are_refused_by_name():
    x, y = Value(2.0), Value(3.0)
    with pytest.raises(RuntimeError, match=r"do not depend on inputs\[1\] \(Value\(3\.0\)\)"):
        grad(x * x, [x, y])
    assert grad(x * x, [x, y], allow_unused=True) == [4.0, None]
    with pytest.raises(RuntimeError, match="the outputs are constants"):
        grad(x.detach(), x)
    with pytest.raises(RuntimeError, match=r"inputs\['c'\] is a constant"):
        grad(x * x, {"c": x.detach()})
    with pytest.raises(TypeError, match=r"inputs\[1\] must be a Value, not float"):
        grad(x * x, [x, 2.0])
    with pytest.raises(ValueError, match="grad_outputs must have the form of outputs"):
        grad([x * x], [x], grad_outputs=1.0)


# --- vjp and jvp ----------------------------------------------------------------------------------


def polar(r, angle):
    return {"x": r * ag.cos(angle), "y": r * ag.sin(angle)}


def test_vjp_pulls_cotangents_back_as_often_as_wanted():
    value, pullback = vjp(polar, 2.0, 0.5)
    assert value == {"x": 2 * math.cos(0.5), "y": 2 * math.sin(0.5)}
    assert pullback({"x": 1.0, "y": 0.0}) == (math.cos(0.5), -2 * math.sin(0.5))
    assert pullback({"x": 0.0, "y": 1.0}) == (math.sin(0.5), 2 * math.cos(0.5))


def test_jvp_pushes_tangents_forward():
    value, tangent = jvp(polar, (2.0, 0.5), (0.0, 1.0))
    assert value == {"x": 2 * math.cos(0.5), "y": 2 * math.sin(0.5)}
    assert tangent == {"x": -2 * math.sin(0.5), "y": 2 * math.cos(0.5)}
    assert jvp(lambda p: p["a"] * p["b"], [{"a": 2.0, "b": 3.0}], [{"b": 1.0, "a": 0.0}])[1] == 2.0


def test_tangents_and_cotangents_may_be_values():
    v = Value(5.0)
    _, tangent = jvp(lambda x: x**3, (2.0,), (v,))
    tangent.backward()
    assert (tangent.data, v.grad) == (60.0, 12.0)
    (cotangent,) = vjp(lambda x: x**3, 2.0)[1](v)
    cotangent.backward()
    assert (cotangent.data, v.grad) == (60.0, 24.0)


def test_forward_mode_keeps_to_its_direction():
    """The column of an input sees none of the others, not even as 0·inf."""
    f = lambda x: [ag.sqrt(x[0]) + x[1], x[1], x[0]]  # noqa: E731
    assert jacobian(f)([0.0, 1.0]) == [[math.inf, 1.0], [0.0, 1.0], [1.0, 0.0]]


# --- jacobian -------------------------------------------------------------------------------------


@pytest.mark.parametrize("outputs", [1, 2, 3, 5])
def test_a_jacobian_by_rows_or_by_columns(outputs):
    """Fewer outputs than inputs: rows, in reverse mode; else columns, in forward mode."""

    def f(x):
        return [x[0] ** k * x[1] + k * ag.sin(x[2]) for k in range(outputs)]

    x = [1.5, -2.0, 0.3]
    expected = [[k * x[0] ** (k - 1) * x[1], x[0] ** k, k * math.cos(x[2])] for k in range(outputs)]
    for row, exact in zip(jacobian(f)(x), expected, strict=True):
        assert row == pytest.approx(exact, rel=1e-14)


def test_a_jacobian_has_the_form_of_result_and_arguments():
    f = lambda p, q: {"a": p["x"] * q, "b": (q,)}  # noqa: E731
    assert jacobian(f)({"x": 2.0}, 3.0) == {"a": {"x": 3.0}, "b": ({"x": 0.0},)}
    assert jacobian(f, (0, 1))({"x": 2.0}, 3.0) == {
        "a": ({"x": 3.0}, 2.0),
        "b": (({"x": 0.0}, 1.0),),
    }
    assert jacobian(lambda x: x * x)(3.0) == 6.0


def test_the_jacobian_of_softmax():
    x = [0.1, -1.2, 2.0]
    p = ag.softmax(x)
    for i, row in enumerate(jacobian(ag.softmax)(x)):
        assert row == pytest.approx([p[i] * ((i == j) - p[j]) for j in range(3)], rel=1e-13)


# --- hessians -------------------------------------------------------------------------------------


def rosenbrock(p):
    x, y = p
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def rosenbrock_hessian(x, y):
    return [[2 - 400 * y + 1200 * x * x, -400 * x], [-400 * x, 200]]


@pytest.mark.parametrize("point", [(-1.2, 1.0), (1.0, 1.0), (0.0, 0.0), (3.0, -2.0)])
def test_the_hessian_of_rosenbrocks_valley(point):
    assert hessian(rosenbrock)(list(point)) == [
        pytest.approx(row, rel=1e-14) for row in rosenbrock_hessian(*point)
    ]


def test_the_hessian_of_a_quadratic_form_is_its_matrix():
    A = [[2.0, -1.0, 0.5], [-1.0, 3.0, 4.0], [0.5, 4.0, -7.0]]

    def form(x):
        return ag.sum(x[i] * A[i][j] * x[j] for i in range(3) for j in range(3)) / 2

    assert hessian(form)([0.3, -1.7, 2.9]) == A
    (product,) = hvp(form, ([0.3, -1.7, 2.9],), ([1.0, 2.0, -1.0],))
    assert product == pytest.approx([sum(map(operator.mul, r, [1, 2, -1])) for r in A])


def test_a_hessian_in_blocks():
    blocks = hessian(lambda x, y: x * x * y + y**3, argnums=(0, 1))(2.0, 5.0)
    assert blocks == ((10.0, 4.0), (4.0, 30.0))


def test_pearlmutters_product_is_the_hessians_times_the_vector():
    def loss(p):
        h = [ag.tanh(ag.dot(p["w"][i], [0.5, -1.0], p["b"][i])) for i in range(2)]
        return (ag.dot(p["v"], h) - 0.7) ** 2

    params = {"w": [[0.1, -0.4], [0.9, 0.3]], "b": [0.2, -0.1], "v": [1.1, -0.6]}
    vector = {"w": [[1.0, 0.5], [-0.25, 2.0]], "b": [0.5, -1.0], "v": [0.3, 0.7]}
    flat = lambda p: [*p["w"][0], *p["w"][1], *p["b"], *p["v"]]  # noqa: E731
    (product,) = hvp(loss, (params,), (vector,))
    rows = flat(hessian(loss)(params))
    expected = [sum(map(operator.mul, flat(row), flat(vector))) for row in rows]
    assert flat(product) == pytest.approx(expected, rel=1e-12, abs=1e-14)


# --- random programs ------------------------------------------------------------------------------

ALL_OPS = (*BINARY, *SMOOTH)
numbers = st.floats(-2, 2).map(lambda x: round(x, 3))
points = st.lists(numbers, min_size=3, max_size=3)


@given(program=programs(max_size=8), point=st.lists(st.integers(-3, 3), min_size=3, max_size=3))
def test_on_integers_reverse_mode_is_exact(program, point):
    """Sums, differences and products of integers: every rounding error would be seen."""
    assume(largest_number(program, point) < 2**53)
    gradient = exact_gradient(program, point)
    assert grad(lambda x: run(program, x))(point) == gradient
    columns = [
        jvp(lambda x: run(program, x), (point,), ([float(i == j) for j in range(3)],))[1]
        for i in range(3)
    ]
    assert columns == gradient


@given(program=programs(ops=ALL_OPS), point=points)
def test_forward_mode_equals_reverse_mode(program, point):
    f = lambda x: run(program, x)  # noqa: E731
    reverse = grad(f)(point)
    forward = [jvp(f, (point,), ([float(i == j) for j in range(3)],))[1] for i in range(3)]
    assume(all(abs(x) < 1e100 for x in reverse))
    scale = max(1.0, *map(abs, reverse))
    assert forward == pytest.approx(reverse, rel=1e-11, abs=1e-11 * scale)


@given(program=programs(ops=ALL_OPS, min_size=3), point=points, v=points, u=points)
def test_pushing_and_pulling_are_transposes(program, point, v, u):
    """⟨u, J·v⟩ = ⟨u·J, v⟩."""
    f = lambda x: run(program, x, last=3)  # noqa: E731
    pushed = jvp(f, (point,), (v,))[1]
    (pulled,) = vjp(f, point)[1](u)
    assume(all(abs(x) < 1e100 for x in [*pushed, *pulled]))
    left, right = [*map(operator.mul, u, pushed)], [*map(operator.mul, pulled, v)]
    scale = max(1.0, *map(abs, [*left, *right, *pushed, *pulled]))
    assert math.fsum(left) == pytest.approx(math.fsum(right), abs=1e-11 * scale)


@given(program=programs(ops=ALL_OPS, max_size=8), point=points, v=points)
def test_hessians_are_symmetric_whichever_way_they_are_taken(program, point, v):
    f = lambda x: run(program, x)  # noqa: E731
    H = hessian(f)(point)
    assume(all(abs(x) < 1e50 for row in H for x in row))
    scale = max(1.0, *[abs(x) for row in H for x in row])
    for i in range(3):
        assert [row[i] for row in H] == pytest.approx(H[i], abs=1e-9 * scale)
    (forward_over_reverse,) = hvp(f, (point,), (v,))
    reverse_over_forward = grad(lambda x: jvp(f, (x,), (v,))[1])(point)
    assert forward_over_reverse == pytest.approx(reverse_over_forward, abs=1e-9 * scale)


# --- mistakes are named ---------------------------------------------------------------------------


def test_results_that_are_no_number():
    with pytest.raises(TypeError, match=r"what the function returned must be a real .* NoneType"):
        grad(lambda x: None)(1.0)
    with pytest.raises(TypeError, match=r"what the function returned must be a real .* str"):
        grad(lambda x: "1")(1.0)
    with pytest.raises(TypeError, match=r"must return one number or Value, not list .* jacobian"):
        grad(lambda x: [x, x])(1.0)
    with pytest.raises(TypeError, match=r"what the function returned\['a'\]\[1\] must be"):
        jacobian(lambda x: {"a": [x, None]})(1.0)


def test_arguments_that_are_no_numbers():
    with pytest.raises(TypeError, match=r"grad: argument 0 must be a real number, not str \('1'\)"):
        grad(lambda x: x)("1")
    with pytest.raises(TypeError, match=r"argument 1\['a'\]\[0\] must be a real number, not None"):
        grad(lambda x, y: x, 1)(1.0, {"a": [None]})
    with pytest.raises(TypeError, match=r"argument 0 must be .* not ndarray; use its \.tolist"):
        grad(lambda x: x)(numpy.ones(3))
    assert grad(lambda x, how: x * len(how))(1.0, "ab") == 2.0  # others may be anything


def test_wrong_argnums():
    with pytest.raises(ValueError, match=r"argnums=2, but .* called with 2 positional arguments"):
        grad(lambda x, y: x, argnums=2)(1.0, 2.0)
    with pytest.raises(ValueError, match=r"argnums=\(0, -2\) names an argument twice"):
        grad(lambda x, y: x, argnums=(0, -2))(1.0, 2.0)
    with pytest.raises(ValueError, match="only these can be differentiated"):
        grad(lambda x: x)(x=1.0)
    with pytest.raises(TypeError, match=r"not 2\.0; .* grad\(fun\)\(x\)"):
        grad(lambda x: x, 2.0)
    with pytest.raises(TypeError, match="not True"):
        jacobian(lambda x: x, True)


def test_what_belongs_to_the_other_form_of_grad():
    with pytest.raises(TypeError, match="belong to grad"):
        grad(lambda x: x, create_graph=True)
    with pytest.raises(TypeError, match="must be a function; or"):
        grad(3.0)
    with pytest.raises(TypeError, match="inputs must be a Value, not int"):
        grad(Value(1.0))
    for transform in (value_and_grad, vjp, jacobian, hessian):
        with pytest.raises(TypeError, match="fun must be a function, not Value"):
            transform(Value(1.0))


def test_forms_that_do_not_match():
    with pytest.raises(TypeError, match=r"primals must be the tuple .* \(x,\) for one, not float"):
        jvp(lambda x: x, 1.0, 1.0)
    with pytest.raises(
        ValueError, match=r"tangents\[0\] must have .* primals\[0\], here a list of"
    ):
        jvp(lambda x: x[0], ([1.0, 2.0],), ([1.0],))
    with pytest.raises(ValueError, match="here a dict with keys"):
        hvp(lambda x: x["a"], ({"a": 1.0},), ({"b": 1.0},))
    with pytest.raises(ValueError, match="the function's result, here a list of 2"):
        vjp(lambda x: [x, x], 1.0)[1]([1.0])
    with pytest.raises(TypeError, match=r"tangents\[0\] must be a real number"):
        jvp(lambda x: x, (1.0,), ("1",))


def test_an_error_in_the_function_comes_through():
    with pytest.raises(ZeroDivisionError):
        grad(lambda x: x * (1 / 0))(1.0)
    assert grad(lambda x: x * 2)(1.0) == 2.0
