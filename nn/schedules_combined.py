"""Schedules made of schedules, and the one that looks at the loss."""

from __future__ import annotations

import bisect
import math
from collections.abc import Mapping, Sequence
from typing import Any

from .checks import fraction, not_negative, one_of, whole
from .optimizer import Optimizer
from .schedules import LRScheduler


class SequentialLR(LRScheduler):
    """One schedule after the other: at each of the ``milestones``, the next one starts.

    >>> import nn
    >>> from autograd import Value
    >>> optimizer = nn.SGD([Value(1.0)], lr=1.0)
    >>> warm_up = nn.LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> fall = nn.ExponentialLR(optimizer, gamma=0.5)
    >>> schedule = SequentialLR(optimizer, [warm_up, fall], milestones=[2])
    >>> [schedule(epoch) for epoch in range(5)]
    [0.5, 0.75, 1.0, 0.5, 0.25]
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int]
    ) -> None:
        self.schedulers = _of_one_optimizer("SequentialLR", schedulers, optimizer)
        self.milestones = [whole("SequentialLR: milestones", m, least=1) for m in milestones]
        if len(self.milestones) != len(self.schedulers) - 1:
            raise ValueError(
                f"SequentialLR: {len(self.schedulers)} schedulers need "
                f"{len(self.schedulers) - 1} milestones, not {milestones!r}"
            )
        if sorted(set(self.milestones)) != self.milestones:
            raise ValueError(f"SequentialLR: milestones must rise, not {milestones!r}")
        super().__init__(optimizer)

    @property
    def interval(self) -> str:  # type: ignore[override]
        """As the parts, which must agree."""
        return _interval(self)

    def _set(self, rates: list[float]) -> None:
        current = self.schedulers[bisect.bisect_right(self.milestones, self.last_epoch)]
        if self.last_epoch in (0, *self.milestones):
            current.restart()
        else:
            current.step()

    def state_dict(self) -> dict[str, Any]:
        return _with_parts(super().state_dict(), self.schedulers)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        _load_parts(super().load_state_dict, state_dict, self.schedulers)


class ChainedScheduler(LRScheduler):
    """Several schedules at once: each changes the rate that the one before left."""

    def __init__(
        self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None
    ) -> None:
        self.schedulers = _of_one_optimizer("ChainedScheduler", schedulers, optimizer)
        super().__init__(self.schedulers[0].optimizer)

    @property
    def interval(self) -> str:  # type: ignore[override]
        """As the parts, which must agree."""
        return _interval(self)

    def step(self) -> None:
        self.last_epoch += 1
        for scheduler in self.schedulers:
            scheduler.step()

    def restart(self, rates: list[float] | None = None) -> None:
        self.last_epoch = 0
        for scheduler in self.schedulers:
            scheduler.restart(rates)
            rates = self.get_last_lr()

    def next_lr(self, lr: float, base_lr: float) -> float:
        return lr  # the others have set it

    def state_dict(self) -> dict[str, Any]:
        return _with_parts(super().state_dict(), self.schedulers)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        _load_parts(super().load_state_dict, state_dict, self.schedulers)


class ReduceLROnPlateau(LRScheduler):
    """Times ``factor`` when a number has not improved for more than ``patience`` epochs.

    ``step(metric)`` is called after each epoch, with the validation loss for example.

    Args:
        mode: "min" for losses, "max" for accuracies.
        threshold, threshold_mode: what counts as an improvement: by more than the fraction
            ("rel"), or the number ("abs"), ``threshold``.
        cooldown: epochs after a reduction that do not count.
        min_lr: no lower than this; or one for each group.
        eps: no reduction by less than this.

    >>> import nn
    >>> from autograd import Value
    >>> optimizer = nn.SGD([Value(1.0)], lr=1.0)
    >>> schedule = ReduceLROnPlateau(optimizer, patience=1)
    >>> for loss in [3.0, 2.0, 2.0, 2.0]:
    ...     schedule.step(loss)
    >>> optimizer.lr
    0.1

    In ``nn.fit``, it watches the validation loss, or the metric if mode is "max" (those of
    training, without validation data).
    """

    needs_metric = True

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0.0,
        eps: float = 1e-8,
    ) -> None:
        name = "ReduceLROnPlateau"
        self.mode = one_of(f"{name}: mode", mode, ("min", "max"))
        self.factor = fraction(f"{name}: factor", factor)
        self.patience = whole(f"{name}: patience", patience)
        self.threshold = not_negative(f"{name}: threshold", threshold)
        self.threshold_mode = one_of(f"{name}: threshold_mode", threshold_mode, ("rel", "abs"))
        self.cooldown = whole(f"{name}: cooldown", cooldown)
        self.eps = not_negative(f"{name}: eps", eps)
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = 0
        super().__init__(optimizer)
        groups = len(optimizer.param_groups)
        lowest = [min_lr] * groups if isinstance(min_lr, (int, float)) else list(min_lr)
        if len(lowest) != groups:
            raise ValueError(f"{name}: min_lr has {len(lowest)} rates for {groups} groups")
        self.min_lrs = [not_negative(f"{name}: min_lr", rate) for rate in lowest]

    def step(self, metric: float | None = None) -> None:
        """Take note of an epoch's number, and reduce the rates if it is time to."""
        if metric is None:
            raise TypeError("ReduceLROnPlateau.step needs the number to watch: step(loss)")
        self.last_epoch += 1
        if self._improves(metric):
            self.best, self.num_bad_epochs = metric, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            for group, lowest in zip(self.optimizer.param_groups, self.min_lrs, strict=True):
                reduced = max(group["lr"] * self.factor, lowest)
                if group["lr"] - reduced > self.eps:
                    group["lr"] = reduced
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0

    def next_lr(self, lr: float, base_lr: float) -> float:
        return lr

    def _improves(self, metric: float) -> bool:
        sign = -1.0 if self.mode == "min" else 1.0
        margin = self.threshold
        if self.threshold_mode == "rel":
            return sign * metric > sign * self.best * (1.0 + sign * margin)
        return sign * metric > sign * self.best + margin


