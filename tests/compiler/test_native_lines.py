"""Irregular programs run by the machine, line by line: what Python's lines make of them."""

import itertools
import math

import numpy as np
import pytest

import autograd
from autograd import Value, _build
from autograd.compiler import scalars
from autograd.compiler.program import Program
from autograd.compiler.reading import Reading
from autograd.compiler.tracing import trace
from autograd.primitives import table
from tests.compiler import native_malformed
from tests.compiler.fuzz import random_program
from tests.compiler.programs import LAYERS, MODELS, irregular, layer_loss
from tests.compiler.test_every_primitive import arity_of, loss_of

executor = _build.executor()
pytestmark = pytest.mark.skipif(executor is None, reason="the vector machine was not built")
SPECIALS = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 5e-324, 1e308, 0.5, -2.0, 3.0]
PYTHON = {"//", "%", "fmod"}  # with closures that the machine has no words for
NAMES = [name for name in table if "(" not in name]


def both(traced, monkeypatch):
    """The program run by the machine, and run by Python."""
    native = Program(Reading(traced), form="scalars")
    monkeypatch.setattr(scalars, "native_lines", lambda *_: None)
    python = Program(Reading(traced), form="scalars")
    monkeypatch.undo()
    assert python.code.native is None
    assert python.parameters
    return native, python


def assert_agree(traced, monkeypatch, is_native=True):
    native, python = both(traced, monkeypatch)
    assert (native.code.native is not None) == is_native
    assert native.source == python.source
    inputs = [v.data for v in traced.inputs]
    for _ in range(2):  # a second run must not see anything of the first
        (value, gradients), (expected, theirs) = native.run(inputs), python.run(inputs)
        np.testing.assert_allclose(value, expected, rtol=1e-12)
        scale = np.abs(theirs[np.isfinite(theirs)]).max(initial=0.0)
        np.testing.assert_allclose(gradients, theirs, rtol=1e-10, atol=1e-12 * scale)
        np.testing.assert_array_equal(
            np.array(native.code.U)[native.code.kept].round(9), np.array(python.code.U).round(9)
        )


@pytest.mark.parametrize("model", [*MODELS, irregular], ids=lambda model: model.__name__)
def test_models(model, monkeypatch):
    loss, args = model()  # which holds the parameters
    assert_agree(trace(loss, args), monkeypatch)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.__name__)
def test_layers(layer, monkeypatch):
    loss, args = layer_loss(layer)
    assert_agree(trace(loss, args), monkeypatch)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "pick"])
def test_every_primitive(name, monkeypatch):
    loss = loss_of(table[name])
    assert_agree(trace(loss, (2.0,)), monkeypatch, name not in PYTHON)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"pick", *PYTHON}])
def test_special_numbers(name, monkeypatch):
    """nan, inf, −0, denormals: values and slopes are the engine's."""
    primitive = table[name]
    arity = arity_of(primitive)
    rows = list(itertools.product(SPECIALS, repeat=min(arity, 2)))
    rows = [[Value(x) for x in (*row, 0.5, 3.0)[:arity]] for row in rows]
    traced = trace(lambda: (sum(nodes := [primitive(*row) for row in rows]), nodes), ())
    native, python = both(traced, monkeypatch)
    assert native.code.native is not None
    (_, gradients), (_, theirs) = native.run([]), python.run([])
    np.testing.assert_allclose(native.outputs(), python.outputs(), rtol=1e-12)
    np.testing.assert_allclose(gradients, theirs, rtol=1e-12)


@pytest.mark.parametrize(
    "name", ["+", "-", "*", "/", "neg", "exp", "log", "sqrt", "tanh", "sigmoid", "relu", "sin"]
)
def test_the_usual_ops_are_as_exact_as_the_engine(name, monkeypatch):
    """To the last bit: Adam makes a step of what is left where gradients cancel."""
    primitive = table[name]
    rng = np.random.default_rng(0)
    rows = [[Value(x) for x in rng.uniform(0.1, 2.0, arity_of(primitive))] for _ in range(200)]
    traced = trace(lambda: (sum(nodes := [primitive(*row) for row in rows]), nodes), ())
    native, python = both(traced, monkeypatch)
    (_, gradients), (_, theirs) = native.run([]), python.run([])
    assert native.outputs() == python.outputs()
    assert gradients.tolist() == theirs.tolist()


