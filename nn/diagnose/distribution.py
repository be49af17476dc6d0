"""Distribution: many numbers, told in a few."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

LOWEST_DECADE = -20
"""What is smaller than 1e-20 is counted with it: there is no difference that matters."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """Count, mean, spread, norm, extremes and histograms of numbers.

    All but the counts are of the finite numbers; ``norm`` is √Σx², ``rms`` √(Σx²/n), which
    compares groups of different sizes. ``decades`` counts |x| by ⌊log₁₀|x|⌋, zeros left out.

    >>> Distribution.of([3.0, -4.0, 0.0, float("nan")])
    Distribution(4 numbers: mean -0.333, rms 2.89, from -4 to 3, 25% zero, 1 not finite)
    """

    count: int
    zeros: int
    not_finite: int
    mean: float
    std: float
    norm: float
    low: float
    high: float
    decades: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, numbers: Iterable[float]) -> Distribution:
        """The distribution of some numbers."""
        every = list(numbers)
        finite = [x for x in every if math.isfinite(x)]
        n = max(len(finite), 1)
        mean = sum(x / n for x in finite)  # divided first: the sum of large numbers would overflow
        decades = Counter(decade(x) for x in finite if x)
        return cls(
            count=len(every),
            zeros=finite.count(0.0),
            not_finite=len(every) - len(finite),
            mean=mean,
            std=math.hypot(*[x - mean for x in finite]) / math.sqrt(n),
            norm=math.hypot(*finite),
            low=min(finite, default=0.0),
            high=max(finite, default=0.0),
            decades=dict(sorted(decades.items())),
        )

    @property
    def rms(self) -> float:
        """√(Σx²/n) of the finite numbers."""
        return self.norm / math.sqrt(max(self.count - self.not_finite, 1))

    @property
    def zero_share(self) -> float:
        """How many of the numbers are exactly 0, from 0 to 1."""
        return self.zeros / self.count if self.count else 0.0

    def __repr__(self) -> str:
        text = f"{self.count:,} numbers: mean {self.mean:.3g}, rms {self.rms:.3g}"
        text += f", from {self.low:.3g} to {self.high:.3g}"
        text += f", {self.zero_share:.0%} zero" if self.zeros else ""
        text += f", {self.not_finite:,} not finite" if self.not_finite else ""
        return f"Distribution({text})"


def decade(x: float) -> int:
    """⌊log₁₀|x|⌋ of a number that is not 0, at least ``LOWEST_DECADE``.

    >>> decade(0.05), decade(-1000.0), decade(1e-300)
    (-2, 3, -20)
    """
    return max(math.floor(math.log10(abs(x))), LOWEST_DECADE)
