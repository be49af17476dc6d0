"""Scalar reverse-mode automatic differentiation: a graph of Values, and the chain rule.

>>> from autograd import Value
>>> x = Value(0.5, label="x")
>>> y = (3 * x).tanh()
>>> y.backward()
>>> round(x.grad, 6)
0.54212
"""

# ruff: noqa: F401 (abs, max, min, pow and sum are public, though not in __all__)

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from . import primitives
from ._neighbours import warn_of_neighbours
from .graph import leaves, release, topological_order
from .primitives import (
    Primitive,
    abs,
    clip,
    cos,
    div,
    dot,
    elu,
    exp,
    gelu,
    leaky_relu,
    log,
    log_softmax,
    logsumexp,
    max,
    maximum,
    mean,
    min,
    minimum,
    pow,
    primitive,
    prod,
    relu,
    sigmoid,
    silu,
    sin,
    softmax,
    softplus,
    sqrt,
    sum,
    tanh,
    where,
)
from .replaying import replay
from .value import Value

if TYPE_CHECKING:
    from .check import gradcheck
    from .drawing import Drawing, draw
    from .modes import AnomalyError, detect_anomaly, enable_grad, no_grad, paused_gc
    from .scopes import Scope, scope_of, scoped

__version__ = "0.1.0"

warn_of_neighbours()

# Loaded when first used, so that `import autograd` stays fast and the engine stands alone.
_LAZY = {
    "AnomalyError": "modes",
    "Drawing": "drawing",
    "Scope": "scopes",
    "detect_anomaly": "modes",
    "draw": "drawing",
    "enable_grad": "modes",
    "gradcheck": "check",
    "no_grad": "modes",
    "paused_gc": "modes",
    "scope_of": "scopes",
    "scoped": "scopes",
}

# Without abs, max, min, pow and sum: `from autograd import *` shadows no builtin.
__all__ = [
    "AnomalyError",
    "Drawing",
    "Primitive",
    "Scope",
    "Value",
    "clip",
    "cos",
    "detect_anomaly",
    "div",
    "dot",
    "draw",
    "elu",
    "enable_grad",
    "exp",
    "gelu",
    "gradcheck",
    "leaky_relu",
    "leaves",
    "log",
    "log_softmax",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "no_grad",
    "paused_gc",
    "primitive",
    "prod",
    "release",
    "relu",
    "replay",
    "scope_of",
    "scoped",
    "sigmoid",
    "silu",
    "sin",
    "softmax",
    "softplus",
    "sqrt",
    "tanh",
    "topological_order",
    "where",
]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        attribute = getattr(importlib.import_module(f".{_LAZY[name]}", __name__), name)
        globals()[name] = attribute
        return attribute
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
