"""gradcheck: it passes what is right, fails what is wrong, and says who is to blame."""

import math
import random

import pytest

import autograd as ag
import nn
from autograd import Value, detect_anomaly, gradcheck, no_grad, primitive
from autograd.check.complex_step import complex_slope
from autograd.check.slopes import slope
from autograd.graph import topological_order
from autograd.primitives import table


@pytest.fixture
def op():
    """A maker of primitives, which are gone after the test."""
    made = []

    def make(name, forward, partials):
        made.append(name)
        return primitive(name, forward, partials)

    yield make
    for name in made:
        del table[name]


def verdicts(*arguments, **options):
    return gradcheck(*arguments, raise_exception=False, **options)


# --- right and wrong ------------------------------------------------------------------------------


def test_right_gradients_pass():
    assert gradcheck(lambda x, y: x * y.tanh() + ag.logsumexp([x, y]), 2.0, 0.5)
    assert gradcheck(lambda x: x.exp(), -30.0).ok
    assert gradcheck(lambda x: x.exp(), 700.0).ok
    assert gradcheck(lambda x: x**3, 1e4).ok
    assert gradcheck(lambda x: (1e6 * x).sin(), 0.3).ok
    assert gradcheck(lambda x, y: x, 1.0, 2.0).ok  # y is not used: 0 = 0


@pytest.mark.parametrize("factor", [0.0, -1.0, 2.0, 1.001, 1.00001, math.nan, math.inf])
def test_a_wrong_closure_fails_and_is_named(op, factor):
    wrong = op("wrong", lambda x: x * x, lambda out, x: (factor * 2.0 * x,))
    with pytest.raises(AssertionError, match=r"input 1 at 3\.0: .* numeric 6.* WRONG"):
        gradcheck(lambda a, b: a + wrong(b), 1.0, 3.0)
    result = verdicts(lambda a, b: a + wrong(b), 1.0, 3.0)
    assert not result
    assert [c.ok for c in result.comparisons] == [True, False]
    (blame,) = result.blame
    assert (blame.op, blame.operand, blame.count) == ("wrong", 0, 1)
    assert blame.numeric == pytest.approx(6.0, rel=1e-9)
    assert "to blame: wrong(3.0), operand 0: recorded derivative" in str(result)


def test_the_operand_whose_derivative_is_wrong_is_named(op):
    wrong = op("wrong", lambda a, b: a * b, lambda out, a, b: (b, 2.0 * a))

    def function(x):
        y = x.sin()
        for _ in range(3):
            y = wrong(x, y) + ag.sum([x, y, 1.0])
        return y.tanh()

    (blame,) = verdicts(function, 0.3).blame
    assert (blame.op, blame.operand, blame.count) == ("wrong", 1, 3)
    assert "(and 2 more times)" in str(blame)


def test_a_wrong_derivative_of_a_wide_op_is_found(op):
    wrong = op("wrong", lambda *xs: math.fsum(xs), lambda out, *xs: (1.0, 1.0, 0.9, 1.0))
    (blame,) = verdicts(lambda *xs: wrong(*xs) * 2, 1.0, 2.0, 3.0, 4.0).blame
    assert (blame.operand, blame.recorded) == (2, 0.9)


def test_a_correct_result_blames_nobody():
    result = gradcheck(lambda x: x.tanh() * x.relu(), 0.5)
    assert (result.blame, result.notes, result.kinks) == ((), (), ())


# --- small and large ------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1e-8, 1e-30, 1e-200, 1e200])
def test_small_gradients_are_checked_too(op, size):
    wrong = op("wrong", lambda x: size * x, lambda out, x: (2 * size,))
    right = op("right", lambda x: size * x, lambda out, x: (size,))
    assert not verdicts(lambda x: wrong(x), 1.0)
    assert gradcheck(lambda x: right(x), 1.0)


def test_a_small_gradient_beside_a_large_value_is_caught(op):
    wrong = op("wrong", lambda x: 1e-8 * x, lambda out, x: (2e-8,))
    assert not verdicts(lambda x: 1 + wrong(x), 1.0).comparisons[0].ok
    assert gradcheck(lambda x: 1 + 1e-8 * x, 1.0)


def test_what_drowns_in_rounding_is_said_so_and_its_ops_are_checked_one_by_one(op):
    wrong = op("wrong", lambda x: 1e-8 * x, lambda out, x: (2e-8,))
    result = verdicts(lambda x: 1 + 1e-12 * wrong(x), 1.0)
    assert not result
    assert not result.comparisons[0].is_clear
    assert result.blame[0].op == "wrong"
    assert "ok, but too small to be told from rounding" in str(
        gradcheck(lambda x: 1 + 1e-20 * x, 1.0)
    )


