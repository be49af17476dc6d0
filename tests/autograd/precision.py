"""The command: ``python -m tests.autograd.precision``, from the root of the repository.

Prints, per function, the largest errors of value, slope and second derivative against
arithmetic of hundreds of digits, over 2,000 points: magnitudes from the smallest subnormal
to the largest float, tails, the neighbourhood of whole numbers, ±1e±300, 0.

That ±0, ±inf and nan give what they should is held bit for bit by ``test_edge_cases``.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import itertools
import math
import pathlib
import platform
import random
import sys

import mpmath as m

from autograd import Value

# A script of a package when run as a command, a module beside the tests under pytest.
_HERE = f"{__package__}." if __package__ else ""
textbook = importlib.import_module(f"{_HERE}textbook")
oracles = importlib.import_module(f"{_HERE}oracles")

CASES = {case.name: case for case in textbook.CASES}
POINTS = 2000
EPSILON = m.mpf(2) ** -52
SUBNORMAL = m.mpf(2) ** -1074
OVERFLOW = m.mpf(2) ** 1024

# (value, slope, second derivative). The second derivative always counts in terms.
BOUNDS = {textbook.ULP: (2, 4, 16), textbook.TERMS: (4, 4, 16), textbook.TAIL: (4, 8, 16)}

# For differences of slopes over STEP: enough to keep a second derivative of 1e-320 beside a
# slope of 1. Values and slopes do with fewer; those of many operands have tails to keep.
DIGITS, FEWER_DIGITS = 450, 100
STEP = m.mpf(10) ** -40
ONE_IN = 8  # points at which the second derivative is measured

MARKDOWN = pathlib.Path(__file__).with_name("PRECISION.md")


# --- points ---------------------------------------------------------------------------------


def line(rng):
    """One float: any magnitude, a tail, or the neighbourhood of a whole number."""
    sign = rng.choice((1.0, -1.0))
    kind = rng.randrange(6)
    if kind < 2:
        return sign * min(10.0 ** rng.uniform(-323.3, 308.25), sys.float_info.max)
    if kind == 2:
        return rng.uniform(-750.0, 750.0)
    if kind == 3:
        return rng.uniform(-40.0, 40.0)
    if kind == 4:
        return sign * 10.0 ** rng.uniform(-8.0, 2.0)
    whole = float(rng.randrange(-7, 8)) / rng.choice((1.0, 2.0))
    return whole + sign * 10.0 ** rng.uniform(-17.0, -1.0)


# −0 is left to the edge cases: mpmath has none.
EDGES = [0.0, 1e300, -1e300, 1e-300, -1e-300, 5e-324, -5e-324, 1.0, -1.0, 3.0, -3.0, 6.0]


def points(case, count):
    """The same ``count`` points of the case's domain in every run."""
    rng = random.Random(f"precision of {case.name}")
    found = []
    if case.points == "line":
        candidates = itertools.chain([(x,) for x in EDGES], iter(lambda: (line(rng),), None))
    elif case.points == "plane":
        edges = [(x, y) for x in EDGES[:7] for y in (3.0, -1e-300)]
        candidates = itertools.chain(edges, iter(lambda: plane(rng), None))
    else:
        candidates = iter(lambda: many(rng), None)
    for point in candidates:
        if case.domain(*map(m.mpf, point)):
            found.append(point)
            if len(found) == count:
                return found


def plane(rng):
    """Two floats, of like magnitude or not."""
    if rng.random() < 0.3:
        return line(rng), line(rng)
    if rng.random() < 0.2:
        x = line(rng)
        return x, x * rng.choice((1.0, -1.0, 0.5, 1.0 + 2.0**-52))
    return tuple(rng.choice((1.0, -1.0)) * 10.0 ** rng.uniform(-4.0, 4.0) for _ in "xy")


def many(rng):
    """One to four floats, now and then with ties."""
    top = rng.uniform(-3.0, 3.0)
    xs = [
        rng.choice((1.0, -1.0)) * 10.0 ** rng.uniform(-4.0, top) for _ in range(rng.randint(1, 4))
    ]
    return tuple(xs + xs[:1] if rng.random() < 0.2 else xs)