def _of_one_optimizer(
    name: str, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None
) -> list[LRScheduler]:
    if not schedulers:
        raise ValueError(f"{name}: there must be at least one scheduler")
    for i, scheduler in enumerate(schedulers):
        if not isinstance(scheduler, LRScheduler):
            raise TypeError(f"{name}: schedulers[{i}] must be a schedule, not {scheduler!r}")
        if isinstance(scheduler, ReduceLROnPlateau):
            raise ValueError(
                f"{name}: schedulers[{i}] is a ReduceLROnPlateau, which needs a metric"
            )
        if scheduler.optimizer is not (optimizer or schedulers[0].optimizer):
            raise ValueError(f"{name}: schedulers[{i}] belongs to another optimizer")
    return list(schedulers)


def _interval(schedule: SequentialLR | ChainedScheduler) -> str:
    parts = {part.interval: type(part).__name__ for part in schedule.schedulers}
    if len(parts) > 1:
        raise ValueError(
            f"{type(schedule).__name__}: {parts['step']} goes on after every step, "
            f"{parts['epoch']} after every epoch; in nn.fit, they cannot be combined"
        )
    return next(iter(parts))


def _with_parts(own: dict[str, Any], parts: Sequence[LRScheduler]) -> dict[str, Any]:
    return {**own, "schedulers": [part.state_dict() for part in parts]}


def _load_parts(load: Any, state_dict: Mapping[str, Any], parts: Sequence[LRScheduler]) -> None:
    """Load the state of a schedule and of those within it, or of none of them."""
    if len(state_dict.get("schedulers", [])) != len(parts):
        raise ValueError(f"load_state_dict: there must be states of {len(parts)} schedulers")
    before = [part.state_dict() for part in parts]
    try:
        for part, state in zip(parts, state_dict["schedulers"], strict=True):
            part.load_state_dict(state)
        load({name: x for name, x in state_dict.items() if name != "schedulers"})
    except (KeyError, TypeError, ValueError):
        for part, state in zip(parts, before, strict=True):
            part.load_state_dict(state)
        raise
