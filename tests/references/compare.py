"""When two numbers agree.

They have the same bits (zeros with their signs, infinities, nan), or are finite and within
1e-12 of each other, relatively. Everything beyond needs a reason: see ``differences``.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Row = tuple[float, ...]
RELATIVE = 1e-12


def same_bits(x: float, y: float) -> bool:
    """Equal, the sign of zero included; nan equals nan."""
    return (x != x and y != y) or struct.pack(">d", x) == struct.pack(">d", y)


def agree(x: float, y: float) -> bool:
    """The same special value, or finite and within ``RELATIVE``."""
    if same_bits(x, y):
        return True
    special = x == 0.0 or y == 0.0 or not (math.isfinite(x) and math.isfinite(y))
    return not special and abs(x - y) <= RELATIVE * abs(y)


@dataclass(frozen=True)
class Disagreement:
    """One number of one case at one point: ours, and a library's."""

    library: str
    case: str
    point: Row
    output: int  # 0: the value; i: the slope to operand i
    ours: float
    theirs: float

    def __str__(self) -> str:
        what = f"slope to operand {self.output}" if self.output else "value"
        return f"{self.case} at {self.point}: {what} {self.ours!r}, {self.library} {self.theirs!r}"


def disagreements(
    library: str, case: str, points: Sequence[Row], ours: Sequence[Row], theirs: Sequence[Row]
) -> Iterator[Disagreement]:
    """Every number in which two tables of rows do not agree."""
    for point, our_row, their_row in zip(points, ours, theirs, strict=True):
        for output, (x, y) in enumerate(zip(our_row, their_row, strict=True)):
            if not agree(x, y):
                yield Disagreement(library, case, point, output, x, y)
