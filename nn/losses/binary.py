"""Losses of yes or no: binary cross-entropy, of logits and of probabilities."""

from __future__ import annotations

from typing import Any

from autograd import Value, log, log1p, softplus, where

from .reduction import elementwise, flat, plain, reduce, spread

_LEAST = 1e-43  # e⁻¹⁰⁰, where PyTorch cuts the logarithm off, is a little less


def binary_cross_entropy_with_logits(
    input: Any,
    target: Any,
    weight: Any = None,
    reduction: str = "mean",
    pos_weight: Any = None,
) -> Any:
    """mean −[t·ln σ(z) + (1 − t)·ln(1 − σ(z))] for logits z and targets t in [0, 1].

    Computed as t·softplus(−z) + (1 − t)·softplus(z): no overflow, no ln 0. ``pos_weight`` is
    a factor of the first term (rare positives), ``weight`` of both: a number, or lists in
    the form of the input, or of its rows.

    >>> from autograd import Value
    >>> binary_cross_entropy_with_logits([Value(0.0)], [1])
    Value(0.6931471805599453)
    """
    name = "binary_cross_entropy_with_logits"
    _check_targets(name, target)
    positive = spread(f"{name}: pos_weight", 1.0 if pos_weight is None else pos_weight, input)

    def term(z: Any, t: Any, w: Any) -> Any:
        return _both(t, lambda: softplus(-z) if w == 1 else w * softplus(-z), lambda: softplus(z))

    return _weighted(name, elementwise(name, term, input, target, positive), weight, reduction)


def binary_cross_entropy(
    input: Any, target: Any, weight: Any = None, reduction: str = "mean"
) -> Any:
    """mean −[t·ln p + (1 − t)·ln(1 − p)] for probabilities p and targets t, both in [0, 1].

    ln 0 counts as −100, with a slope of 1e12, as in PyTorch. With logits at hand, use
    ``binary_cross_entropy_with_logits``, which needs no such bound.

    >>> from autograd import Value
    >>> binary_cross_entropy([Value(0.5), Value(0.0)], [1, 1], reduction="none")
    [Value(0.6931471805599453), Value(100.0)]
    """
    name = "binary_cross_entropy"
    _check_targets(name, target)
    for i, p in enumerate(flat(input)):
        if not 0 <= plain(p) <= 1:
            raise ValueError(
                f"{name}: inputs must be probabilities, in [0, 1], but input {i} is {plain(p)!r}; "
                "for logits use binary_cross_entropy_with_logits"
            )

    def term(p: Any, t: Any) -> Any:
        # Below the bound a line goes on in place of ln: its slope leads away from 0.
        return _both(
            t,
            lambda: -where(p - _LEAST, log(p), 1e12 * p - 100.0),
            lambda: -where(1.0 - p, log1p(-p), 1e12 * (1.0 - p) - 100.0),
        )

    return _weighted(name, elementwise(name, term, input, target), weight, reduction)


def _both(t: Any, yes: Any, no: Any) -> Any:
    """t·yes + (1 − t)·no, and only the one that counts where t is 1 or 0."""
    if isinstance(t, Value) or 0 < t < 1:
        return t * yes() + (1.0 - t) * no()
    return yes() if t == 1 else no()


def _weighted(name: str, terms: Any, weight: Any, reduction: str) -> Any:
    if weight is not None:
        weights = spread(f"{name}: weight", weight, terms)
        terms = elementwise(f"{name}: weight", lambda w, term: w * term, weights, terms)
    return reduce(name, terms, reduction)


def _check_targets(name: str, target: Any) -> None:
    for i, t in enumerate(flat(target)):
        if not 0 <= plain(t) <= 1:
            raise ValueError(f"{name}: targets must be in [0, 1], but targets[{i}] is {t!r}")