@pytest.mark.parametrize(
    ("function", "x"),
    [
        (lambda x: x.log(), 1e-10),
        (lambda x: x.log(), 1e-200),
        (lambda x: 1 / x, 1e-6),
        (lambda x: x.sqrt(), 1e-12),
        (lambda x: x * x, 1e150),
        (lambda x: (x - 1) * (x - 1), 1.0),
        (lambda x: (x.sin() - 0.644217687237691) ** 2, 0.7),  # a minimum: all is rounding
        (lambda x: (1000 + x - 1001) ** 2, 1.0),
        (lambda x: (1e9 * x).tanh(), 0.0),
        (lambda x: ag.sum([1e8, x, -1e8]), 1.0),
    ],
)
def test_steep_flat_and_badly_scaled_functions_pass(function, x):
    assert gradcheck(function, x)


def test_badly_scaled_problems_of_optimisation_pass():
    assert gradcheck(lambda a, b: (a - 1e6) ** 2 + (b - 2e-6) ** 2 + (a * b - 2) ** 2, 1.0, 1.0)
    assert gradcheck(lambda a, b: (1e4 * a * b - 1) ** 2 + ((-a).exp() + (-b).exp()) ** 2, 0.0, 1.0)


def test_tolerances_are_the_callers():
    def detached(x):
        return x * (1 + 1e-3 * x.detach())

    assert not verdicts(detached, 1.0)
    assert gradcheck(detached, 1.0, rtol=1e-2)
    assert gradcheck(detached, 1.0, atol=1e-2)
    assert gradcheck(lambda x: x.exp(), 1.0, eps=1e-3)


# --- kinks, jumps, edges --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "left", "right"),
    [
        (abs, -1.0, 1.0),
        (lambda x: x.relu(), 0.0, 1.0),
        (lambda x: x.leaky_relu(), 0.01, 1.0),
        (lambda x: ag.maximum(x, 3 * x), 1.0, 3.0),
        (lambda x: ag.max([x, 2 * x, -x]), -1.0, 2.0),
        (lambda x: x.relu() * x.exp() + x.sin(), 1.0, 2.0),
    ],
)
def test_a_kink_is_reported_and_is_not_wrong(function, left, right):
    result = gradcheck(function, 0.0)
    assert result.kinks == result.comparisons
    found = result.kinks[0].slope
    assert (found.left, found.right) == pytest.approx((left, right), abs=1e-6)
    assert "kink: slopes" in str(result)


def test_at_a_kink_a_slope_outside_those_on_both_sides_is_wrong(op):
    wrong = op("wrong", abs, lambda out, x: (1.5,))
    result = verdicts(lambda x: wrong(x) * 2, 0.0)
    assert str(result.comparisons[0]).endswith("kink: slopes -2 | 2 WRONG")
    assert result.blame[0].op == "wrong"


@pytest.mark.parametrize("x", [1e-2, 1e-5, -1e-7, 1e-9])
def test_beside_a_kink_only_one_slope_is_right(x):
    result = gradcheck(abs, x)
    assert not result.kinks
    assert result.comparisons[0].numeric == pytest.approx(math.copysign(1, x), rel=1e-9)


def test_a_bend_is_no_kink():
    assert not gradcheck(lambda x: x * x + ag.pow(x, 4.0), 0.0).kinks
    assert not gradcheck(lambda x: 100 * x.cos(), 0.0).kinks
    assert not gradcheck(lambda x: (50 * x).tanh(), 0.01).kinks


def test_where_the_function_jumps_there_is_no_slope():
    result = gradcheck(lambda x: ag.floor(x), 2.0)
    assert "the function jumps here ok" in str(result)
    assert gradcheck(lambda x: ag.floor(x), 2.5)
    assert gradcheck(lambda x: ag.floor(1000 * x) / 1000, 2.0005)  # a staircase, from near by


def test_at_the_edge_of_its_domain_a_function_has_one_side():
    result = gradcheck(lambda x: x.sqrt(), 0.0)
    assert (result.comparisons[0].numeric, result.comparisons[0].slope.kind) == (math.inf, "edge")
    assert "from one side" in str(result)
    assert gradcheck(lambda x: x**1.5, 0.0)
    assert gradcheck(lambda x: ag.asin(x), 1.0)


