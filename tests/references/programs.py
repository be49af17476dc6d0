"""Random straight-line programs, and how each kind of number runs them.

A program is data: numbers to start from, then steps, each an operation on earlier results.
Any table of functions can run it: the engine's, fractions', complex numbers', PyTorch's.
Results are shared freely, and the root is the sum of all that nothing uses, so that every
step matters.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

import autograd as ag
from autograd import Value

from .compare import same_bits

Functions = Mapping[str, Callable[..., Any]]

# --- a program ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Program:
    """Numbers to start from, and steps ``(operation, indices of operands)``."""

    inputs: tuple[float, ...]
    steps: tuple[tuple[str, tuple[int, ...]], ...]

    def run(self, functions: Functions, inputs: Sequence[Any]) -> list[Any]:
        """Every result in order: the inputs, one per step, and the root last."""
        results = list(inputs)
        for op, operands in self.steps:
            results.append(functions[op](*[results[i] for i in operands]))
        used = {i for _, operands in self.steps for i in operands}
        sinks = [x for i, x in enumerate(results) if i not in used]
        return [*results, functions["sum"](*sinks)]

    def root(self, functions: Functions, inputs: Sequence[Any]) -> Any:
        """The root alone."""
        return self.run(functions, inputs)[-1]


def gradient(program: Program, inputs: Sequence[float] | None = None) -> tuple[float, ...]:
    """The engine's value of the root, then the slopes to the inputs."""
    xs = [Value(x) for x in (program.inputs if inputs is None else inputs)]
    root = program.root(ENGINE, xs)
    root.backward()
    return (root.data, *[x.grad for x in xs])


def same(xs: Sequence[float], ys: Sequence[float]) -> bool:
    """Bit for bit."""
    return len(xs) == len(ys) and all(map(same_bits, xs, ys))


# --- what the engine makes of each operation ----------------------------------------------------

UNARY = ["abs", "atan", "asinh", "cos", "cosh", "erf", "exp", "expm1", "gelu", "log", "log1p"]
UNARY += ["mish", "neg", "relu", "sigmoid", "silu", "sin", "sinh", "softplus", "sqrt", "tanh"]
BINARY = ["div", "hypot", "maximum", "minimum", "pow"]

