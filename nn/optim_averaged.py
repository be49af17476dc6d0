"""The mean of all places on the way: ASGD."""

from __future__ import annotations

from typing import Any

from .optimizer import Optimizer, Params


class ASGD(Optimizer):
    """Averaged SGD [Polyak & Juditsky 1992]: noise that turns in circles has its centre as mean.

    p ← (1 − λη)p − ηg with η = lr/(1 + λ·lr·(t − 1))^α at step t;  ax ← ax + (p − ax)·μ with
    μ = 1/max(1, t − 1 − t0). So ``averages`` are the means of where the parameters were after
    step t0 + 2 and each one since; before, they are the parameters themselves.

    Args:
        params, lr, weight_decay, maximize: as for ``SGD``.
        lambd: λ, how fast η falls (and what pulls towards 0).
        alpha: α, from 0 (η stays) to 1.
        t0: where averaging begins.

    >>> from autograd import Value
    >>> p = Value(1.0)
    >>> optimizer = ASGD([p], lr=0.1, lambd=0.0, t0=0)
    >>> for noise in [1.0, -1.0, 1.0]:
    ...     p.grad = noise
    ...     optimizer.step()
    >>> p.data, optimizer.averages  # of 1 and 0.9
    (0.9, [0.95])
    """

    state_names = ("ax",)

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            lambd=lambd,
            alpha=alpha,
            t0=t0,
            weight_decay=weight_decay,
            maximize=maximize,
        )

    @property
    def averages(self) -> list[float]:
        """The mean of each parameter, in the order of ``parameters``, for use after training.

        ``for p, mean in zip(optimizer.parameters, optimizer.averages): p.data = mean``
        """
        return [average for (average,) in self.state]

    @staticmethod
    def rule(
        parameter: Any,
        gradient: Any,
        average: Any,
        *,
        step: int,
        lr: float,
        lambd: float,
        alpha: float,
        t0: float,
        weight_decay: float,
    ) -> tuple[Any, ...]:
        if weight_decay:
            gradient = gradient + weight_decay * parameter
        eta = lr / (1.0 + lambd * lr * (step - 1)) ** alpha
        parameter = (1.0 - lambd * eta) * parameter - eta * gradient
        mu = 1.0 / max(1.0, step - 1 - t0)
        return parameter, (1.0 - mu) * average + mu * parameter
