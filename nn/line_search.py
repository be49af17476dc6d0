"""A line search: how far to go along a direction, by the strong Wolfe conditions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from autograd import div


class Point(NamedTuple):
    """A place on the line x + t·d: the function there, its slope along the line, its gradient."""

    t: float
    value: float
    slope: float
    gradient: list[float]


def strong_wolfe(
    evaluate: Callable[[float], Point],
    start: Point,
    t: float,
    *,
    c1: float = 1e-4,
    c2: float = 0.9,
    smallest: float = 1e-9,
    max_evaluations: int = 25,
) -> tuple[Point, int]:
    """A point that is low enough and flat enough, and how often the function was computed.

    Low enough: f(t) ≤ f(0) + c₁·t·f′(0). Flat enough: |f′(t)| ≤ c₂·|f′(0)|. First the steps
    grow until such a point lies between two of them, then the two close in on it, with the
    lowest point of the cubic through both [Nocedal & Wright 2006, algorithms 3.5 and 3.6].
    PyTorch's search, number for number; here a value that is not finite counts as too high.

    >>> def parabola(t):
    ...     return Point(t, (t - 3) ** 2, 2 * (t - 3), [])
    >>> found, evaluations = strong_wolfe(parabola, parabola(0), 10.0, c2=0.1)
    >>> found.t, evaluations
    (3.0, 2)
    """

    def at(t: float) -> Point:
        point = evaluate(t)
        return point._replace(value=math.inf) if math.isnan(point.value) else point

    def low_enough(point: Point) -> bool:
        return point.value <= start.value + c1 * point.t * start.slope

    def flat_enough(point: Point) -> bool:
        return abs(point.slope) <= -c2 * start.slope

    # Go on until the minimum has been passed: the last two points are a bracket around it.
    previous, here = start, at(t)
    evaluations, tries = 1, 0
    bracket = [start, here]
    while tries < max_evaluations:
        bracket = [previous, here]
        if not low_enough(here) or (tries > 1 and here.value >= previous.value):
            break
        if flat_enough(here):
            return here, evaluations
        if here.slope >= 0.0:
            break
        t = lowest(previous, here, here.t + 0.01 * (here.t - previous.t), 10.0 * here.t)
        previous, here = here, at(t)
        evaluations, tries = evaluations + 1, tries + 1
    else:
        bracket = [start, here]

    # Close in on it: `low` is the better end, and the slope there points into the bracket.
    stuck = False
    low = 0 if bracket[0].value <= bracket[1].value else 1
    while tries < max_evaluations and abs(bracket[1].t - bracket[0].t) >= smallest:
        left, right = sorted((bracket[0].t, bracket[1].t))
        t = lowest(bracket[0], bracket[1], left, right)
        margin = 0.1 * (right - left)
        if min(right - t, t - left) >= margin:
            stuck = False
        elif stuck or not left < t < right:  # twice too near to an end: move into the bracket
            t = right - margin if abs(t - right) < abs(t - left) else left + margin
            stuck = False
        else:
            stuck = True
        here = at(t)
        evaluations, tries = evaluations + 1, tries + 1
        if not low_enough(here) or here.value >= bracket[low].value:
            bracket[1 - low] = here
            low = 0 if bracket[0].value <= bracket[1].value else 1
            continue
        if flat_enough(here):
            return here, evaluations
        if here.slope * (bracket[1 - low].t - bracket[low].t) >= 0.0:
            bracket[1 - low] = bracket[low]
        bracket[low] = here
    return bracket[low], evaluations


def lowest(a: Point, b: Point, left: float, right: float) -> float:
    """Where the cubic with a's and b's values and slopes is lowest, held between two bounds.

    The middle of the bounds if it has no such place, or values are not finite.
    """
    a, b = (a, b) if a.t <= b.t else (b, a)
    d1 = a.slope + b.slope - 3.0 * div(a.value - b.value, a.t - b.t)
    square = d1 * d1 - a.slope * b.slope
    if not 0.0 <= square < math.inf:
        return (left + right) / 2.0
    d2 = math.sqrt(square)
    t = b.t - (b.t - a.t) * div(b.slope + d2 - d1, b.slope - a.slope + 2.0 * d2)
    return min(max(t, left), right) if math.isfinite(t) else (left + right) / 2.0