ENGINE: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "square": lambda x: x**2,
    "cube": lambda x: x**3,
    "inverse": lambda x: x**-1,
    "half": lambda x: x * 0.5,
    "scaled": lambda x: -1.75 * x,
    "leaky_relu": lambda x: ag.leaky_relu(x, 0.125),
    "where": ag.where,
    "sum": lambda *xs: ag.sum(xs),
    "mean": lambda *xs: ag.mean(xs),
    "prod": lambda *xs: ag.prod(xs),
    "max": lambda *xs: ag.max(xs),
    "min": lambda *xs: ag.min(xs),
    "dot": lambda *wx: (
        ag.dot(wx[: len(wx) // 2], wx[len(wx) // 2 : 2 * (len(wx) // 2)])
        if len(wx) % 2 == 0
        else ag.dot(wx[: len(wx) // 2], wx[len(wx) // 2 : -1], wx[-1])
    ),
    "logsumexp": lambda *xs: ag.logsumexp(xs),
    "softmax": lambda *xs: ag.softmax(xs)[0],
    # Functions that the engine may not have yet are left out.
    **{name: getattr(ag, name) for name in [*UNARY, *BINARY] if hasattr(ag, name)},
}
ENGINE["neg"] = lambda x: -x

SEVERAL = {"sum", "mean", "prod", "max", "min", "dot", "logsumexp", "softmax"}
TWO = {"add", "sub", "mul", *BINARY}


def arity(op: str, wish: int) -> int:
    """How many operands: what the operation needs, or 2 to 5 as wished."""
    return wish if op in SEVERAL else 3 if op == "where" else 2 if op in TWO else 1


# --- strategies -----------------------------------------------------------------------------------

# 0, or far enough from it that no product of some of them is subnormal.
NUMBERS = st.floats(-3, 3).map(lambda x: x if abs(x) > 1e-60 else 0.0)

_raw_steps = st.tuples(
    st.integers(0, 999), st.integers(2, 5), st.lists(st.integers(0, 99), min_size=5, max_size=5)
)


def _steps(most: int) -> Any:
    """1 to so many raw steps; evenly so, where a plain list would mostly be short."""
    return st.integers(1, most).flatmap(
        lambda count: st.lists(_raw_steps, min_size=count, max_size=count)
    )


def _operands(raw: Sequence[int], count: int, available: int) -> tuple[int, ...]:
    """Indices of operands, counted from the latest result: most programs are deep."""
    return tuple((available - 1 - r * r // 99) % available for r in raw[:count])


def _apart(xs: Sequence[float]) -> bool:
    """The largest and the smallest stand clear of the rest: no kink is near."""
    s = sorted(xs)
    return s[-1] - s[-2] > 0.01 and s[1] - s[0] > 0.01


# Where an operation is smooth and its slopes are moderate; anywhere if it is not listed.
DOMAIN: dict[str, Callable[..., bool]] = {
    "div": lambda x, y: abs(y) > 0.1,
    "inverse": lambda x: abs(x) > 0.1,
    "log": lambda x: x > 0.1,
    "log1p": lambda x: x > -0.9,
    "sqrt": lambda x: x > 0.1,
    "exp": lambda x: abs(x) < 4,
    "expm1": lambda x: abs(x) < 4,
    "sinh": lambda x: abs(x) < 4,
    "cosh": lambda x: abs(x) < 4,
    "pow": lambda x, y: 0.1 < x < 4 and abs(y) < 3,
    "hypot": lambda x, y: abs(x) + abs(y) > 0.1,
    "abs": lambda x: abs(x) > 0.01,
    "relu": lambda x: abs(x) > 0.01,
    "leaky_relu": lambda x: abs(x) > 0.01,
    "maximum": lambda *xs: _apart(xs),
    "minimum": lambda *xs: _apart(xs),
    "max": lambda *xs: _apart(xs),
    "min": lambda *xs: _apart(xs),
    "where": lambda c, x, y: abs(c) > 0.01,
}


@st.composite
def smooth_programs(
    draw: Any, ops: Sequence[str], steps: int = 15, fallback: str = "tanh"
) -> Program:
    """Programs at points where all they do is smooth, and no number exceeds 30.

    ``fallback`` takes the place of an operation that would not be.
    """
    ops = [op for op in ops if op in ENGINE]
    inputs = draw(st.lists(NUMBERS, min_size=1, max_size=4))
    chosen = []
    values = list(inputs)
    for raw_op, wish, raw in draw(_steps(steps)):
        op = ops[raw_op % len(ops)]
        operands = _operands(raw, arity(op, wish), len(values))
        xs = [values[i] for i in operands]
        fits = DOMAIN.get(op, lambda *xs: True)(*xs)
        if not fits or not abs(ENGINE[op](*xs)) <= 30:
            op, operands = fallback, operands[:1]
        chosen.append((op, operands))
        values.append(ENGINE[op](*[values[i] for i in operands]))
    return Program(tuple(inputs), tuple(chosen))


@dataclass(frozen=True)
class _Size:
    """A bound on a polynomial's value, its degree, and how many binary places it may have."""

    bound: int
    degree: int
    places: int


def _size(op: str, xs: Sequence[_Size]) -> _Size:
    bounds = [x.bound for x in xs]
    degree, places = max(x.degree for x in xs), max(x.places for x in xs)
    if op in ("mul", "prod", "square", "cube"):
        times = {"square": 2, "cube": 3}.get(op, 1)
        return _Size(
            math.prod(bounds) ** times,
            sum(x.degree for x in xs) * times,
            sum(x.places for x in xs) * times,
        )
    if op == "dot":
        n = len(xs) // 2
        terms = [_size("mul", pair) for pair in zip(xs[:n], xs[n:], strict=False)]
        return _size("sum", [*terms, *xs[2 * n :]])
    halving = {"mean": (len(xs) - 1).bit_length(), "half": 1, "maximum": 1, "minimum": 1}
    return _Size(sum(bounds), degree, places + halving.get(op, 0))


EXACT_OPS = ["add", "sub", "mul", "neg", "half", "sum", "dot", "prod", "mean", "square", "cube"]
EXACT_OPS += ["relu", "abs", "maximum", "minimum", "where"]


@st.composite
def exact_programs(draw: Any, ops: Sequence[str] = EXACT_OPS, steps: int = 15) -> Program:
    """Piecewise polynomials of halves so small that floats compute them without rounding.

    A polynomial p of degree d with positive terms has ∂p/∂v ≤ d·p/v. So no number on the way,
    forward or backward, exceeds d·p·2^places, and all are multiples of 2^−places: if
    d·p·4^places ≤ 2⁵³, a float holds each of them exactly.
    """
    halves = draw(st.lists(st.integers(-6, 6), min_size=1, max_size=4))
    inputs = [n / 2 for n in halves]
    sizes = [_Size(max(1, math.ceil(abs(x))), 1, 1) for x in inputs]
    chosen: list[tuple[str, tuple[int, ...]]] = []
    for raw_op, wish, raw in draw(_steps(steps)):
        op = ops[raw_op % len(ops)]
        wish = 4 if op == "mean" and wish > 2 else wish  # a mean of three is no dyadic number
        operands = _operands(raw, arity(op, wish), len(inputs) + len(chosen))
        size = _size(op, [sizes[i] for i in operands])
        total = _size("sum", [*sizes, size])
        if total.degree * total.bound * 4**total.places > 2**53:
            op, operands = "neg", operands[:1]
            size = sizes[operands[0]]
        chosen.append((op, operands))
        sizes.append(size)
    return Program(tuple(inputs), tuple(chosen))
