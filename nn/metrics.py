"""Metrics: how good the outputs are, as plain numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any


def predictions(outputs: Sequence[Any], threshold: float = 0.0) -> list[int]:
    """The class that each output names.

    For a list of logits, the index of the largest; for a single score (a number, or a list of
    one), 1 if it is > ``threshold``, else 0. For probabilities, ``threshold=0.5``.

    >>> predictions([[0.1, 2.0, -1.0], [3.0, 1.0, 2.0]]), predictions([0.5, -0.5])
    ([1, 0], [1, 0])
    """
    return [_prediction(_numbers(output), threshold) for output in outputs]


def _prediction(scores: list[float], threshold: float) -> int:
    if len(scores) == 1:
        return int(scores[0] > threshold)
    return scores.index(max(scores))


def accuracy(outputs: Sequence[Any], targets: Sequence[Any], threshold: float = 0.0) -> float:
    """The share of outputs whose predicted class is the target, in [0, 1].

    Targets are class indices; for single scores 0 and 1, or −1 and 1. Among several classes,
    negative targets do not count (``ignore_index`` of ``cross_entropy``), and a target may be
    the probabilities of all classes: it is the most probable. ``threshold`` as for
    ``predictions``.

    >>> accuracy([0.5, -0.5, 2.0, 1.0], [1, -1, 1, -1])
    0.75
    >>> accuracy([0.2, 0.9], [0, 1], threshold=0.5)  # probabilities
    1.0
    """
    pairs = [pair for pair in _classes("accuracy", outputs, targets, threshold) if pair[1] >= 0]
    return sum(p == t for p, t in pairs) / len(pairs) if pairs else math.nan


def accuracy_of_probabilities(outputs: Sequence[Any], targets: Sequence[Any]) -> float:
    """``accuracy`` for outputs in [0, 1]: those above a half are of class 1.

    >>> accuracy_of_probabilities([0.2, 0.9], [0, 1])
    1.0
    """
    return accuracy(outputs, targets, threshold=0.5)


def confusion_matrix(
    outputs: Sequence[Any], targets: Sequence[Any], classes: int, threshold: float = 0.0
) -> list[list[int]]:
    """How often class i (row) was predicted as class j (column).

    ``outputs`` are scores: of all classes for each sample, or one for two classes, whose
    targets are 0 and 1, or −1 and 1. ``ValueError`` for another number of classes.

    >>> confusion_matrix([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [0, 1, 1], classes=2)
    [[1, 0], [1, 1]]
    """
    name = "confusion_matrix"
    if classes > 2 and any(len(_numbers(output)) == 1 for output in outputs):
        raise ValueError(
            f"{name}: a single number is the score of one of two classes, but there are "
            f"{classes}; give a list of {classes} scores for each sample"
        )
    matrix = [[0] * classes for _ in range(classes)]
    for i, (prediction, target) in enumerate(_classes(name, outputs, targets, threshold)):
        for what, c in (("targets", target), ("outputs", prediction)):
            if c not in range(classes):
                raise ValueError(
                    f"{name}: {what}[{i}] is of class {c!r}, but there are {classes} classes "
                    f"(0 to {classes - 1})"
                )
        matrix[int(target)][prediction] += 1
    return matrix


def precision_recall_f1(
    outputs: Sequence[Any], targets: Sequence[Any], positive: int = 1, threshold: float = 0.0
) -> tuple[float, float, float]:
    """Of one class: precision, recall, and their harmonic mean F1, each in [0, 1].

    Precision: the share of what was predicted as the class that is of it. Recall: the share
    of the class that was predicted as it. 0 where there is nothing to take a share of.

    >>> precision_recall_f1([1.0, 1.0, -1.0, 1.0], [1, 0, 1, 1])
    (0.6666666666666666, 0.6666666666666666, 0.6666666666666666)
    """
    pairs = _classes("precision_recall_f1", outputs, targets, threshold)
    hits = sum(p == positive == t for p, t in pairs)
    predicted = sum(p == positive for p, _ in pairs)
    actual = sum(t == positive for _, t in pairs)
    precision = hits / predicted if predicted else 0.0
    recall = hits / actual if actual else 0.0
    f1 = 2 * hits / (predicted + actual) if predicted + actual else 0.0
    return precision, recall, f1


def mse(outputs: Sequence[Any], targets: Sequence[Any]) -> float:
    """The mean squared error of numbers, or of all numbers in lists.

    >>> mse([1.0, 3.0], [1.0, 1.0])
    2.0
    """
    return _mse("mse", outputs, targets)


def rmse(outputs: Sequence[Any], targets: Sequence[Any]) -> float:
    """The root of the mean squared error, in the targets' unit.

    >>> rmse([1.0, 5.0], [1.0, 1.0])
    2.8284271247461903
    """
    return math.sqrt(_mse("rmse", outputs, targets))


def r2(outputs: Sequence[Any], targets: Sequence[Any]) -> float:
    """R² = 1 − (squared error)/(squared error of the targets' mean): 1 is perfect, 0 the mean's.

    nan if the targets are all the same.

    >>> r2([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]), r2([2.0, 2.0, 2.0], [1.0, 2.0, 3.0])
    (1.0, 0.0)
    """
    error = _mse("r2", outputs, targets)
    numbers = [x for target in targets for x in _numbers(target)]
    spread = mse([math.fsum(numbers) / len(numbers)] * len(numbers), numbers)
    return 1.0 - error / spread if spread else math.nan


def perplexity(nats: float) -> float:
    """e^(mean cross-entropy in nats): among how many equally likely symbols the model hesitates.

    >>> round(perplexity(math.log(27)), 6)
    27.0
    """
    return math.exp(nats) if nats < 709.0 else math.inf


def _classes(
    name: str, outputs: Sequence[Any], targets: Sequence[Any], threshold: float
) -> list[tuple[int, float]]:
    """The predicted class and the target of each sample; of a single score, −1 is class 0."""
    found = []
    for i, (output, target) in enumerate(_pairs(name, outputs, targets)):
        scores, wanted = _numbers(output), _numbers(target)
        if len(wanted) == 1:
            t = max(wanted[0], 0.0) if len(scores) == 1 else wanted[0]
        elif len(wanted) == len(scores) and _are_probabilities(wanted):
            t = wanted.index(max(wanted))
        else:
            raise ValueError(
                f"{name}: targets[{i}] must be a class index, or probabilities of the "
                f"{len(scores)} classes, not {target!r}; where targets are no classes, another "
                "metric is needed, such as nn.rmse"
            )
        found.append((_prediction(scores, threshold), t))
    return found


def _are_probabilities(numbers: list[float]) -> bool:
    return bool(numbers) and min(numbers) >= 0.0 and math.isclose(sum(numbers), 1.0, abs_tol=1e-6)


def _mse(name: str, outputs: Sequence[Any], targets: Sequence[Any]) -> float:
    errors = []
    for i, (output, target) in enumerate(_pairs(name, outputs, targets)):
        numbers, wanted = _numbers(output), _numbers(target)
        if len(numbers) != len(wanted):
            raise ValueError(
                f"{name}: outputs[{i}] has {len(numbers)} numbers, but its target {len(wanted)}"
            )
        errors += [(o - t) ** 2 for o, t in zip(numbers, wanted, strict=True)]
    return math.fsum(errors) / len(errors)


def _pairs(name: str, outputs: Sequence[Any], targets: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    if len(outputs) != len(targets) or not len(outputs):
        raise ValueError(
            f"{name}: there must be one target per output and at least one, not {len(outputs)} "
            f"outputs and {len(targets)} targets"
        )
    return zip(outputs, targets, strict=True)


def _numbers(x: Any) -> list[float]:
    """The numbers of an output or a target: of a list or an array, or the one that it is."""
    return [_number(element) for element in x] if hasattr(x, "__len__") else [_number(x)]


def _number(x: Any) -> float:
    return float(x.item() if hasattr(x, "item") else x)
