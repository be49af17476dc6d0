"""Metrics: how good the outputs are, as plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def predictions(outputs: Sequence[Any]) -> list[int]:
    """The class that each output names.

    For a list of logits, the index of the largest; for a single score, 1 if it is > 0,
    else 0.

    >>> predictions([[0.1, 2.0, -1.0], [3.0, 1.0, 2.0]]), predictions([0.5, -0.5])
    ([1, 0], [1, 0])
    """
    return [_prediction(output) for output in outputs]


def _prediction(output: Any) -> int:
    if isinstance(output, (list, tuple)):
        numbers = [_number(x) for x in output]
        return numbers.index(max(numbers))
    return int(_number(output) > 0)


def accuracy(outputs: Sequence[Any], targets: Sequence[float]) -> float:
    """The share of outputs whose predicted class is the target, in [0, 1].

    Targets are class indices; for single scores 0 and 1, or −1 and 1.

    >>> accuracy([0.5, -0.5, 2.0, 1.0], [1, -1, 1, -1])
    0.75
    """
    if len(outputs) != len(targets) or not len(outputs):
        raise ValueError(
            f"accuracy: there must be one target per output and at least one, not {len(outputs)} "
            f"outputs and {len(targets)} targets"
        )
    hits = sum(p == max(t, 0) for p, t in zip(predictions(outputs), targets, strict=True))
    return hits / len(targets)


def confusion_matrix(
    outputs: Sequence[Any], targets: Sequence[int], classes: int
) -> list[list[int]]:
    """How often class i (row) was predicted as class j (column).

    >>> confusion_matrix([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [0, 1, 1], classes=2)
    [[1, 0], [1, 1]]
    """
    matrix = [[0] * classes for _ in range(classes)]
    for prediction, target in zip(predictions(outputs), targets, strict=True):
        matrix[target][prediction] += 1
    return matrix


def _number(x: Any) -> float:
    return float(x.item() if hasattr(x, "item") else x)
