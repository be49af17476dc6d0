"""Schedules that go up and down: the cosine with warm restarts, and one-cycle."""

from __future__ import annotations

import math
from collections.abc import Sequence

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
        rates = [max_lr] * len(groups) if isinstance(max_lr, (int, float)) else list(max_lr)
        if len(rates) != len(groups):
            raise ValueError(f"{name}: max_lr has {len(rates)} rates for {len(groups)} groups")
        self.max_lrs = [positive(f"{name}: max_lr", rate) for rate in rates]
        self.div_factor = positive(f"{name}: div_factor", div_factor)
        self.final_div_factor = positive(f"{name}: final_div_factor", final_div_factor)
        self.momentums = [
            fraction(f"{name}: max_momentum", max_momentum),
            fraction(f"{name}: base_momentum", base_momentum),
        ]
        self.cycle_momentum = flag(f"{name}: cycle_momentum", cycle_momentum)
        if cycle_momentum and not {"momentum", "betas"} & set(optimizer.defaults):
            raise ValueError(
                f"{name}: {type(optimizer).__name__} has no momentum; pass cycle_momentum=False"
            )
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
                if "betas" in group:
                    group["betas"] = (momentum, group["betas"][1])
                else:
                    group["momentum"] = momentum

    def _between(self, start: float, end: float, done: float) -> float:
        if self.anneal_strategy == "cos":
            return end + (start - end) / 2.0 * (1.0 + math.cos(math.pi * done))
        return start + (end - start) * done
