"""Losses that ask for a margin and no more: hinge, multi-class margin, cosine embedding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import Value, dot, relu, sqrt, where

from ..checks import number, one_of
from .labels import class_indices, element, is_other, weight_of
from .reduction import class_weights, elementwise, flat, is_list, plain, reduce, same_length, total


def hinge_loss(input: Any, target: Any, reduction: str = "mean") -> Any:
    """mean relu(1 − target·input), targets being −1 or 1: a binary classifier's margin.

    (Not in PyTorch, whose ``hinge_embedding_loss`` is another.)

    >>> from autograd import Value
    >>> hinge_loss([Value(0.5), Value(-2.0)], [1, -1])
    Value(0.25)
    """
    _signs("hinge_loss", target)
    terms = elementwise("hinge_loss", lambda x, y: relu(1.0 - y * x), input, target)
    return reduce("hinge_loss", terms, reduction)


def multi_margin_loss(
    input: Sequence[Sequence[Any]],
    target: Sequence[int],
    p: int = 1,
    margin: float = 1.0,
    weight: Sequence[float] | None = None,
    reduction: str = "mean",
) -> Any:
    """mean over samples of Σ relu(margin − xₜ + xⱼ)ᵖ / C over the classes j other than t.

    Of the C scores x of a sample, that of its class t should lead by the margin. ``weight``
    has a factor for each class t.

    >>> from autograd import Value
    >>> multi_margin_loss([[Value(0.5), Value(1.0)]], [1])
    Value(0.25)
    """
    name = "multi_margin_loss"
    one_of(f"{name}: p", p, (1, 2))
    number(f"{name}: margin", margin)
    terms = []
    for x, t in zip(input, class_indices(name, input, target), strict=True):
        w = weight_of(class_weights(name, weight, len(x)), t) / len(x)
        own = element(x, t)
        lead = [relu(margin - own + xj) for xj in x]
        if isinstance(t, Value):  # a label of a program that is being compiled
            lead = [where(is_other(t, j), term, 0.0) for j, term in enumerate(lead)]
        else:
            del lead[t]
        terms.append(w * total(lead) if p == 1 else w * dot(lead, lead))
    return reduce(name, terms, reduction)


def cosine_embedding_loss(
    input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: str = "mean"
) -> Any:
    """1 − cos(x₁, x₂) for a pair that belongs together (target 1), else relu(cos − margin) (−1).

    ``input1`` and ``input2`` have one vector per pair, or are one vector each with one target.

    >>> from autograd import Value
    >>> x = [Value(3.0), Value(4.0)]
    >>> loss = cosine_embedding_loss([x, x], [[3.0, 4.0], [4.0, 3.0]], [1, -1], reduction="none")
    >>> [round(term.data, 9) for term in loss]
    [0.0, 0.96]
    """
    name = "cosine_embedding_loss"
    if not -1 <= number(f"{name}: margin", margin) <= 1:
        raise ValueError(f"{name}: margin must be in [−1, 1], not {margin!r}")
    _signs(name, target)
    single = not is_list(target)
    rows1, rows2, targets = ([input1], [input2], [target]) if single else (input1, input2, target)
    same_length(name, rows1, targets)
    same_length(name, rows2, targets)
    terms = []
    for x1, x2, y in zip(rows1, rows2, targets, strict=True):
        same_length(name, x1, x2)
        # As PyTorch: 1e-12 keeps the root away from 0, where its slope would be infinite.
        cosine = dot(x1, x2) / sqrt(dot([*x1, 1e-6], [*x1, 1e-6]) * dot([*x2, 1e-6], [*x2, 1e-6]))
        if isinstance(y, Value):  # a target of a program that is being compiled
            terms.append(where(y, 1.0 - cosine, relu(cosine - margin)))
        else:
            terms.append(1.0 - cosine if y == 1 else relu(cosine - margin))
    return reduce(name, terms[0] if single else terms, reduction)


def _signs(name: str, target: Any) -> None:
    for i, y in enumerate(flat(target)):
        if plain(y) not in (-1, 1):  # no Value is compared: a program holds for all targets
            raise ValueError(f"{name}: targets must be −1 or 1, but targets[{i}] is {y!r}")
