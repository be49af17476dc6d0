"""The engines that are measured against each other, each ready to run a program."""

from __future__ import annotations

import importlib
import math
from typing import Any, Protocol

from . import local_gradients
from .programs import MoonsDemo, RawProgram

EXTRA = "pip install 'scalar-autograd[bench]'"

# What each program is compared with, ours first.
PEERS = {
    "raw": ("autograd", "micrograd", "local_gradients", "xad"),
    "moons": ("autograd", "micrograd"),
}


class Peer(Protocol):
    """An engine with a program loaded."""

    def step(self) -> float:
        """Run one training step; the loss."""

    def gradients(self) -> list[float]:
        """The gradient of each parameter in the last step."""


class MissingError(Exception):
    """The engine is not installed here; the message says what to do."""


def load(program: str, engine: str, samples: int = 100) -> Peer:
    """The program on the engine. ``MissingError`` if the engine is not there."""
    if program == "moons":
        value, nn = {
            "autograd": ("autograd", "nn"),
            "micrograd": ("micrograd.engine", "micrograd.nn"),
        }[engine]
        return MoonsDemo(require(value).Value, require(nn, "MLP").MLP, samples)
    if engine == "xad":
        return RawOnXad(samples)
    module = {
        "autograd": "autograd",
        "micrograd": "micrograd.engine",
        "local_gradients": local_gradients.__name__,
    }[engine]
    value = require(module).Value
    return RawProgram(value, value.relu, samples)


class RawOnXad(RawProgram):
    """XAD keeps a tape: parameters are registered on it, and gradients fetched from it."""

    def __init__(self, samples: int) -> None:
        tape_module = require("xad.adj_1st")
        maximum = require("xad.math").max
        self.tape = tape_module.Tape()
        self.tape.activate()
        super().__init__(tape_module.Real, lambda x: maximum(x, 0.0), samples)
        # Registered once: after Tape.clearAll() they would keep slots that the tape hands
        # out anew, and gradients would be wrong.
        for p in self.parameters:
            self.tape.registerInput(p)
        self.fetched: list[float] = []

    def step(self) -> float:
        tape = self.tape
        tape.newRecording()
        loss = self.forward()
        tape.registerOutput(loss)
        loss.setDerivative(1.0)
        tape.computeAdjoints()
        self.fetched = [p.getDerivative() for p in self.parameters]
        result: float = loss.getValue()
        return result

    def gradients(self) -> list[float]:
        return self.fetched


def require(module: str, attribute: str = "") -> Any:
    """Import an engine's module, or say how to get it."""
    try:
        found = importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise MissingError(
            f"no {package}: {EXTRA}" if package in ("micrograd", "xad") else str(error)
        ) from None
    if attribute and not hasattr(found, attribute):
        raise MissingError(f"{module}.{attribute} is not there yet")
    return found


def disagreement(
    ours: dict[str, Any], theirs: dict[str, Any], tolerance: float = 1e-9
) -> float | None:
    """The largest difference in loss and gradients, if one exceeds the tolerance; else None.

    A difference is taken relative to numbers above 1, and as it is below.
    """
    mine, other = ([answer["loss"], *answer["gradients"]] for answer in (ours, theirs))
    if len(mine) != len(other):
        return math.inf
    differences = [abs(x - y) / max(1.0, abs(x)) for x, y in zip(mine, other, strict=True)]
    beyond = [d for d in differences if not d <= tolerance]  # nan is a disagreement, too
    return max(beyond, default=None)
