"""The slope of a function of one float, measured: central differences, extrapolated.

Differences (f(x + h) − f(x − h)) / 2h are taken for h, h/4, h/16 …, and Richardson's rule
removes the h² and h⁴ parts of their error. A measured slope knows how far it can be
trusted: the estimate is the one at which truncation and rounding together are least.

>>> import math
>>> found = slope(math.exp, 0.0)
>>> found.kind, abs(found.value - 1.0) < 1e-12
('smooth', True)
>>> found = slope(abs, 0.0)
>>> found.kind, found.left, found.right
('kink', -1.0, 1.0)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

EPSILON = 2.220446049250313e-16
MOST_STEPS = 30
LIKE_A_JUMP = 3.9  # of 4: f(x + h) − f(x) does not shrink with h
DIVERGING = 6  # so many differences in a row must grow, to the end, for a slope to be infinite

Kind = Literal["smooth", "kink", "jump", "edge", "undefined"]


@dataclass(frozen=True)
class Slope:
    """A measured slope.

    ``kind`` is "kink" where the slopes to the left and to the right differ, "jump" where the
    function itself does, "edge" at the edge of the function's domain, where only one side
    has a slope, "undefined" where the function is not finite. ``value`` is the mean of
    ``left`` and ``right``, ±inf where the graph is vertical, nan where there is none;
    ``error`` is an estimate of its own error.
    """

    value: float
    error: float
    kind: Kind = "smooth"
    left: float = math.nan
    right: float = math.nan


def slope(
    function: Callable[[float], float],
    x: float,
    *,
    noise: Callable[[float], float] = lambda x: 0.0,
    step: float | None = None,
) -> Slope:
    """The slope of ``function`` at ``x``.

    Args:
        function: from float to float, without exceptions.
        noise: the rounding error of ``function`` near x, beyond an ulp of its result.
        step: the first h, which is also the largest; None for max(1, |x|)/128.
    """
    middle = function(x)
    if not (math.isfinite(x) and math.isfinite(middle)):
        return Slope(math.nan, math.nan, "undefined")
    found = measure(function, x, middle, noise, step or max(1.0, abs(x)) / 128)
    is_clear = found.kind != "edge" and found.error <= 1e-6 * abs(found.value) < math.inf
    if is_clear or not 0.0 < abs(x) < 0.1 or step is not None:
        return found
    again = measure(function, x, middle, noise, abs(x) / 128)  # x may be its own scale
    is_clear = again.error <= 1e-3 * abs(again.value) < math.inf  # as beside a pole at 0
    worse = again.error > found.error and not is_clear
    return found if worse and found.kind not in ("edge", "jump") else again


def measure(
    function: Callable[[float], float],
    x: float,
    middle: float,
    noise: Callable[[float], float],
    step: float,
) -> Slope:
    """The slope from steps h, h/4, h/16 … of which ``step`` is the first."""

    def differences(h: float) -> tuple[float, float, float]:
        """The slopes to the left and to the right, and the error that rounding makes in both."""
        high, low = function(x + h), function(x - h)
        rounding = max(noise(x + h), noise(x - h)) + EPSILON * max(abs(high), abs(low))
        return (middle - low) / h, (high - middle) / h, rounding / h

    tries = Tries()
    sides: tuple[list[float], list[float]] = ([], [])
    for h in steps(x, step):
        left, right, rounding = differences(h)
        if math.isfinite(left) and math.isfinite(right):
            tries.add(left, right, rounding)
            if tries.are_enough():
                # A staircase looks smooth from afar: look at it from near by as well.
                near = h / 2**20
                if x + near == x or tries.agree_with(*differences(near)):
                    break
                tries = Tries()
        elif not tries.central:
            for side, found in zip(sides, (left, right), strict=True):
                if math.isfinite(found):
                    side.append(found)
    if tries.central:
        return tries.best()
    return max((one_sided(found) for found in sides), key=lambda s: s.value == s.value)


def steps(x: float, step: float) -> Iterator[float]:
    """Powers of two, so that x + h and x − h are mostly exact; as long as they differ from x."""
    h = 2.0 ** math.floor(math.log2(step))
    for _ in range(MOST_STEPS):
        if h == 0.0 or x + h == x or x - h == x:
            return
        yield h
        h /= 4.0


class Tries:
    """Differences on both sides for smaller and smaller h, and what they tend to."""

    def __init__(self) -> None:
        self.central: list[float] = []
        self.bends: list[float] = []  # right − left: h·f″ if f is smooth, else it stays
        self.rounding: list[float] = []
        self.limits: list[float] = []
        self.errors: list[float] = []
        self.row: list[float] = []  # Richardson's table: central, then its extrapolations

    def add(self, left: float, right: float, rounding: float) -> None:
        """The two slopes at the next h, which is a quarter of the last."""
        self.central.append(left + (right - left) / 2)
        self.bends.append(right - left)
        self.rounding.append(rounding)
        row = [self.central[-1]]
        for power, coarser in zip((16, 256), self.row, strict=False):
            row.append(row[-1] + (row[-1] - coarser) / (power - 1))
        self.row = row
        self.limits.append(row[-1])
        last = self.limits[-3:]
        spread = max(last) - min(last) if len(last) == 3 else math.inf
        if spread > 0.01 * abs(row[-1]):  # far from settled: the next may be as far again
            spread *= 4
        self.errors.append(spread + 2 * rounding)

    def are_enough(self) -> bool:
        """True if a smaller h will not tell more: it has converged, or all is rounding."""
        if len(self.errors) < 3:
            return False
        truncation = self.errors[-1] - 2 * self.rounding[-1]
        if truncation <= max(1e-10 * abs(self.limits[-1]), self.rounding[-1]):
            return True
        return self.rounding[-1] > 100 * min(self.errors)

    def agree_with(self, left: float, right: float, rounding: float) -> bool:
        """True if the slopes at a much smaller h are those found, as far as rounding lets see."""
        doubt = 1e-3 * max(abs(left), abs(right)) + 8 * rounding
        return abs(left + (right - left) / 2 - self.limits[-1]) <= doubt

    def best(self) -> Slope:
        """The slope with the least error."""
        is_rounding = abs(self.central[-1]) <= 8 * self.rounding[-1]
        growth = 0.0 if is_rounding else growing(self.central)
        if growth > LIKE_A_JUMP:
            return Slope(math.nan, math.nan, "jump")
        if growth:
            vertical = math.copysign(math.inf, self.central[-1])
            return Slope(vertical, 0.0, "smooth", vertical, vertical)
        i = min(range(len(self.errors)), key=lambda i: (self.errors[i], i))
        value, error = self.limits[i], self.errors[i]
        if not math.isfinite(error):  # too few
            return Slope(math.nan, math.nan, "undefined")
        # Right − left without the part that is proportional to h.
        bend, before = [(4 * self.bends[j] - self.bends[j - 1]) / 3 for j in (i, i - 1)]
        left, right = value - bend / 2, value + bend / 2
        doubt = 10 * (abs(bend - before) + 4 * self.rounding[i])
        if abs(bend) > max(doubt, 1e-6 * max(abs(left), abs(right))):
            return Slope(value, error, "kink", left, right)
        return Slope(value, error, "smooth", value, value)


def one_sided(slopes: list[float]) -> Slope:
    """What the slopes on one side of the edge of a domain tend to as h shrinks."""
    if len(slopes) < DIVERGING:
        return Slope(math.nan, math.nan, "undefined")
    growth = growing(slopes)
    if growth > LIKE_A_JUMP:
        return Slope(math.nan, math.nan, "jump")
    if growth:
        return Slope(math.copysign(math.inf, slopes[-1]), 0.0, "edge")
    # Each is off by about as much as it differs from the one before.
    changes = [abs(b - a) for a, b in pairwise(slopes)]
    i = min(range(len(changes)), key=lambda i: (changes[i], i))
    return Slope(slopes[i + 1], 2 * changes[i], "edge")


def growing(slopes: list[float]) -> float:
    """By how much slopes grow from each h to the next if they do to the end, else 0."""
    last = slopes[-DIVERGING:]
    if len(last) < DIVERGING:
        return 0.0
    ratios = [b / a if a else 0.0 for a, b in pairwise(last)]
    return ratios[-1] if min(ratios) >= 1.5 else 0.0
