"""The table: one entry per op, public, documented, open to users."""

import doctest
import inspect
import pickle
from fractions import Fraction

import numpy
import pytest
from oracles import derivatives, inf, nan, same_bits, value_and_gradient

import autograd as ag
from autograd import Primitive, Value, primitive
from autograd.primitives import (
    activations,
    arithmetic,
    elementary,
    picking,
    pow_constant,
    reductions,
    rounding,
    selection,
    smooth,
    table,
    trigonometric,
)


@pytest.fixture
def cube():
    """A primitive as a user registers it."""
    yield primitive(
        "cube",
        lambda x: x * x * x,
        lambda out, x: (3.0 * x * x,),
        doc="x³",
    )
    del table["cube"]


def test_a_registered_primitive_works_on_numbers_values_and_arrays(cube):
    assert same_bits(cube(2.0), 8.0)
    assert same_bits(cube(2), 8.0)
    assert value_and_gradient(cube, 2.0) == (8.0, (12.0,))
    assert derivatives(cube, 2.0, 4) == [8, 12, 12, 6, 0]
    assert cube(numpy.array([1.0, 2.0])).tolist() == [1.0, 8.0]
    assert repr(cube) == "<primitive cube>"
    assert cube.__doc__ == "x³"
    assert cube.symbol == "cube"


def test_a_primitive_of_many_operands_with_a_missing_edge():
    gate = primitive(
        "gate", lambda a, b, c: a * b, lambda out, a, b, c: (b, None, None), array=lambda np, *x: 0
    )
    try:
        a, b, c = Value(2.0), Value(3.0), Value(4.0)
        y = gate(a, b, c)
        assert y.partials == (3.0, None, None)
        y.backward()
        assert (a.grad, b.grad, c.grad) == (3.0, 0.0, 0.0)
        (gate(a, b, 1) + gate(1, b, 2.0)).backward()
        assert (a.grad, b.grad) == (6.0, 0.0)
    finally:
        del table["gate"]


def test_a_name_can_be_taken_once(cube):
    with pytest.raises(ValueError, match="'cube' is registered already"):
        primitive("cube", abs, abs)
    with pytest.raises(ValueError, match=r"'\+' is registered already"):
        primitive("+", abs, abs)
    assert table["cube"] is cube


def test_forward_and_partials_must_be_callable():
    with pytest.raises(TypeError, match="forward and partials must be callable"):
        primitive("broken", 3, abs)
    assert "broken" not in table


@pytest.mark.parametrize("operands", [1, 2, 3])
@pytest.mark.parametrize("partials", [(), (1.0,), (1.0, 1.0), (1.0, None, 1.0), 1.0, [1.0], None])
def test_a_primitive_must_give_a_partial_for_each_operand(operands, partials):
    if type(partials) is tuple and operands == len(partials):
        return
    entry = primitive("miscounted", lambda *xs: sum(xs), lambda out, *xs: partials)
    try:
        with pytest.raises(ValueError, match=rf"'miscounted' must be a tuple of {operands}, one"):
            entry(*[Value(1.0)] * operands)
    finally:
        del table["miscounted"]


def test_primitives_with_constants_are_cached_by_value_and_sign():
    assert pow_constant(3) is pow_constant(3.0)
    assert activations.elu_constant(0.0) is not activations.elu_constant(-0.0)
    assert pow_constant(2.5).name == "**2.5"
    assert pow_constant(1 / 3).name == f"**{1 / 3!r}"  # in full: a name tells two apart
    for i in range(2000):  # the cache is bounded, and nothing depends on it
        pow_constant(i + 0.5)
    x = Value(2.0)
    (x**3).backward()
    assert x.grad == 12.0


def test_exponents_whose_slope_would_be_rounded_have_primitives_of_their_own():
    x = Value(8.0)
    for n in (2, 2.5, -0.5, 0.5, 0, -7):
        assert (x**n).primitive is pow_constant(n)
    y = x ** (1 / 3)
    assert y.op == pow_constant(1 / 3).name
    assert y.data == 2.0
    copy = pickle.loads(pickle.dumps(y))
    assert copy.primitive is y.primitive
    copy.backward()
    assert copy.parents[0].grad == 1 / 12


