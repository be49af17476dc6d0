"""The nn layer against PyTorch, in float64: one registry of cases, one table.

``python -m tests.nn.parity`` prints the table. Each module in ``FAMILIES`` has a list
``CASES``; a new family is a new module and its name there. A case computes some vectors of
numbers (a loss and its gradient, a trajectory) twice: with ``nn``, and with PyTorch. Where
torch is not installed, its numbers come from ``tests/nn/fixtures/FAMILY.json``, which
``python -m tests.nn.parity --record`` writes.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import json
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FAMILIES = ["layers", "losses", "optimisers", "schedules", "initialisation", "clipping"]
FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
HAS_TORCH = importlib.util.find_spec("torch") is not None

Vectors = dict[str, list[float]]


@dataclass(frozen=True)
class Case:
    """One comparison: of what, which case of it, and the two ways to compute it."""

    name: str
    label: str
    ours: Callable[[], Vectors]
    theirs: Callable[[], Vectors]  # imports torch
    tolerance: float = 1e-12

    @property
    def key(self) -> str:
        return f"{self.name}: {self.label}"


def cases(family: str) -> list[Case]:
    found: list[Case] = importlib.import_module(f"{__name__}.{family}").CASES
    return found


def live(case: Case) -> Vectors:
    """PyTorch's numbers, computed now."""
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # or NAdam would keep a state in float32
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # kl_div's mean may change one day
            return case.theirs()
    finally:
        torch.set_default_dtype(before)


@functools.cache
def recorded(family: str) -> dict[str, Vectors]:
    """PyTorch's numbers by the case's key, from the fixture."""
    module = importlib.import_module(f"{__name__}.{family}")
    if not hasattr(module, "RECORDED"):  # a family may have a fixture of its own
        module.RECORDED = json.loads((FIXTURES / f"{family}.json").read_text("utf-8"))["cases"]
    found: dict[str, Vectors] = module.RECORDED
    return found


def is_own(family: str) -> bool:
    """True for a family whose fixture is recorded elsewhere."""
    return family == "layers"


def record(family: str) -> Path:
    """Write the fixture of a family, with the PyTorch that is installed."""
    import torch

    lines = [
        f"{json.dumps(case.key)}: {json.dumps(live(case))}" for case in cases(family)
    ]  # a line each: a change of one case is a change of one line
    about = f'"torch": "{torch.__version__}", "record": "python -m tests.nn.parity --record"'
    path = FIXTURES / f"{family}.json"
    path.write_text("{" + about + ', "cases": {\n' + ",\n".join(lines) + "\n}}\n", "utf-8")
    return path


def deviation(ours: Vectors, theirs: Vectors) -> float:
    """The largest difference, relative to the larger of the number and 1/1000 of its vector."""
    assert ours.keys() == theirs.keys(), (ours.keys(), theirs.keys())
    worst = 0.0
    for name, expected in theirs.items():
        assert len(ours[name]) == len(expected), f"{name}: {len(ours[name])}, not {len(expected)}"
        largest = max((abs(b) for b in expected if math.isfinite(b)), default=0.0)
        for a, b in zip(ours[name], expected, strict=True):
            if a == b or (math.isnan(a) and math.isnan(b)):
                continue
            difference = abs(a - b) / max(abs(b), 1e-3 * largest, 1e-300)
            worst = max(worst, difference if math.isfinite(difference) else math.inf)
    return worst
