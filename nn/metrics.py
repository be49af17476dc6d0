"""Metrics: how good the outputs are, as plain numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
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
    _pairs("accuracy", outputs, targets)
    hits = sum(p == max(t, 0) for p, t in zip(predictions(outputs), targets, strict=True))
    return hits / len(targets)


def confusion_matrix(
    outputs: Sequence[Any], targets: Sequence[int], classes: int
) -> list[list[int]]:
    """How often class i (row) was predicted as class j (column).

    ``outputs`` are scores: of all classes for each sample, or one for two classes.
    ``ValueError`` for single numbers and more classes.

    >>> confusion_matrix([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [0, 1, 1], classes=2)
    [[1, 0], [1, 1]]
    """
    if classes > 2 and any(not hasattr(output, "__len__") for output in outputs):
        raise ValueError(
            f"confusion_matrix: a single number is the score of one of two classes, but there are "
            f"{classes}; give a list of {classes} scores for each sample"
        )
    matrix = [[0] * classes for _ in range(classes)]
    for prediction, target in zip(predictions(outputs), targets, strict=True):
        matrix[target][prediction] += 1
    return matrix


def precision_recall_f1(
    outputs: Sequence[Any], targets: Sequence[int], positive: int = 1
) -> tuple[float, float, float]:
    """Of one class: precision, recall, and their harmonic mean F1, each in [0, 1].

    Precision: the share of what was predicted as the class that is of it. Recall: the share
    of the class that was predicted as it. 0 where there is nothing to take a share of.

    >>> precision_recall_f1([1.0, 1.0, -1.0, 1.0], [1, 0, 1, 1])
    (0.6666666666666666, 0.6666666666666666, 0.6666666666666666)
    """
    pairs = list(zip(predictions(outputs), targets, strict=True))
    hits = sum(p == positive == t for p, t in pairs)
    predicted = sum(p == positive for p, _ in pairs)
    actual = sum(t == positive for _, t in pairs)
    precision = hits / predicted if predicted else 0.0
    recall = hits / actual if actual else 0.0
    f1 = 2 * hits / (predicted + actual) if predicted + actual else 0.0
    return precision, recall, f1


def mse(outputs: Sequence[Any], targets: Sequence[float]) -> float:
    """The mean squared error of numbers.

    >>> mse([1.0, 3.0], [1.0, 1.0])
    2.0
    """
    return math.fsum((_number(o) - t) ** 2 for o, t in _pairs("mse", outputs, targets)) / len(
        targets
    )


def rmse(outputs: Sequence[Any], targets: Sequence[float]) -> float:
    """The root of the mean squared error, in the targets' unit.

    >>> rmse([1.0, 5.0], [1.0, 1.0])
    2.8284271247461903
    """
    return math.sqrt(mse(outputs, targets))


def r2(outputs: Sequence[Any], targets: Sequence[float]) -> float:
    """R² = 1 − (squared error)/(squared error of the targets' mean): 1 is perfect, 0 the mean's.

    nan if the targets are all the same.

    >>> r2([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]), r2([2.0, 2.0, 2.0], [1.0, 2.0, 3.0])
    (1.0, 0.0)
    """
    mean = math.fsum(targets) / len(targets)
    spread = mse([mean] * len(targets), targets)
    return 1.0 - mse(outputs, targets) / spread if spread else math.nan


def perplexity(nats: float) -> float:
    """e^(mean cross-entropy in nats): among how many equally likely symbols the model hesitates.

    >>> round(perplexity(math.log(27)), 6)
    27.0
    """
    return math.exp(nats) if nats < 709.0 else math.inf


def _pairs(name: str, outputs: Sequence[Any], targets: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    if len(outputs) != len(targets) or not len(outputs):
        raise ValueError(
            f"{name}: there must be one target per output and at least one, not {len(outputs)} "
            f"outputs and {len(targets)} targets"
        )
    return zip(outputs, targets, strict=True)


def _number(x: Any) -> float:
    return float(x.item() if hasattr(x, "item") else x)
