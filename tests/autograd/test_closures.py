"""One closure, three readers: floats, Values and NumPy arrays see the same numbers.

And no reader ever meets a Python arithmetic exception or a complex number.
"""

import inspect

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import close, edge_points, inf, same_bits

from autograd import Value
from autograd.primitives import pow_constant, table
from autograd.primitives.activations import (
    celu_constant,
    clip_constant,
    elu_constant,
    hardtanh_constant,
    leaky_relu_constant,
)
from autograd.primitives.elementary import _power_below, pow_fraction


def cases():
    """(entry, number of operands) for the whole table, n-ary entries with several."""
    for entry in table.values():
        _, *operands = inspect.signature(entry.partials).parameters.values()
        if operands[0].kind is inspect.Parameter.VAR_POSITIONAL:
            for n in (1, 2, 3):
                yield entry, n
        else:
            yield entry, len(operands)
    for n in (-3.0, -2.0, -1.0, -0.5, 0.0, 1 / 3, 0.5, 1.0, 1.5, 2.0, 3.0, inf):
        yield pow_constant(n), 1
    for n in (-0.3, 0.1, 1 / 3):
        yield pow_fraction(n), 1
        yield _power_below(n), 1
    for slope in (0.01, 0.0, -1.0):
        yield leaky_relu_constant(slope), 1
    yield elu_constant(1.0), 1
    yield elu_constant(-0.5), 1
    yield clip_constant(-1.0, 1.0), 1
    yield celu_constant(1.0), 1
    yield celu_constant(-0.5), 1
    yield clip_constant(-inf, 0.5), 1
    yield hardtanh_constant(-1.0, 1.0), 1


CASES = [pytest.param(*case, id=f"{case[0].name} of {case[1]}") for case in cases()]
every_entry = pytest.mark.parametrize("entry, arity", CASES)


def as_floats(partials):
    """Partials as numbers; no edge counts as 0, as it does on arrays."""
    return [0.0 if p is None else p.data if isinstance(p, Value) else p for p in partials]


@every_entry
def test_on_floats_everything_is_a_float_and_nothing_raises(entry, arity):
    for point in edge_points(arity):
        out = entry.forward(*point)
        assert type(out) is float, f"{entry}{point} is {out!r}"
        partials = entry.partials(out, *point)
        assert len(partials) == arity
        assert all(p is None or type(p) is float for p in partials), f"{point}: {partials}"


@every_entry
def test_forward_and_closure_in_one_go_give_the_same_bits(entry, arity):
    if getattr(entry, "both", None) is None:
        return  # few entries have such a short cut
    for point in edge_points(arity):
        out, partials = entry.both(list(point))
        assert same_bits(out, entry.forward(*point))
        for one_go, closure in zip(partials, entry.partials(out, *point), strict=True):
            if one_go is not None or closure is not None:
                assert same_bits(one_go, closure)


@every_entry
def test_on_values_the_closure_gives_the_same_bits(entry, arity):
    for point in edge_points(arity):
        out = entry.forward(*point)
        values = [Value(x) for x in point]
        on_values = entry.partials(entry(*values), *values)
        on_floats = entry.partials(out, *point)
        assert [p is None for p in on_values] == [p is None for p in on_floats]
        for v, f in zip(as_floats(on_values), as_floats(on_floats), strict=True):
            assert same_bits(v, f), f"{entry}{point}: {v!r} on Values, {f!r} on floats"


@every_entry
def test_on_arrays_forward_and_closure_give_the_same_numbers(entry, arity):
    points = edge_points(arity)
    arrays = [numpy.array(column) for column in zip(*points, strict=True)]
    out = entry(*arrays)
    assert out.dtype == float
    with numpy.errstate(all="ignore"):
        partials = entry.partials(out, *arrays)
    columns = [numpy.broadcast_to(0.0 if p is None else p, out.shape) for p in partials]
    for i, point in enumerate(points):
        value = entry.forward(*point)
        assert alike(entry, float(out[i]), value), (
            f"{entry}{point}: array {out[i]!r}, float {value!r}"
        )
        for column, slope in zip(columns, as_floats(entry.partials(value, *point)), strict=True):
            found = float(column[i])
            assert alike(entry, found, slope), f"{entry}′{point}: array {found!r}, float {slope!r}"


def alike(entry, x, y):
    """Equal to some ulps (NumPy's exp and pow are not libm's); to the bit at 0, ±inf and nan.

    Of two tied zeros NumPy's maximum may return either, whatever their signs.
    """
    if entry.name in ("maximum", "minimum", "max", "min", "shift") and x == y == 0.0:
        return True
    return close(x, y, units=64)


@every_entry
@settings(max_examples=50)
@given(data=st.data())
def test_no_floats_whatever_raise_or_go_complex(entry, arity, data):
    point = [data.draw(st.floats()) for _ in range(arity)]
    out = entry.forward(*point)
    assert type(out) is float
    assert all(p is None or type(p) is float for p in entry.partials(out, *point))


@given(xs=st.lists(st.floats(), min_size=1, max_size=9))
def test_no_floats_whatever_raise_in_entries_of_many_operands(xs):
    for entry in table.values():
        _, *operands = inspect.signature(entry.partials).parameters.values()
        if operands[0].kind is inspect.Parameter.VAR_POSITIONAL:
            out = entry.forward(*xs)
            assert type(out) is float
            assert len(entry.partials(out, *xs)) == len(xs)


@every_entry
@settings(max_examples=50)
@given(data=st.data())
def test_slopes_agree_with_central_differences_where_smooth(entry, arity, data):
    """A net for whatever is registered later: the closure is the slope of the forward function."""
    if entry.name in ("shift", "excess", "**inf"):
        return  # detached: the largest counts as a constant; inf·x^inf: nan, as the formula has it
    point = [data.draw(st.floats(0.3, 1.7)) for _ in range(arity)]
    h = 1e-6
    out = entry.forward(*point)
    for i, slope in enumerate(as_floats(entry.partials(out, *point))):
        if entry.name in ("softmax", "log_softmax") and i == 1:
            continue  # the largest of the values: detached
        low, high = [
            entry.forward(*[x + step if j == i else x for j, x in enumerate(point)])
            for step in (-h, h)
        ]
        left, right = (out - low) / h, (high - out) / h
        if abs(left) < 1e4 and abs(right - left) < 1e-3:  # else a jump or a kink lies here
            numeric = (high - low) / (2 * h)
            assert abs(slope - numeric) <= 1e-4 * max(1.0, abs(numeric))
