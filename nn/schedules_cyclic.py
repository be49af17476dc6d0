"""Schedules that go up and down: the cosine with warm restarts, cycles, and one cycle."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from .checks import flag, fraction, not_negative, one_of, positive, share, whole
from .optimizer import Optimizer
from .schedules import LRScheduler, groups_of


class CosineAnnealingWarmRestarts(LRScheduler):
    """``CosineAnnealingLR`` that jumps back to the rate after T_0 epochs, then T_0·T_mult, …

    ``step(epoch)`` with a fraction goes on within an epoch: ``step(epoch + batch / batches)``.
    """

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0
    ) -> None:
        name = type(self).__name__
        self.T_0 = self.T_i = whole(f"{name}: T_0", T_0, least=1)
        self.T_mult = whole(f"{name}: T_mult", T_mult, least=1)
        self.eta_min = not_negative(f"{name}: eta_min", eta_min)
        self.T_cur = 0.0
        super().__init__(optimizer)

    def next_lr(self, lr: float, base_lr: float) -> float:
        height = (1.0 + math.cos(math.pi * self.T_cur / self.T_i)) / 2.0
        return self.eta_min + (base_lr - self.eta_min) * height

    def step(self, epoch: float | None = None) -> None:
        """Go on by one epoch, or to a given (fractional) one."""
        if epoch is None:
            self.last_epoch, self.T_cur = self.last_epoch + 1, self.T_cur + 1.0
        else:
            self.T_cur = not_negative("CosineAnnealingWarmRestarts.step: epoch", epoch)
            self.last_epoch, self.T_i = math.floor(epoch), self.T_0
        while self.T_cur >= self.T_i:
            self.T_cur -= self.T_i
            self.T_i *= self.T_mult
        self._set(self.get_last_lr())

    def restart(self, rates: list[float] | None = None) -> None:
        self.T_cur, self.T_i = 0.0, self.T_0
        super().restart(rates)


class CyclicLR(LRScheduler):
    """From ``base_lr`` up to ``max_lr`` and down again, over and over [Smith 2017].

    To be stepped after every batch, as ``nn.fit`` does. In cycle n (from 1), a fraction h of the
    way up: lr = base_lr + (max_lr − base_lr)·h·scale, where scale depends on ``mode``:

    | "triangular"   1
    | "triangular2"  1/2ⁿ⁻¹: each cycle is half as high
    | "exp_range"    gammaˢᵗᵉᵖ
    | ``scale_fn``   if given, scale_fn(n), or of the step if ``scale_mode`` is "iterations"

    The momentum (or Adam's β₁) goes the other way, from ``max_momentum`` towards
    ``base_momentum``, if ``cycle_momentum``.

    Args:
        base_lr, max_lr: the lowest and the highest rate, or one for each group; also
            base_momentum and max_momentum.
        step_size_up, step_size_down: steps of each half; down is as long as up by default.

    >>> import nn
    >>> from autograd import Value
    >>> optimizer = nn.SGD([Value(1.0)])
    >>> schedule = CyclicLR(optimizer, 1.0, 3.0, step_size_up=2, mode="triangular2")
    >>> [schedule(step) for step in range(9)]
    [1.0, 2.0, 3.0, 2.0, 1.0, 1.5, 2.0, 1.5, 1.0]
    """

    interval = "step"

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | Sequence[float],
        max_lr: float | Sequence[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[int], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | Sequence[float] = 0.8,
        max_momentum: float | Sequence[float] = 0.9,
    ) -> None:
        name = "CyclicLR"
        groups = groups_of(name, optimizer)
        self.max_lrs = _for_each(f"{name}: max_lr", max_lr, groups, not_negative)
        self.step_size_up = whole(f"{name}: step_size_up", step_size_up, least=1)
        down = step_size_up if step_size_down is None else step_size_down
        self.step_size_down = whole(f"{name}: step_size_down", down, least=1)
        modes = ("triangular", "triangular2", "exp_range")
        self.mode = one_of(f"{name}: mode", mode, modes)
        self.gamma = not_negative(f"{name}: gamma", gamma)
        self.scale_fn = scale_fn
        self.scale_mode = one_of(f"{name}: scale_mode", scale_mode, ("cycle", "iterations"))
        self.cycle_momentum = _with_momentum(name, cycle_momentum, optimizer)
        self.base_momentums = _for_each(f"{name}: base_momentum", base_momentum, groups, fraction)
        self.max_momentums = _for_each(f"{name}: max_momentum", max_momentum, groups, fraction)
        rates = _for_each(f"{name}: base_lr", base_lr, groups, not_negative)
        for group, rate in zip(groups, rates, strict=True):
            group["initial_lr"] = rate
        super().__init__(optimizer)

    def scale(self, cycle: int, step: int) -> float:
        """How high a cycle goes, from 0 to 1."""
        if self.scale_fn is not None:
            return self.scale_fn(cycle if self.scale_mode == "cycle" else step)
        if self.mode == "triangular2":
            return 0.5 ** (cycle - 1)
        return float(self.gamma**step) if self.mode == "exp_range" else 1.0

    def _set(self, rates: list[float]) -> None:
        up, down = self.step_size_up, self.step_size_down
        before, within = divmod(self.last_epoch, up + down)
        height = within / up if within <= up else (up + down - within) / down
        height *= self.scale(before + 1, self.last_epoch)
        ends = zip(
            self.base_lrs, self.max_lrs, self.base_momentums, self.max_momentums, strict=True
        )
        for group, (low, high, least, most) in zip(self._groups(), ends, strict=True):
            group["lr"] = low + (high - low) * height
            if self.cycle_momentum:
                _set_momentum(group, most - (most - least) * height)


class OneCycleLR(LRScheduler):
    """Up to ``max_lr`` and down to nearly nothing in one cycle [Smith & Topin 2018].

    To be stepped after every batch, as ``nn.fit`` does.

    From max_lr/div_factor up to max_lr in the first ``pct_start`` of the steps, then down to
    max_lr/(div_factor·final_div_factor). The momentum (or Adam's β₁) goes the other way, from
    ``max_momentum`` to ``base_momentum`` and back, if ``cycle_momentum``. With
    ``three_phase``, the rate goes back to its start first, and then down.

    Args:
        max_lr: the highest rate, or one for each group.
        total_steps: how many; or ``epochs`` and ``steps_per_epoch``, whose product it is.
        anneal_strategy: "cos" or "linear".
    """

    interval = "step"

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | Sequence[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
    ) -> None:
        name = "OneCycleLR"
        groups = groups_of(name, optimizer)
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise ValueError(f"{name}: give total_steps, or epochs and steps_per_epoch")
            total_steps = whole(f"{name}: epochs", epochs, least=1) * whole(
                f"{name}: steps_per_epoch", steps_per_epoch, least=1
            )
        self.total_steps = whole(f"{name}: total_steps", total_steps, least=1)
        self.anneal_strategy = one_of(
            f"{name}: anneal_strategy", anneal_strategy, ("cos", "linear")
        )
        self.max_lrs = _for_each(f"{name}: max_lr", max_lr, groups, positive)
        self.div_factor = positive(f"{name}: div_factor", div_factor)
        self.final_div_factor = positive(f"{name}: final_div_factor", final_div_factor)
        self.momentums = [
            fraction(f"{name}: max_momentum", max_momentum),
            fraction(f"{name}: base_momentum", base_momentum),
        ]
        self.cycle_momentum = _with_momentum(name, cycle_momentum, optimizer)
        # Of each phase its last step and where it leads: 0 start, 1 the top, 2 the end.
        start = share(f"{name}: pct_start", pct_start) * total_steps
        last = float(total_steps - 1)
        if three_phase:
            self.phases = [[start - 1.0, 1], [2.0 * start - 2.0, 0], [last, 2]]
        else:
            self.phases = [[start - 1.0, 1], [last, 2]]
        for group, rate in zip(groups, self.max_lrs, strict=True):
            group["initial_lr"] = rate / div_factor
        super().__init__(optimizer)

    def _set(self, rates: list[float]) -> None:
        if self.last_epoch > self.total_steps:
            raise ValueError(
                f"OneCycleLR: the cycle is over after {self.total_steps} steps (total_steps)"
            )
        begin, origin = 0.0, 0
        for end, goal in self.phases:
            if self.last_epoch <= end or end == self.phases[-1][0]:
                break
            begin, origin = end, int(goal)
        done = (self.last_epoch - begin) / (end - begin) if end > begin else 1.0
        for group, base_lr, max_lr in zip(self._groups(), self.base_lrs, self.max_lrs, strict=True):
            places = [base_lr, max_lr, base_lr / self.final_div_factor]
            group["lr"] = self._between(places[origin], places[int(goal)], done)
            if self.cycle_momentum:
                places = [self.momentums[0], self.momentums[1], self.momentums[0]]
                momentum = self._between(places[origin], places[int(goal)], done)
                _set_momentum(group, momentum)

    def _between(self, start: float, end: float, done: float) -> float:
        if self.anneal_strategy == "cos":
            return end + (start - end) / 2.0 * (1.0 + math.cos(math.pi * done))
        return start + (end - start) * done


def _for_each(
    name: str,
    given: float | Sequence[float],
    groups: Sequence[Any],
    check: Callable[[str, Any], float],
) -> list[float]:
    """One number for each group: as given, or the same for all."""
    rates = list(given) if isinstance(given, (list, tuple)) else [given] * len(groups)
    if len(rates) != len(groups):
        raise ValueError(f"{name} has {len(rates)} rates for {len(groups)} groups")
    return [check(name, rate) for rate in rates]


def _with_momentum(name: str, cycle_momentum: bool, optimizer: Optimizer) -> bool:
    has_momentum = bool({"momentum", "betas"} & set(optimizer.defaults))
    if flag(f"{name}: cycle_momentum", cycle_momentum) and not has_momentum:
        raise ValueError(
            f"{name}: {type(optimizer).__name__} has no momentum; pass cycle_momentum=False"
        )
    return cycle_momentum


def _set_momentum(group: dict[str, Any], momentum: float) -> None:
    if "betas" in group:
        group["betas"] = (momentum, group["betas"][1])
    else:
        group["momentum"] = momentum
