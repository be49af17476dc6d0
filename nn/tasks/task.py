"""What a task is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..report import Report


@dataclass(frozen=True)
class Options:
    """What the command line sets; every task understands it."""

    seed: int
    epochs: int
    lr: float
    model: str = ""
    compile: bool = False


@dataclass(frozen=True)
class Task:
    """One entry of the command: what it does, its defaults, and the function that does it.

    ``run(options)`` trains with visible progress and returns the report. ``models`` are the
    names that ``--model`` knows, the first being the default; none if there is no choice.
    """

    name: str
    summary: str
    time: str
    quality: str
    epochs: int
    lr: float
    run: Callable[[Options], Report]
    models: tuple[str, ...] = ()
