"""Where a rounding error decides: kinks, jumps, Python branches; and inf behind a mask."""

import math

import numpy as np
import pytest

import autograd
import nn
from autograd import CompileError, Value, _build, compile, where
from autograd.compiler.program import Program
from autograd.compiler.reading import Reading
from autograd.compiler.tracing import trace

EXECUTORS = ["1"] if _build.executor() is None else ["", "1"]


@pytest.fixture(params=EXECUTORS, ids=lambda pure: "NumPy" if pure else "native")
def executor(request, monkeypatch):
    monkeypatch.setenv("AUTOGRAD_PURE", request.param)


def cancelling_rows(n, columns=33):
    """Rows that add up to 0, but for rounding: which error depends on the order."""
    X = np.random.default_rng(0).normal(size=(n, columns)).round(1)
    X[:, -1] -= X.sum(axis=1)
    return X


@pytest.mark.parametrize("op", ["relu", "abs", "sign", "round"])
def test_on_which_side_of_an_edge_rounding_puts_a_sum_is_no_bug(op, executor):
    X, W = cancelling_rows(30), [[Value(1.0) for _ in range(33)] for _ in range(5)]

    def loss(X):
        shift = 0.5 if op == "round" else 0.0
        sums = [autograd.dot(row, x) + shift for x in X for row in W]
        return autograd.sum([getattr(autograd, op)(s) for s in sums])

    value = compile(loss, form="arrays")(X)
    assert abs(value - loss(X).data) <= len(X) * len(W)


def test_a_wrong_gradient_beside_a_kink_is_found(monkeypatch):
    real = Program.run

    def wrong(self, *args):
        value, gradients = real(self, *args)
        return value, gradients + 1.0

    monkeypatch.setattr(Program, "run", wrong)
    w = Value(0.0)
    with pytest.raises(CompileError, match="differs from the eager engine"):
        compile(lambda x: (w * x).relu())(1.0)


def test_a_branch_is_the_one_that_the_engine_took(executor):
    """If matrix products round otherwise, the program is lines of Python in the engine's order."""
    X = cancelling_rows(40)
    w = [Value(1.0) for _ in range(33)]

    def loss(X):
        total = 0.0
        for x in X:
            s = autograd.dot(w, x)
            total = total + (s * 100.0 + 7.0 if s == 0.0 else s * 2.0)
        return total

    program = compile(loss)
    for args in (X, X + 0.1, 0.0 * X, X):
        assert program(args) == pytest.approx(loss(args).data, rel=1e-9, abs=1e-9)


def test_a_program_never_says_that_it_took_another_branch(monkeypatch):
    w = [Value(0.1) for _ in range(3)]
    traced = trace(
        lambda X: sum(x[0] if autograd.dot(w, x) > 0 else 0.0 for x in X), ([[1.0] * 3],)
    )
    monkeypatch.setattr(
        "autograd.compiler.arrays.ArrayCode.forward", lambda self, *numbers: self.U.fill(-1.0)
    )
    assert "because a rounding error decides" in Program(Reading(traced), form="arrays").explain()


# --- where hides inf and nan from the gradients -------------------------------------------------

MISSING = [math.nan, math.inf, -math.inf]


@pytest.mark.parametrize("missing", MISSING)
@pytest.mark.parametrize("form", ["arrays", "scalars"])
def test_missing_data_behind_a_mask_may_be_nan_or_inf(missing, form, executor):
    model = nn.MLP(2, [4, 1], rng=0)

    def loss(X, y, there):
        errors = [(model(x) - t) ** 2 for x, t in zip(X, y, strict=True)]
        return autograd.sum([where(m, e, 0.0) for m, e in zip(there, errors, strict=True)])

    X, labels = nn.make_moons(12, rng=0)
    y = [float(t) for t in labels]
    X_gap = [[missing, x[1]] if i == 3 else x for i, x in enumerate(X)]
    y_gap = [missing if i == 5 else t for i, t in enumerate(y)]
    program = compile(loss, form=form)
    for args in ((X, y, [1.0] * 12), (X_gap, y_gap, [float(i not in (3, 5)) for i in range(12)])):
        value, gradients = program.value_and_grad(*args)
        expected = loss(*args)
        model.zero_grad()
        expected.backward()
        assert value == pytest.approx(expected.data, rel=1e-12)
        found = dict(zip(map(id, program.parameters), gradients, strict=True))
        eager = [p.grad for p in model.parameters()]
        assert [found[id(p)] for p in model.parameters()] == pytest.approx(eager, rel=1e-10)
    assert program.traces == 1
