"""checkpoint: the same gradients, with the inside of a computation recorded again."""

import contextlib
import copy
import gc
import math
import pickle
import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import BINARY, SMOOTH, programs, run

import autograd as ag
from autograd import (
    StaleGraphError,
    Value,
    checkpoint,
    detect_anomaly,
    enable_grad,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    no_grad,
)


def plain(fun, *args):
    return fun(*args)


def gradients(compute, *data):
    """Leaves' gradients after backward() of compute(*leaves), and the result."""
    leaves = [Value(x) for x in data]
    y = compute(*leaves)
    y.backward()
    return y.data, [x.grad for x in leaves]


def rnn(call, steps, hidden=3, segment=1):
    """A recurrent net, a segment of steps at a time; returns loss and gradients of everything."""
    numbers = random.Random(1)
    draw = lambda n: [Value(numbers.gauss(0, 0.6)) for _ in range(n)]  # noqa: E731
    W, U, b = [draw(hidden) for _ in range(hidden)], draw(hidden), draw(hidden)
    start = draw(hidden)

    def unroll(h, xs):
        for x in xs:
            h = [ag.tanh(U[i] * x + ag.dot(W[i], h) + b[i]) for i in range(hidden)]
        return h

    xs = [math.sin(t) for t in range(steps)]
    h = start
    for t in range(0, steps, segment):
        h = call(unroll, h, xs[t : t + segment])
    loss = ag.sum([x * x for x in h])
    loss.backward()
    leaves = [*W[0], *W[1], *W[2], *U, *b, *start]
    return loss.data, [x.grad for x in leaves]


# --- the same gradient ----------------------------------------------------------------------------


@pytest.mark.parametrize("segment", [1, 3, 20])
def test_a_recurrent_net_has_the_same_gradient_to_the_bit(segment):
    expected = rnn(plain, 20)
    assert rnn(checkpoint, 20, segment=segment) == expected


@pytest.mark.parametrize(
    "step",
    [
        lambda h, x, w, u: (w * h + u * x).tanh(),
        lambda h, x, w, u: (u * x + w * h).tanh(),  # the walk meets u·x before h's past …
        lambda h, x, w, u: (w * 2) * h + (u * x) * h * (u + 1) - w,  # … and so on
        lambda h, x, w, u: ag.dot([u * x, w], [w * x, h], u),
        lambda h, x, w, u: ag.where(h, h * w, u * w) + u * u,
    ],
)
def test_sums_are_taken_in_the_order_of_the_plain_graph(step):
    def chain(call):
        def compute(h, w, u):
            for t in range(15):
                h = call(lambda h, x: step(h, x, w, u), h, math.cos(t))
            return h * h

        return gradients(compute, 0.3, 0.7, -0.4)

    assert chain(checkpoint) == chain(plain)


