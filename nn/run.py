"""One training run from step to step: what ``fit`` repeats, saves and resumes."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable, Sequence
from numbers import Real
from pathlib import Path
from typing import Any

from autograd import Value, leaves, no_grad

from .checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from .evaluation import evaluating
from .history import History
from .leftovers import Leftovers
from .module import Module
from .optimizer import Optimizer
from .regularize import EarlyStopping
from .schedules import LRScheduler

Loss = Callable[[Any, Any], Value]
Metric = Callable[[Sequence[Any], Sequence[Any]], float]
Data = tuple[Sequence[Any], Sequence[Any]]


class Run:
    """What a run needs from step to step."""

    def __init__(
        self,
        model: Module,
        loss: Loss,
        optimizer: Optimizer,
        penalty: Callable[[Sequence[Value]], Value] | None,
        clip: Callable[[Sequence[Value]], Any] | None,
        schedule: Callable[[int], Any] | None,
        stopping: EarlyStopping | None,
        metric: Metric,
        rng: random.Random,
    ) -> None:
        self.model = model
        self.loss = loss
        self.optimizer = optimizer
        self.penalty = penalty
        self.clip = clip
        self.schedule = schedule
        self.stopping = stopping
        self.metric = metric
        self.rng = rng
        self.groups = _groups(model, optimizer.parameters)
        self.leftovers = Leftovers(model, optimizer)
        self.best: dict[str, float] = {}  # the parameters of the best epoch
        self.rate = optimizer.lr  # of the last step

    def step(self, samples: list[Any], targets: list[Any], history: History) -> tuple[float, float]:
        """One mini-batch; its loss and metric, as they were before the optimiser's step."""
        number = len(history.losses)
        outputs, total = self._loss(samples, targets, check=number == 0)
        check_finite(total.data, f"the loss is {total.data!r} at step {number + 1}")
        self.optimizer.zero_grad()
        self.leftovers.check()
        self._backward(total)
        norms = {
            name: math.sqrt(math.fsum(p.grad * p.grad for p in group))
            for name, group in self.groups.items()
        }
        for name, norm in norms.items():
            check_finite(norm, f"the gradient of {name} is not finite at step {number + 1}")
        if self.optimizer.needs_closure:
            self._step_with_closure(samples, targets, total, number)
        else:
            self.optimizer.step()
        self.after_step(norms, total.data, history)
        return total.data, self.measured(outputs, targets)

    def measured(self, outputs: Sequence[Any], targets: Sequence[Any]) -> float:
        """The metric as a plain number, whichever kind of number it is."""
        number: Any = self.metric(outputs, targets)
        try:
            return float(number.item() if hasattr(number, "item") else number)
        except (TypeError, ValueError):
            raise TypeError(
                f"fit: metric(outputs, targets) must return a number, not {number!r}"
            ) from None

    def after_step(self, norms: dict[str, float], loss: float, history: History) -> None:
        """What follows each step of the optimiser: the schedule's step, and the history."""
        self.rate = self.optimizer.lr
        if self._schedule is not None and self._schedule.interval == "step":
            self._schedule.step()
        for name, norm in norms.items():
            history.gradient_norms[name].append(norm)
        history.losses.append(loss)

    def settle(self) -> None:
        """Have parameters and the optimiser's state where anybody looks for them."""

    def take(self) -> None:
        """Take over what somebody may have changed there."""

    def _loss(
        self, samples: list[Any], targets: list[Any], check: bool = False
    ) -> tuple[list[Any], Value]:
        parameters = self.optimizer.parameters
        return total_loss(self.model, self.loss, self.penalty, parameters, samples, targets, check)

    def _backward(self, total: Value) -> None:
        total.backward()
        self._clip()

    def _clip(self) -> None:
        if self.clip is not None:
            self.clip(self.optimizer.parameters)

    def _step_with_closure(
        self, samples: list[Any], targets: list[Any], total: Value, number: int
    ) -> None:
        """A step of an optimiser that computes the loss again, wherever it tries."""
        parameters, computed = self.optimizer.parameters, [total]
        places = [p.data for p in parameters]

        def closure() -> Value:
            if computed:  # here, before it moves anything, there are loss and gradients already
                return computed.pop()
            self.optimizer.zero_grad()
            _, again = self._loss(samples, targets)
            self._backward(again)
            return again

        self.optimizer.step(closure)
        if not all(math.isfinite(p.data) for p in parameters):
            for parameter, place in zip(parameters, places, strict=True):
                parameter.data = place
            raise FloatingPointError(_too_far(f"a parameter is not finite after step {number + 1}"))

    def begin_epoch(self, epoch: int) -> None:
        """Set the epoch's learning rate, where it is the epoch's."""
        schedule = self._schedule
        if schedule is None:
            if self.schedule is not None:
                self.optimizer.lr = self.schedule(epoch)
        elif schedule.interval == "epoch" and not schedule.needs_metric:
            schedule(epoch)

    def end_epoch(self, history: History) -> None:
        """What looks at how good the epoch was: the schedule, and early stopping."""
        schedule: Any = self._schedule
        if schedule is not None and schedule.needs_metric:
            schedule.step(history.watched(schedule.mode)[-1])
        if self.stopping is not None:
            history.stopped_early = self.stopping.step(history.watched(self.stopping.mode)[-1])
            if self.stopping.improved:
                self.best = self.model.state_dict()

    def back_to_best(self) -> None:
        """The parameters of the best epoch, after early stopping."""
        if self.best:  # not if no epoch was any good
            self.model.load_state_dict(self.best)

    def check_schedule(self, steps: int) -> None:
        """Refuse, before training, a schedule that cannot guide it for so many steps."""
        schedule = self._schedule
        if schedule is None:
            return
        name = type(schedule).__name__
        if schedule.optimizer is not self.optimizer:
            raise ValueError(f"fit: the schedule ({name}) belongs to another optimizer")
        longest = getattr(schedule, "total_steps", steps)
        if schedule.interval == "step" and longest < steps:
            raise ValueError(
                f"fit: {name} ends after {longest} steps (total_steps), but epochs and batch_size "
                f"make {steps}"
            )

    def evaluate(self, data: Data) -> tuple[float, float]:
        """Loss and metric on data that are not trained on."""
        with evaluating(self.model), no_grad():
            outputs = self.model.on_batch(data[0])
            loss = self.loss(outputs, data[1])
        return loss.item(), self.measured(outputs, data[1])

    def save(self, path: str | os.PathLike[str], history: History) -> None:
        """Write all that ``resume`` needs."""
        state = {
            "model": self.model.state_dict(),
            "best": self.best,
            "optimizer": self.optimizer.state_dict(),
            "schedule": None if self._schedule is None else self._schedule.state_dict(),
            "stopping": None if self.stopping is None else self.stopping.state_dict(),
            "generators": [rng.getstate() for rng in self._generators()],
            "history": history.state_dict(),
        }
        save_checkpoint(path, state)

    def resume(self, path: str | os.PathLike[str] | None) -> History:
        """A new history; or, if there is a checkpoint, its own, all else being as it was then."""
        if path is None or not Path(path).exists():
            return History(gradient_norms={name: [] for name in self.groups})
        state = load_checkpoint(path)
        generators = self._generators()
        try:
            if len(state["generators"]) != len(generators):
                raise KeyError("another number of random generators")
            history = History.from_state_dict(state["history"])
            self.optimizer.load_state_dict(state["optimizer"])
            if self._schedule is not None:
                self._schedule.load_state_dict(state["schedule"])
            if self.stopping is not None:
                self.stopping.load_state_dict(state["stopping"])
            self.model.load_state_dict(state["model"])
            self.best = state["best"]
        except (KeyError, TypeError, ValueError) as error:
            raise CheckpointError(
                f"fit: the checkpoint {path} is of another model, optimiser or version: {error}"
            ) from None
        for rng, (version, internal, gauss) in zip(generators, state["generators"], strict=True):
            rng.setstate((version, tuple(internal), gauss))
        return history

    @property
    def _schedule(self) -> LRScheduler | None:
        """The schedule, if it is one that has a state; a plain function has none."""
        return self.schedule if isinstance(self.schedule, LRScheduler) else None

    def _generators(self) -> list[random.Random]:
        """The sources of randomness: the order of samples, and what modules draw from."""
        found = [self.rng]
        for module in self.model.modules():
            for attribute in vars(module).values():
                if isinstance(attribute, random.Random) and all(attribute is not r for r in found):
                    found.append(attribute)
        return found


