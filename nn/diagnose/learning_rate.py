"""A learning-rate finder: train with rates that grow at each step, and see when the loss falls.

L. N. Smith, "Cyclical learning rates for training neural networks", WACV 2017, section 3.3.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autograd import paused_gc

from ..checks import positive, whole
from ..data import batches
from ..init import generator
from ..module import Module
from ..optimizer import Optimizer
from ..run import Data, Loss

TOO_HIGH = 4.0  # a loss of so many times the smallest ends the sweep
NOTHING = 1e-9  # of the loss: what falls less has not fallen
MEMORY = 0.7  # of the running average that smooths the losses


@dataclass(frozen=True, slots=True)
class RateSweep:
    """The loss at each rate, before the step of that rate; ``smoothed`` is their running mean.

    ``suggestion`` is the rate at which the smoothed loss fell fastest over the logarithm of the
    rate; None if it never fell. It is a place to start from, not a law.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smoothed: tuple[float, ...]
    suggestion: float | None

    def plot(self) -> Any:
        """The loss over the rates, a picture; needs the extra ``[plots]``."""
        from ..plots import rate_sweep

        return rate_sweep(self)

    def __repr__(self) -> str:
        text = f"{len(self.rates)} rates from {self.rates[0]:.1e} to {self.rates[-1]:.1e}"
        best = f"try {self.suggestion:.1e}" if self.suggestion else "the loss never fell"
        return f"<RateSweep: {text}; {best}>"


def find_learning_rate(
    model: Module,
    data: Data,
    loss: Loss,
    optimizer: Optimizer,
    *,
    lowest: float = 1e-6,
    highest: float = 10.0,
    steps: int = 80,
    batch_size: int | None = None,
    rng: random.Random | int | None = None,
) -> RateSweep:
    """Take ``steps`` steps with rates from ``lowest`` to ``highest``, and suggest one.

    The rate grows by the same factor at each step; the sweep ends early where the loss is four
    times its smallest, or not finite. Afterwards the model and the optimiser are as before.

    Args:
        model, data, loss, optimizer, batch_size, rng: as for ``fit``.
        lowest, highest: the rates to try.
        steps: how many, at least 10.

    Raises ``ValueError`` for an optimiser that needs a closure (which has no rate to speak of).

    >>> import nn
    >>> model = nn.Linear(1, 1, rng=0)
    >>> X, y = [[-1.0], [0.0], [1.0]], [[-2.0], [0.0], [2.0]]
    >>> optimizer = nn.SGD(model.parameters(), lr=0.1)
    >>> before = model.state_dict()
    >>> sweep = find_learning_rate(model, (X, y), nn.mse_loss, optimizer)
    >>> sweep.suggestion is not None and 0.01 < sweep.suggestion < 2.0
    True
    >>> optimizer.lr, model.state_dict() == before
    (0.1, True)
    """
    lowest, highest = positive("lowest", lowest), positive("highest", highest)
    whole("steps", steps, 10)
    if lowest >= highest:
        raise ValueError(f"lowest must be below highest, not {lowest!r} and {highest!r}")
    if optimizer.needs_closure:
        raise ValueError(
            f"find_learning_rate(optimizer): {type(optimizer).__name__} searches its step itself; "
            "give one that goes step by step, such as SGD or Adam"
        )
    rates: list[float] = []
    losses: list[float] = []
    rng = generator(rng)
    growth = (highest / lowest) ** (1.0 / (steps - 1))
    with _as_before(model, optimizer):
        model.train()
        source: Iterator[tuple[list[Any], list[Any]]] = iter(())
        for i in range(steps):
            batch = next(source, None)
            if batch is None:
                source = batches(*data, batch_size, rng)
                batch = next(source)
            rates.append(lowest * growth**i)
            with paused_gc():
                losses.append(_step(model, loss, optimizer, rates[-1], *batch))
            if not math.isfinite(losses[-1]) or losses[-1] > TOO_HIGH * abs(min(losses)):
                break
    smoothed = _smooth(losses)
    return RateSweep(tuple(rates), tuple(losses), tuple(smoothed), _steepest(rates, smoothed))


def _step(model: Module, loss: Loss, optimizer: Optimizer, rate: float, X: Any, y: Any) -> float:
    """The loss of a batch, and a step of this rate."""
    total = loss(model.on_batch(X), y)
    if math.isfinite(total.data):
        optimizer.zero_grad()
        total.backward()
        optimizer.lr = rate
        optimizer.step()
    return total.data


def _smooth(losses: list[float]) -> list[float]:
    """The running mean of what is finite, weighted as if it had always run (Adam's correction)."""
    mean, smoothed = 0.0, []
    for i, loss in enumerate(losses):
        mean = MEMORY * mean + (1.0 - MEMORY) * loss
        smoothed.append(mean / (1.0 - MEMORY ** (i + 1)))
    return smoothed


def _steepest(rates: list[float], smoothed: list[float]) -> float | None:
    """Where the smoothed loss falls fastest; rates are equal steps apart in the logarithm."""
    slopes = [
        smoothed[i + 1] - smoothed[i - 1] if math.isfinite(smoothed[i + 1]) else math.inf
        for i in range(1, len(rates) - 1)
    ]
    if not slopes or min(slopes) >= -NOTHING * abs(smoothed[0]):
        return None
    return rates[slopes.index(min(slopes)) + 1]


class _as_before:  # noqa: N801 (reads as a phrase: with _as_before(…))
    """On exit, model and optimiser are as on entry: parameters, buffers, gradients, state, mode."""

    def __init__(self, model: Module, optimizer: Optimizer) -> None:
        self.model, self.optimizer = model, optimizer

    def __enter__(self) -> None:
        model, optimizer = self.model, self.optimizer
        self.numbers = model.state_dict()
        self.state = optimizer.state_dict()
        self.places = [(p, p.data, p.grad) for p in [*optimizer.parameters, *model.parameters()]]
        self.modes = [(module, module.training) for module in model.modules()]

    def __exit__(self, *_: Any) -> None:
        self.model.load_state_dict(self.numbers)
        for parameter, data, grad in self.places:
            parameter.data, parameter.grad = data, grad
        self.optimizer.load_state_dict(self.state)
        for module, training in self.modes:
            module.training = training
