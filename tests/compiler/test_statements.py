"""A program has no statement that one would not write by hand."""

import random

import numpy as np
import pytest

from autograd import Value, compile, logsumexp, pick
from autograd.compiler import arrays
from autograd.compiler.runtime import checked, quiet


def statements(loss, *args):
    """Of a program that agrees with the engine: (forward, backward), without comments."""
    program = compile(loss, form="arrays")
    program(*args)
    forward, backward = program.source.split("def backward():")
    return [
        [line.strip() for line in part.splitlines() if line.startswith("    ") and "#" not in line]
        for part in (forward.split("def forward():")[1], backward)
    ]


def calls(lines, name):
    return sum(f"np.{name}(" in line for line in lines)


def numbers(count, seed=0):
    rng = random.Random(seed)
    return [rng.uniform(0.5, 2.0) for _ in range(count)]


def values(count, seed=1):
    return [Value(x) for x in numbers(count, seed)]


def test_two_terms_are_one_statement():
    a, b = values(12), values(12, 2)
    forward, _ = statements(lambda: sum((x + y).tanh() for x, y in zip(a, b, strict=True)))
    assert calls(forward, "add") == 1
    assert not any("[...] =" in line for line in forward)


@pytest.mark.parametrize("difference", [lambda x, y: x - y, lambda x, y: -y + x])
def test_a_difference_is_one_statement(difference):
    a, b = values(12), values(12, 2)
    forward, _ = statements(lambda: sum(difference(x, y).tanh() for x, y in zip(a, b, strict=True)))
    assert calls(forward, "subtract") == 1
    assert calls(forward, "negative") == calls(forward, "add") == 0


def test_what_is_subtracted_from_each_row_is_subtracted_in_one_statement():
    rows, less = [values(8, i) for i in range(6)], values(6)
    forward, _ = statements(
        lambda: sum((x - y).tanh() for row, y in zip(rows, less, strict=True) for x in row)
    )
    assert calls(forward, "subtract") == 1
    assert calls(forward, "negative") == calls(forward, "add") == 0


def test_a_number_is_added_to_a_product_where_it_lies():
    a = values(12)
    forward, _ = statements(lambda: sum((0.5 * x + 3.0).tanh() for x in a))
    assert calls(forward, "multiply") == calls(forward, "add") == 1
    assert not any(
        "[...] =" in line or ("add(v" in line and "multiply" in line) for line in forward
    )


def test_a_negative_sum_is_still_one():
    a, b = values(12), values(12, 2)
    forward, _ = statements(lambda: sum((-x - y).tanh() for x, y in zip(a, b, strict=True)))
    assert calls(forward, "negative") == calls(forward, "subtract") == 1


def test_the_way_back_of_a_quotient_divides_once():
    a, b = values(12), values(12, 2)
    _, backward = statements(lambda: sum((x / y).tanh() for x, y in zip(a, b, strict=True)))
    assert calls(backward, "divide") == 1
    assert not any("[...] = t" in line for line in backward)


def test_the_way_back_of_shared_divisors_has_its_sign_at_the_end():
    rows, under = [values(8, i) for i in range(6)], values(6)
    _, backward = statements(
        lambda: sum((x / y).tanh() for row, y in zip(rows, under, strict=True) for x in row)
    )
    assert calls(backward, "divide") == calls(backward, "negative") == 1
    assert "negative" in backward[-2]


def test_a_constant_over_a_value_has_the_slope_of_the_table():
    """g/b may be infinite where g·(out/b) is not, and the numerator has no gradient to be so."""
    b = [Value(1e-300) for _ in range(12)]
    program = compile(lambda scale: sum(scale * (5e-324 / x) for x in b), form="arrays")
    program(1e10)
    assert all(np.isfinite(x.grad) for x in b)


def test_a_value_over_itself():
    a = values(12)
    statements(lambda: sum((x / x + x).tanh() for x in a))


def test_the_slope_of_relu_can_be_read():
    a = values(12)
    _, backward = statements(lambda: sum((x - 1.0).relu() for x in a))
    assert any("np.not_equal(" in line for line in backward)
    assert not any("relu" in line for line in backward)


def test_what_a_pick_passes_back_is_added_to_what_is_there():
    rows, ways = [values(6, i) for i in range(8)], [i % 6 for i in range(8)]
    _, backward = statements(
        lambda labels: sum(
            logsumexp(row) - pick(row, label)
            for row, label in zip([[x.tanh() for x in row] for row in rows], labels, strict=True)
        ),
        ways,
    )
    assert not any("= 0.0" in line for line in backward)
    assert sum(line.startswith("D[p") and "+=" in line for line in backward) == 1


@pytest.mark.parametrize("index", [[0.0, 2.0, 1.0], [-0.0, 2.0], [[0.0], [1.0]]])
def test_indices_are_whole_numbers_of_the_table(index):
    found = checked(np.array(index), 3)
    assert found.dtype == np.intp
    assert (found == np.array(index)).all()


@pytest.mark.parametrize("wrong", [-1.0, 3.0, 1.5, np.nan, np.inf, -np.inf, 1e300, 2.0**64])
def test_other_indices_are_refused(wrong):
    with np.errstate(all="ignore"), pytest.raises(IndexError, match="from 0 to 2"):
        checked(np.array([0.0, wrong]), 3)


@pytest.mark.skipif(arrays.FREE_THREADED, reason="constants have to be hashable there")
def test_numbers_in_the_source_are_arrays_where_it_runs():
    """NumPy would make an array of a Python number at every call."""
    a = values(12)
    program = compile(lambda: sum((0.5 * x + 3.0).tanh() for x in a), form="arrays")
    program()
    constants = program.program.code.functions[0].__code__.co_consts
    assert not any(isinstance(constant, float) for constant in constants)
    assert {float(c) for c in constants if isinstance(c, np.ndarray)} >= {0.5, 3.0}
    assert "np.multiply(w1, 0.5" in program.source


@pytest.mark.parametrize("version", ["1.26.4", np.__version__])
def test_a_quiet_function_leaves_numpy_as_it_was(version, monkeypatch):
    monkeypatch.setattr(np, "__version__", version)
    states = []
    inner = quiet(lambda: states.append(np.geterr()["invalid"]))
    outer = quiet(lambda: [inner(), np.log(np.array([-1.0]))])
    with np.errstate(invalid="raise"):
        outer()
        with pytest.raises(ZeroDivisionError):
            quiet(lambda: 1 / 0)()
        assert np.geterr()["invalid"] == "raise"
    assert states == ["ignore"]
