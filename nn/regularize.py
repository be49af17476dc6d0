"""Regularisation: what is added to the loss to keep the weights small."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autograd import Value, dot


def l2_penalty(strength: float) -> Callable[[Sequence[Value]], Value]:
    """strength·Σ p² over the parameters; its slope, 2·strength·p, pulls each towards 0.

    >>> l2_penalty(0.5)([Value(1.0), Value(2.0)])
    Value(2.5)
    """
    if not strength >= 0:
        raise ValueError(f"l2_penalty: strength must be ≥ 0, not {strength!r}")

    def penalty(parameters: Sequence[Value]) -> Value:
        squares: Value = dot(parameters, parameters)
        return strength * squares

    return penalty
