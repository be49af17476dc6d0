"""A step size for every parameter, from its own gradients: Adagrad, Adadelta, RMSprop, Rprop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd import div, maximum, minimum, sign, sqrt, where

from .optimizer import Optimizer, Params


class Adagrad(Optimizer):
    """Adagrad [Duchi et al. 2011]: steps shrink with all gradients so far.

    s ← s + g²;  p ← p − lr/(1 + (t − 1)·lr_decay) · g/(√s + eps) at step t.

    >>> from autograd import Value
    >>> p = Value(1.0)
    >>> (p * p).backward()
    >>> Adagrad([p], lr=0.1).step()
    >>> round(p.data, 6)
    0.9
    """

    state_names = ("sum",)

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
            maximize=maximize,
        )

    @staticmethod
    def rule(
        parameter: Any,
        gradient: Any,
        total: Any,
        *,
        step: int,
        lr: float,
        lr_decay: float,
        weight_decay: float,
        initial_accumulator_value: float,
        eps: float,
    ) -> tuple[Any, ...]:
        if weight_decay:
            gradient = gradient + weight_decay * parameter
        total = total + gradient * gradient
        rate = lr / (1.0 + (step - 1) * lr_decay)
        return parameter - rate * div(gradient, sqrt(total) + eps), total

    def initial_state(self, group: Mapping[str, Any]) -> tuple[float, ...]:
        return (group["initial_accumulator_value"],)


class Adadelta(Optimizer):
    """Adadelta [Zeiler 2012]: the size of past steps sets that of the next; no unit is left in lr.

    s ← ρs + (1 − ρ)g²;  Δ = √(d + eps)/√(s + eps) · g;  d ← ρd + (1 − ρ)Δ²;  p ← p − lr·Δ.

    >>> from autograd import Value
    >>> p = Value(1.0)
    >>> (p * p).backward()
    >>> Adadelta([p]).step()
    >>> round(p.data, 4)  # a cautious start: √eps/√(1 − ρ)
    0.9968
    """

    state_names = ("square_avg", "acc_delta")

    def __init__(
        self,
        params: Params,
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params, lr=lr, rho=rho, eps=eps, weight_decay=weight_decay, maximize=maximize
        )

    @staticmethod
    def rule(
        parameter: Any,
        gradient: Any,
        square: Any,
        moved: Any,
        *,
        step: int,
        lr: float,
        rho: float,
        eps: float,
        weight_decay: float,
    ) -> tuple[Any, ...]:
        if weight_decay:
            gradient = gradient + weight_decay * parameter
        square = rho * square + (1.0 - rho) * gradient * gradient
        change = div(sqrt(moved + eps), sqrt(square + eps)) * gradient
        moved = rho * moved + (1.0 - rho) * change * change
        return parameter - lr * change, square, moved


class RMSprop(Optimizer):
    """RMSprop [Hinton 2012]: the gradient over the root of its running mean square.

    s ← αs + (1 − α)g²;  p ← p − lr·g/(√s + eps).  If ``centered``, s is lessened by the
    square of the running mean (a variance is left); with momentum, v ← momentum·v + g/(√s + eps)
    and p ← p − lr·v.

    >>> from autograd import Value
    >>> p = Value(1.0)
    >>> (p * p).backward()
    >>> RMSprop([p], lr=0.1, alpha=0.75).step()
    >>> round(p.data, 6)
    0.8
    """

    state_names = ("square_avg", "grad_avg", "momentum_buffer")

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            alpha=alpha,
            eps=eps,
            weight_decay=weight_decay,
            momentum=momentum,
            centered=centered,
            maximize=maximize,
        )

    @staticmethod
    def rule(
        parameter: Any,
        gradient: Any,
        square: Any,
        mean: Any,
        velocity: Any,
        *,
        step: int,
        lr: float,
        alpha: float,
        eps: float,
        weight_decay: float,
        momentum: float,
        centered: bool,
    ) -> tuple[Any, ...]:
        if weight_decay:
            gradient = gradient + weight_decay * parameter
        square = alpha * square + (1.0 - alpha) * gradient * gradient
        spread = square
        if centered:
            mean = alpha * mean + (1.0 - alpha) * gradient
            # Of a gradient that stays the same, rounding could leave less than nothing.
            spread = maximum(square - mean * mean, 0.0)
        scaled = div(gradient, sqrt(spread) + eps)
        if momentum > 0.0:
            velocity = momentum * velocity + scaled
            scaled = velocity
        return parameter - lr * scaled, square, mean, velocity


class Rprop(Optimizer):
    """Resilient backpropagation [Riedmiller & Braun 1993]: only the gradient's sign counts.

    Every parameter has a step, which starts at lr, grows by ``etas[1]`` while the sign stays
    and shrinks by ``etas[0]`` when it turns (then there is no move), within ``step_sizes``.
    For whole batches: the noise of mini-batches turns signs.

    >>> from autograd import Value
    >>> p = Value(1.0)
    >>> (1000 * p * p).backward()
    >>> Rprop([p], lr=0.1).step()
    >>> p.data
    0.9
    """

    state_names = ("prev", "step_size")

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50.0),
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr=lr, etas=etas, step_sizes=step_sizes, maximize=maximize)

    @staticmethod
    def rule(
        parameter: Any,
        gradient: Any,
        previous: Any,
        size: Any,
        *,
        step: int,
        lr: float,
        etas: tuple[float, float],
        step_sizes: tuple[float, float],
    ) -> tuple[Any, ...]:
        same = sign(gradient * previous)  # −1 where the gradient has turned
        size = size * where(same, etas[1], where(-same, etas[0], 1.0))
        size = minimum(maximum(size, step_sizes[0]), step_sizes[1])
        gradient = where(-same, 0.0, gradient)
        return parameter - sign(gradient) * size, gradient, size

    def initial_state(self, group: Mapping[str, Any]) -> tuple[float, ...]:
        return (0.0, group["lr"])
