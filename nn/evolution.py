"""Learning without derivatives: an evolution strategy, and a genetic algorithm.

Both propose vectors of parameters and are told how good each one was:

>>> def score(vectors):  # best at (1, 1, …)
...     return -((vectors - 1.0) ** 2).sum(axis=1)
>>> for search in (EvolutionStrategy(np.zeros(5), rng=0), GeneticAlgorithm(np.zeros(5), rng=0)):
...     for _ in range(100):
...         search.tell(score(search.ask()))
...     assert score(search.best[None])[0] > -0.1
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


class EvolutionStrategy:
    """Climbs a smoothed score: its gradient is estimated from random directions ε.

    Of ±ε, tried in pairs around the centre c, the better ones pull more: with scores replaced
    by their ranks u, evenly spread over [−½, ½], c ← c + rate·mean(u·ε)/σ [Salimans et al.,
    "Evolution Strategies as a Scalable Alternative to Reinforcement Learning", 2017].

    Args:
        start: the first centre.
        size: how many vectors are tried at a time, an even number.
        sigma: how far they lie from the centre, in each coordinate.
        rate: how far the centre moves.
        rng: seed of the directions.
    """

    def __init__(
        self, start: Array, size: int = 40, sigma: float = 0.1, rate: float = 0.1, rng: int = 0
    ) -> None:
        self.best = np.array(start, float)
        self.size, self.sigma, self.rate = size, sigma, rate
        self.rng = np.random.default_rng(rng)

    def ask(self) -> Array:
        """The vectors to be tried, a row each."""
        half = self.rng.standard_normal((self.size // 2, len(self.best)))
        self.directions = np.concatenate([half, -half])
        return self.best + self.sigma * self.directions

    def tell(self, scores: Array) -> None:
        """How good each was; the centre moves."""
        pulls = ranks(scores) / (self.size - 1) - 0.5
        self.best = self.best + self.rate / (self.size * self.sigma) * (pulls @ self.directions)


class GeneticAlgorithm:
    """The best survive; the others are children of two parents, with mutations.

    A parent is the better of two drawn at random; a child takes each number from one of its
    parents (uniform crossover [Syswerda 1989]) and adds normal noise to it.

    Args:
        start: the first generation lies around it.
        size: how many vectors a generation has.
        elite: how many of them survive as they are.
        sigma: the deviation of mutations.
        spread: the deviation of the first generation.
        rng: seed of all chance.
    """

    def __init__(
        self,
        start: Array,
        size: int = 40,
        elite: int = 4,
        sigma: float = 0.1,
        spread: float = 0.5,
        rng: int = 0,
    ) -> None:
        self.size, self.elite, self.sigma = size, elite, sigma
        self.rng = np.random.default_rng(rng)
        self.best = np.array(start, float)
        self.vectors = self.best + spread * self.rng.standard_normal((size, len(self.best)))

    def ask(self) -> Array:
        """The generation to be tried, a row each."""
        return self.vectors

    def tell(self, scores: Array) -> None:
        """How good each was; the next generation is bred."""
        rank = ranks(scores)
        elite = self.vectors[np.argsort(-rank, kind="stable")[: self.elite]]
        self.best = elite[0]
        rivals = self.rng.integers(self.size, size=(2, 2, self.size - self.elite))
        first, second = self.vectors[np.where(rank[rivals[0]] > rank[rivals[1]], *rivals)]
        mixed = np.where(self.rng.random(first.shape) < 0.5, first, second)
        children = mixed + self.sigma * self.rng.standard_normal(mixed.shape)
        self.vectors = np.concatenate([elite, children])


def ranks(scores: Array) -> Array:
    """The place of each score from the worst, 0, to the best; equal scores share their mean place.

    >>> ranks(np.array([3.0, 1.0, 3.0, 7.0])).tolist()
    [1.5, 0.0, 1.5, 3.0]
    """
    below = (scores[:, None] > scores).sum(axis=1)
    equal = (scores[:, None] == scores).sum(axis=1)
    places: Array = below + (equal - 1) / 2
    return places