def test_nested_checkpoints():
    def chain(call):
        def compute(h, w):
            def many(h, n):
                if n == 1:
                    return (h * w + 0.1).sin() + h * (w * 2)
                return call(many, call(many, h, n // 2), n - n // 2)

            return many(h, 24)

        return gradients(compute, 0.3, 0.7)

    assert chain(checkpoint) == chain(plain)


def test_what_a_function_closes_over_gets_its_gradient():
    """Leaves and inner nodes, which others use too."""

    def compute(call):
        def f(x, w):
            inner = (w * x).exp()
            y = call(lambda v: inner * v * w + inner.log(), x)
            return y * inner

        return gradients(f, 0.7, -1.3)

    assert compute(checkpoint) == compute(plain)


def test_structures_in_and_out():
    def compute(call):
        def f(a, b, c):
            def inside(p, scale=None):
                p["x"][0] = p["x"][0] * scale[0]
                first = p["x"][0] * p["y"]
                return {"both": (first, first + p["x"][1]), "old": p["y"], "same": first, "n": 3.0}

            out = call(inside, {"x": [a, b], "y": c}, [2.0])
            assert out["old"] is c
            assert out["n"] == 3.0
            assert out["both"][0] is out["same"]
            return out["both"][0] * out["both"][1] * out["old"] * out["n"]

        return gradients(f, 0.5, -0.7, 1.1)

    assert compute(checkpoint) == compute(plain)


def test_the_callers_list_may_change_afterwards():
    state = [Value(2.0)]
    first = state[0]
    y = checkpoint(lambda s: s[0] * s[0], state)
    state[0] = y
    y.backward()
    assert first.grad == 4.0


def test_outputs_that_are_not_used_pass_nothing_on():
    """Not even 0·inf."""
    x = Value(0.0)
    used, _unused = checkpoint(lambda x: [x + 1, x.log()], x)
    (used * 3).backward()
    assert x.grad == 3.0
    x.grad = 0.0
    _unused, used = checkpoint(lambda x: [x.log(), x + 1], x)
    (used * 3).backward()
    assert x.grad == 3.0
    assert grad(used * 3, x) == 3.0


def test_an_output_below_another():
    for use in ([1, 0], [0, 1], [1, 1], [3, -2]):

        def compute(call, use=use):
            def f(x, w):
                def inside(x):
                    a = x * w
                    return [a, a.sin() * w]

                a, b = call(inside, x)
                return (a if use[0] else 0.0) * use[0] + (b if use[1] else 0.0) * use[1] + x

            return gradients(f, 0.3, -0.9)

        assert compute(checkpoint) == compute(plain)


def test_outputs_used_in_another_order_and_apart():
    def compute(call):
        def f(x, w):
            a, b, c = call(lambda v: [(v * w).sin(), v * v * w, (v + w).exp()], x)
            return c * x + (b + a * w) * c

        return gradients(f, 0.3, -0.9)

    (value, found), (expected_value, expected) = compute(checkpoint), compute(plain)
    assert value == expected_value
    assert found == pytest.approx(expected, rel=1e-14)


ops = (*BINARY, *SMOOTH)
some_programs = st.lists(programs(ops=ops, min_size=2, max_size=5), min_size=1, max_size=4)
some_points = st.lists(st.sampled_from([-1.5, -0.5, 0.25, 0.75, 1.25]), min_size=3, max_size=3)


@given(parts=some_programs, point=some_points, used=st.integers(0, 2))
def test_random_programs_in_random_segments(parts, point, used):
    """Each segment hands on its last two numbers, of which the next one may use neither."""

    def compute(call):
        def f(*leaves):
            xs = list(leaves)
            for program in parts:
                inside = lambda v, p=program: run(p, [*v[1:], leaves[0]], last=2)  # noqa: E731
                xs = [xs[0], *call(inside, xs)]
            return ag.tanh(xs[used]) * leaves[1]

        return gradients(f, *point)

    (value, found), (expected_value, expected) = compute(checkpoint), compute(plain)
    assert value == expected_value or value != value
    scale = max(1.0, *map(abs, expected))
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-12 * scale, nan_ok=True)


# --- as any other graph ---------------------------------------------------------------------------


def test_backward_accumulates_as_usual():
    x, w = Value(0.5), Value(2.0)
    y = checkpoint(lambda x: (w * x).tanh(), x)
    y.backward()
    once = x.grad, w.grad
    y.backward()
    assert (x.grad, w.grad) == (2 * once[0], 2 * once[1])
    x.zero_grad()
    w.zero_grad()
    y.backward(gradient=0.5)
    assert (x.grad, w.grad) == (once[0] / 2, once[1] / 2)


def test_outputs_have_a_gradient_and_take_hooks():
    x, seen = Value(2.0), []
    x.register_hook(seen.append)
    y = checkpoint(lambda x: x * x, x)
    y.register_hook(lambda g: seen.append(g) or g * 10)
    (y * 3).backward()
    assert seen == [3.0, 120.0]
    assert (y.grad, x.grad) == (30.0, 120.0)


def test_constants_keep_gradient_zero():
    c = Value(3.0, requires_grad=False)
    x = Value(2.0)
    checkpoint(lambda x: x * c, x).backward()
    assert (c.grad, x.grad) == (0.0, 3.0)


def test_modes():
    x, w = Value(2.0), Value(3.0)
    with no_grad():
        y = checkpoint(lambda x: x * w, x)
        assert not y.requires_grad
        with enable_grad():
            y = checkpoint(lambda x: x * w, x)
        y.backward()
    assert (x.grad, w.grad) == (3.0, 2.0)
    with detect_anomaly():
        checkpoint(lambda x: x * w.tanh(), x).backward()
        with pytest.raises(ArithmeticError, match="log"):
            checkpoint(lambda x: (x * 0).log(), x)


def test_nothing_to_forget():
    x = Value(2.0)
    assert checkpoint(lambda x: x, x) is x
    assert checkpoint(lambda x: 3.0, x) == 3.0
    assert not checkpoint(lambda x: x.detach() * 2, x).requires_grad
    with pytest.raises(TypeError, match="fun must be a function, not Value"):
        checkpoint(x)


def test_all_transforms_go_through_it():
    def loss(call):
        def f(p):
            w, u = p
            h = 0.2
            for t in range(6):
                h = call(lambda h, x: ag.tanh(u * x + w * h), h, t / 3)
            return h * h

        return f

    p, v = [0.7, -0.3], [1.0, 2.0]
    f, g = loss(plain), loss(checkpoint)
    assert grad(g)(p) == grad(f)(p)
    assert jvp(g, (p,), (v,)) == jvp(f, (p,), (v,))
    assert jacobian(lambda p: [g(p), p[0]])(p) == jacobian(lambda p: [f(p), p[0]])(p)
    close = lambda x: pytest.approx(x, rel=1e-13)  # noqa: E731
    assert hessian(g)(p) == [close(row) for row in hessian(f)(p)]
    assert hvp(g, (p,), (v,))[0] == close(hvp(f, (p,), (v,))[0])
    third = lambda f: grad(lambda p: grad(lambda p: grad(f)(p)[0])(p)[1])(p)  # noqa: E731
    assert third(g) == close(third(f))
    assert grad(lambda w: grad(lambda x: checkpoint(lambda x: ag.sin(w * x), x))(0.3))(
        0.7
    ) == close(math.cos(0.21) - 0.21 * math.sin(0.21))


def test_transforms_inside_a_checkpoint():
    """A loss on a slope: the inside itself takes a derivative."""

    def compute(call):
        def f(w):
            slope = lambda x: grad(lambda x: ag.tanh(w * x))(x)  # noqa: E731
            y = w
            for _ in range(3):
                y = y + call(slope, y)
            return y

        return gradients(f, 0.7)

    assert compute(checkpoint) == compute(plain)


# --- what cannot work is refused ------------------------------------------------------------------


def test_a_function_must_repeat_itself():
    rng = random.Random(0)
    with pytest.raises(RuntimeError, match="must not draw random numbers"):
        checkpoint(lambda x: x * rng.random(), Value(1.0)).backward()
    y = Value(1.0)
    for i in range(2):
        y = checkpoint(lambda v: v * (i + 2), y)  # noqa: B023 (the mistake at issue)
    i = 5
    with pytest.raises(RuntimeError, match=r"gave \[.*\] from .* not \[.*the index of a loop"):
        y.backward()
    for answer, message in (([], "gave 0 numbers"), ([3.0], r"gave \[3\.0\], not \[1\.0\]")):
        first = iter([True, False])
        y = checkpoint(lambda x: [x * x] if next(first) else answer, Value(1.0))[0]  # noqa: B023
        with pytest.raises(RuntimeError, match=message):
            y.backward()


def test_changed_data_is_refused():
    x, w = Value(2.0), Value(3.0, label="w")
    y = checkpoint(lambda x: x * w, x)
    assert y.replay() == 6.0
    w.data = 4.0
    with pytest.raises(StaleGraphError, match=r"w = 4\.0 was 3\.0 when the function ran"):
        y.backward()
    assert (x.grad, w.grad) == (0.0, 0.0)
    with pytest.raises(StaleGraphError, match="cannot be replayed"):
        y.replay()
    w.data = 3.0
    y.backward()
    assert (x.grad, w.grad) == (3.0, 2.0)


def test_copies_and_pickles_are_refused():
    y = checkpoint(lambda x: x * x, Value(2.0))
    for attempt in (copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match=r"goes through checkpoint\(\) cannot be copied"):
            attempt(y)


def test_a_pass_that_fails_half_way_leaves_nothing_behind():
    x, w = Value(0.5), Value(2.0)
    fail = []

    def hook(gradient):
        if fail:
            raise KeyError

    def inside(x):
        return [(w * 3) * x, (w * 2) * (x * w)]

    middle = x * 1.0
    middle.register_hook(hook)
    a, b = checkpoint(inside, middle)
    y = a * b
    y.backward()
    expected = x.grad, w.grad
    fail.append(True)
    with pytest.raises(KeyError):
        y.backward()
    fail.clear()
    assert (x.grad, w.grad) == expected
    x.grad = w.grad = 0.0
    y.backward()
    assert (x.grad, w.grad) == expected


# --- depth and memory -----------------------------------------------------------------------------


def test_a_chain_of_10_000_checkpoints():
    x, w = Value(0.5), Value(0.9999)
    h = x
    for _ in range(10_000):
        h = checkpoint(lambda h: h * w, h)
    h.backward()
    assert x.grad == pytest.approx(0.9999**10_000, rel=1e-9)
    assert grad(h, x) == x.grad


def test_no_cyclic_garbage():
    def everything():
        rnn(checkpoint, 4, segment=2)
        hessian(lambda x: checkpoint(lambda x: checkpoint(ag.tanh, x * x) * x, x))(0.4)
        with contextlib.suppress(RuntimeError):
            checkpoint(lambda x: x * random.random(), Value(1.0)).backward()

    everything()
    gc.collect()
    gc.disable()
    try:
        for _ in range(5):
            everything()
        assert gc.collect() == 0
    finally:
        gc.enable()


def peak(steps, segment, call):
    """The most memory that a recurrent net of so many steps holds at a time, in bytes."""
    gc.collect()
    tracemalloc.start()
    rnn(call, steps, segment=segment)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_memory_of_a_long_recurrent_net():
    """Memory against time, 3 units, √n segments of √n steps, CPython 3.11:

    =====  ==========  ============  =====
    steps  plain       checkpointed  time
    =====  ==========  ============  =====
      900   3,374 kB        697 kB   × 2.5
    3,600  13,141 kB      1,819 kB   × 2.8
    =====  ==========  ============  =====
    """
    assert peak(900, 30, checkpoint) < peak(900, 30, plain) / 4


def test_code_in_a_checkpoint_may_compare_values():
    x = Value(2.0)
    y = checkpoint(lambda v: v * v if v > 1.0 else -v, x)
    y.backward()
    assert (y.data, x.grad) == (4.0, 4.0)
