"""Dropout: some numbers set to 0 at random, while training."""

from __future__ import annotations

import random
from typing import Any

from autograd import redrawn

from ._shapes import as_value, mapped, probability
from .init import generator
from .module import Module


class Dropout(Module):
    """While training, each number is 0 with probability p, else multiplied by 1/(1 − p).

    So the expectation stays, and in eval mode x passes unchanged. The mask is data: every
    number is multiplied by a constant, 0 or 1/(1 − p), drawn anew in each call; the graph is
    the same whatever was drawn, and ``replay`` keeps the mask.

    Args:
        p: the probability, 0 to 1.
        rng: where masks are drawn from: a ``random.Random``, a seed, or None.

    >>> Dropout(0.5, rng=0).eval()([1.0, 2.0])
    [Value(1.0), Value(2.0)]
    >>> Dropout(0.5, rng=1)([1.0, 1.0, 1.0, 1.0])
    [Value(0.0), Value(2.0), Value(2.0), Value(0.0)]
    """

    def __init__(self, p: float = 0.5, *, rng: random.Random | int | None = None) -> None:
        self.p = probability("p", p)
        self.rng = generator(rng)

    def forward(self, x: Any) -> Any:
        if not self.training:
            return mapped(as_value, x)
        return mapped(lambda element: as_value(element) * redrawn(self._mask), x)

    def _mask(self) -> float:
        return 0.0 if self.rng.random() < self.p else 1.0 / (1.0 - self.p)

    def describe(self) -> str:
        return f"Dropout({self.p:g})"