def test_a_vertical_tangent_is_infinite_from_both_sides(op):
    root = op(
        "root",
        lambda x: math.copysign(abs(x) ** (1 / 3), x),
        lambda out, x: (ag.div(1.0, 3.0 * out * out),),
    )
    assert gradcheck(lambda x: root(x), 0.0).comparisons[0].numeric == math.inf


def test_where_the_function_is_not_finite_there_is_nothing_to_compare():
    assert "choose another point" in str(verdicts(lambda x: x.log(), -1.0))  # nan; backward: −1
    assert not verdicts(lambda x: x.log(), -1.0)
    assert gradcheck(lambda x: x.sqrt(), -1.0)  # nan, and so says backward


def test_a_function_may_raise_beside_the_point():
    def root(x):
        if x < 0:
            raise ValueError("only for x ≥ 0")
        return x.sqrt()

    assert gradcheck(root, 1e-4)


# --- what else can be wrong -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "cut", [lambda x: x.detach(), lambda x: x.data, lambda x: Value(x.item(), requires_grad=False)]
)
def test_a_part_that_is_cut_off_is_found(cut):
    result = verdicts(lambda x: x * cut(x), 3.0)
    assert result.notes == (
        "operand 1 of *(3.0, 3.0) is a constant here, but it changes with the input",
    )
    assert "note: operand 1 of *" in str(result)


def test_hooks_that_change_gradients_are_suspected():
    def function(x):
        y = x * 2
        y.register_hook(lambda grad: 3 * grad)
        return y

    assert "hooks may change the gradients" in str(verdicts(function, 1.0))


def test_a_random_function_is_refused():
    rng = random.Random(0)
    with pytest.raises(ValueError, match=r"gave .* at the same point: it is random"):
        gradcheck(lambda x: x * rng.random(), 1.0)
    with pytest.raises(ValueError, match=r"the gradient of function gave 1\.0, and then 2\.0"):
        gradcheck(lambda x, calls=[0]: alternate(x, calls), 0.0)


def alternate(x, calls):
    """Of the same value at 0 in each call, but not of the same slope."""
    calls[0] += 1
    return x * (1 + calls[0] // 12)


# --- the complex step -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "point"),
    [
        (lambda x: x.exp() * x.sin() / (x.cos() ** 3 + x.sin() ** 3), [1.5]),  # Squire & Trapp
        (lambda x, y: x * y.tanh() - ag.logsumexp([x, y, 1.0]), [2.0, 0.5]),
        (lambda x: x.sigmoid() + x.softplus() + x.silu() + x**-2.5 + x**x, [0.7]),
        (lambda x, y: ag.dot([x, y], [y, 2.0], x) + ag.prod([x, y, x]) + ag.mean([x, y]), [2, 3]),
        (lambda x, y: ag.softmax([x, y, 0.3])[1].log(), [0.4, -3.0]),
        (lambda x: x.sigmoid(), [40.0]),
        (lambda x: x.tanh(), [20.0]),
        (lambda x: (x - 1) ** 3, [-2.0]),
        (lambda x: ag.log1p(x) + ag.expm1(x) + ag.asinh(x) + ag.tan(x), [1e-5]),
        (lambda x: x.sqrt(), [1e-200]),
    ],
)
def test_the_complex_step_agrees_to_the_last_digits(function, point):
    result = gradcheck(function, *point, method="complex", rtol=1e-13)
    assert result.notes == ()
    assert all(c.is_clear for c in result.comparisons)


def test_the_complex_step_agrees_with_backward_on_random_programs():
    rng = random.Random(0)
    for _ in range(50):
        x, y = Value(rng.uniform(0.2, 2.0)), Value(rng.uniform(-2.0, 2.0))
        values = [x, y]
        for _ in range(12):
            a, b = rng.choice(values), rng.choice(values)
            values.append(rng.choice([a + b, a * b, a - b, a.tanh(), b.sin(), a.sigmoid() / 2]))
        root = ag.sum(values)
        root.backward()
        for leaf in (x, y):
            found, error = complex_slope(topological_order(root), leaf)
            assert abs(found - leaf.grad) <= error


def test_where_an_op_has_no_complex_form_differences_are_taken_and_that_is_said():
    model = nn.MLP(2, [3, 1], rng=0)
    result = gradcheck(lambda a, b: model([a, b]), 0.7, -0.4, method="complex")
    assert result.notes == ("central differences, not the complex step: relu has no complex form",)
    assert "note: central differences" in str(result)


