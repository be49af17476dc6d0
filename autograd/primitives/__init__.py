"""The table of primitives, by family: one entry per op, in one place.

An entry holds a name, the forward function on floats, and the *local-derivative closure*
``(out, *inputs) -> partials``. The closure is written once, in the table's own generic
arithmetic, and serves three readers: floats (the eager engine), ``Value``s (derivatives
of derivatives) and NumPy arrays (compiled programs).

Read ``arithmetic`` first; ``table`` says what an entry is.
"""

from __future__ import annotations

from .activations import (
    celu,
    clip,
    elu,
    hardsigmoid,
    hardswish,
    hardtanh,
    leaky_relu,
    relu,
    relu6,
    selu,
)
from .arithmetic import add, div, mul, neg, pow_constant, sub
from .elementary import abs, cbrt, exp, expm1, hypot, log, log1p, log2, log10, pow, sqrt, xlogy
from .origin import CONSTANT, LEAF, Origin, Record
from .picking import pick
from .reductions import dot, log_softmax, logsumexp, max, mean, min, norm, prod, softmax, sum
from .rounding import ceil, floor, floor_divide, fmod, remainder, round
from .selection import maximum, minimum, sign, where
from .smooth import erf, gelu, logsigmoid, mish, sigmoid, silu, softplus, softsign
from .table import Primitive, lookup, primitive, table
from .trigonometric import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    sin,
    sinh,
    tan,
    tanh,
)

__all__ = [
    "CONSTANT",
    "LEAF",
    "Origin",
    "Primitive",
    "Record",
    "abs",
    "acos",
    "acosh",
    "add",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "celu",
    "clip",
    "cos",
    "cosh",
    "div",
    "dot",
    "elu",
    "erf",
    "exp",
    "expm1",
    "floor",
    "floor_divide",
    "fmod",
    "gelu",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hypot",
    "leaky_relu",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_softmax",
    "logsigmoid",
    "logsumexp",
    "lookup",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "mish",
    "mul",
    "neg",
    "norm",
    "pick",
    "pow",
    "pow_constant",
    "primitive",
    "prod",
    "relu",
    "relu6",
    "remainder",
    "round",
    "selu",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "softsign",
    "sqrt",
    "sub",
    "sum",
    "table",
    "tan",
    "tanh",
    "where",
    "xlogy",
]
