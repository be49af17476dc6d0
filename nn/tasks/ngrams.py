"""n-grams: which character comes next, by counting what followed the last n − 1."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from .characters import VOCABULARY, encoded

STRENGTH = 4.0  # how many counts the shorter context is worth


class NGrams:
    """p(c | context) = (count(context c) + s·p(c | shorter context)) / (count(context) + s).

    Interpolation with a Dirichlet prior [MacKay & Peto 1995]; the shortest context is none,
    with all characters alike before it.

    >>> model = NGrams(2, ["aa", "ab"])
    >>> model.probability((1,), 2) > model.probability((1,), 3)
    True
    """

    def __init__(self, n: int, names: Sequence[str]) -> None:
        self.n = n
        self.follows: Counter[tuple[int, ...]] = Counter()
        self.contexts: Counter[tuple[int, ...]] = Counter()
        for name in names:
            for context, token in self.steps(name):
                for start in range(len(context) + 1):
                    self.contexts[context[start:]] += 1
                    self.follows[(*context[start:], token)] += 1

    @property
    def size(self) -> int:
        """How many counts it remembers."""
        return len(self.follows)

    def steps(self, name: str) -> list[tuple[tuple[int, ...], int]]:
        """Each token with the n − 1 before it, the name being preceded by its edge."""
        tokens = [0] * max(self.n - 2, 0) + encoded(name)
        width = self.n - 1
        first = max(self.n - 1, 1)
        return [(tuple(tokens[i - width : i]), tokens[i]) for i in range(first, len(tokens))]

    def probability(self, context: tuple[int, ...], token: int) -> float:
        """How likely the token is after this context."""
        p = 1.0 / VOCABULARY
        for start in range(len(context), -1, -1):
            shorter = context[start:]
            count = self.contexts[shorter]
            p = (self.follows[(*shorter, token)] + STRENGTH * p) / (count + STRENGTH)
        return p

    def nats(self, names: Sequence[str]) -> float:
        """Mean −ln p per character of these names, their ends included."""
        steps = [step for name in names for step in self.steps(name)]
        return -math.fsum(math.log(self.probability(*step)) for step in steps) / len(steps)
