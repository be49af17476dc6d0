"""Adam's relatives: NAdam, RAdam, Adamax, and Lion, which needs one moment only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd import div, maximum, sign, sqrt

from .optim import decay
from .optimizer import Optimizer, Params


class NAdam(Optimizer):
    """NAdam [Dozat 2016]: Adam with Nesterov's look ahead.

    With μₜ = β₁(1 − ½·0.96^(t·momentum_decay)) and Mₜ = μ₁⋯μₜ:
    p ← p − lr·((1 − μₜ)/(1 − Mₜ)·g + μₜ₊₁/(1 − Mₜ₊₁)·m)/(√v̂ + eps), m and v as in Adam.

    >>> from autograd import Value
    >>> p = Value(1.0)
    >>> (p * p).backward()
    >>> NAdam([p], lr=0.1).step()
    >>> p.data < 0.92
    True
    """

    state_names = ("exp_avg", "exp_avg_sq", "mu_product")

    def __init__(
        self,
        params: Params,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            momentum_decay=momentum_decay,
            decoupled_weight_decay=decoupled_weight_decay,
            maximize=maximize,
        )

    @staticmethod
    def rule(
        parameter: Any,
        gradient: Any,
        mean: Any,
        square: Any,
        product: Any,
        *,
        step: int,
        lr: float,
        betas: tuple[float, float],
        eps: float,
        weight_decay: float,
        momentum_decay: float,
        decoupled_weight_decay: bool,
    ) -> tuple[Any, ...]:
        beta1, beta2 = betas
        parameter, gradient = decay(parameter, gradient, lr, weight_decay, decoupled_weight_decay)
        mean = beta1 * mean + (1.0 - beta1) * gradient
        square = beta2 * square + (1.0 - beta2) * gradient * gradient
        mu = beta1 * (1.0 - 0.5 * 0.96 ** (step * momentum_decay))
        next_mu = beta1 * (1.0 - 0.5 * 0.96 ** ((step + 1) * momentum_decay))
        product = product * mu
        now = div(1.0 - mu, 1.0 - product) * gradient
        ahead = div(next_mu, 1.0 - product * next_mu) * mean
        root = sqrt(square) * (1.0 - beta2**step) ** -0.5
        return parameter - lr * div(now + ahead, root + eps), mean, square, product

    def initial_state(self, group: Mapping[str, Any]) -> tuple[float, ...]:
        return (0.0, 0.0, 1.0)


class RAdam(Optimizer):
    """Rectified Adam [Liu et al. 2020]: plain momentum until v can be trusted.

    With ρ∞ = 2/(1 − β₂) − 1 and ρₜ = ρ∞ − 2tβ₂ᵗ/(1 − β₂ᵗ): while ρₜ ≤ 5, p ← p − lr·m̂;
    then p ← p − lr·r·m̂/√v̂ with r² = (ρₜ − 4)(ρₜ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρₜ).

    >>> from autograd import Value
    >>> p = Value(1.0)
    >>> (p * p).backward()
    >>> RAdam([p], lr=0.1).step()
    >>> round(p.data, 6)
    0.8
    """

    state_names = ("exp_avg", "exp_avg_sq")

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            decoupled_weight_decay=decoupled_weight_decay,
            maximize=maximize,
        )

    @staticmethod
    def rule(
        parameter: Any,
        gradient: Any,
        mean: Any,
        square: Any,
        *,
        step: int,
        lr: float,
        betas: tuple[float, float],
        eps: float,
        weight_decay: float,
        decoupled_weight_decay: bool,
    ) -> tuple[Any, ...]:
        beta1, beta2 = betas
        parameter, gradient = decay(parameter, gradient, lr, weight_decay, decoupled_weight_decay)
        mean = beta1 * mean + (1.0 - beta1) * gradient
        square = beta2 * square + (1.0 - beta2) * gradient * gradient
        change = lr / (1.0 - beta1**step) * mean
        correction = 1.0 - beta2**step
        longest = 2.0 / (1.0 - beta2) - 1.0  # how many gradients v averages in the end
        length = longest - 2.0 * step * beta2**step / correction  # and by now
        if length > 5.0:
            ratio = (length - 4.0) * (length - 2.0) * longest
            ratio /= (longest - 4.0) * (longest - 2.0) * length
            change = (ratio * correction) ** 0.5 * div(change, sqrt(square) + eps)
        return parameter - change, mean, square


class Adamax(Optimizer):
    """Adamax [Kingma & Ba 2015]: Adam with the largest |g| that decays in place of √v̂.

    m ← β₁m + (1 − β₁)g;  u ← max(β₂u, |g| + eps);  p ← p − lr/(1 − β₁ᵗ) · m/u at step t.

    >>> from autograd import Value
    >>> p = Value(1.0)
    >>> (p * p).backward()
    >>> Adamax([p], lr=0.1).step()
    >>> round(p.data, 6)
    0.9
    """

    state_names = ("exp_avg", "exp_inf")

    def __init__(
        self,
        params: Params,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, maximize=maximize
        )

    @staticmethod
    def rule(
        parameter: Any,
        gradient: Any,
        mean: Any,
        largest: Any,
        *,
        step: int,
        lr: float,
        betas: tuple[float, float],
        eps: float,
        weight_decay: float,
    ) -> tuple[Any, ...]:
        beta1, beta2 = betas
        if weight_decay:
            gradient = gradient + weight_decay * parameter
        mean = beta1 * mean + (1.0 - beta1) * gradient
        largest = maximum(beta2 * largest, abs(gradient) + eps)
        return parameter - lr / (1.0 - beta1**step) * div(mean, largest), mean, largest


class Lion(Optimizer):
    """Lion [Chen et al. 2023]: steps of ±lr, by the sign of the momentum. (Not in PyTorch.)

    p ← (1 − lr·weight_decay)·p − lr·sign(β₁m + (1 − β₁)g);  m ← β₂m + (1 − β₂)g.
    Its authors take a tenth of Adam's lr and ten times its weight decay.

    >>> from autograd import Value
    >>> p = Value(1.0)
    >>> (1000 * p * p).backward()
    >>> Lion([p], lr=0.1).step()
    >>> p.data
    0.9
    """

    state_names = ("exp_avg",)

    def __init__(
        self,
        params: Params,
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, weight_decay=weight_decay, maximize=maximize)

    @staticmethod
    def rule(
        parameter: Any,
        gradient: Any,
        mean: Any,
        *,
        step: int,
        lr: float,
        betas: tuple[float, float],
        weight_decay: float,
    ) -> tuple[Any, ...]:
        beta1, beta2 = betas
        parameter, gradient = decay(parameter, gradient, lr, weight_decay, decoupled=True)
        direction = sign(beta1 * mean + (1.0 - beta1) * gradient)
        return parameter - lr * direction, beta2 * mean + (1.0 - beta2) * gradient
