"""Labels: the index of the class of each sample.

While a program is being compiled they are Values, because it holds for all labels.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from autograd import Value, pick, where

from .reduction import is_list, plain, same_length


def class_indices(name: str, input: Any, target: Any, ignore_index: int | None = None) -> list[Any]:
    """The targets as ints, each checked against the number of scores; None where ignored."""
    check_scores(name, input)
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


def check_scores(name: str, input: Any) -> None:
    """``TypeError`` for outputs that are not a list of scores per sample."""
    form = f"{name} takes a list of logits per sample, one for each class"
    if not is_list(input):
        raise TypeError(f"{form}, not {input!r}")
    for i, scores in enumerate(input):
        if not is_list(scores):
            raise TypeError(
                f"{form}, but outputs[{i}] is {scores!r}; for one logit use "
                "binary_cross_entropy_with_logits"
            )


def is_masked(target: Sequence[Any], ignore_index: int) -> bool:
    """True if a program must look for samples to ignore: if somebody said so, or there are any.

    Else a label that is the default −100 is one that ``pick`` refuses.
    """
    return ignore_index != -100 or any(plain(t) == ignore_index for t in target)


def unless_ignored(
    term: Callable[[Any], tuple[Any, Any]], label: Any, ignore_index: int | None
) -> tuple[Any, Any]:
    """``term(label)``, a term and its weight; both are 0 for a label to ignore.

    Such a label is None, or, in a program that must look for it, a Value equal to
    ``ignore_index``. None for the latter: there are none.
    """
    if label is None:
        return Value(0.0, requires_grad=False), 0.0
    if ignore_index is None or not isinstance(label, Value):
        return term(label)
    counts = where(is_other(label, ignore_index), 1.0, 0.0)
    found, weight = term(where(counts, label, 0.0))  # some label that can be looked up
    return where(counts, found, 0.0), counts * weight


def is_other(label: Value, index: int) -> Value:
    """A condition for ``where``: > 0 if the label is not this index, 0 if it is."""
    distance = label - index
    return distance * distance


def element(items: Sequence[Any], label: Any) -> Any:
    """The item of a label."""
    return pick(items, label) if isinstance(label, Value) else items[label]


def weight_of(weights: Sequence[float], label: Any) -> Any:
    """The weight of a label; the number 1 if all have that, which needs no look-up."""
    return 1.0 if all(map(is_one, weights)) else element(weights, label)


def is_one(weight: Any) -> bool:
    """True for the number 1; a Value is none, whatever its data."""
    return not isinstance(weight, Value) and weight == 1.0
