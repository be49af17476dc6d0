"""The native executor does what NumPy does with the same statements."""

import numpy as np
import pytest

from autograd import Value, _build
from autograd.compiler.lowered_calls import EACH, TRUTH
from autograd.compiler.program import Program
from autograd.compiler.reading import Reading
from autograd.compiler.runtime import slopes, stacked, view
from autograd.compiler.tracing import trace
from autograd.primitives import table
from tests.compiler import native_malformed
from tests.compiler.fuzz import random_program
from tests.compiler.native_statements import compare, random_statement
from tests.compiler.programs import LAYERS, MODELS, layer_loss
from tests.compiler.test_every_primitive import loss_of

executor = _build.executor()
pytestmark = pytest.mark.skipif(executor is None, reason="the vector machine was not built")
SPECIALS = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 5e-324, -1e-310, 1e308, 0.5, -2.0, 3.0]


@pytest.fixture(params=["plain", "avx2", "avx512"])
def loops(request):
    """Each kind of loops that the processor has."""
    before = executor.use("")
    if executor.use(request.param) != request.param:
        pytest.skip(f"this processor has no {request.param}")
    yield request.param
    executor.use(before)


def assert_agree(traced, monkeypatch, schedules=("latest", "earliest")):
    """All numbers and all gradients of a program, with both executors."""
    inputs = [v.data for v in traced.inputs]
    for when in schedules:
        monkeypatch.setenv("AUTOGRAD_PURE", "1")
        reference = Program(Reading(traced), (when,), "arrays")
        monkeypatch.setenv("AUTOGRAD_PURE", "")
        native = Program(Reading(traced), (when,), "arrays")
        assert reference.code.native is None
        assert native.code.native.native > 0
        assert native.source == reference.source
        assert "executor: native" in native.explain()
        assert "executor: NumPy" in reference.explain()
        for _ in range(2):  # a second run must not see anything of the first
            (value, gradients), (expected, theirs) = native.run(inputs), reference.run(inputs)
            scale = np.abs(theirs[np.isfinite(theirs)]).max(initial=0.0)
            np.testing.assert_allclose(value, expected, rtol=1e-10)
            np.testing.assert_allclose(native.code.U, reference.code.U, rtol=1e-10, atol=1e-12)
            np.testing.assert_allclose(gradients, theirs, rtol=1e-10, atol=1e-10 * scale)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_models(model, monkeypatch):
    loss, args = model()
    assert_agree(trace(loss, args), monkeypatch, ("latest",))


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.__name__)
def test_layers(layer, monkeypatch):
    loss, args = layer_loss(layer)
    assert_agree(trace(loss, args), monkeypatch)


@pytest.mark.parametrize("name", [name for name in table if name != "pick" and "(" not in name])
def test_every_primitive(name, monkeypatch):
    assert_agree(trace(loss_of(table[name]), (2.0,)), monkeypatch, ("latest",))


@pytest.mark.parametrize("seed", range(30))
def test_random_programs(seed, monkeypatch):
    loss, args, _, _ = random_program(seed)
    assert_agree(trace(loss, args), monkeypatch)


@pytest.mark.parametrize("block", range(20))
def test_random_statements(block, loops):
    """On views of all kinds: with strides, turned, repeated, of sizes 0 and 1."""
    for seed in range(40 * block, 40 * block + 40):
        rng = np.random.default_rng(seed)
        line, environment, specs = random_statement(rng)
        compare(line, environment, specs, rtol=1e-12)


@pytest.mark.parametrize("name", sorted({**EACH, **TRUTH}))
def test_special_numbers(name, loops):
    """nan, inf, −0, denormals: what NumPy makes of them, to the sign of 0."""
    ufunc = getattr(np, name)
    count = 3 if name == "where" else ufunc.nin
    grids = np.meshgrid(*[SPECIALS] * count, indexing="ij")
    numbers = [grid.ravel() for grid in grids]
    n = numbers[0].size
    U = np.concatenate([*numbers, np.zeros(n)])
    specs = {f"v{i}": ("U", i * n, (n,), (1,)) for i in range(count + 1)}
    operands = ", ".join(f"v{i}" for i in range(count))
    out = f"v{count}"
    call = f"np.{name}({operands}, out={out})"
    line = f"{out}[...] = np.where({operands})" if name == "where" else call
    compare(
        line,
        {"U": U, "D": np.zeros(1)},
        specs,
        rtol=1e-14,
        signs=name not in ("maximum", "minimum"),
    )