def test_remainders_as_operators():
    x = Value(-5.0)
    assert (x % 3).data == -5 % 3
    assert (x // 3).data == -5 // 3
    assert (7.5 % x).data == 7.5 % -5.0
    assert (7.5 // x).data == 7.5 // -5.0
    assert (x % Fraction(1, 2)).data == 0.0
    assert [v.data for v in numpy.array([1.0, 7.0]) % x] == [-4.0, -3.0]
    assert "%s" % x == "Value(-5.0)"  # noqa: UP031 (a string's own %)
    with pytest.raises(TypeError, match="str"):
        x % "3"


def test_constants_that_make_no_function_are_refused():
    with pytest.raises(ValueError, match='approximate must be "none" or "tanh", not \'erf\''):
        ag.gelu(1.0, approximate="erf")
    with pytest.raises(ValueError, match=r"alpha must be a number other than 0, not 0\.0"):
        Value(1.0).celu(0)
    with pytest.raises(ValueError, match=r"min_val 2\.0 must not exceed max_val 1\.0"):
        ag.hardtanh(0.0, 2, 1)


def test_functions_of_nothing():
    assert ag.sum([]) == 0.0
    assert ag.prod([]) == 1.0
    assert ag.norm([]) == 0.0
    assert {type(f([])) for f in (ag.sum, ag.prod, ag.norm)} == {float}
    for function in (ag.mean, ag.max, ag.min, ag.logsumexp, ag.softmax, ag.log_softmax):
        with pytest.raises(ValueError, match=rf"{function.__name__}\(values\): .*at least one"):
            function([])


def test_reductions_take_any_iterable_and_mix_numbers_with_values():
    x = Value(2.0)
    y = ag.sum(v for v in (x, 1, 2.5, x))
    assert y.data == 7.5
    y.backward()
    assert x.grad == 2.0
    assert ag.max({1.0: "a", 3.0: "b"}) == 3.0


def test_nan_wins_in_reductions_whatever_the_order():
    for xs in ([nan, 1.0, 2.0], [1.0, nan, 2.0], [1.0, 2.0, nan]):
        for function in (ag.max, ag.min, ag.sum, ag.prod, ag.logsumexp):
            assert function(xs) != function(xs)


def test_dot_is_one_node():
    ws, xs, b = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)], Value(0.5)
    y = ag.dot(ws, xs, b)
    assert y.op == "dot"
    assert y.data == 11.5
    y.backward()
    assert [v.grad for v in (*ws, *xs, b)] == [3.0, 4.0, 1.0, 2.0, 1.0]
    assert ag.dot([1.0], [2.0]) == 2.0
    with pytest.raises(ValueError, match="dot"):
        ag.dot(ws, xs[:1])


def test_softmax_is_n_nodes_over_one_shared_logsumexp():
    xs = [Value(float(i)) for i in range(5)]
    ps = ag.softmax(xs)
    assert len({id(p.parents[1]) for p in ps}) == 1
    assert abs(sum(p.data for p in ps) - 1) < 1e-15
    ps[0].backward()
    assert abs(sum(x.grad for x in xs)) < 1e-16
    assert [p.data for p in ag.softmax([Value(1000.0), Value(-1000.0)])] == [1.0, 0.0]
    assert [p.data for p in ag.log_softmax([Value(1000.0), Value(-inf)])] == [0.0, -inf]


def test_softmax_equals_the_exponential_of_log_softmax():
    xs = [0.3, -1.2, 2.5]
    for p, log_p in zip(ag.softmax(xs), ag.log_softmax(xs), strict=True):
        assert abs(p - ag.exp(log_p)) < 1e-15


# --- documentation ------------------------------------------------------------------------------


FAMILIES = (arithmetic, elementary, trigonometric, rounding, selection)
FAMILIES += (activations, smooth, reductions, picking)
NAMES = {name: thing for module in FAMILIES for name, thing in vars(module).items()}


@pytest.mark.parametrize(
    "entry",
    [*table.values(), pow_constant],
    ids=lambda entry: getattr(entry, "name", "x ** constant"),
)
def test_every_entry_has_an_example_which_runs(entry):
    doc = entry.__doc__
    if doc is None:  # an entry of many operands: the public function of its name has it
        doc = getattr(ag, entry.name).__doc__
    test = doctest.DocTestParser().get_doctest(doc, dict(NAMES), str(entry), None, None)
    assert test.examples
    output = []
    results = doctest.DocTestRunner().run(test, out=output.append)
    assert results.failed == 0, "".join(output)


def test_every_entry_can_be_written_in_latex_and_shown():
    for entry in table.values():
        assert isinstance(entry, Primitive)
        assert entry.symbol
        if entry.latex:
            _, *operands = inspect.signature(entry.partials).parameters
            times, rest = divmod(entry.latex.count("%s"), len(operands))
            assert rest == 0
            assert entry.latex % tuple("xyz"[: len(operands)] * times)
    for n in (2.0, -1.0, 0.5):
        assert pow_constant(n).latex % "x" == "{x}^{" + f"{n:g}" + "}"
