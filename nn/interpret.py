"""Looking inside: which inputs a network's output hangs on, and how it sees its data.

``saliency`` and ``integrated_gradients`` explain one output, ``sensitivity`` and
``permutation_importance`` a model on its data, ``representations`` show what a layer makes of
them. A model is a Module or any function of one sample; a sample is a number, or (nested)
lists of numbers; what comes back for a sample has its form. A Module is looked at in eval mode.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from autograd import Value, grad, no_grad

from ._shapes import flat, mapped, refilled
from .losses.reduction import plain
from .module import Module
from .principal_components import Components, principal_components

Model = Callable[[Any], Any]

# Nodes and weights on [0, 1] of the Gauss–Legendre rule of 3 points, exact to degree 5.
NODES = ((0.5 - math.sqrt(0.15), 5 / 18), (0.5, 4 / 9), (0.5 + math.sqrt(0.15), 5 / 18))


def saliency(model: Model, x: Any, target: int | None = None) -> Any:
    """∂score/∂xᵢ for every number of the sample x: how the score moves if xᵢ is nudged.

    The score is the model's output; of several, the one with index ``target``, or the
    largest. (Simonyan, Vedaldi & Zisserman 2013, who draw |∂score/∂xᵢ| as a picture.)

    ``IndexError`` for a target that is not there; no ``.grad`` is touched.

    >>> saliency(lambda x: 2.0 * x[0] - x[1] ** 2, [1.0, 3.0])
    [2.0, -6.0]
    """
    with _eval_mode(model):
        gradient, _ = _slopes(model, _numbers(x), x, _chosen(model, x, target))
    return refilled(x, gradient)


@dataclass(frozen=True)
class Attribution:
    """What each input contributes to a score, beside a baseline.

    ``values`` have the form of the sample and sum up to ``score − baseline_score``, up to
    ``residual``; ``gradients`` says how many gradients were computed.
    """

    values: Any
    score: float
    baseline_score: float
    residual: float
    gradients: int


def integrated_gradients(
    model: Model,
    x: Any,
    baseline: Any = None,
    target: int | None = None,
    tolerance: float = 1e-6,
    most: int = 3000,
) -> Attribution:
    """(xᵢ − x′ᵢ)·∫₀¹ ∂score/∂xᵢ(x′ + α(x − x′)) dα for every input: shares of score(x) − score(x′).

    The contributions add up to the whole difference [Sundararajan, Taly & Yan 2017]. How well
    they do in a part of the way can be seen exactly, by the scores at its two ends: the worst
    part is halved until all add up to ``tolerance``. Parts so small surround each kink, where
    a gradient jumps.

    Args:
        model: see above; of one sample.
        x: the sample.
        baseline: x′, a sample of the same form that says nothing; zeros if it is None.
        target: which output; None is the one that is largest at x.
        tolerance: for the sum, relative to |score(x) − score(x′)| if that is above 1.
        most: how many gradients to compute; ``ArithmeticError`` if they do not suffice, as
            for a score that jumps.

    >>> found = integrated_gradients(lambda x: x[0] * x[1] + x[1].relu(), [2.0, 3.0])
    >>> [round(v, 6) for v in found.values], found.score
    ([3.0, 6.0], 9.0)
    """
    with _eval_mode(model):
        target = _chosen(model, x, target)
        return _integrated(model, x, baseline, target, tolerance, most)


def _integrated(
    model: Model, x: Any, baseline: Any, target: int | None, tolerance: float, most: int
) -> Attribution:
    end = _numbers(x)
    if baseline is not None and not _same_form(baseline, x):
        raise ValueError(
            "integrated_gradients: baseline must have the form of x, a list for a list"
        )
    start = [0.0] * len(end) if baseline is None else _numbers(baseline)
    way = [b - a for a, b in zip(start, end, strict=True)]

    def at(alpha: float) -> tuple[list[float], float]:
        return _slopes(model, [a + alpha * d for a, d in zip(start, way, strict=True)], x, target)

    def part(low: float, high: float, below: float, above: float) -> Any:
        """A part of the way, with what its inputs contribute; the largest error sorts first."""
        shares = [0.0] * len(end)
        for node, weight in NODES:
            slopes, _ = at(low + (high - low) * node)
            factor = weight * (high - low)
            shares = [s + factor * g * d for s, g, d in zip(shares, slopes, way, strict=True)]
        error = abs(math.fsum(shares) - (above - below))
        return (-error, low, high, below, above, shares)

    first, last = at(0.0)[1], at(1.0)[1]
    parts = [part(0.0, 1.0, first, last)]
    allowed = tolerance * max(1.0, abs(last - first))
    count = 5
    while not (missing := math.fsum(-p[0] for p in parts)) <= allowed:
        if count + 7 > most:
            raise ArithmeticError(
                f"integrated_gradients: the contributions miss score(x) − score(baseline) by "
                f"{missing:.1e} after {count} gradients (most={most}); does the score jump, or is "
                "it not finite on the way?"
            )
        _, low, high, below, above, _ = heapq.heappop(parts)
        middle = (low + high) / 2
        between = at(middle)[1]
        heapq.heappush(parts, part(low, middle, below, between))
        heapq.heappush(parts, part(middle, high, between, above))
        count += 7
    values = [math.fsum(shares) for shares in zip(*(p[5] for p in parts), strict=True)]
    residual = abs(math.fsum(values) - (last - first))
    return Attribution(refilled(x, values), last, first, residual, count)


def sensitivity(model: Model, X: Sequence[Any], target: int | None = None) -> Any:
    """√mean (∂score/∂xᵢ)² over samples: how strongly each input acts, in its own unit.

    >>> sensitivity(lambda x: x[0] ** 2 + 3.0 * x[1], [[1.0, 0.0], [-1.0, 5.0]])
    [2.0, 3.0]
    """
    if not len(X):
        raise ValueError("sensitivity(model, X): X must have at least one sample")
    rows = [_numbers(saliency(model, x, target)) for x in X]
    columns = zip(*rows, strict=True)
    return refilled(X[0], [math.sqrt(math.fsum(g * g for g in c) / len(rows)) for c in columns])


def permutation_importance(
    model: Model,
    X: Sequence[Sequence[float]],
    y: Sequence[Any],
    metric: Callable[[Sequence[Any], Sequence[Any]], float],
    repeats: int = 5,
    rng: random.Random | int | None = None,
) -> list[float]:
    """By how much the metric falls when a column of X is shuffled: what the model takes from it.

    The mean of ``repeats`` shuffles for each column [Breiman 2001]. About 0: not used, or
    another column tells the same. On data that were not trained on it says what generalises.

    Args:
        model: of one row.
        X, y: rows of numbers, and their targets.
        metric: ``metric(outputs, targets)``, larger being better, as ``nn.accuracy``.
        repeats: shuffles of each column.
        rng: a ``random.Random``, a seed, or None.

    >>> X = [[float(i % 2), float(i)] for i in range(20)]
    >>> y = [i % 2 for i in range(20)]
    >>> from nn import accuracy
    >>> used, unused = permutation_importance(lambda x: x[0] - 0.5, X, y, accuracy, rng=0)
    >>> used > 0.2, unused
    (True, 0.0)
    """
    rng = rng if isinstance(rng, random.Random) else random.Random(rng)
    if repeats < 1:
        raise ValueError(f"permutation_importance: repeats must be at least 1, not {repeats!r}")
    rows = [list(row) for row in X]

    def score(rows: list[list[float]]) -> float:
        with _eval_mode(model), no_grad():
            return metric([mapped(plain, model(row)) for row in rows], y)

    def shuffled(column: int) -> list[list[float]]:
        others = [row[column] for row in rows]
        rng.shuffle(others)
        return [
            [*row[:column], other, *row[column + 1 :]]
            for row, other in zip(rows, others, strict=True)
        ]

    whole = score(rows)
    return [
        whole - math.fsum(score(shuffled(column)) for _ in range(repeats)) / repeats
        for column in range(len(rows[0]))
    ]


def representations(layer: Model, X: Sequence[Any], components: int = 2) -> Components:
    """What a layer makes of samples, as points: the principal components of its activations.

    Args:
        layer: from a sample to the activations, a (nested) list: ``model.layers[0]``, or a
            function of one's own.
        X: samples, at least two.
        components: how many coordinates; see ``principal_components``.

    >>> found = representations(lambda x: [x[0], 2.0 * x[0], 0.0], [[0.0], [1.0], [2.0]], 1)
    >>> [round(a, 4) for a in found.axes[0]], round(found.explained[0], 6)
    ([0.4472, 0.8944, 0.0], 1.0)
    """
    with _eval_mode(layer), no_grad():
        rows = [_numbers(layer(x)) for x in X]
    return principal_components(rows, components)


# --- what they share ---------------------------------------------------------------------------


@contextmanager
def _eval_mode(model: Model) -> Iterator[None]:
    """A Module in eval mode, and afterwards as it was before."""
    if not isinstance(model, Module):
        yield
        return
    training = {id(module): module.training for module in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for module in model.modules():
            module.training = training[id(module)]


def _numbers(x: Any) -> list[float]:
    """The numbers of a sample, in order; with Value's own errors for what is none."""
    return [Value(plain(item)).data for item in flat(x)]


