"""The table of all tasks, in Markdown: ``python -m nn --table`` prints it, row by row."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..report import Report
from .task import Level, Task

HEADER = ("task", "data", "model", "parameters", "time", "quality (must)", "baselines")


def table(
    tasks: Sequence[Task], seeds: Sequence[int], out: Path | None = None, **changes: object
) -> Iterator[str]:
    """The lines: each task is run with each seed; its row is of the first.

    A task whose further models have levels of their own has a row for each of those. Where
    other seeds say something else, their numbers follow in brackets. ``out``: a folder for the
    reports.
    """
    yield "| " + " | ".join(HEADER) + " |"
    yield "|" + "---|" * len(HEADER)
    pairs = [(task, model) for task in tasks for model in models_of(task, changes)]
    for task, model in pairs:
        options = changes | {"model": model}
        reports, seconds = [], []
        for seed in seeds:
            started = time.perf_counter()
            with contextlib.redirect_stdout(sys.stderr):  # the table is all of the output
                report = task.run(task.options(seed=seed, **options))
            seconds.append(time.perf_counter() - started)
            reports.append(report)
            if out is not None:
                report.save(out / named(task, model, "-") / f"seed-{seed}" / "report.html")
        yield row(task, model, reports, seconds[0])


def models_of(task: Task, changes: dict[str, object]) -> list[str]:
    """The model that is asked for; or the default, and those with levels of their own."""
    if changes.get("model"):
        return [str(changes["model"])]
    own = {level.model for level in task.levels}
    return [*task.models[:1], *[model for model in task.models[1:] if model in own]] or [""]


def named(task: Task, model: str, between: str) -> str:
    """The task, and the model unless it is the default."""
    return task.name if model in ("", *task.models[:1]) else f"{task.name}{between}{model}"


def row(task: Task, model: str, reports: Sequence[Report], seconds: float) -> str:
    """One line of the table."""
    first = reports[0]
    levels = [level for level in task.levels_of(model) if level.what in first.measured]
    quality = "; ".join(_quality(level, reports) for level in levels)
    baselines = "; ".join(f"{name} {figure}" for name, figure in first.baselines.items())
    cells = [
        f"`{named(task, model, ' --model ')}`",
        task.data,
        first.model,
        f"{first.parameters:,}",
        f"{seconds:.0f} s",
        quality or "–",
        baselines or "–",
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _quality(level: Level, reports: Sequence[Report]) -> str:
    """The level's number, those of the other seeds in brackets, and what it must be."""
    first, *others = [f"{report.measured[level.what]:{level.form}}" for report in reports]
    short = [report for report in reports if not level.reached(report.measured[level.what])]
    sign = "≤" if level.most else "≥"
    text = f"{level.what} {first}" + (f" [{', '.join(others)}]" if others else "")
    return f"{text} ({sign} {level.bound:{level.form}})" + (" **short**" if short else "")
