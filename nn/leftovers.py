"""Gradients that nobody clears: they add up from step to step, silently."""

from __future__ import annotations

import warnings

from autograd import Value

from .module import Module
from .optim import Optimizer


class Leftovers:
    """Looks, between ``zero_grad()`` and ``backward()``, for gradients that should be gone.

    A gradient left over is added to the next one: training still runs, in a wrong direction.
    There are two ways to it within ``fit``, which calls ``optimizer.zero_grad()`` itself: an
    optimiser whose own ``zero_grad`` does not clear what it holds, and parameters of the
    model that the optimiser does not hold. Each is warned of once.
    """

    def __init__(self, model: Module, optimizer: Optimizer) -> None:
        names = {id(p): name for name, p in model.named_parameters()}
        held = set(map(id, optimizer.parameters))
        self.optimizer = optimizer
        self.held = [(names.get(id(p), p.label or "a parameter"), p) for p in optimizer.parameters]
        self.stray = [(name, p) for name, p in model.named_parameters() if id(p) not in held]

    def check(self) -> None:
        """``RuntimeWarning`` that says what to do if a gradient is left over."""
        left = with_gradient(self.held)
        if left:
            kind = type(self.optimizer).__name__
            warn(
                f"fit: optimizer.zero_grad() left gradients in {len(left)} of the optimiser's "
                f"{len(self.held)} parameters ({example(left)}): to each step's gradients, those "
                f"of all steps before are added. {kind}.zero_grad must set parameter.grad = 0.0 "
                "for each of self.parameters"
            )
            self.held = []
        left = with_gradient(self.stray)
        if left:
            warn(
                f"fit: {len(left)} parameters of the model have gradients that nothing clears "
                f"({example(left)}), because the optimiser does not hold them: they are not "
                "trained, and their gradients add up from step to step. If they were forgotten, "
                "make the optimiser with model.parameters(). If they are frozen on purpose, make "
                "them constants: module.weight = nn.detached(module.weight)"
            )
            self.stray = []


def with_gradient(named: list[tuple[str, Value]]) -> list[tuple[str, Value]]:
    """Those parameters whose gradient is not 0."""
    return [(name, parameter) for name, parameter in named if parameter.grad != 0.0]


def example(left: list[tuple[str, Value]]) -> str:
    """The first one's name and gradient."""
    name, parameter = left[0]
    return f"{name}: {parameter.grad:.4g}" + (", …" if len(left) > 1 else "")


def warn(message: str) -> None:
    """Warn, at the line that called ``fit``."""
    warnings.warn(message, RuntimeWarning, stacklevel=5)