def check_finite(x: float, what: str) -> None:
    """``FloatingPointError`` that says what is nan or infinite, and since when."""
    if not math.isfinite(x):
        raise FloatingPointError(_too_far(what))


def _too_far(what: str) -> str:
    return (
        f"fit: {what}; the parameters are as after the step before. A smaller learning rate "
        "often helps; autograd.detect_anomaly() names the op that went wrong"
    )


def total_loss(
    model: Module,
    loss: Loss,
    penalty: Callable[[Sequence[Value]], Value] | None,
    parameters: Sequence[Value],
    samples: list[Any],
    targets: list[Any],
    check: bool,
) -> tuple[list[Any], Value]:
    """The outputs for a batch, and its loss with the penalty.

    ``check``: ``ValueError`` if the loss, without the penalty, depends on no parameter.
    """
    outputs = model.on_batch(samples)
    total = loss(outputs, targets)
    # Before the penalty is added, with which a plain number would become a Value.
    if not isinstance(total, Value):
        raise TypeError(f"fit: loss(outputs, targets) must return a Value, not {total!r}")
    if check:
        _check_reached(total, parameters)
    if penalty is None:
        return outputs, total
    extra = penalty(parameters)
    if not isinstance(extra, (Value, Real)):
        raise TypeError(f"fit: penalty(parameters) must return a Value, not {extra!r}")
    return outputs, total + extra


def _check_reached(loss: Value, parameters: Sequence[Value]) -> None:
    reached = {id(leaf) for leaf in leaves(loss)}
    if not any(id(parameter) in reached for parameter in parameters):
        raise ValueError(
            f"fit: the loss ({loss!r}) depends on none of the optimiser's "
            f"{len(parameters)} parameters. Was it computed from .data or under "
            "no_grad(), or does the optimiser hold another model's parameters?"
        )


def _groups(model: Module, parameters: list[Value]) -> dict[str, list[Value]]:
    """The optimiser's parameters by the layer they belong to: the first two parts of the name."""
    names = {id(p): name for name, p in model.named_parameters()}
    groups: dict[str, list[Value]] = {}
    for parameter in parameters:
        name = names.get(id(parameter), "other parameters")
        groups.setdefault(".".join(name.split(".")[:2]), []).append(parameter)
    return groups
