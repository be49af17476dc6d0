"""What losses share: one term per number or per sample, and how terms become one loss."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any

import autograd
from autograd import Value, mean

from ..checks import one_of

ALIKE = "outputs and targets must be nested alike, as [[1.0], [2.0]] or as [1.0, 2.0]"
REDUCTIONS = ("mean", "sum", "none")


def elementwise(name: str, term: Callable[..., Any], *arrays: Any) -> Any:
    """``term`` of the numbers at each place of (nested) lists of the same form, in that form.

    ``ValueError`` where lengths differ.
    """
    if not is_list(arrays[0]):
        for array in arrays[1:]:
            if is_list(array):
                raise ValueError(
                    f"{name}: {array!r} is a list where {arrays[0]!r} is a number; {ALIKE}"
                )
        try:
            return term(*arrays)
        except TypeError as error:
            raise TypeError(f"{name}: {error}") from None
    for array in arrays[1:]:
        if not is_list(array):
            raise ValueError(
                f"{name}: {array!r} is a number where a list of {len(arrays[0])} is; {ALIKE}"
            )
        same_length(name, arrays[0], array)
    return [elementwise(name, term, *row) for row in zip(*arrays, strict=True)]


def reduce(name: str, terms: Any, reduction: str) -> Any:
    """The mean of (nested) terms, or their sum, or themselves for ``"none"``."""
    if one_of(f"{name}: reduction", reduction, REDUCTIONS) == "none":
        return terms
    numbers = flat(terms)
    if not numbers:
        raise ValueError(f"{name}: the batch is empty")
    return mean(numbers) if reduction == "mean" else total(numbers)


def total(terms: Sequence[Any]) -> Any:
    """Σ termᵢ as one node."""
    return autograd.sum(terms)  # type: ignore[attr-defined]  # not in __all__, being a builtin's name


def spread(name: str, option: Any, like: Any) -> Any:
    """An option in the form of ``like``: a number for all, or lists for its last dimensions."""
    if depth(option) < depth(like):
        return [spread(name, option, row) for row in like]
    elementwise(name, lambda number, _: number, option, like)
    return option


def class_weights(name: str, weight: Sequence[float] | None, classes: int) -> Sequence[float]:
    """A weight ≥ 0 for each class; 1 without."""
    if weight is None:
        return [1.0] * classes
    if len(weight) != classes:
        raise ValueError(
            f"{name}: weight has {len(weight)} numbers, but there are {classes} classes"
        )
    for c, w in enumerate(weight):
        if not w >= 0:
            raise ValueError(f"{name}: weight[{c}] must be ≥ 0, not {w!r}")
    return weight


def is_list(x: Any) -> bool:
    """True for what has elements: lists, tuples, arrays; not for texts."""
    return not isinstance(x, (Value, str, bytes)) and hasattr(x, "__len__")


def depth(x: Any) -> int:
    """0 for a number, 1 for a list of numbers, and so on."""
    return 1 + (depth(x[0]) if len(x) else 0) if is_list(x) else 0


def flat(x: Any) -> list[Any]:
    """The numbers in nested lists, in order."""
    return [number for row in x for number in flat(row)] if is_list(x) else [x]


def plain(x: Any) -> float:
    """A Value's number; a number itself; nan for what is none, which no check lets through."""
    number: float = x.data if isinstance(x, Value) else x
    return number if isinstance(number, Real) else math.nan


def same_length(name: str, outputs: Sequence[Any], targets: Sequence[Any]) -> None:
    """``ValueError`` if there is not one target per output."""
    if len(outputs) != len(targets):
        raise ValueError(
            f"{name}: there must be one target per output, not {len(outputs)} outputs and "
            f"{len(targets)} targets"
        )
