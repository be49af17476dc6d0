"""L-BFGS and conjugate gradients: valleys, bowls, line searches, states, what is refused."""

import itertools
import json
import math
import random

import pytest

import autograd
import nn
from autograd import Value
from nn.line_search import Point, lowest, strong_wolfe

TIGHT = {"max_iter": 500, "tolerance_grad": 1e-10, "tolerance_change": 1e-18}
METHODS = {
    "L-BFGS": lambda ps, **o: nn.LBFGS(ps, **{**TIGHT, "line_search_fn": "strong_wolfe", **o}),
    "L-BFGS, short memory": lambda ps, **o: nn.LBFGS(
        ps, **{**TIGHT, "line_search_fn": "strong_wolfe", "history_size": 2, **o}
    ),
    "conjugate gradients": lambda ps, **o: nn.ConjugateGradient(ps, **{**TIGHT, **o}),
}
each_method = pytest.mark.parametrize("make", METHODS.values(), ids=METHODS)


def rosenbrock(x):
    return sum((1 - a) ** 2 + 100 * (b - a * a) ** 2 for a, b in itertools.pairwise(x))


def closure_of(function, optimizer):
    def closure():
        optimizer.zero_grad()
        loss = function(optimizer.parameters)
        loss.backward()
        return loss

    return closure


def minimise(make, function, start, steps=1, **options):
    optimizer = make([Value(x) for x in start], **options)
    for _ in range(steps):
        optimizer.step(closure_of(function, optimizer))
    return optimizer


@each_method
@pytest.mark.parametrize("n", [2, 5])
def test_each_finds_the_end_of_rosenbrocks_valley(make, n):
    optimizer = minimise(make, rosenbrock, [-1.2, 1.0, 0.5, -0.5, 2.0][:n], steps=5)
    assert [p.data for p in optimizer.parameters] == pytest.approx([1.0] * n, abs=1e-7)


@each_method
def test_each_finds_the_bottom_of_a_bowl_in_many_dimensions_in_few_moves(make):
    rng = random.Random(0)
    n = 12
    at = [rng.uniform(-2, 2) for _ in range(n)]

    def bowl(x):
        return sum((k + 1) * (xk - c) ** 2 for k, (xk, c) in enumerate(zip(x, at, strict=True)))

    optimizer = minimise(make, bowl, [0.0] * n)
    assert [p.data for p in optimizer.parameters] == pytest.approx(at, abs=1e-8)
    assert optimizer.memory["n_iter"] < 6 * n


@each_method
def test_each_fits_a_line_by_least_squares(make):
    def squares(p):
        return nn.mse_loss([p[0] * x + p[1] for x in range(5)], [2.0, 1.0, 4.0, 3.0, 6.0])

    optimizer = minimise(make, squares, [0.0, 0.0], steps=3)
    assert [p.data for p in optimizer.parameters] == pytest.approx([1.0, 1.2], abs=1e-8)


@each_method
def test_a_line_that_leaves_the_domain_is_searched_nearer(make):
    optimizer = minimise(make, lambda p: p[0] - autograd.log(p[0]), [3.0], steps=3, lr=50.0)
    assert optimizer.parameters[0].data == pytest.approx(1.0, abs=1e-6)


def test_without_a_line_search_moves_have_the_length_of_lr():
    optimizer = minimise(
        nn.LBFGS, lambda p: 0.5 * p[0] * p[0], [4.0], lr=0.5, max_iter=3, max_eval=9
    )
    # The first is lr/|g| long; then the curvature, 1, is known, and each halves what is left.
    assert optimizer.parameters[0].data == pytest.approx((4.0 - 0.5) / 4)


@each_method
def test_a_step_returns_the_loss_before_it(make):
    optimizer = make([Value(-1.2), Value(1.0)])
    assert optimizer.step(closure_of(rosenbrock, optimizer)).data == pytest.approx(24.2)


@each_method
def test_at_the_bottom_nothing_moves(make):
    optimizer = minimise(make, rosenbrock, [1.0, 1.0], steps=2)
    assert [p.data for p in optimizer.parameters] == [1.0, 1.0]
    assert optimizer.memory["n_iter"] == 0


@each_method
def test_no_more_is_computed_than_max_eval_allows_and_one(make):
    optimizer = make([Value(-1.2), Value(1.0)], max_eval=7)
    optimizer.step(closure_of(rosenbrock, optimizer))
    # As in PyTorch: a line search that begins before the limit may go one beyond.
    assert optimizer.memory["func_evals"] in (7, 8)


