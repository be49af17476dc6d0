"""Losses of one class among several: cross-entropy, NLL, and the divergence of distributions."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from autograd import Value, dot, exp, log_softmax, logsumexp, xlogy

from ..checks import flag, one_of, share
from .labels import (
    check_scores,
    class_indices,
    element,
    is_masked,
    is_one,
    unless_ignored,
    weight_of,
)
from .reduction import (
    REDUCTIONS,
    class_weights,
    elementwise,
    is_list,
    reduce,
    same_length,
    total,
)


def cross_entropy(
    input: Any,
    target: Any,
    weight: Sequence[float] | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """mean −ln softmax(z)ₜ for one list of logits z per sample and the index t of its class.

    Computed as ln Σ exp(zⱼ − zₜ): no overflow, and nothing is lost where it is near 0.

    Args:
        input: a list of logits per sample; or the logits of one sample, with one target.
        target: class indices; or, for each sample, the probabilities of all classes p, for
            mean −Σ p_c·ln softmax(z)_c.
        weight: a factor for each class; a mean over class indices is divided by the sum of
            the factors of its targets.
        ignore_index: the index of samples which do not count.
        reduction: "mean", "sum", or "none" for one loss per sample.
        label_smoothing: ε; targets become (1 − ε)·p + ε/C for C classes.

    >>> from autograd import Value
    >>> cross_entropy([[Value(0.0), Value(0.0)]], [1])
    Value(0.6931471805599453)
    """
    name = "cross_entropy"
    smoothing = share(f"{name}: label_smoothing", label_smoothing)
    if not is_list(target):
        options = (weight, ignore_index, "sum" if reduction == "none" else reduction)
        return cross_entropy([input], [target], *options, label_smoothing)
    soft = len(target) > 0 and is_list(next(iter(target)))  # a pandas column may have no [0]
    check_scores(name, input)
    same_length(name, input, target)
    targets = target if soft else class_indices(name, input, target, ignore_index)
    ignored = ignore_index if not soft and is_masked(target, ignore_index) else None
    terms, weights = [], []
    for z, t in zip(input, targets, strict=True):
        w = class_weights(name, weight, len(z))
        if soft:
            same_length(f"{name}, within a sample", z, t)
            p = [(1.0 - smoothing) * pc + smoothing / len(z) for pc in t]
            term, own = _expected(z, p, w), 1.0
        else:
            of_label = functools.partial(_cross_entropy, z, w, smoothing)
            term, own = unless_ignored(of_label, t, ignored)
        terms.append(term)
        weights.append(own)
    return _mean_by_weight(name, terms, weights, reduction)


def nll_loss(
    input: Any,
    target: Any,
    weight: Sequence[float] | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Any:
    """mean −xₜ for one list of log-probabilities x per sample and the index t of its class.

    ``nll_loss`` after ``log_softmax`` is ``cross_entropy``; arguments as there.

    >>> from autograd import Value
    >>> nll_loss([[Value(-0.5), Value(-1.0)]], [1])
    Value(1.0)
    """
    name = "nll_loss"
    if not is_list(target):
        options = (weight, ignore_index, "sum" if reduction == "none" else reduction)
        return nll_loss([input], [target], *options)
    ignored = ignore_index if is_masked(target, ignore_index) else None
    terms, weights = [], []
    for x, t in zip(input, class_indices(name, input, target, ignore_index), strict=True):
        of_label = functools.partial(_nll, x, class_weights(name, weight, len(x)))
        term, own = unless_ignored(of_label, t, ignored)
        terms.append(term)
        weights.append(own)
    return _mean_by_weight(name, terms, weights, reduction)


def kl_div(input: Any, target: Any, reduction: str = "mean", log_target: bool = False) -> Any:
    """mean t·(ln t − x): how far the distribution eˣ is from t. ``input`` has **logarithms**.

    0·ln 0 counts as 0. ``"mean"`` is over all numbers, as in PyTorch; the divergence proper,
    a mean over samples, is ``"batchmean"``. ``log_target``: ``target`` has logarithms too.

    >>> from autograd import Value
    >>> kl_div([[Value(-0.5), Value(-1.0)]], [[0.5, 0.5]], reduction="batchmean")
    Value(0.056852819440054714)
    """
    name = "kl_div"
    one_of(f"{name}: reduction", reduction, (*REDUCTIONS, "batchmean"))
    if flag(f"{name}: log_target", log_target):
        terms = elementwise(name, lambda x, t: exp(t) * (t - x), input, target)
    else:
        terms = elementwise(name, lambda x, t: xlogy(t, t) - t * x, input, target)
    if reduction == "batchmean":
        return reduce(name, terms, "sum") / len(input)
    return reduce(name, terms, reduction)


def _cross_entropy(
    z: Sequence[Any], weight: Sequence[float], smoothing: float, label: Any
) -> tuple[Any, Any]:
    """Of one sample: its loss, and the weight of its label."""
    own, rest = weight_of(weight, label), [smoothing / len(z)] * len(z)
    if smoothing and not isinstance(label, Value):
        rest[label] += 1.0 - smoothing
        return _expected(z, rest, weight), own
    right = element(z, label)
    term = _times((1.0 - smoothing) * own, logsumexp([zj - right for zj in z]))
    return (term + _expected(z, rest, weight) if smoothing else term), own


def _nll(x: Sequence[Any], weight: Sequence[float], label: Any) -> tuple[Any, Any]:
    """Of one sample: its loss, and the weight of its label."""
    own = weight_of(weight, label)
    return _times(own, -element(x, label)), own


def _expected(z: Sequence[Any], probabilities: Sequence[Any], weight: Sequence[float]) -> Any:
    """−Σ w_c·p_c·ln softmax(z)_c, without the terms of probability 0 (0·inf would be nan)."""
    factors = [w * p for w, p in zip(weight, probabilities, strict=True)]
    terms = list(zip(factors, log_softmax(z), strict=True))
    kept = [(f, x) for f, x in terms if isinstance(f, Value) or f != 0.0] or terms[:1]
    return -dot(*zip(*kept, strict=True))


def _times(weight: Any, term: Any) -> Any:
    return term if is_one(weight) else weight * term


def _mean_by_weight(name: str, terms: Any, weights: Sequence[Any], reduction: str) -> Any:
    """Weighted terms, the mean being their sum over that of the weights."""
    if reduction != "mean" or all(map(is_one, weights)):
        return reduce(name, terms, reduction)
    if not sum(weights) > 0:
        raise ValueError(f"{name}: no target counts (all are ignored or of weight 0): no mean")
    return total(terms) / sum(weights)
