"""Losses of one class among several: cross-entropy, NLL, and the divergence of distributions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from autograd import Value, dot, exp, log_softmax, logsumexp, pick, where, xlogy

from ..checks import flag, one_of, share
from .reduction import (
    REDUCTIONS,
    class_weights,
    elementwise,
    is_list,
    plain,
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
    soft = len(target) > 0 and is_list(target[0])
    same_length(name, input, target)
    some_ignored = not soft and any(plain(t) == ignore_index for t in target)
    terms, weights = [], []
    for z, t in zip(
        input, target if soft else class_indices(name, input, target, ignore_index), strict=True
    ):
        w = class_weights(name, weight, len(z))
        if isinstance(t, Value):  # a label of a program that is being compiled
            t, counts = label_or_none(t, some_ignored, ignore_index)
            weight_of_t = 1.0 if weight is None else pick(w, t)
            label = pick(z, t)
            term = _times((1.0 - smoothing) * weight_of_t, logsumexp([zj - label for zj in z]))
            if smoothing:
                term = term + _expected(z, [smoothing / len(z)] * len(z), w)
            terms.append(counts(term))
            weights.append(counts(weight_of_t))
        elif t is None:
            terms.append(Value(0.0, requires_grad=False))
            weights.append(0.0)
        elif soft:
            same_length(f"{name}, within a sample", z, t)
            terms.append(_expected(z, [(1.0 - smoothing) * p + smoothing / len(z) for p in t], w))
            weights.append(1.0)
        else:
            if smoothing:
                p = [smoothing / len(z)] * len(z)
                p[t] += 1.0 - smoothing
                terms.append(_expected(z, p, w))
            else:
                terms.append(_times(w[t], logsumexp([zj - z[t] for zj in z])))
            weights.append(w[t])
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
    some_ignored = any(plain(t) == ignore_index for t in target)
    terms, weights = [], []
    for x, t in zip(input, class_indices(name, input, target, ignore_index), strict=True):
        if isinstance(t, Value):
            t, counts = label_or_none(t, some_ignored, ignore_index)
            weight_of_t = 1.0 if weight is None else pick(class_weights(name, weight, len(x)), t)
            terms.append(counts(_times(weight_of_t, -pick(x, t))))
            weights.append(counts(weight_of_t))
            continue
        w = 0.0 if t is None else class_weights(name, weight, len(x))[t]
        terms.append(Value(0.0, requires_grad=False) if t is None else _times(w, -x[t]))
        weights.append(w)
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


def class_indices(name: str, input: Any, target: Any, ignore_index: int | None = None) -> list[Any]:
    """The targets as ints, each checked against the number of scores; None where ignored."""
    for i, scores in enumerate(input):
        if not is_list(scores):
            raise TypeError(
                f"{name} takes a list of logits per sample, one for each class, but "
                f"outputs[{i}] is {scores!r}; for one logit use binary_cross_entropy_with_logits"
            )
    same_length(name, input, target)
    classes: list[Any] = []
    for i, (scores, t) in enumerate(zip(input, target, strict=True)):
        if isinstance(t, Value):  # checked by pick
            classes.append(t)
            continue
        try:
            index = operator.index(t)
        except TypeError:
            raise TypeError(
                f"{name}: targets[{i}] must be a class index, an int, not {t!r}"
            ) from None
        if index == ignore_index:
            classes.append(None)
        elif 0 <= index < len(scores):
            classes.append(index)
        else:
            raise ValueError(
                f"{name}: targets[{i}] is {index}, but there are {len(scores)} classes "
                f"(0 to {len(scores) - 1})"
            )
    return classes


def label_or_none(
    t: Value, some_ignored: bool, ignore_index: int
) -> tuple[Value, Callable[[Any], Any]]:
    """A label that can be looked up, and what makes 0 of a number if it is to be ignored.

    Where none of a batch is ignored, nothing is done for it: a program in which a look-up
    fails for another batch is traced again.
    """
    if not some_ignored:
        return t, lambda number: number
    is_label = abs(t - ignore_index) - 0.5
    return where(is_label, t, 0.0), lambda number: where(is_label, number, 0.0)


def _expected(z: Sequence[Any], probabilities: Sequence[Any], weight: Sequence[float]) -> Any:
    """−Σ w_c·p_c·ln softmax(z)_c, without the terms of probability 0 (0·inf would be nan)."""
    factors = [w * p for w, p in zip(weight, probabilities, strict=True)]
    terms = list(zip(factors, log_softmax(z), strict=True))
    kept = [(f, x) for f, x in terms if isinstance(f, Value) or f != 0.0] or terms[:1]
    return -dot(*zip(*kept, strict=True))


def _times(weight: Any, term: Any) -> Any:
    return term if is_one(weight) else weight * term


def is_one(weight: Any) -> bool:
    """True for the number 1; a Value is none, whatever its data."""
    return not isinstance(weight, Value) and weight == 1.0


def _mean_by_weight(name: str, terms: Any, weights: Sequence[Any], reduction: str) -> Any:
    """Weighted terms, the mean being their sum over that of the weights."""
    if reduction != "mean" or all(map(is_one, weights)):
        return reduce(name, terms, reduction)
    if not sum(weights) > 0:
        raise ValueError(f"{name}: no target counts (all are ignored or of weight 0): no mean")
    return total(terms) / sum(weights)
