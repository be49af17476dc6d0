"""Clipping: gradients that are too large are cut, or scaled down, before the optimiser's step."""

from __future__ import annotations

import math
from collections.abc import Iterable

from autograd import Value, clip

from .checks import not_negative


def clip_grad_norm_(
    parameters: Iterable[Value],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> float:
    """Scale all gradients, as one vector, to a norm of ``max_norm`` at most; the norm it had.

    g ← g·min(1, max_norm/(norm + 1e-6)). ``norm_type`` p is that of the norm (Σ|g|ᵖ)^(1/p),
    ``math.inf`` for the largest |g|.

    ``RuntimeError`` for a norm that is nan or inf, if ``error_if_nonfinite``; then nothing
    has changed. (Otherwise all gradients become nan or 0, as in PyTorch.)

    >>> p = Value(1.0)
    >>> (p * 10).backward()
    >>> clip_grad_norm_([p], max_norm=1.0)
    10.0
    >>> round(p.grad, 6)
    1.0
    """
    parameters = _values("clip_grad_norm_", parameters)
    if max_norm != math.inf:  # which changes nothing, and tells the norm
        not_negative("clip_grad_norm_: max_norm", max_norm)
    norm = vector_norm([p.grad for p in parameters], norm_type)
    if error_if_nonfinite and not math.isfinite(norm):
        raise RuntimeError(
            f"clip_grad_norm_: the norm of the gradients is {norm!r}, so they cannot be scaled; "
            "autograd.detect_anomaly() names the op that went wrong"
        )
    factor = max_norm / (norm + 1e-6)
    if not factor >= 1.0:
        for parameter in parameters:
            parameter.grad *= factor
    return norm


def clip_grad_value_(parameters: Iterable[Value], clip_value: float) -> None:
    """Hold every gradient between −clip_value and clip_value.

    >>> p = Value(1.0)
    >>> (p * -10).backward()
    >>> clip_grad_value_([p], 0.5)
    >>> p.grad
    -0.5
    """
    not_negative("clip_grad_value_: clip_value", clip_value)
    for parameter in _values("clip_grad_value_", parameters):
        parameter.grad = clip(parameter.grad, -clip_value, clip_value)


def vector_norm(numbers: Iterable[float], norm_type: float = 2.0) -> float:
    """(Σ|x|ᵖ)^(1/p) for p > 0, without overflow; max |x| for p = ∞; nan if any is nan.

    >>> vector_norm([3.0, -4.0]), vector_norm([3.0, -4.0], 1), vector_norm([3.0, -4.0], math.inf)
    (5.0, 7.0, 4.0)
    """
    if not norm_type > 0:
        raise ValueError(f"norm_type must be > 0 (math.inf for the largest), not {norm_type!r}")
    sizes = [abs(x) for x in numbers]
    if any(map(math.isnan, sizes)):
        return math.nan
    top = max(sizes, default=0.0)
    if norm_type == 2.0:
        return math.hypot(*sizes)
    if top in (0.0, math.inf) or norm_type == math.inf:
        return top
    return top * math.pow(sum((x / top) ** norm_type for x in sizes), 1.0 / norm_type)


def _values(name: str, parameters: Iterable[Value]) -> list[Value]:
    parameters = [parameters] if isinstance(parameters, Value) else list(parameters)
    for i, parameter in enumerate(parameters):
        if not isinstance(parameter, Value):
            raise TypeError(f"{name}: parameters[{i}] must be a Value, not {parameter!r}")
    return parameters
