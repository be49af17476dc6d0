"""Steps: the loss of one sample, trained on batches, compiled or on the graph of scalars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd import Value, mean, no_grad, paused_gc

from .._shapes import numbers
from ..optimizer import Optimizer

Batch = tuple[Sequence[Any], ...]
"""The arguments of the loss, each a list with one item for every sample."""


class Steps:
    """``with steps:`` … ``steps(*batch)`` moves the optimiser's parameters once.

    Args:
        loss: of one sample; a Value, and what else is to be known (nested lists of Values). It
            must see nothing that changes while training, or its programs hold no longer.
        optimizer: one that goes step by step.
        compile: whether on NumPy programs, one for each shape of batch.
    """

    def __init__(
        self, loss: Callable[..., tuple[Value, Any]], optimizer: Optimizer, compile: bool
    ) -> None:
        self.loss = loss
        self.optimizer = optimizer
        self.asides: Any = ()  # of the last step on the graph of scalars
        self.compiled: Any = None
        if compile:
            from ..compiled_step import CompiledStep

            self.compiled = CompiledStep(loss, optimizer, batch=True)

    def __call__(self, *batch: Sequence[Any]) -> float:
        """One step of the optimiser; the mean loss of the samples, as it was before."""
        if self.compiled:
            loss: float = self.compiled(*batch)
            return loss
        with paused_gc():
            losses, self.asides = zip(*map(self.loss, *batch), strict=True)
            total: Value = mean(losses)
            self.optimizer.zero_grad()
            total.backward()
            self.optimizer.step()
        return total.data

    def latest(self) -> list[Any]:
        """What the loss returned beside itself for each sample of the last step, in numbers."""
        if self.compiled:
            outputs: list[Any] = self.compiled.compiled.outputs()
            return outputs
        return list(numbers(self.asides))

    def outputs(self, *batch: Sequence[Any]) -> list[Any]:
        """What the loss returns beside itself for each sample, in numbers; nothing moves."""
        if self.compiled:
            self.compiled.compute(batch)
            return self.latest()
        with no_grad():
            return list(numbers([aside for _, aside in map(self.loss, *batch)]))

    def __enter__(self) -> Steps:
        if self.compiled:
            self.compiled.__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        if self.compiled:
            self.compiled.__exit__(*exception)