# --- errors ---------------------------------------------------------------------------------


def in_ulps(found, exact):
    """|found − exact| in units of the last place of a float at ``exact``."""
    if found != found:
        return math.inf
    found = max(min(m.mpf(found), OVERFLOW), -OVERFLOW)
    exact = max(min(exact, OVERFLOW), -OVERFLOW)
    _, exponent = m.frexp(exact)
    return float(abs(found - exact) / m.ldexp(1, max(exponent - 53, -1074)))


def in_terms(found, exact, scale, xs):
    """|found − exact| in units of ε·(|exact| + scale).

    And of a subnormal times the square of the largest operand (up to 1,000): x²·φ(x), say,
    magnifies what rounding took of a φ(x) that is subnormal.
    """
    if found != found:
        return math.inf
    found = max(min(m.mpf(found), OVERFLOW), -OVERFLOW)
    exact = max(min(exact, OVERFLOW), -OVERFLOW)
    largest = min(max(1, *map(abs, xs)), 1000)
    return float(abs(found - exact) / (EPSILON * (abs(exact) + scale) + SUBNORMAL * largest**2))


def moves(case, j, xs):
    """h, and xs with operand j moved by −h and h."""
    x = xs[j]
    h = STEP * (abs(x) if x else SUBNORMAL)
    if case.step == "smooth":
        h = STEP * max(abs(x), 1)
    elif case.step == "periodic":
        h = STEP
    return h, (*xs[:j], x - h, *xs[j + 1 :]), (*xs[:j], x + h, *xs[j + 1 :])


def difference(case, function, j, xs):
    """∂function/∂xⱼ, by a central difference."""
    h, below, above = moves(case, j, xs)
    return (function(*above) - function(*below)) / (2 * h)


def conditioning(case, function, xs):
    """Σ|xⱼ·∂function/∂xⱼ|: what relative errors in the operands do to the result."""
    return sum(abs(x * difference(case, function, j, xs)) for j, x in enumerate(xs))


def slope(case, i):
    return case.slopes[i] if isinstance(case.slopes, tuple) else case.slopes(i)


def errors(case, point):
    """The errors of value and slope at a point, of several slopes the largest."""
    value, gradient = oracles.value_and_gradient(case.function, *point)
    with m.workdps(DIGITS if case.points == "many" else FEWER_DIGITS):
        xs = tuple(map(m.mpf, point))
        slopes = [slope(case, i) for i in range(len(xs))]
        exact = [s(*xs) for s in slopes]
        if case.measure != textbook.TERMS:
            return in_ulps(value, case.exact(*xs)), max(map(in_ulps, gradient, exact))
        scale = sum(abs(x * s) for x, s in zip(xs, exact, strict=True))
        return in_terms(value, case.exact(*xs), scale, xs), max(
            in_terms(g, e, conditioning(case, s, xs) + case.terms(i, *xs)[0], xs)
            for i, (g, e, s) in enumerate(zip(gradient, exact, slopes, strict=True))
        )


def error_of_second(case, point):
    """The error of ∂²/∂xᵢ², of several the largest, from the closures on Values.

    Against differences of the slope. Nothing at a kink, nor, of several operands, where
    products of them might overflow or vanish.
    """
    if case.step == "jumps" or (case.step == "singular" and 0.0 in point):
        return 0.0
    if len(point) > 1 and not all(1e-75 < abs(x) < 1e75 for x in point):
        return 0.0
    with m.workdps(DIGITS):
        xs = tuple(map(m.mpf, point))
        return max(_error_of_second(case, i, point, xs) for i in range(len(xs)))


def _error_of_second(case, i, point, xs):
    def exact(*xs):
        return difference(case, slope(case, i), i, xs)

    leaves = [Value(x) for x in point]
    first = oracles.derivative_graph(case.function(*leaves), leaves[i])
    found = oracles.derivative_graph(first, leaves[i]).data
    return in_terms(found, exact(*xs), conditioning(case, exact, xs) + case.terms(i, *xs)[1], xs)