@pytest.mark.parametrize("name", ["max", "min", "logsumexp", "excess", "shift"])
def test_special_numbers_in_functions_of_many(name, loops):
    """Rows beside or below one another, with ties, with nan and inf: results and slopes."""
    columns = [[a, b, c, 0.5, a] for a in SPECIALS for b in SPECIALS for c in (-np.inf, 2.0)]
    for k, n in ((5, len(columns)), (5, 1), (1, 5), (37, 2), (3, 64), (3, 65), (2, 200)):
        rows = np.array(columns).T if (k, n) == (5, len(columns)) else np.zeros((k, n))
        if rows.any():
            rows[4] += 0.25 if name in ("max", "min") else 0.0  # ties are divided among all or none
        else:
            rows = np.random.default_rng(k).normal(size=(k, n))
        size = k * n
        for strides in ((n, 1), (1, k)):
            U = np.zeros(2 * size + n)
            specs = {"v0": ("U", 0, (k, n), strides), "v1": ("U", size, (n,), (1,)),
                     "v2": ("U", size + n, (k, n), (n, 1))}  # fmt: skip
            view(U, *specs["v0"][1:])[...] = rows
            environment = {"U": U, "D": np.zeros(1), "f": stacked(table[name])}
            lines = "v1[...], s = f(v0)" + ("" if name == "shift" else "\nv2[...] = s")
            compare(lines, environment, specs, rtol=1e-13)


@pytest.mark.parametrize("name", ["tanh", "sigmoid"])
def test_special_numbers_in_slopes(name, loops):
    x = np.concatenate([SPECIALS, np.linspace(-40, 40, 1001)])
    n = len(x)
    with np.errstate(all="ignore"):
        out = np.array([table[name].forward(number) for number in x.tolist()])
    specs = {f"v{i}": ("U", i * n, (n,), (1,)) for i in range(3)}
    environment = {
        "U": np.concatenate([out, x, np.zeros(n)]), "D": np.zeros(1), "f": slopes(table[name])
    }  # fmt: skip
    compare("s = f(v0, v1)\nv2[...] = s", environment, specs, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "low", "high", "ulps"),
    [("exp", -745, 709.7, 2), ("expm1", -50, 709, 2), ("log", -700, 700, 2), ("tanh", -25, 25, 4)],
)
def test_errors_are_a_few_units_of_the_last_place(name, low, high, ulps, loops):
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(low, high, 20_000), rng.normal(size=20_000) * 0.1])
    if name == "log":
        x = np.concatenate([np.exp(x), rng.uniform(0.5, 2.0, 20_000)])
    U = np.concatenate([x, np.zeros(len(x))])
    n = len(x)
    specs = {"v0": ("U", 0, (n,), (1,)), "v1": ("U", n, (n,), (1,))}
    found = compare(f"np.{name}(v0, out=v1)", {"U": U, "D": np.zeros(1)}, specs, rtol=1e-14)[n:]
    exact = getattr(np, name)(x.astype(np.longdouble))
    unit = np.spacing(np.abs(exact.astype(float)))
    assert np.max(np.abs(found - exact) / unit) < ulps


def test_a_wrong_index_is_the_same_error(monkeypatch):
    import autograd

    rows = [Value(float(i)) for i in range(5)]
    program = autograd.compile(
        lambda xs: sum(autograd.pick(rows, x) * 2.0 for x in xs), form="arrays"
    )
    assert program([1, 4, 0]) == 10.0
    messages = []
    for pure in ("", "1"):
        monkeypatch.setenv("AUTOGRAD_PURE", pure)
        program = autograd.compile(
            lambda xs: sum(autograd.pick(rows, x) * 2.0 for x in xs), form="arrays"
        )
        program([1, 4, 0])
        for wrong in (5.0, -1.0, 1.5, float("nan")):
            with pytest.raises(IndexError) as error:
                program.program.run([1.0, wrong, 0.0])
            messages.append(str(error.value))
    assert messages[:4] == messages[4:]


def test_malformed_tables_are_refused_or_harmless():
    assert native_malformed.run(executor, 3000) > 1000  # so many were refused


def test_what_is_wrong_with_a_table_is_said():
    record = native_malformed.addition(executor)
    native_malformed.table(executor, record)
    for position, value, message in [
        (0, 10**6, "unknown operation"), (1, 2, "number of parts"), (2, 5, "dimensions"),
        (4, 101, "out of bounds"), (8, 9, "unknown base"), (8, 1, "wrong kind"),
        (9, -1, "out of bounds"), (10, 2, "out of bounds"), (10, 2**50, "stride"),
        (4, 2**62, "shape"), (8, 2, "do not change"),
    ]:  # fmt: skip
        changed = list(record)
        changed[position] = value
        with pytest.raises(ValueError, match=message):
            native_malformed.table(executor, changed)


def test_buffers_of_another_kind_are_refused():
    made = native_malformed.table(executor, native_malformed.addition(executor))
    good, places = np.zeros(100), np.zeros(4, np.int64)
    assert made.run(good, places) == -1
    read_only = np.zeros(100)
    read_only.flags.writeable = False
    for wrong in (np.zeros(99), np.zeros(100, np.float32), np.zeros(100, np.int64),
                  np.zeros(200)[::2], read_only, b"text"):  # fmt: skip
        with pytest.raises((ValueError, BufferError)):
            made.run(wrong, places)
    with pytest.raises(TypeError):
        made.run(None, places)
    with pytest.raises(ValueError):
        made.run(good)
