"""What PyTorch and JAX call each entry of our table, and the points to compare at.

A counterpart is the dotted path of a function (``"special.erfc"`` in ``torch``,
``"scipy.special.erfc"`` in ``jax``) or a function ``(library, *operands)``. Cases whose entry
is not in the table are left out, so that the list may run ahead of it.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import autograd as ag
from autograd.primitives import table

Counterpart = str | Callable[..., Any] | None


@dataclass(frozen=True)
class Case:
    """One function of so many numbers, as it is written in three libraries."""

    name: str
    ours: Callable[..., Any]
    arity: int
    torch: Counterpart
    jax: Counterpart
    entry: str = ""  # the entry of the table that it is about, if there is one

    def counterpart(self, library: Any) -> Callable[..., Any] | None:
        """The function of ``torch`` or ``jax``, ready to be called on its arrays."""
        found = self.torch if library.__name__ == "torch" else self.jax
        if isinstance(found, str):
            return functools.reduce(getattr, found.split("."), library)  # type: ignore[no-any-return, arg-type]
        return None if found is None else functools.partial(found, library)


def _stack(library: Any, xs: tuple[Any, ...]) -> Any:
    return library.stack(xs) if library.__name__ == "torch" else library.numpy.stack(xs)


def _where(t: Any) -> Any:
    return t.where if t.__name__ == "torch" else t.numpy.where


def _exp(t: Any) -> Any:
    return t.exp if t.__name__ == "torch" else t.numpy.exp


def _density(t: Any, x: Any) -> Any:
    return _exp(t)(-0.5 * x * x) / math.sqrt(2 * math.pi)


def _logsumexp(t: Any, xs: Any) -> Any:
    return t.logsumexp(xs, dim=0) if t.__name__ == "torch" else t.nn.logsumexp(xs, axis=0)


def _detached(t: Any, x: Any) -> Any:
    return x.detach() if t.__name__ == "torch" else t.lax.stop_gradient(x)


def _finite_top(t: Any, xs: tuple[Any, ...]) -> Any:
    top = _detached(t, t.amax(_stack(t, xs), 0) if t.__name__ == "torch" else _stack(t, xs).max(0))
    return _where(t)(abs(top) < math.inf, top, 0.0)


def _both(function: Callable[..., Any]) -> tuple[Counterpart, Counterpart]:
    return function, function


# Entries: what PyTorch calls them, and JAX. Those that only closures use may be missing here.
ENTRIES: dict[str, tuple[Counterpart, Counterpart]] = {
    "+": _both(lambda t, x, y: x + y),
    "-": _both(lambda t, x, y: x - y),
    "*": _both(lambda t, x, y: x * y),
    "/": _both(lambda t, x, y: x / y),
    "**": ("pow", "numpy.power"),
    "neg": _both(lambda t, x: -x),
    "abs": ("abs", "numpy.abs"),
    "exp": ("exp", "numpy.exp"),
    "expm1": ("expm1", "numpy.expm1"),
    "log": ("log", "numpy.log"),
    "log1p": ("log1p", "numpy.log1p"),
    "log2": ("log2", "numpy.log2"),
    "log10": ("log10", "numpy.log10"),
    "sqrt": ("sqrt", "numpy.sqrt"),
    "cbrt": (None, "numpy.cbrt"),
    "sin": ("sin", "numpy.sin"),
    "cos": ("cos", "numpy.cos"),
    "tan": ("tan", "numpy.tan"),
    "asin": ("asin", "numpy.arcsin"),
    "acos": ("acos", "numpy.arccos"),
    "atan": ("atan", "numpy.arctan"),
    "atan2": ("atan2", "numpy.arctan2"),
    "hypot": ("hypot", "numpy.hypot"),
    "sinh": ("sinh", "numpy.sinh"),
    "cosh": ("cosh", "numpy.cosh"),
    "tanh": ("tanh", "numpy.tanh"),
    "sech2": _both(lambda t, x: (t if t.__name__ == "torch" else t.numpy).cosh(x) ** -2),
    "asinh": ("asinh", "numpy.arcsinh"),
    "acosh": ("acosh", "numpy.arccosh"),
    "atanh": ("atanh", "numpy.arctanh"),
    "erf": ("erf", "scipy.special.erf"),
    "1-x²": _both(lambda t, x: 1 - x * x),
    "erf_slope": _both(lambda t, x: 2 / math.sqrt(math.pi) * _exp(t)(-x * x)),
    "floor": ("floor", "numpy.floor"),
    "ceil": ("ceil", "numpy.ceil"),
    "round": ("round", "numpy.round"),
    "sign": ("sign", "numpy.sign"),
    "%": ("remainder", "numpy.mod"),
    "//": (lambda t, x, y: t.div(x, y, rounding_mode="floor"), "numpy.floor_divide"),
    "fmod": ("fmod", "numpy.fmod"),
    "xlogy": ("xlogy", "scipy.special.xlogy"),
    "relu": ("relu", "nn.relu"),
    "relu6": ("nn.functional.relu6", "nn.relu6"),
    "sigmoid": ("sigmoid", "nn.sigmoid"),
    "sigmoid_slope": _both(lambda t, x: _sigmoid(t, x) * _sigmoid(t, -x)),
    "logsigmoid": ("nn.functional.logsigmoid", "nn.log_sigmoid"),
    "softplus": ("nn.functional.softplus", "nn.softplus"),
    "softsign": ("nn.functional.softsign", "nn.soft_sign"),
    "silu": ("nn.functional.silu", "nn.silu"),
    "mish": ("nn.functional.mish", "nn.mish"),
    "gelu": ("nn.functional.gelu", lambda j, x: j.nn.gelu(x, approximate=False)),
    "gelu_tanh": (lambda t, x: t.nn.functional.gelu(x, approximate="tanh"), "nn.gelu"),
    "selu": ("nn.functional.selu", "nn.selu"),
    "hardsigmoid": ("nn.functional.hardsigmoid", "nn.hard_sigmoid"),
    "hardswish": ("nn.functional.hardswish", "nn.hard_swish"),
    "normal_cdf": ("special.ndtr", "scipy.special.ndtr"),
    "normal_pdf": _both(_density),
    "maximum": ("maximum", "numpy.maximum"),
    "minimum": ("minimum", "numpy.minimum"),
    "where": _both(lambda t, c, a, b: _where(t)(c > 0, a, b)),
    # One probability: its three operands are x, the (detached) largest, and what lies above it.
    "softmax": _both(lambda t, x, top, above: _exp(t)(x - _detached(t, top) - above)),
    "log_softmax": _both(lambda t, x, top, above: x - _detached(t, top) - above),
    "excess": _both(lambda t, *xs: _logsumexp(t, _stack(t, xs) - _finite_top(t, xs))),
    "sum": _both(lambda t, *xs: _stack(t, xs).sum(0)),
    "mean": _both(lambda t, *xs: _stack(t, xs).mean(0)),
    "prod": _both(lambda t, *xs: _stack(t, xs).prod(0)),
    "max": (lambda t, *xs: _stack(t, xs).amax(0), lambda j, *xs: _stack(j, xs).max(0)),
    "min": (lambda t, *xs: _stack(t, xs).amin(0), lambda j, *xs: _stack(j, xs).min(0)),
    "logsumexp": _both(lambda t, *xs: _logsumexp(t, _stack(t, xs))),
    "norm": (
        lambda t, *xs: t.linalg.vector_norm(_stack(t, xs), dim=0),
        lambda j, *xs: j.numpy.linalg.norm(_stack(j, xs), axis=0),
    ),
    "dot": _both(lambda t, w, x, b: w * x + b),
}


def _sigmoid(t: Any, x: Any) -> Any:
    return t.sigmoid(x) if t.__name__ == "torch" else t.nn.sigmoid(x)


def _power(n: float) -> Case:
    exponent = int(n) if n == int(n) else n  # both libraries have a rule of its own for integers
    return Case(f"x**{n:g}", lambda x: x**n, 1, *_both(lambda t, x: x**exponent))


# Functions with constants in them, and functions over several entries.
OTHERS = [
    *[_power(n) for n in (-3.0, -2.0, -1.0, -0.5, 0.0, 1 / 3, 0.5, 1.0, 1.5, 2.0, 3.0)],
    Case("leaky_relu", ag.leaky_relu, 1, "nn.functional.leaky_relu", "nn.leaky_relu"),
    Case("hardtanh", ag.hardtanh, 1, "nn.functional.hardtanh", "nn.hard_tanh"),
    Case(
        "celu",
        lambda x: ag.celu(x, 0.5),
        1,
        lambda t, x: t.nn.functional.celu(x, 0.5),
        lambda j, x: j.nn.celu(x, 0.5),
    ),
    Case("elu", ag.elu, 1, "nn.functional.elu", "nn.elu"),
    Case(
        "clip(x, -1, 1)",
        lambda x: ag.clip(x, -1, 1),
        1,
        lambda t, x: t.clamp(x, -1, 1),
        lambda j, x: j.numpy.clip(x, -1, 1),
    ),
    Case(
        "softmax of three",
        lambda *xs: ag.softmax(xs)[0],
        3,
        lambda t, *xs: _stack(t, xs).softmax(0)[0],
        lambda j, *xs: j.nn.softmax(_stack(j, xs), axis=0)[0],
    ),
    Case(
        "log_softmax of three",
        lambda *xs: ag.log_softmax(xs)[1],
        3,
        lambda t, *xs: _stack(t, xs).log_softmax(0)[1],
        lambda j, *xs: j.nn.log_softmax(_stack(j, xs), axis=0)[1],
    ),
    Case(
        "dot of two and two",
        lambda *wx: ag.dot(wx[:2], wx[2:]),
        4,
        *_both(lambda t, *wx: wx[0] * wx[2] + wx[1] * wx[3]),
    ),
]


def cases() -> Iterator[Case]:
    """Every case whose entry is in the table now."""
    for name, (torch, jax) in ENTRIES.items():
        if name in table:
            _, *operands = inspect.signature(table[name].partials).parameters.values()
            many = operands[0].kind is inspect.Parameter.VAR_POSITIONAL
            yield Case(name, table[name], 3 if many else len(operands), torch, jax, name)
    yield from OTHERS


# --- points: both zeros, infinities, nan, subnormals, the largest, kinks, ties, tails ---------

_POSITIVE = [0.0, 5e-324, 1e-310, 2.2250738585072014e-308, 1e-300, 1e-8, 0.3, 0.5, 1.0, 1.7, 2.0]
_POSITIVE += [2.5, 3.0, 6.0, 10.0, 20.0, 30.0, 40.0, 100.0, 700.0, 710.0, 746.0, 800.0, 1e8]
_POSITIVE += [1e300, 1.7976931348623157e308, math.inf]
UNARY = [s * x for x in _POSITIVE for s in (1.0, -1.0)] + [math.nan]
BINARY = [0.0, -0.0, 5e-324, -1e-300, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0, 2.5, -3.0, 30.0, 1e300]
BINARY += [-1e300, math.inf, -math.inf, math.nan]
TERNARY = [0.0, -0.0, 1.0, -2.5, 1e300, math.inf, -math.inf, math.nan]
QUATERNARY = [0.0, -2.5, 1e300, math.inf]


GRIDS = {1: UNARY, 2: BINARY, 3: TERNARY, 4: QUATERNARY}


def points(arity: int) -> list[tuple[float, ...]]:
    """Every combination of the grid for so many operands."""
    return list(itertools.product(GRIDS[arity], repeat=arity))