@pytest.mark.parametrize("seed", range(60))
def test_random_programs(seed, monkeypatch):
    loss, args, _, _ = random_program(seed)
    traced = trace(loss, args)
    native, _ = both(traced, monkeypatch)
    assert_agree(traced, monkeypatch, native.code.native is not None)


def test_a_look_up_reads_and_gives_to_the_element(monkeypatch):
    rows = [Value(float(i)) for i in range(5)]
    program = autograd.compile(
        lambda xs: sum(autograd.pick(rows, x) * (x + 2.0) for x in xs), form="scalars"
    )
    assert program([1, 4, 1]) == 30.0
    assert [row.grad for row in rows] == [0.0, 6.0, 0.0, 0.0, 6.0]
    assert program.program.code.native is not None
    for wrong in (5.0, -1.0, 1.5, float("nan"), float("inf")):
        with pytest.raises(IndexError, match=f"from 0 to 4, not {wrong!r}"):
            program.program.run([1.0, wrong, 0.0])


@pytest.mark.parametrize(
    ("forward", "is_native"),
    [
        (lambda x: x * x * x, True),
        (lambda x: x * math.sqrt(x * x) * x if x else 0.0, False),  # a branch
        (lambda x: math.pow(x, 3.0), False),
    ],
    ids=["generic", "branch", "math"],
)
def test_an_op_of_ones_own_is_native_if_it_is_generic_arithmetic(forward, is_native):
    cube = autograd.primitive("cube of one's own", forward, lambda out, x: (3.0 * x * x,))
    try:
        w = Value(0.5)
        program = autograd.compile(lambda x: cube(w * x).sin(), form="scalars")
        assert program(2.0) == pytest.approx(math.sin(1.0))
        assert w.grad == pytest.approx(math.cos(1.0) * 6.0)
        assert (program.program.code.native is not None) == is_native
    finally:
        del table["cube of one's own"]


def test_nothing_flows_into_what_only_a_comparison_has_read():
    w = Value(0.0)

    def loss(x):
        steep = (w * x).sqrt()  # of infinite slope: 0 times that would be nan
        return w * 2.0 if steep < 1.0 else w * 3.0

    program = autograd.compile(loss, form="scalars")
    assert program(1.0) == 0.0
    assert w.grad == 2.0
    assert program.program.code.native is not None


def test_nothing_flows_into_the_branch_that_was_not_chosen():
    w = Value(0.0)
    program = autograd.compile(
        lambda x: autograd.where(x, w * 2.0, (w * x).sqrt()) + x.exp(), form="scalars"
    )
    for x, value in ((1.0, 2.0), (800.0, float("inf"))):  # its slope is infinite, too
        w.grad = 0.0
        assert program(x) == pytest.approx(value + 0.718281828459045 * (x == 1.0))
        assert w.grad == 2.0
    assert program.program.code.native is not None


def test_the_program_says_what_runs_it(monkeypatch):
    program = autograd.compile(*irregular()[:1])
    program(*irregular()[1])
    assert "executor: native, " in program.explain()
    monkeypatch.setenv("AUTOGRAD_PURE", "1")
    program = autograd.compile(*irregular()[:1])
    program(*irregular()[1])
    assert "executor: Python" in program.explain()


def test_malformed_lines_are_refused_or_harmless():
    assert native_malformed.run_lines(executor, 3000) > 1000  # so many were refused


def test_numbers_of_another_kind_are_refused():
    add = [executor.OPERATIONS["add"], 0, 1, 2, 0]
    made = executor.Lines(np.array([add], np.int32), np.zeros(0, np.int32), 3)
    good = np.array([0.0, 1.0, 2.0])
    assert made.run(good) == -1
    assert good[0] == 3.0
    read_only = np.zeros(3)
    read_only.flags.writeable = False
    for wrong in (np.zeros(2), np.zeros(3, np.int64), np.zeros(6)[::2], read_only, b"text"):
        with pytest.raises((ValueError, BufferError)):
            made.run(wrong)
    for changed in (
        [10**6, 0, 1, 2, 0],
        [-1, 0, 1, 2, 0],
        [*add[:1], 3, 1, 2, 0],
        [*add[:3], -1, 0],
    ):
        with pytest.raises(ValueError, match="line 0: unknown, or out of bounds"):
            executor.Lines(np.array([changed], np.int32), np.zeros(0, np.int32), 3)
    with pytest.raises(ValueError, match="place 0: out of bounds"):
        executor.Lines(np.zeros((0, 5), np.int32), np.array([3], np.int32), 3)
