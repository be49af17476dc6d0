"""Is it the same computation? Then: how long does each take?"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping

from .contestants import Step

STEPS = 3  # losses that must agree: the second and third depend on gradients and update
TOLERANCE = {"torch f32": 1e-4}  # relative; of all others, 1e-9


def disagreements(steps: Mapping[str, Step]) -> dict[str, float]:
    """The peers whose first losses are not those of the engine, and by how much."""
    losses = {name: [float(step()) for _ in range(STEPS)] for name, step in steps.items()}
    found = {}
    for name, theirs in losses.items():
        off = max(abs(a - b) / abs(b) for a, b in zip(theirs, losses["engine"], strict=True))
        if not off <= TOLERANCE.get(name, 1e-9):
            found[name] = off
    return found


def medians(
    steps: Mapping[str, Step], rounds: int = 21, turn: float = 0.01, slow: float = 0.05
) -> dict[str, float]:
    """The median seconds of each step, all in turns of about ``turn`` seconds.

    Of what takes longer than ``slow``, only every fourth round is timed.
    """
    times: dict[str, list[float]] = {name: [] for name in steps}
    once = {}
    for name, step in steps.items():
        step()
        started = time.perf_counter()
        step()
        once[name] = time.perf_counter() - started
    for round_ in range(rounds):
        for name, step in steps.items():
            if once[name] > slow and round_ % 4:
                continue
            repeats = max(1, int(turn / once[name]))
            started = time.perf_counter()
            for _ in range(repeats):
                step()
            times[name].append((time.perf_counter() - started) / repeats)
    return {name: statistics.median(seconds) for name, seconds in times.items()}