def worst(case, count):
    """[(error, point)] for value, slope and second derivative."""
    found = [(-1.0, ())] * 3
    for number, point in enumerate(points(case, count)):
        second = [error_of_second(case, point)] if number % ONE_IN == 0 else []
        for k, error in enumerate([*errors(case, point), *second]):
            if not error <= found[k][0]:
                found[k] = (error, point)
    return found


def replaced(case, function):
    """The case with another function in place of the table's."""
    return dataclasses.replace(case, function=function)


# --- the table ------------------------------------------------------------------------------


HEADER = """\
# Precision

Written by `python -m tests.autograd.precision --markdown`; a test holds its names and bounds
against the code. The largest errors over {points:,} points a function ({seconds:,} for the second
derivative), on {machine}.

- **ulp**: units in the last place of the exact result, itself not rounded. Bounds: value
  {ulp[0]}, slope {ulp[1]}.
- **terms**: units of ε·(|g| + Σ|xᵢ·∂g/∂xᵢ|), g being the value or the slope, ε = 2⁻⁵²: what
  relative errors of ε in the inputs would do to the result. Bounds: value {terms[0]}, slope
  {terms[1]}. Of sums of edges (softmax, log_softmax) the terms of the sum count too, and where
  results vanish, a subnormal times x² (x up to 1,000): x²·φ(x) magnifies the rounding of φ(x).
- The second derivative comes from the local-derivative closures applied to Values, and always
  counts in terms. Bound: {ulp[2]}. Flat slopes with jumps have none to measure.
- **tail**: ulp again, for composite functions where their terms do not cancel, down to where they
  underflow. Bounds: value {tail[0]}, slope {tail[1]}. exp(−x²) is taken from an exact square, and
  what rounding takes of x/√2 is put back. (gelu's tanh form is not here: in its tail, e^v magnifies
  the rounding of v by up to 700.)

| function | in | value | at | slope | at | second derivative | at | bounds | measured where |
|---|---|---|---|---|---|---|---|---|---|
"""


def markdown(rows, count):
    """The whole of PRECISION.md."""
    head = HEADER.format(
        points=count,
        seconds=-(-count // ONE_IN),
        machine=f"Python {platform.python_version()}, {' '.join(platform.libc_ver())}".strip(),
        ulp=BOUNDS[textbook.ULP],
        terms=BOUNDS[textbook.TERMS],
        tail=BOUNDS[textbook.TAIL],
    )
    return head + "".join(map(markdown_row, rows))


def markdown_row(row):
    case, errors = row
    cells = [case.name, case.measure]
    for error, point in errors:
        flat = case.step == "jumps" and error is errors[2][0]
        cells += ["–", ""] if flat else [f"{error:.2f}", shown(point)]
    cells += [bounds_shown(case), case.where]
    return "| " + " | ".join(cells) + " |\n"


def bounds_shown(case):
    return ", ".join(map(str, BOUNDS[case.measure]))


def shown(point):
    return ", ".join(f"{x:.4g}" for x in point)


def within_bounds(case, errors):
    return all(e <= bound for (e, _), bound in zip(errors, BOUNDS[case.measure], strict=True))


def main(arguments=None):
    """Measure and print; 1 if a bound is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.autograd.precision", description=__doc__)
    parser.add_argument("--points", type=int, default=POINTS, help="a function (default: 2,000)")
    parser.add_argument("--only", nargs="+", choices=CASES, metavar="NAME", help="these functions")
    parser.add_argument("--markdown", action="store_true", help="write tests/autograd/PRECISION.md")
    options = parser.parse_args(arguments)
    print(f"{'function':12} {'in':6} {'value':>8} {'slope':>8} {'second':>8}")
    rows = []
    for name in options.only or CASES:
        case = CASES[name]
        errors = worst(case, options.points)
        rows.append((case, errors))
        verdict = "ok" if within_bounds(case, errors) else f"MISSED {[p for _, p in errors]}"
        numbers = " ".join(f"{error:8.2f}" for error, _ in errors)
        print(f"{name:12} {case.measure:6} {numbers}  {verdict}", flush=True)
    if options.markdown:
        MARKDOWN.write_text(markdown(rows, options.points), encoding="utf-8")
    return 0 if all(within_bounds(case, errors) for case, errors in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
