"""Run a function once on Values and keep what it recorded, and what it branched on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .. import value as engine
from ..value import Value
from .arguments import substitute


class CompileError(RuntimeError):
    """A function cannot be compiled such that the program would always be right."""


@dataclass
class Trace:
    """One run of a function."""

    root: Value
    inputs: list[Value]
    nudged: list[bool]  # which inputs may be varied: those that were no ints
    compared: list[tuple[Value, Value | float]]  # what Python code branched on


class Comparisons:
    """An inspector that notes comparisons (and nothing else)."""

    def __init__(self) -> None:
        self.pairs: list[tuple[Value, Value | float]] = []

    def compared(self, value: Value, other: Any) -> None:
        self.pairs.append((value, other if isinstance(other, Value) else float(other)))

    def forward(self, node: Value) -> None:
        """Nothing to note."""

    def backward(self, order: list[Value]) -> None:
        """Nothing to note."""


def trace(function: Callable[..., Any], args: tuple[Any, ...]) -> Trace:
    """Call the function with leaves in place of the numbers in its arguments."""
    inputs: list[Value] = []
    nudged: list[bool] = []
    arguments = [substitute(argument, inputs, nudged) for argument in args]
    comparisons = Comparisons()
    token = engine.inspectors.set((*engine.inspectors.get(), comparisons))
    try:
        root = function(*arguments)
    except TypeError as error:
        if "indices must be integers" in str(error) or "cannot be interpreted as an int" in str(
            error
        ):
            raise CompileError(
                f"compile: an argument was used as a Python integer ({error}), which would be "
                "frozen into the program. To look something up by a token or a label use "
                "autograd.pick(table, index)"
            ) from error
        raise
    finally:
        engine.inspectors.reset(token)
    if not isinstance(root, Value):
        raise CompileError(
            f"compile: the function must return a Value, its loss, not {type(root).__name__} "
            f"({root!r}); was it computed from .data, .item() or under no_grad()?"
        )
    return Trace(root, inputs, nudged, comparisons.pairs)