def test_the_complex_step_is_not_fooled_by_a_part_that_is_cut_off():
    result = verdicts(lambda x: x * x.detach(), 3.0, method="complex")
    assert not result
    assert result.notes[0] == "central differences: the function is not what its graph says"


# --- how it is called -----------------------------------------------------------------------------


def test_inputs_may_be_nested_lists():
    result = gradcheck(
        lambda rows, bias: ag.dot(rows[0], rows[1], bias), [[1.0, 2.0], (3.0, 4.0)], 0.5
    )
    assert [c.name for c in result.comparisons] == [
        "0[0][0]",
        "0[0][1]",
        "0[1][0]",
        "0[1][1]",
        "1",
    ]
    assert [c.backward for c in result.comparisons] == [3.0, 4.0, 1.0, 2.0, 1.0]
    assert "input 0[1][0] at 3.0: backward 1, numeric 1" in str(result)


def test_gradients_of_a_models_parameters_stay_as_they_are():
    model = nn.MLP(2, [3, 1], rng=0)
    for i, parameter in enumerate(model.parameters()):
        parameter.grad = float(i)
    gradcheck(lambda a, b: model([a, b]), 0.7, -0.4)
    assert [p.grad for p in model.parameters()] == [float(i) for i in range(13)]


def test_derivatives_of_derivatives_can_be_checked():
    assert gradcheck(ag.grad(lambda x: x.tanh() * x), 0.3)
    assert gradcheck(lambda x: ag.grad(ag.grad(lambda t: (x * t).sin()))(x), 0.3)


def test_a_checkpoint_can_be_checked(op):
    wrong = op("wrong", lambda x: x * x, lambda out, x: (3.0 * x,))
    assert gradcheck(lambda x: ag.checkpoint(lambda t: t.tanh() * t, x) + x, 0.3)
    assert not verdicts(lambda x: ag.checkpoint(lambda t: wrong(t), x) + x, 0.3)


def test_modes_around_it_make_no_difference():
    with no_grad():
        assert gradcheck(lambda x: x.exp(), 1.0)
    with detect_anomaly():  # beside the point, log is nan; that is no anomaly of the program
        assert gradcheck(lambda x: x.log(), 1e-3)


def test_the_parts_of_a_softmax_are_right_together_and_none_is_blamed(op):
    wrong = op("wrong", lambda x: x, lambda out, x: (2.0,))
    assert gradcheck(lambda x, y: ag.softmax([x, y, 0.3])[0] + 1e20, 0.4, 3.0)
    (blame,) = verdicts(lambda x, y: ag.log_softmax([wrong(x), y])[1], 0.4, 3.0).blame
    assert blame.op == "wrong"


def test_constant_functions_have_gradient_zero():
    assert gradcheck(lambda x: Value(3.0, requires_grad=False), 1.0)


def test_what_cannot_be_checked_is_refused():
    with pytest.raises(ValueError, match="at least one input"):
        gradcheck(lambda: Value(1.0))
    with pytest.raises(TypeError, match="must return a Value, not float"):
        gradcheck(lambda x: x.data, 1.0)
    with pytest.raises(TypeError, match="gradcheck input must be a real number"):
        gradcheck(lambda x: x, "1")
    with pytest.raises(ValueError, match=r"eps\): must be > 0"):
        gradcheck(lambda x: x, 1.0, eps=0.0)
    with pytest.raises(ValueError, match=r"rtol\): must be ≥ 0"):
        gradcheck(lambda x: x, 1.0, rtol=-1.0)
    with pytest.raises(ValueError, match=r'method\): must be "central" or "complex"'):
        gradcheck(lambda x: x, 1.0, method="forward")


# --- measured slopes ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "x", "expected"),
    [
        (math.exp, 1.0, math.e),
        (math.sin, 1e3, math.cos(1e3)),
        (math.tanh, 5.0, 1.8158323094380667e-4),
        (math.atan, 1e8, 1e-16),
        (math.gamma, 5.5, math.gamma(5.5) * 1.6110931485817514),  # Γ′ = Γ·ψ
        (lambda x: abs(x) ** 3, 0.0, 0.0),
    ],
)
def test_a_measured_slope_knows_its_error(function, x, expected):
    found = slope(function, x)
    assert found.kind == "smooth"
    assert abs(found.value - expected) <= found.error
    assert found.error <= 1e-7 * abs(expected) + 1e-11
