"""Schedules: how the learning rate changes in the course of training. PyTorch's names.

A schedule sets its optimiser's rate when it is made, and again in each ``step()``, which is
called after the optimiser's, once an epoch or once a batch as one likes:

>>> import nn
>>> from autograd import Value
>>> optimizer = nn.SGD([Value(1.0)], lr=1.0)
>>> schedule = nn.StepLR(optimizer, step_size=2, gamma=0.5)
>>> rates = []
>>> for epoch in range(5):
...     rates.append(optimizer.lr)
...     optimizer.step()
...     schedule.step()
>>> rates
[1.0, 1.0, 0.5, 0.5, 0.25]

``nn.fit(…, schedule=nn.StepLR(optimizer, 2))`` does so once an epoch, or after each step, or with
the loss, as the schedule's ``interval`` and ``needs_metric`` say. Schedules that go up and
down are in ``schedules_cyclic``; those that are made of others, or look at the loss, in
``schedules_combined``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from .checks import function, not_negative, positive, same_names, share, whole
from .optimizer import Optimizer


class LRScheduler:
    """What schedules share. A subclass says how a rate follows from the one before.

    ``base_lrs`` are the rates (one per group of parameters) from which it starts,
    ``last_epoch`` counts the steps. Schedules may be stacked on one optimiser: each changes
    the rate that it finds.
    """

    interval: str = "epoch"
    """How often ``nn.fit`` calls ``step``: once an "epoch", or after every "step"; may be set."""
    needs_metric: ClassVar[bool] = False
    """True if ``step`` takes the number that it watches, such as the validation loss."""

    def __init__(self, optimizer: Optimizer) -> None:
        groups = groups_of(type(self).__name__, optimizer)
        self.optimizer = optimizer
        self.base_lrs = [group.setdefault("initial_lr", group["lr"]) for group in groups]
        self.last_epoch = 0
        self._set(self.get_last_lr())

    def next_lr(self, lr: float, base_lr: float) -> float:
        """The rate at ``last_epoch``, given the one before (at epoch 0, the one at the start)."""
        raise NotImplementedError

    def step(self) -> None:
        """Go on to the next epoch (or batch)."""
        self.last_epoch += 1
        self._set(self.get_last_lr())

    def restart(self, rates: list[float] | None = None) -> None:
        """Go back to epoch 0, with the rates of the beginning or others (``SequentialLR`` asks)."""
        self.last_epoch = 0
        self._set(self.base_lrs if rates is None else rates)

    def get_last_lr(self) -> list[float]:
        """The present rate of each group."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def __repr__(self) -> str:
        rates = ", ".join(f"{lr:.4g}" for lr in self.get_last_lr())
        return f"{type(self).__name__}(epoch {self.last_epoch}: lr {rates})"

    def __call__(self, epoch: int) -> Any:
        """The rate of an epoch, for ``nn.fit(…, schedule=…)``: one, or one for each group."""
        if epoch < self.last_epoch:
            raise ValueError(
                f"{type(self).__name__}: epoch {epoch} is over, it is at {self.last_epoch} already"
            )
        while self.last_epoch < epoch:
            self.step()
        rates = self.get_last_lr()
        return rates[0] if len(rates) == 1 else rates

    def state_dict(self) -> dict[str, Any]:
        """Where it is, as plain numbers, which ``json`` keeps to the bit.

        The rates themselves are in the optimiser's state; functions are not saved.
        """
        return self._own_state()

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue from ``state_dict()``'s result (and load the optimiser's too).

        All or nothing: ``KeyError`` names what is missing or unknown, ``TypeError`` what is
        of another kind than it was.
        """
        what, own = f"{type(self).__name__}.load_state_dict", self._own_state()
        same_names(what, state_dict, own)
        for name, x in state_dict.items():
            _check_kind(f"{what}: {name}", x, own[name])
        vars(self).update({name: _copy(x) for name, x in state_dict.items()})

    def _set(self, rates: list[float]) -> None:
        """Set the rate of each group, given the ones before."""
        for group, lr, base_lr in zip(self._groups(), rates, self.base_lrs, strict=True):
            group["lr"] = self.next_lr(lr, base_lr)

    def _own_state(self) -> dict[str, Any]:
        return {name: _copy(x) for name, x in vars(self).items() if _is_plain(x)}

    def _groups(self) -> list[dict[str, Any]]:
        groups = self.optimizer.param_groups
        if len(groups) != len(self.base_lrs):
            raise ValueError(
                f"{type(self).__name__}: the optimizer has {len(groups)} groups of parameters now, "
                f"but had {len(self.base_lrs)} when the schedule was made; make it afterwards"
            )
        return groups


Factor = Callable[[int], float]


class LambdaLR(LRScheduler):
    """The first rate times a function of the epoch: ``LambdaLR(optimizer, lambda e: 0.9**e)``.

    A list of functions has one for each group of parameters.
    """

    def __init__(self, optimizer: Optimizer, lr_lambda: Factor | Sequence[Factor]) -> None:
        self.lr_lambdas = _functions("LambdaLR", lr_lambda, optimizer)
        super().__init__(optimizer)

    def _set(self, rates: list[float]) -> None:
        for group, factor, base in zip(self._groups(), self.lr_lambdas, self.base_lrs, strict=True):
            group["lr"] = base * factor(self.last_epoch)


class MultiplicativeLR(LRScheduler):
    """The rate before times a function of the epoch, from epoch 1 on; or one for each group."""

    def __init__(self, optimizer: Optimizer, lr_lambda: Factor | Sequence[Factor]) -> None:
        self.lr_lambdas = _functions("MultiplicativeLR", lr_lambda, optimizer)
        super().__init__(optimizer)

    def _set(self, rates: list[float]) -> None:
        for group, factor, lr in zip(self._groups(), self.lr_lambdas, rates, strict=True):
            group["lr"] = lr * factor(self.last_epoch) if self.last_epoch > 0 else lr


class ConstantLR(LRScheduler):
    """``factor`` times the rate for ``total_iters`` epochs, then the rate itself: a warm-up."""

    def __init__(self, optimizer: Optimizer, factor: float = 1.0 / 3, total_iters: int = 5) -> None:
        self.factor = share("ConstantLR: factor", positive("ConstantLR: factor", factor))
        self.total_iters = whole("ConstantLR: total_iters", total_iters)
        super().__init__(optimizer)

    def next_lr(self, lr: float, base_lr: float) -> float:
        if self.last_epoch == 0:
            return lr * self.factor
        return lr / self.factor if self.last_epoch == self.total_iters else lr


class StepLR(LRScheduler):
    """Times ``gamma`` every ``step_size`` epochs."""

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        self.step_size = whole("StepLR: step_size", step_size, least=1)
        self.gamma = not_negative("StepLR: gamma", gamma)
        super().__init__(optimizer)

    def next_lr(self, lr: float, base_lr: float) -> float:
        due = self.last_epoch > 0 and self.last_epoch % self.step_size == 0
        return lr * self.gamma if due else lr


class MultiStepLR(LRScheduler):
    """Times ``gamma`` at each of the ``milestones`` (epochs)."""

    def __init__(self, optimizer: Optimizer, milestones: Sequence[int], gamma: float = 0.1) -> None:
        self.milestones = sorted(whole("MultiStepLR: milestones", epoch) for epoch in milestones)
        self.gamma = not_negative("MultiStepLR: gamma", gamma)
        super().__init__(optimizer)

    def next_lr(self, lr: float, base_lr: float) -> float:
        return lr * self.gamma ** self.milestones.count(self.last_epoch)


class ExponentialLR(LRScheduler):
    """Times ``gamma`` every epoch."""

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        self.gamma = not_negative("ExponentialLR: gamma", gamma)
        super().__init__(optimizer)

    def next_lr(self, lr: float, base_lr: float) -> float:
        return lr * self.gamma if self.last_epoch > 0 else lr


class LinearLR(LRScheduler):
    """A warm-up: from start_factor to end_factor times the rate in ``total_iters`` epochs."""

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
    ) -> None:
        name = "LinearLR: start_factor"
        self.start_factor = share(name, positive(name, start_factor))
        self.end_factor = share("LinearLR: end_factor", end_factor)
        self.total_iters = whole("LinearLR: total_iters", total_iters, least=1)
        super().__init__(optimizer)

    def factor(self, epoch: int) -> float:
        """What the rate is multiplied by at an epoch."""
        rise = (self.end_factor - self.start_factor) * min(epoch / self.total_iters, 1.0)
        return self.start_factor + rise

    def next_lr(self, lr: float, base_lr: float) -> float:
        if self.last_epoch > self.total_iters:
            return lr
        before = self.factor(self.last_epoch - 1) if self.last_epoch > 0 else 1.0
        return lr * self.factor(self.last_epoch) / before


class PolynomialLR(LRScheduler):
    """Down to 0 in ``total_iters`` epochs, as (1 − epoch/total_iters)^power."""

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0) -> None:
        self.total_iters = whole("PolynomialLR: total_iters", total_iters, least=1)
        self.power = not_negative("PolynomialLR: power", power)
        super().__init__(optimizer)

    def next_lr(self, lr: float, base_lr: float) -> float:
        if not 0 < self.last_epoch <= self.total_iters:
            return lr
        left = self.total_iters - self.last_epoch
        return lr * math.pow(left / (left + 1), self.power)


class CosineAnnealingLR(LRScheduler):
    """Half a cosine from the rate down to ``eta_min`` in ``T_max`` epochs (and up again after).

    lr = eta_min + (base_lr − eta_min)·(1 + cos(π·epoch/T_max))/2 [Loshchilov & Hutter 2017].
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:
        self.T_max = whole("CosineAnnealingLR: T_max", T_max, least=1)
        self.eta_min = not_negative("CosineAnnealingLR: eta_min", eta_min)
        super().__init__(optimizer)

    def height(self, epoch: int) -> float:
        """1 at the start, 0 at T_max."""
        return (1.0 + math.cos(math.pi * epoch / self.T_max)) / 2.0

    def next_lr(self, lr: float, base_lr: float) -> float:
        if self.last_epoch == 0:
            return lr
        if (self.last_epoch - 1 - self.T_max) % (2 * self.T_max) == 0:  # past the lowest point
            return lr + (base_lr - self.eta_min) * self.height(self.last_epoch)
        ratio = self.height(self.last_epoch) / self.height(self.last_epoch - 1)
        return self.eta_min + ratio * (lr - self.eta_min)


