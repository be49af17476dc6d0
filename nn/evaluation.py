"""Eval mode for as long as something is computed, and then as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .module import Module


@contextmanager
def evaluating(model: Module) -> Iterator[None]:
    """Inside, the model is in eval mode; afterwards each of its modules is in its own again.

    >>> import nn
    >>> model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2).eval())  # one is frozen
    >>> with evaluating(model):
    ...     [module.training for module in model.modules()]
    [False, False, False]
    >>> [module.training for module in model.modules()]
    [True, True, False]
    """
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training
