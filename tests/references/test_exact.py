"""Without a tolerance: floats against fractions; and against complex steps and extrapolation."""

import cmath
import functools
import inspect
import math
from fractions import Fraction

import pytest
from hypothesis import given, settings

from autograd.primitives import pow_constant, table
from autograd.primitives.activations import clip_constant, elu_constant, leaky_relu_constant

from .programs import exact_programs, gradient, smooth_programs

# --- fractions: forward mode, by the textbook -----------------------------------------------------


class Dual:
    """A fraction and its slopes to the inputs, carried along: (uv)′ = u′v + uv′."""

    def __init__(self, value, slopes):
        self.value, self.slopes = Fraction(value), [Fraction(s) for s in slopes]

    def times(self, factor):
        return Dual(self.value * factor, [s * factor for s in self.slopes])

    def __add__(self, other):
        pairs = zip(self.slopes, other.slopes, strict=True)
        return Dual(self.value + other.value, [s + t for s, t in pairs])

    def __mul__(self, other):
        u, v = self.value, other.value
        pairs = zip(self.slopes, other.slopes, strict=True)
        return Dual(u * v, [s * v + u * t for s, t in pairs])


def dual_sum(*xs):
    return functools.reduce(Dual.__add__, xs)


def dual_prod(*xs):
    return functools.reduce(Dual.__mul__, xs)


def dual_dot(*operands):
    n = len(operands) // 2
    products = [w * x for w, x in zip(operands[:n], operands[n : 2 * n], strict=True)]
    return dual_sum(*products, *operands[2 * n :])


def larger(x, y):
    """The larger; of two that tie, their mean, which has half the slope of each."""
    return (x + y).times(Fraction(1, 2)) if x.value == y.value else max(x, y, key=by_value)


def by_value(x):
    return x.value


FRACTIONS = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x + y.times(-1),
    "mul": lambda x, y: x * y,
    "neg": lambda x: x.times(-1),
    "half": lambda x: x.times(Fraction(1, 2)),
    "square": lambda x: x * x,
    "cube": lambda x: x * x * x,
    "sum": dual_sum,
    "prod": dual_prod,
    "dot": dual_dot,
    "mean": lambda *xs: dual_sum(*xs).times(Fraction(1, len(xs))),
    "relu": lambda x: x.times(1 if x.value > 0 else 0),
    "abs": lambda x: x.times((x.value > 0) - (x.value < 0)),
    "maximum": larger,
    "minimum": lambda x, y: larger(x.times(-1), y.times(-1)).times(-1),
    "where": lambda c, x, y: x if c.value > 0 else y,
}


@settings(max_examples=400)
@given(program=exact_programs())
def test_graphs_over_small_dyadic_numbers_equal_fractions_to_the_bit(program):
    n = len(program.inputs)
    duals = [Dual(x, [i == j for j in range(n)]) for i, x in enumerate(program.inputs)]
    root = program.root(FRACTIONS, duals)
    found = gradient(program)
    assert [Fraction(x) for x in found] == [root.value, *root.slopes]


# --- complex steps: f(x + ih) = f(x) + ih·f′(x), and nothing cancels ------------------------------

STEP = 1e-100


def complex_softplus(z):
    return z + cmath.log(1 + cmath.exp(-z)) if z.real > 0 else cmath.log(1 + cmath.exp(z))


def complex_dot(*operands):
    n = len(operands) // 2
    return sum(map(complex.__mul__, operands[:n], operands[n:])) + sum(operands[2 * n :])


def complex_logsumexp(*zs):
    top = max(z.real for z in zs)
    return top + cmath.log(sum(cmath.exp(z - top) for z in zs))


