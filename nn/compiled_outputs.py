"""A model's outputs by compiled programs, which are kept with the model for the next time."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from autograd import Value, compile, no_grad

from ._shapes import flat, numbers, shape_of, without_bools
from .losses.reduction import total
from .module import Module

CACHE = "__compiled__"  # of this name, the compiler takes an attribute for no part of the model
LOOKING = threading.Lock()
PROGRAMS = 8  # of one model, at most: for large models they are large, too
MOST = 64  # samples of one program; of fewer, the next power of two


def compiled_outputs(model: Module, X: Sequence[Any]) -> list[Any]:
    """The outputs for all samples, as numbers, by programs for batches of one size.

    Samples must be of one shape, or each new mixture of shapes would need a program of its
    own; others are computed without one. The programs stay with the model. A program has one
    place for its numbers: threads run it one after the other.
    """
    X = list(map(without_bools, X))
    shapes = set(map(shape_of, X))
    if len(shapes) != 1 or None in shapes:
        with no_grad():
            return [numbers(output) for output in model.on_batch(X)]
    with LOOKING:
        kept: CompiledOutputs | None = vars(model).get(CACHE)
        if kept is None or kept.model() is not model:  # but that of which it is a copy
            kept = vars(model)[CACHE] = CompiledOutputs(model)
    with kept.running:
        return kept(X)


class CompiledOutputs:
    """The programs of one model, which they do not keep alive: it keeps them.

    A copy of the model, and one that is loaded from a file, gets new ones.
    """

    def __init__(self, model: Module) -> None:
        self.model = weakref.ref(model)
        self.running = threading.RLock()
        self.compiled = compile(sum_and_outputs(self.model), cache_size=PROGRAMS)

    def __call__(self, X: list[Any]) -> list[Any]:
        size, outputs = min(MOST, 1 << (len(X) - 1).bit_length()), []
        for start in range(0, len(X), size):
            batch = X[start : start + size]
            filled = batch + [batch[-1]] * (size - len(batch))
            self.compiled.run((filled,))
            outputs += self.compiled.outputs()[: len(batch)]
        return outputs

    def __reduce__(self) -> Any:
        return type(None), ()


def sum_and_outputs(model: weakref.ref[Module]) -> Callable[..., Any]:
    """What is compiled: a program computes one number, and whatever else there is to know."""

    def sum_and_outputs(samples: list[Any]) -> tuple[Value, list[Any]]:
        outputs = model().on_batch(samples)  # type: ignore[union-attr]
        return total(list(flat(outputs))), outputs

    return sum_and_outputs
