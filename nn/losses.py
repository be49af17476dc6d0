"""Losses: how wrong the outputs are, as one Value to call ``backward()`` on.

Each takes the outputs of a batch and its targets, and returns the mean over the batch. All
that take logits are stable: no overflow, no ln 0.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from autograd import Value, logsumexp, mean, relu, softplus


def mse_loss(outputs: Sequence[Any], targets: Sequence[Any]) -> Value:
    """mean (outputᵢ − targetᵢ)²: regression.

    Outputs are Values, or one list of Values per sample, with targets of the same form.

    >>> mse_loss([Value(1.0), Value(3.0)], [1.0, 1.0])
    Value(2.0)
    """
    if outputs and isinstance(outputs[0], (list, tuple)):
        _same_length("mse_loss", outputs, targets)
        for output, target in zip(outputs, targets, strict=True):
            _same_length("mse_loss, within a sample", output, target)
        outputs = [x for output in outputs for x in output]
        targets = [x for target in targets for x in target]
    return _mean_over("mse_loss", outputs, targets, lambda output, target: (output - target) ** 2)


def hinge_loss(outputs: Sequence[Value], targets: Sequence[float]) -> Value:
    """mean relu(1 − target·output), targets being −1 or 1: the margin of a binary classifier.

    >>> hinge_loss([Value(0.5), Value(-2.0)], [1, -1])
    Value(0.25)
    """
    for i, target in enumerate(targets):
        if target not in (-1, 1):
            raise ValueError(f"hinge_loss: targets must be −1 or 1, but targets[{i}] is {target!r}")
    return _mean_over("hinge_loss", outputs, targets, lambda s, y: relu(1.0 - y * s))


def binary_cross_entropy_with_logits(outputs: Sequence[Value], targets: Sequence[float]) -> Value:
    """mean −[t·ln σ(z) + (1 − t)·ln(1 − σ(z))] for logits z and targets t in [0, 1].

    Computed as t·softplus(−z) + (1 − t)·softplus(z).

    >>> binary_cross_entropy_with_logits([Value(0.0)], [1])
    Value(0.6931471805599453)
    """
    for i, target in enumerate(targets):
        if not 0 <= target <= 1:
            raise ValueError(
                "binary_cross_entropy_with_logits: targets must be in [0, 1], but "
                f"targets[{i}] is {target!r}"
            )
    return _mean_over(
        "binary_cross_entropy_with_logits",
        outputs,
        targets,
        lambda z, t: softplus(-z) if t == 1 else softplus(z) if t == 0 else _mixed(z, t),
    )


def _mixed(z: Value, t: float) -> Value:
    return t * softplus(-z) + (1 - t) * softplus(z)  # type: ignore[no-any-return]


def cross_entropy(outputs: Sequence[Sequence[Value]], targets: Sequence[int]) -> Value:
    """mean −ln softmax(z)ₜ for one list of logits z per sample and the index t of its class.

    Computed as logsumexp(z) − zₜ.

    >>> cross_entropy([[Value(0.0), Value(0.0)]], [1])
    Value(0.6931471805599453)
    """
    classes = []
    for i, (logits, target) in enumerate(zip(outputs, targets, strict=False)):
        if isinstance(logits, Value):
            raise TypeError(
                "cross_entropy takes a list of logits per sample, one for each class, but "
                f"outputs[{i}] is a Value; for one logit use binary_cross_entropy_with_logits"
            )
        try:
            index = operator.index(target)
        except TypeError:
            raise TypeError(
                f"cross_entropy: targets[{i}] must be a class index, an int, not {target!r}"
            ) from None
        if not 0 <= index < len(logits):
            raise ValueError(
                f"cross_entropy: targets[{i}] is {index}, but there are {len(logits)} classes "
                f"(0 to {len(logits) - 1})"
            )
        classes.append(index)
    _same_length("cross_entropy", outputs, targets)
    return _mean_over("cross_entropy", outputs, classes, lambda z, t: logsumexp(z) - z[t])


def _mean_over(name: str, outputs: Sequence[Any], targets: Sequence[Any], term: Any) -> Value:
    _same_length(name, outputs, targets)
    if not len(outputs):
        raise ValueError(f"{name}: the batch is empty")
    loss: Value = mean([term(o, t) for o, t in zip(outputs, targets, strict=True)])
    return loss


def _same_length(name: str, outputs: Sequence[Any], targets: Sequence[Any]) -> None:
    if len(outputs) != len(targets):
        raise ValueError(
            f"{name}: there must be one target per output, not {len(outputs)} outputs and "
            f"{len(targets)} targets"
        )