COMPLEX = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "square": lambda x: x * x,
    "cube": lambda x: x * x * x,
    "inverse": lambda x: 1 / x,
    "exp": cmath.exp,
    "log": cmath.log,
    "sqrt": cmath.sqrt,
    "sin": cmath.sin,
    "cos": cmath.cos,
    "tanh": cmath.tanh,
    "sinh": cmath.sinh,
    "cosh": cmath.cosh,
    "atan": cmath.atan,
    "asinh": cmath.asinh,
    "sigmoid": lambda z: 1 / (1 + cmath.exp(-z)),
    "silu": lambda z: z / (1 + cmath.exp(-z)),
    "softplus": complex_softplus,
    "mish": lambda z: z * cmath.tanh(complex_softplus(z)),
    "pow": lambda x, y: cmath.exp(y * cmath.log(x)),
    "hypot": lambda x, y: cmath.sqrt(x * x + y * y),
    "sum": lambda *zs: sum(zs),
    "mean": lambda *zs: sum(zs) / len(zs),
    "prod": lambda *zs: functools.reduce(complex.__mul__, zs),
    "dot": complex_dot,
    "logsumexp": complex_logsumexp,
    "softmax": lambda *zs: cmath.exp(zs[0] - complex_logsumexp(*zs)),
}


@settings(max_examples=300)
@given(program=smooth_programs(sorted(COMPLEX)))
def test_analytic_programs_agree_with_complex_steps(program):
    value, *slopes = gradient(program)
    largest = max(1.0, *map(abs, slopes))
    for i, slope in enumerate(slopes):
        point = [complex(x, STEP if i == j else 0.0) for j, x in enumerate(program.inputs)]
        results = program.run(COMPLEX, point)
        largest = max(largest, *[abs(z.imag) / STEP for z in results])
        tolerance = 1e-11 * max(1.0, *[abs(z.real) for z in results]) * largest
        assert abs(results[-1].imag / STEP - slope) <= tolerance
        assert abs(results[-1].real - value) <= tolerance


# --- extrapolated central differences, for whatever is in the table -------------------------------


def extrapolated_slope(function, x, h=0.05, levels=6):
    """Ridders' method: central differences for shrinking h, extrapolated to h = 0.

    Returns the estimate and how far it was from the ones before.
    """
    best, uncertainty = math.nan, math.inf
    row = []
    for level in range(levels):
        step = h / 1.6**level
        new = [(function(x + step) - function(x - step)) / ((x + step) - (x - step))]
        for k, previous in enumerate(row):
            weight = 1.6 ** (2 * (k + 1))
            new.append((weight * new[k] - previous) / (weight - 1))
            spread = max(abs(new[-1] - new[k]), abs(new[-1] - previous))
            if spread < uncertainty:
                best, uncertainty = new[-1], spread
        row = new
    return best, uncertainty


def entries():
    for entry in table.values():
        if entry.name == "pick":
            continue  # a look-up: its index is a whole number
        _, *operands = inspect.signature(entry.partials).parameters.values()
        many = operands[0].kind is inspect.Parameter.VAR_POSITIONAL
        if entry.name != "excess":  # logsumexp less its largest operand, which is detached
            yield entry, 3 if many else len(operands)
    yield from [(pow_constant(n), 1) for n in (-2.0, 0.5, 3.0)]
    yield from [(leaky_relu_constant(0.1), 1), (elu_constant(0.7), 1), (clip_constant(-9, 9), 1)]


# Generic points: no ties, no kinks within a step, and one where acosh is defined.
POINTS = [(0.37, 0.61, 0.83), (-0.43, 0.71, 0.29), (1.53, 1.27, 1.81), (-1.37, -1.83, -0.59)]
POINTS += [(2.71, 3.37, 1.61)]


@pytest.mark.parametrize(
    "entry, arity", [pytest.param(*e, id=f"{e[0].name} of {e[1]}") for e in entries()]
)
def test_every_slope_agrees_with_extrapolated_differences(entry, arity):
    checked = 0
    for point in POINTS:
        at = point[:arity]
        out = entry.forward(*at)
        slopes = entry.partials(out, *at)
        if out != out:
            continue  # outside the domain
        for i, slope in enumerate(slopes):
            if slope is None:
                continue  # detached by design

            def along(x, i=i, at=at):
                return entry.forward(*at[:i], x, *at[i + 1 :])

            estimate, uncertainty = extrapolated_slope(along, at[i])
            if not uncertainty <= 1e-6 * max(1.0, abs(estimate)):
                continue  # a jump or the end of the domain lies within a step
            checked += 1
            assert abs(slope - estimate) <= 10 * uncertainty + 1e-11 * max(1.0, abs(estimate)), (
                f"{entry}{at}, operand {i}: {slope!r}, by differences {estimate!r}"
            )
    assert checked or all(p is None for p in entry.partials(1.0, *[1.0] * arity))