def groups_of(name: str, optimizer: Any) -> list[dict[str, Any]]:
    """An optimiser's groups; ``TypeError`` if it is none."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{name}: optimizer must be an nn optimiser, not {optimizer!r}")
    return optimizer.param_groups


def _functions(name: str, given: Factor | Sequence[Factor], optimizer: Optimizer) -> list[Factor]:
    """A function for each group: those given, or the one that all share."""
    count = len(groups_of(name, optimizer))
    functions = list(given) if isinstance(given, Sequence) else [given] * count
    for f in functions:
        function(f"{name}: lr_lambda", f, "a function of the epoch, or a list of them")
    if len(functions) != count:
        raise ValueError(f"{name}: {len(functions)} functions for {count} groups")
    return functions


def _is_plain(x: Any) -> bool:
    return isinstance(x, (int, float, str)) or (isinstance(x, list) and all(map(_is_plain, x)))


def _copy(x: Any) -> Any:
    return [_copy(element) for element in x] if isinstance(x, list) else x


def _check_kind(name: str, new: Any, old: Any) -> None:
    """``TypeError`` or ``ValueError`` if ``new`` is of another kind or length than ``old``."""
    if isinstance(old, list):
        if not isinstance(new, list) or len(new) != len(old):
            raise ValueError(f"{name} must be a list of {len(old)}, not {new!r}")
        for a, b in zip(new, old, strict=True):
            _check_kind(name, a, b)
    elif isinstance(old, (bool, str)) or isinstance(new, bool):
        if type(new) is not type(old):
            raise TypeError(f"{name} must be a {type(old).__name__}, not {new!r}")
    elif not isinstance(new, (int, float)):
        raise TypeError(f"{name} must be a number, not {new!r}")
