"""Power laws: a straight line on two logarithmic axes, fitted by least squares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple


class Law(NamedTuple):
    """floor + factor·x^exponent.

    >>> Law(3.0, 2.0)(10.0), Law(3.0, 2.0, floor=0.5).text("n")
    (300.0, '0.5 + 3·n^2.00')
    """

    factor: float
    exponent: float
    floor: float = 0.0

    def __call__(self, x: float) -> float:
        return float(self.floor + self.factor * x**self.exponent)

    def text(self, x: str) -> str:
        """The formula."""
        start = f"{self.floor:.2g} + " if self.floor else ""
        return f"{start}{self.factor:.2g}·{x}^{self.exponent:.2f}"

    def curve(self, xs: Sequence[float]) -> tuple[list[float], list[float]]:
        """Its course from the smallest x to the largest, evenly spaced in their logarithms."""
        low, high = math.log(min(xs)), math.log(max(xs))
        points = [math.exp(low + (high - low) * i / 60) for i in range(61)]
        return points, [self(x) for x in points]


def power_law(xs: Sequence[float], ys: Sequence[float], floor: bool = False) -> Law:
    """The law closest to positive points, as measured by the squared error of ln y.

    ``floor``: the one of floors from 0 to just below the smallest y that fits best; without,
    it is 0. ``ValueError`` for fewer than two points, or numbers that are not positive.

    >>> law = power_law([1.0, 10.0, 100.0], [2.0, 20.0, 200.0])
    >>> round(law.factor, 9), round(law.exponent, 9)
    (2.0, 1.0)
    """
    if len(xs) < 2 or len(xs) != len(ys) or not min(*xs, *ys) > 0:
        raise ValueError(f"power_law: there must be positive points, not {xs!r} and {ys!r}")
    lowest = min(ys)
    floors = [lowest * i / 200 for i in range(200)] if floor and len(xs) > 2 else [0.0]
    laws = [_above(f, xs, ys) for f in floors]
    return min(laws, key=lambda law: _error(law, xs, ys))


def _above(floor: float, xs: Sequence[float], ys: Sequence[float]) -> Law:
    """A line through ln x and ln(y − floor)."""
    u, v = [math.log(x) for x in xs], [math.log(y - floor) for y in ys]
    mean_u, mean_v = math.fsum(u) / len(u), math.fsum(v) / len(v)
    spread = math.fsum((a - mean_u) ** 2 for a in u)
    joint = math.fsum((a - mean_u) * (b - mean_v) for a, b in zip(u, v, strict=True))
    exponent = joint / spread
    return Law(math.exp(mean_v - exponent * mean_u), exponent, floor)


def _error(law: Law, xs: Sequence[float], ys: Sequence[float]) -> float:
    return math.fsum(math.log(law(x) / y) ** 2 for x, y in zip(xs, ys, strict=True))
