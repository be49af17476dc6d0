"""The table of primitives, by family: one entry per op, in one place.

An entry holds a name, the forward function on floats, and the *local-derivative closure*
``(out, *inputs) -> partials``. The closure is written once, in the table's own generic
arithmetic, and serves three readers: floats (the eager engine), ``Value``s (derivatives
of derivatives) and NumPy arrays (compiled programs).

Read ``arithmetic`` first; ``table`` says what an entry is.
"""

from __future__ import annotations

from .activations import (
    clip,
    elu,
    gelu,
    leaky_relu,
    relu,
    sigmoid,
    silu,
    softplus,
)
from .arithmetic import add, div, mul, neg, pow_constant, sub
from .elementary import abs, cos, exp, log, pow, sin, sqrt, tanh
from .origin import CONSTANT, LEAF, Origin, Record
from .reductions import dot, log_softmax, logsumexp, max, mean, min, prod, softmax, sum
from .selection import maximum, minimum, where
from .table import Primitive, lookup, primitive, table

__all__ = [
    "CONSTANT",
    "LEAF",
    "Origin",
    "Primitive",
    "Record",
    "abs",
    "add",
    "clip",
    "cos",
    "div",
    "dot",
    "elu",
    "exp",
    "gelu",
    "leaky_relu",
    "log",
    "log_softmax",
    "logsumexp",
    "lookup",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "mul",
    "neg",
    "pow",
    "pow_constant",
    "primitive",
    "prod",
    "relu",
    "sigmoid",
    "silu",
    "sin",
    "softmax",
    "softplus",
    "sqrt",
    "sub",
    "sum",
    "table",
    "tanh",
    "where",
]
