"""Scalar reverse-mode automatic differentiation: a graph of Values, and the chain rule.

>>> from autograd import Value
>>> x = Value(0.5, label="x")
>>> y = (3 * x).tanh()
>>> y.backward()
>>> f"{x.grad:.6f}"
'0.542120'
"""

# ruff: noqa: F401 (abs, compile, max, min, pow, round and sum are public, though not in __all__)

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from . import _build, collector, primitives  # _build decides whether the compiled core runs
from ._neighbours import warn_of_neighbours
from .graph import leaves, release, topological_order
from .primitives import (
    Primitive,
    abs,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cbrt,
    ceil,
    celu,
    clip,
    cos,
    cosh,
    div,
    dot,
    elu,
    erf,
    exp,
    expm1,
    floor,
    floor_divide,
    fmod,
    gelu,
    hardsigmoid,
    hardswish,
    hardtanh,
    hypot,
    leaky_relu,
    log,
    log1p,
    log2,
    log10,
    log_softmax,
    logsigmoid,
    logsumexp,
    max,
    maximum,
    mean,
    min,
    minimum,
    mish,
    norm,
    pick,
    pow,
    primitive,
    prod,
    relu,
    relu6,
    remainder,
    round,
    selu,
    sigmoid,
    sign,
    silu,
    sin,
    sinh,
    softmax,
    softplus,
    softsign,
    sqrt,
    sum,
    tan,
    tanh,
    where,
    xlogy,
)
from .replaying import replay
from .value import Value

if TYPE_CHECKING:
    from .anomaly import AnomalyError, detect_anomaly, set_detect_anomaly
    from .check import gradcheck
    from .checkpointing import checkpoint
    from .compiler import CompileError, fused
    from .compiler import compile as compile
    from .drawing import Drawing, draw
    from .drawing.membership import membership
    from .drawing.why import Why, why
    from .effects import assign, redrawn
    from .explorer import Explorer, explore
    from .formulas import Formula, to_latex, to_sympy
    from .functional import (
        StaleGraphError,
        custom,
        grad,
        hessian,
        hvp,
        jacobian,
        jvp,
        value_and_grad,
        vjp,
    )
    from .modes import enable_grad, no_grad, paused_gc
    from .scopes import Scope, scope_of, scoped
    from .wide import linear

__version__ = "0.1.0"

_build.name_sources()
collector.hide_new(Value)
warn_of_neighbours()

# Loaded when first used, so that `import autograd` stays fast and the engine stands alone.
_LAZY = {
    "AnomalyError": "anomaly",
    "Drawing": "drawing",
    "Scope": "scopes",
    "StaleGraphError": "functional",
    "assign": "effects",
    "checkpoint": "checkpointing",
    "Formula": "formulas",
    "to_latex": "formulas",
    "to_sympy": "formulas",
    "CompileError": "compiler",
    "compile": "compiler",
    "custom": "functional",
    "detect_anomaly": "anomaly",
    "draw": "drawing",
    "enable_grad": "modes",
    "explore": "explorer",
    "Explorer": "explorer",
    "fused": "compiler",
    "grad": "functional",
    "gradcheck": "check",
    "hessian": "functional",
    "hvp": "functional",
    "jacobian": "functional",
    "jvp": "functional",
    "linear": "wide",
    "membership": "drawing.membership",
    "no_grad": "modes",
    "paused_gc": "modes",
    "redrawn": "effects",
    "scope_of": "scopes",
    "scoped": "scopes",
    "set_detect_anomaly": "anomaly",
    "value_and_grad": "functional",
    "vjp": "functional",
    "Why": "drawing.why",
    "why": "drawing.why",
}

# Without abs, compile, max, min, pow, round and sum: `from autograd import *` shadows no builtin.
__all__ = [  # noqa: RUF022 (sorted as strings: log10 before log2)
    "AnomalyError",
    "CompileError",
    "Drawing",
    "Explorer",
    "Formula",
    "Primitive",
    "Scope",
    "StaleGraphError",
    "Value",
    "Why",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "assign",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "celu",
    "checkpoint",
    "clip",
    "cos",
    "cosh",
    "custom",
    "detect_anomaly",
    "div",
    "dot",
    "draw",
    "elu",
    "enable_grad",
    "erf",
    "exp",
    "explore",
    "expm1",
    "floor",
    "floor_divide",
    "fmod",
    "fused",
    "gelu",
    "grad",
    "gradcheck",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hessian",
    "hvp",
    "hypot",
    "jacobian",
    "jvp",
    "leaky_relu",
    "leaves",
    "linear",
    "log",
    "log10",
    "log1p",
    "log2",
    "log_softmax",
    "logsigmoid",
    "logsumexp",
    "maximum",
    "mean",
    "membership",
    "minimum",
    "mish",
    "no_grad",
    "norm",
    "paused_gc",
    "pick",
    "primitive",
    "prod",
    "redrawn",
    "release",
    "relu",
    "relu6",
    "remainder",
    "replay",
    "scope_of",
    "scoped",
    "selu",
    "set_detect_anomaly",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "softsign",
    "sqrt",
    "tan",
    "tanh",
    "to_latex",
    "to_sympy",
    "topological_order",
    "value_and_grad",
    "vjp",
    "where",
    "why",
    "xlogy",
]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        attribute = getattr(importlib.import_module(f".{_LAZY[name]}", __name__), name)
        globals()[name] = attribute
        return attribute
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
