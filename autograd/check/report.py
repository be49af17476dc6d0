"""What gradcheck found, as data that prints well."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .slopes import Slope


@dataclass(frozen=True)
class Comparison:
    """One input's gradient: from ``backward()``, and measured.

    ``numeric`` is nan where there is no slope to measure; at a kink, the mean of the slopes
    to both sides, which ``slope`` holds. ``name`` tells inputs in lists apart: ``1[0]``.
    """

    index: int
    input: float
    backward: float
    numeric: float
    tolerance: float
    slope: Slope
    name: str

    @property
    def ok(self) -> bool:
        """True if the two agree, or if there is a kink and backward is between its slopes."""
        backward, slope = self.backward, self.slope
        if slope.kind == "jump":
            return math.isfinite(backward)
        if math.isnan(self.numeric):  # no slope here: backward should know of none either
            return not math.isfinite(backward)
        if slope.kind == "kink":
            low, high = sorted([slope.left, slope.right])
            return low - self.tolerance <= backward <= high + self.tolerance
        return backward == self.numeric or abs(backward - self.numeric) <= self.tolerance

    @property
    def is_clear(self) -> bool:
        """False if the slope is too small to be told from rounding errors."""
        size = max(abs(self.backward), abs(self.numeric))
        return size == 0.0 or not self.tolerance > 0.1 * size

    def __str__(self) -> str:
        verdict = "ok" if self.ok else "WRONG"
        start = f"input {self.name} at {self.input!r}: backward {self.backward:.10g}, "
        if self.slope.kind == "kink":
            sides = f"kink: slopes {self.slope.left:.6g} | {self.slope.right:.6g}"
            return f"{start}{sides} {'ok, one of those between' if self.ok else verdict}"
        if self.slope.kind == "jump":
            return f"{start}the function jumps here {verdict}"
        if math.isnan(self.numeric):
            hint = "ok, nor has backward" if self.ok else "WRONG: choose another point"
            return f"{start}the function has no slope here, it is not finite: {hint}"
        if self.ok and not self.is_clear:
            verdict += ", but too small to be told from rounding"
        side = ", from one side" if self.slope.kind == "edge" else ""
        return f"{start}numeric {self.numeric:.10g} (± {self.tolerance:.1g}{side}) {verdict}"


@dataclass(frozen=True)
class Blame:
    """An op whose recorded local derivative is not the slope of its forward function."""

    op: str
    call: str
    operand: int
    recorded: float
    numeric: float
    count: int = 1

    def __str__(self) -> str:
        more = f" (and {self.count - 1} more times)" if self.count > 1 else ""
        return (
            f"to blame: {self.call}, operand {self.operand}: recorded derivative "
            f"{self.recorded:.10g}, numeric {self.numeric:.10g}{more}"
        )


@dataclass(frozen=True)
class GradcheckResult:
    """All comparisons of one check. ``ok`` if each of them is; print it for the table.

    ``blame`` names the ops whose derivatives are wrong; ``notes`` say what else was seen.
    """

    comparisons: tuple[Comparison, ...]
    blame: tuple[Blame, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True if no gradient and no op's derivative was found wrong."""
        return not self.blame and all(c.ok for c in self.comparisons)

    @property
    def kinks(self) -> tuple[Comparison, ...]:
        """The inputs at which the function has a kink."""
        return tuple(c for c in self.comparisons if c.slope.kind == "kink")

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        notes = (f"note: {note}" for note in self.notes)
        return "\n".join([*map(str, self.comparisons), *map(str, self.blame), *notes])
