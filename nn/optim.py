"""Optimisers: how gradients move parameters.

An update rule is written once, in arithmetic that holds for numbers and for arrays:
``rule(parameter, gradient, *state) -> (parameter, *state)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from autograd import Value, div, sqrt


class Optimizer:
    """What optimisers share: the parameters, their states, ``step`` and ``zero_grad``.

    A subclass names its state per parameter (each starts at 0) and defines ``rule``.

    Raises ``ValueError`` for no parameters or a learning rate that is not > 0, ``TypeError``
    for a parameter that is not a Value.
    """

    state_names: ClassVar[tuple[str, ...]] = ()

    def __init__(self, parameters: Iterable[Value], lr: float) -> None:
        self.parameters = list(parameters)
        if not self.parameters:
            raise ValueError(f"{type(self).__name__}: there are no parameters to optimise")
        for i, parameter in enumerate(self.parameters):
            if not isinstance(parameter, Value):
                raise TypeError(
                    f"{type(self).__name__}: parameters[{i}] must be a Value, not {parameter!r}"
                )
        self.lr = _positive("lr", lr)
        self.steps = 0
        self.state = [(0.0,) * len(self.state_names) for _ in self.parameters]

    def step(self) -> None:
        """Move every parameter by its ``grad``."""
        self.steps += 1
        for i, parameter in enumerate(self.parameters):
            parameter.data, *state = self.rule(parameter.data, parameter.grad, *self.state[i])
            self.state[i] = tuple(state)

    def rule(self, parameter: Any, gradient: Any, *state: Any) -> tuple[Any, ...]:
        """The new parameter and its new state."""
        raise NotImplementedError

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for parameter in self.parameters:
            parameter.grad = 0.0


class SGD(Optimizer):
    """Gradient descent: v ← momentum·v + g;  p ← p − lr·v.

    ``weight_decay`` adds weight_decay·p to the gradient. With momentum 0, p ← p − lr·g.

    >>> p = Value(1.0)
    >>> optimizer = SGD([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimizer.step()
    >>> p
    Value(0.8, grad=2.0)
    """

    state_names = ("velocity",)

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr)
        self.momentum = _fraction("momentum", momentum)
        self.weight_decay = _not_negative("weight_decay", weight_decay)

    def rule(self, parameter: Any, gradient: Any, *state: Any) -> tuple[Any, ...]:
        (velocity,) = state
        gradient = gradient + self.weight_decay * parameter
        velocity = self.momentum * velocity + gradient
        return parameter - self.lr * velocity, velocity


class Adam(Optimizer):
    """Adam [Kingma & Ba 2015]: steps of about lr, scaled by running moments of the gradient.

    m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²;  p ← p − lr·m̂/(√v̂ + eps),
    with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ) at step t.

    >>> p = Value(1.0)
    >>> optimizer = Adam([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimizer.step()
    >>> round(p.data, 6)
    0.9
    """

    state_names = ("mean", "square")

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr)
        self.betas = (_fraction("betas[0]", betas[0]), _fraction("betas[1]", betas[1]))
        self.eps = _not_negative("eps", eps)
        self.weight_decay = _not_negative("weight_decay", weight_decay)

    def rule(self, parameter: Any, gradient: Any, *state: Any) -> tuple[Any, ...]:
        mean, square = state
        beta1, beta2 = self.betas
        gradient = gradient + self.weight_decay * parameter
        mean = beta1 * mean + (1.0 - beta1) * gradient
        square = beta2 * square + (1.0 - beta2) * gradient * gradient
        step_size = self.lr / (1.0 - beta1**self.steps)
        root = sqrt(square) * (1.0 - beta2**self.steps) ** -0.5
        return parameter - step_size * div(mean, root + self.eps), mean, square


def _positive(name: str, x: float) -> float:
    if not x > 0:
        raise ValueError(f"{name} must be > 0, not {x!r}")
    return x


def _not_negative(name: str, x: float) -> float:
    if not x >= 0:
        raise ValueError(f"{name} must be ≥ 0, not {x!r}")
    return x


def _fraction(name: str, x: float) -> float:
    if not 0 <= x < 1:
        raise ValueError(f"{name} must be in [0, 1), not {x!r}")
    return x
