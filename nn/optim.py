"""Optimisers: how gradients move parameters. Read ``SGD`` first, then ``Adam``.

An update rule is written once, in arithmetic that holds for numbers and for arrays:
``rule(parameter, gradient, *state, step=…, **options) -> (parameter, *state)``. What the
optimisers share is in ``optimizer``, rarer rules in ``optim_adaptive``, ``optim_adam`` and
``optim_averaged``; those that want the whole batch and a line search in ``optim_batch``.
"""

from __future__ import annotations

from typing import Any

from autograd import div, maximum, sqrt

from .optimizer import Optimizer as Optimizer
from .optimizer import Params


class SGD(Optimizer):
    """Gradient descent with momentum: v ← momentum·v + (1 − dampening)·g;  p ← p − lr·v.

    The first v is the first g. ``nesterov`` looks ahead: p ← p − lr·(g + momentum·v).
    ``weight_decay`` adds weight_decay·p to g; ``maximize`` goes uphill.

    >>> from autograd import Value
    >>> p = Value(1.0)
    >>> optimizer = SGD([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimizer.step()
    >>> p
    Value(0.8, grad=2.0)
    """

    state_names = ("momentum_buffer",)

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            weight_decay=weight_decay,
            nesterov=nesterov,
            maximize=maximize,
        )

    @staticmethod
    def rule(
        parameter: Any,
        gradient: Any,
        velocity: Any,
        *,
        step: int,
        lr: float,
        momentum: float,
        dampening: float,
        weight_decay: float,
        nesterov: bool,
    ) -> tuple[Any, ...]:
        if weight_decay:
            gradient = gradient + weight_decay * parameter
        if momentum == 0.0:
            return parameter - lr * gradient, velocity
        velocity = momentum * velocity + (1.0 - dampening if step > 1 else 1.0) * gradient
        ahead = gradient + momentum * velocity if nesterov else velocity
        return parameter - lr * ahead, velocity

    def check(self, options: dict[str, Any]) -> dict[str, Any]:
        options = super().check(options)
        if options["nesterov"] and not (options["momentum"] > 0 and options["dampening"] == 0):
            raise ValueError(
                "SGD: nesterov needs momentum > 0 and dampening 0, not momentum "
                f"{options['momentum']!r} and dampening {options['dampening']!r}"
            )
        return options


class Adam(Optimizer):
    """Adam [Kingma & Ba 2015]: steps of about lr, scaled by running moments of the gradient.

    m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²;  p ← p − lr·m̂/(√v̂ + eps),
    with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ) at step t.

    ``amsgrad`` takes the largest v so far [Reddi et al. 2018]. ``weight_decay`` adds
    weight_decay·p to g; if ``decoupled_weight_decay``, p ← (1 − lr·weight_decay)·p instead.

    >>> from autograd import Value
    >>> p = Value(1.0)
    >>> optimizer = Adam([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimizer.step()
    >>> round(p.data, 6)
    0.9
    """

    state_names = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            amsgrad=amsgrad,
            maximize=maximize,
            decoupled_weight_decay=decoupled_weight_decay,
        )

    @staticmethod
    def rule(
        parameter: Any,
        gradient: Any,
        mean: Any,
        square: Any,
        largest: Any,
        *,
        step: int,
        lr: float,
        betas: tuple[float, float],
        eps: float,
        weight_decay: float,
        amsgrad: bool,
        decoupled_weight_decay: bool,
    ) -> tuple[Any, ...]:
        beta1, beta2 = betas
        parameter, gradient = decay(parameter, gradient, lr, weight_decay, decoupled_weight_decay)
        mean = beta1 * mean + (1.0 - beta1) * gradient
        square = beta2 * square + (1.0 - beta2) * gradient * gradient
        largest = maximum(largest, square) if amsgrad else largest
        root = sqrt(largest if amsgrad else square) * (1.0 - beta2**step) ** -0.5
        step_size = lr / (1.0 - beta1**step)
        return parameter - step_size * div(mean, root + eps), mean, square, largest


class AdamW(Adam):
    """Adam with decoupled weight decay [Loshchilov & Hutter 2019]: p ← (1 − lr·weight_decay)·p.

    >>> from autograd import Value
    >>> p = Value(1.0)  # without a gradient, only the decay moves it
    >>> AdamW([p], lr=0.1, weight_decay=0.5).step()
    >>> p
    Value(0.95)
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            maximize=maximize,
            decoupled_weight_decay=True,
        )


def decay(
    parameter: Any, gradient: Any, lr: float, weight_decay: float, decoupled: bool
) -> tuple[Any, Any]:
    """Weight decay: through the gradient, or of the parameter itself if ``decoupled``."""
    if not weight_decay:
        return parameter, gradient
    if decoupled:
        return parameter * (1.0 - lr * weight_decay), gradient
    return parameter, gradient + weight_decay * parameter
