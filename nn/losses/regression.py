"""Losses of numbers that should be close to other numbers: MSE, L1, smooth L1, Huber."""

from __future__ import annotations

from typing import Any

from autograd import where

from ..checks import not_negative, positive
from .reduction import elementwise, reduce


def mse_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """mean (inputᵢ − targetᵢ)².

    ``input`` is a list of Values, or one list of Values per sample (and so on), ``target`` of
    the same form. ``reduction``: ``"mean"`` over all numbers, ``"sum"``, or ``"none"`` for
    one loss per number, in the same form.

    >>> from autograd import Value
    >>> mse_loss([Value(1.0), Value(3.0)], [1.0, 1.0])
    Value(2.0)
    """
    return reduce(
        "mse_loss", elementwise("mse_loss", lambda x, y: (x - y) ** 2, input, target), reduction
    )


def l1_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """mean |inputᵢ − targetᵢ|, of which outliers pull less; slope 0 where they are equal.

    >>> from autograd import Value
    >>> l1_loss([Value(1.0), Value(3.0)], [1.0, 1.0])
    Value(1.0)
    """
    return reduce(
        "l1_loss", elementwise("l1_loss", lambda x, y: abs(x - y), input, target), reduction
    )


def smooth_l1_loss(input: Any, target: Any, reduction: str = "mean", beta: float = 1.0) -> Any:
    """With d = |inputᵢ − targetᵢ|: mean of d²/(2·beta) where d < beta, else d − beta/2.

    beta 0 gives ``l1_loss``.

    >>> from autograd import Value
    >>> smooth_l1_loss([Value(0.5), Value(3.0)], [0.0, 0.0], reduction="none")
    [Value(0.125), Value(2.5)]
    """
    name = "smooth_l1_loss"
    if not_negative(f"{name}: beta", beta) == 0.0:
        return l1_loss(input, target, reduction)

    def term(x: Any, y: Any) -> Any:
        d = abs(x - y)
        return where(beta - d, d * d * (0.5 / beta), d - 0.5 * beta)

    return reduce(name, elementwise(name, term, input, target), reduction)


def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0) -> Any:
    """With d = |inputᵢ − targetᵢ|: mean of d²/2 where d < delta, else delta·(d − delta/2).

    >>> from autograd import Value
    >>> huber_loss([Value(0.5), Value(3.0)], [0.0, 0.0], reduction="none", delta=2.0)
    [Value(0.125), Value(4.0)]
    """
    name = "huber_loss"
    positive(f"{name}: delta", delta)

    def term(x: Any, y: Any) -> Any:
        d = abs(x - y)
        return where(delta - d, d * d * 0.5, delta * (d - 0.5 * delta))

    return reduce(name, elementwise(name, term, input, target), reduction)
