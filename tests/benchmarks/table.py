"""A row of the results, its verdict, and the two ways to print all of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

HEADER = ("what", "measured", "must", "aim", "verdict")


@dataclass(frozen=True)
class Row:
    """One measurement held against its targets.

    ``measured`` is None if there is nothing to hold: then ``skipped`` says what is missing,
    or ``wrong`` says why the figures would be worthless. A ``must`` of None: it works, and
    the figure is for information.
    """

    what: str
    unit: str = "×"
    must: float | None = None
    aim: float | None = None
    more_is_better: bool = False
    measured: float | None = None
    detail: str = ""
    skipped: str = ""
    wrong: str = ""

    @property
    def verdict(self) -> str:
        """ok, SHORT, SKIPPED or WRONG, and why."""
        if self.wrong:
            return f"WRONG: {self.wrong}"
        if self.measured is None:
            return f"SKIPPED: {self.skipped}"
        if self.must is not None and not self.meets(self.must):
            return "SHORT"
        return "ok, aim met" if self.aim is not None and self.meets(self.aim) else "ok"

    @property
    def failed(self) -> bool:
        """True if a must is missed or the figures are worthless; a missing peer is no failure."""
        return self.verdict.startswith(("SHORT", "WRONG"))

    def meets(self, target: float) -> bool:
        """Whether the measurement is on the right side of a target; nan never is."""
        assert self.measured is not None
        return self.measured >= target if self.more_is_better else self.measured <= target

    def cells(self) -> tuple[str, str, str, str, str]:
        """The row as text, in the order of ``HEADER``."""
        measured = "—" if self.measured is None else self.number(self.measured)
        return (self.what, measured, self.target(self.must), self.target(self.aim), self.verdict)

    def target(self, bound: float | None) -> str:
        if bound is None:
            return "—"
        if bound == 0:
            return "0"
        return ("≥ " if self.more_is_better else "≤ ") + f"{bound:g}{self.unit}"

    def number(self, x: float) -> str:
        """Two decimals where they matter, none where they are noise."""
        digits = 0 if x >= 100 or float(x).is_integer() else 1 if x >= 10 else 2
        return f"{x:.{digits}f}{self.unit}"

    def as_json(self) -> dict[str, Any]:
        """The row for ``--json``."""
        return {**asdict(self), "verdict": self.verdict}


def as_text(rows: list[Row]) -> str:
    """An aligned table for the terminal, then the figures behind the ratios."""
    table = [HEADER, *(row.cells() for row in rows)]
    widths = [max(len(cells[column]) for cells in table) for column in range(len(HEADER) - 1)]
    lines = []
    for cells in table:
        what, *numbers = [cell for cell, _ in zip(cells, widths, strict=False)]
        aligned = [f"{text:>{width}}" for text, width in zip(numbers, widths[1:], strict=True)]
        lines.append("  ".join([f"{what:<{widths[0]}}", *aligned, cells[-1]]))
    lines.insert(1, "  ".join(["─" * width for width in widths] + ["─" * len(HEADER[-1])]))
    details = [f"  {row.what}: {row.detail}" for row in rows if row.detail]
    if details:
        lines += ["", "Medians behind the table:", *details]
    return "\n".join(lines)


def as_markdown(rows: list[Row]) -> str:
    """The same table for the README."""
    lines = [" | ".join(HEADER), "---|---:|---:|---:|---"]
    lines += [" | ".join(cell.replace("|", "\\|") for cell in row.cells()) for row in rows]
    return "\n".join(f"| {line} |" if i != 1 else f"|{line}|" for i, line in enumerate(lines))
