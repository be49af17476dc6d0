"""Errors of values, slopes and second derivatives against arithmetic of hundreds of digits."""

import precision
import pytest
from precision import CASES

import autograd as ag
from autograd import Value
from autograd.primitives import table

every_case = pytest.mark.parametrize("name", CASES)


def check(name, count):
    case, errors = CASES[name], precision.worst(CASES[name], count)
    assert precision.within_bounds(case, errors), f"{errors}, bounds {precision.BOUNDS}"


@every_case
def test_errors_are_within_their_bounds(name):
    check(name, 32)


@pytest.mark.slow
@every_case
def test_errors_are_within_their_bounds_at_2000_points(name):
    check(name, precision.POINTS)


# --- the measure measures -----------------------------------------------------------------------


def test_a_wrong_formula_is_found():
    """The naive forms that the table avoids are far out of bounds."""

    def naive_slope(case, value, slope):
        return ag.Primitive(case, value, lambda out, x: (slope(out, x),))

    tanh = naive_slope("naive tanh", ag.tanh.forward, lambda out, x: 1.0 - out * out)
    found = precision.worst(precision.replaced(CASES["tanh"], tanh), 48)
    assert found[0][0] < 2  # the value is right,
    assert found[1][0] > 1e10  # the slope is nothing but rounding
    log1p = naive_slope("naive log1p", lambda x: ag.log.forward(1.0 + x), lambda out, x: 1.0)
    assert precision.worst(precision.replaced(CASES["log1p"], log1p), 48)[0][0] > 1e10


@precision.m.workdps(60)
def test_ulps_are_counted_in_fractions_and_across_overflow():
    big = precision.OVERFLOW
    assert precision.in_ulps(1.0, precision.m.mpf(1) + 2.0**-54) == 0.25
    assert precision.in_ulps(float("inf"), big * 2) == 0.0
    assert precision.in_ulps(float("inf"), big / 2) > 1e15
    assert precision.in_ulps(float("nan"), big) == float("inf")
    assert precision.in_ulps(0.0, precision.SUBNORMAL / 2) == 0.5


def test_points_are_the_same_in_every_run_and_reach_far():
    for name, case in CASES.items():
        points = precision.points(case, 200)
        assert points == precision.points(case, 200)
        assert len(points) == 200, name
    magnitudes = [abs(x) for (x,) in precision.points(CASES["exp"], 200) if x]
    assert min(magnitudes) == 5e-324
    assert max(magnitudes) >= 1e300


# --- nothing is left out ----------------------------------------------------------------------


def entries_of(case):
    """The entries of the table that a case and its slopes use."""
    for point in precision.points(case, 20):
        xs = [Value(x) for x in point]
        pending = [case.function(*xs)]
        for x in xs:
            pending.append(precision.oracles.derivative_graph(pending[0], x))
        for root in pending:
            yield from (node.op for node in ag.topological_order(root))


def test_every_entry_of_the_table_is_measured():
    """As a function, or as part of a slope; helpers that only choose have nothing to measure."""
    choices = {"step", "larger", "equal", "finite", "between", "where", "shift", "pick"}
    measured = {op for case in CASES.values() for op in entries_of(case)}
    entries = {n for n, e in table.items() if e.partials.__module__.startswith("autograd.")}
    assert len(entries) > 60
    assert entries <= measured | choices


# --- the table in PRECISION.md ------------------------------------------------------------------


def rows():
    lines = precision.MARKDOWN.read_text(encoding="utf-8").splitlines()
    cells = [[c.strip() for c in line.strip("|").split("|")] for line in lines if line[:2] == "| "]
    return cells[1:]  # without the head


def test_the_written_table_has_every_function_with_its_bounds():
    expected = [(c.name, c.measure, precision.bounds_shown(c), c.where) for c in CASES.values()]
    assert [(r[0], r[1], r[8], r[9]) for r in rows()] == expected
    text = precision.MARKDOWN.read_text(encoding="utf-8")
    assert f"{precision.POINTS:,} points" in text


def test_the_written_numbers_are_within_their_bounds():
    for row in rows():
        for number, bound in zip(row[2:8:2], row[8].split(", "), strict=True):
            assert number == "–" or float(number) <= float(bound), row
