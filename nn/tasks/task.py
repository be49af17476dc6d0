"""What a task is: what the command line shows of it, what it must reach, how it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..history import History
from ..report import Report


@dataclass(frozen=True)
class Options:
    """What the command line sets; every task understands it."""

    seed: int = 1
    epochs: int = 1
    lr: float = 0.01
    model: str = ""
    compile: bool = True
    quick: bool = False
    """A few steps on a little data, to see that everything works; no level is reached."""


@dataclass(frozen=True)
class Level:
    """A number that a task must reach: ``what`` is its name in ``Report.measured``.

    >>> Level("test accuracy", 0.96)
    Level('test accuracy ≥ 96.0%')
    >>> Level("RMSE", 16, most=True, form=".1f").reached(15.9)
    True
    """

    what: str
    bound: float
    most: bool = False
    """True if the number must not be larger, as a loss."""
    form: str = ".1%"
    model: str | None = None
    """Of this model only; None for whichever."""

    def reached(self, measured: float) -> bool:
        """Whether the number is good enough; nan never is."""
        return measured <= self.bound if self.most else measured >= self.bound

    def __str__(self) -> str:
        return f"{self.what} {'≤' if self.most else '≥'} {self.bound:{self.form}}"

    def __repr__(self) -> str:
        return f"Level({str(self)!r})"


@dataclass(frozen=True)
class Task:
    """One entry of the command: what it does, its defaults, and the function that does it.

    ``run(options)`` trains with visible progress and returns the report, whose ``measured``
    has a number for each of the levels. ``models`` are the names that ``--model`` knows, the
    first being the default; none if there is no choice.
    """

    name: str
    summary: str
    data: str
    time: str
    levels: tuple[Level, ...]
    epochs: int
    lr: float
    run: Callable[[Options], Report]
    models: tuple[str, ...] = ()

    @property
    def quality(self) -> str:
        """What it must reach with its default model, in words."""
        return ", ".join(map(str, self.levels_of(next(iter(self.models), "")))) or "shows, no level"

    def levels_of(self, model: str) -> list[Level]:
        """What it must reach with that model."""
        return [level for level in self.levels if level.model in (None, model)]

    def options(self, **changes: object) -> Options:
        """Its defaults, and what is to be different."""
        defaults = {"epochs": self.epochs, "lr": self.lr, "model": next(iter(self.models), "")}
        return Options(**(defaults | changes))  # type: ignore[arg-type]


def lasted(history: History) -> str:
    """How long a training was, and whether Ctrl-C ended it: a figure of a report.

    >>> lasted(History(losses=[2.0, 1.0], seconds=3.0, interrupted=True))
    '2 steps, 3.0 s, stopped'
    """
    text = f"{history.steps} steps, {history.seconds:.1f} s"
    return f"{text}, stopped" if history.interrupted else text