@each_method
def test_a_state_that_went_through_json_goes_on_to_the_bit(make):
    one = minimise(make, rosenbrock, [-1.2, 1.0], max_iter=3, max_eval=20, steps=2)
    other = make([Value(p.data) for p in one.parameters])
    other.load_state_dict(json.loads(json.dumps(one.state_dict())))
    for optimizer in (one, other):
        optimizer.step(closure_of(rosenbrock, optimizer))
    assert one.state_dict() == other.state_dict()
    assert [p.data for p in one.parameters] == [p.data for p in other.parameters]


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"speed": 1}, KeyError, "unknown .'speed'."),
        ({"d": [1.0]}, ValueError, "1 numbers for 2 parameters"),
        ({"d": 1.0}, TypeError, "'d'. must be a list"),
        ({"t": "long"}, TypeError, "'t'. must be a number"),
        ({"ro": []}, ValueError, "do not fit each other"),
        ({"old_dirs": [[1.0]] * 3}, ValueError, "do not fit each other"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_nothing_changes(changes, error, message):
    optimizer = minimise(METHODS["L-BFGS"], rosenbrock, [-1.2, 1.0], max_iter=3, max_eval=20)
    before = optimizer.state_dict()
    state = optimizer.state_dict()
    state["state"].update(changes)
    with pytest.raises(error, match=message):
        optimizer.load_state_dict(state)
    assert optimizer.state_dict() == before


x = Value(1.0)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.LBFGS([x], lr=-1), ValueError, "lr must be ≥ 0"),
        (lambda: nn.LBFGS([x], max_iter=0), ValueError, "max_iter must be at least 1"),
        (lambda: nn.LBFGS([x], history_size=0), ValueError, "history_size must be at least 1"),
        (lambda: nn.LBFGS([x], tolerance_grad=-1), ValueError, "tolerance_grad must be ≥ 0"),
        (lambda: nn.LBFGS([x], line_search_fn="wolfe"), ValueError, "None, 'strong_wolfe', not"),
        (lambda: nn.LBFGS([{"params": [x], "maximize": True}]), ValueError, "negate the loss"),
        (
            lambda: nn.LBFGS([{"params": [x]}, {"params": [Value(2.0)]}]),
            ValueError,
            "one group of parameters only",
        ),
        (lambda: nn.ConjugateGradient([]), ValueError, "no parameters"),
        (lambda: nn.LBFGS([x]).step(), TypeError, "needs a closure"),
        (lambda: nn.LBFGS([x]).step(lambda: 1.0), TypeError, "must return the loss, a Value"),
        (lambda: nn.LBFGS([x]).step(lambda: Value(math.nan)), FloatingPointError, "is nan"),
    ],
)
def test_bad_arguments_get_an_error_that_names_them(make, error, message):
    with pytest.raises(error, match=message):
        make()


# --- the line search -----------------------------------------------------------------------------

LINES = {
    "a parabola": (lambda t: (t - 3.0) ** 2, lambda t: 2.0 * (t - 3.0)),
    "a quartic": (lambda t: (t - 3.0) ** 4 - t, lambda t: 4.0 * (t - 3.0) ** 3 - 1.0),
    "waves": (lambda t: math.sin(3 * t + 4) + 0.1 * t, lambda t: 3 * math.cos(3 * t + 4) + 0.1),
    "a wall": (
        lambda t: -t - math.log(5 - t) if t < 5 else math.nan,
        lambda t: -1 + 1 / (5 - t) if t < 5 else math.nan,
    ),
}


@pytest.mark.parametrize("c2", [0.9, 0.1])
@pytest.mark.parametrize("first", [1e-3, 1.0, 4.0, 1e3])
@pytest.mark.parametrize("line", LINES)
def test_a_line_search_finds_a_place_that_is_low_and_flat(line, first, c2):
    function, slope = LINES[line]

    def point(t):
        return Point(t, function(t), slope(t), [])

    start = point(0.0)
    assert start.slope < 0
    found, evaluations = strong_wolfe(point, start, first, c2=c2, max_evaluations=60)
    assert found.value <= start.value + 1e-4 * found.t * start.slope
    assert abs(found.slope) <= c2 * abs(start.slope)
    assert evaluations <= 60


def test_a_cubic_is_lowest_where_its_values_and_slopes_say():
    def cubic(t):
        return Point(t, t**3 - 3 * t, 3 * t * t - 3, [])

    assert lowest(cubic(0.0), cubic(3.0), 0.0, 3.0) == pytest.approx(1.0)
    assert lowest(cubic(3.0), cubic(0.0), 0.0, 3.0) == pytest.approx(1.0)
    assert lowest(cubic(0.0), cubic(3.0), 1.5, 3.0) == 1.5
    broken = Point(1.0, math.inf, math.nan, [])
    assert lowest(cubic(0.0), broken, 0.0, 1.0) == 0.5