def _same_form(a: Any, b: Any) -> bool:
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(_same_form, a, b))
    return not isinstance(a, (list, tuple)) and not isinstance(b, (list, tuple))


def _chosen(model: Model, x: Any, target: int | None) -> int | None:
    """The index of the output that is meant; None if there is only one."""
    with no_grad():
        output = model(refilled(x, map(Value, _numbers(x))))
    if not isinstance(output, (list, tuple)):
        if target not in (None, 0):
            raise IndexError(f"target: the model has one output, so there is no {target!r}")
        return None
    scores = mapped(plain, output)
    if target is None:
        return max(range(len(scores)), key=scores.__getitem__)
    if not 0 <= target < len(scores):
        raise IndexError(f"target must be from 0 to {len(scores) - 1}, not {target!r}")
    return target


def _slopes(
    model: Model, numbers: Sequence[float], like: Any, target: int | None
) -> tuple[list[float], float]:
    """The gradient of the score at these numbers, and the score."""
    inputs = [Value(number) for number in numbers]
    output = model(refilled(like, inputs))
    score = output if target is None else output[target]
    if not isinstance(score, Value) or not score.requires_grad:  # a constant
        return [0.0] * len(inputs), float(plain(score))
    slopes = grad(score, inputs, allow_unused=True)
    return [0.0 if slope is None else slope for slope in slopes], score.item()
