"""Training on a loss that is written for one sample: one program for all batches.

Where a sample's graph is large, to trace one and repeat it costs less than to trace a batch, and
one program serves for training and testing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Value

from ..losses import cross_entropy
from ..module import Module
from ..optim import Adam
from .steps import Steps
from .task import Options

Array = np.ndarray[Any, np.dtype[Any]]


class Training:
    """Adam on the cross-entropy of a model's logits, in batches; the rate falls to a tenth."""

    def __init__(self, model: Module, options: Options, batch: int = 32) -> None:
        self.model, self.options, self.batch = model, options, batch
        self.optimizer = Adam(model.parameters(), lr=options.lr)
        self.steps = Steps(loss_of(model), self.optimizer, options.compile)

    def fit(self, data: Callable[[np.random.Generator], tuple[Array, Array]]) -> list[float]:
        """Train; the mean loss of each epoch, for which ``data(rng)`` are samples and classes."""
        rng, epochs, losses = np.random.default_rng(self.options.seed), self.options.epochs, []
        for epoch in range(epochs):
            X, y = data(rng)
            order = rng.permutation(len(X))
            steps = max(len(X) // self.batch, 1)
            total = 0.0
            with self.steps:
                for step in range(steps):
                    chosen = order[step * self.batch : (step + 1) * self.batch]
                    done = (epoch + step / steps) / epochs
                    self.optimizer.lr = self.options.lr * (1 - 0.9 * done)
                    total += self.steps(X[chosen].tolist(), y[chosen].tolist())
            losses.append(total / steps)
            print(f"epoch {epoch + 1}/{epochs}  loss {losses[-1]:.4f}", flush=True)
        return losses

    def logits(self, X: Array) -> Array:
        """The model's outputs, a row for each sample."""
        outputs: list[list[float]] = []
        for start in range(0, len(X), self.batch):
            chosen = np.arange(start, start + self.batch) % len(X)  # of one size all
            outputs += self.steps.outputs(X[chosen].tolist(), [0] * self.batch)
        return np.array(outputs[: len(X)])


def loss_of(model: Module) -> Callable[..., tuple[Value, list[Value]]]:
    """What is compiled; it sees the model, but not the optimiser, whose rate changes."""

    def loss(sample: Any, target: Any) -> tuple[Value, list[Value]]:
        logits = model(sample)
        return cross_entropy(logits, target), logits

    return loss
