"""Random numbers that a function draws without saying so: a program would repeat the first."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from .surroundings import Surroundings

KINDS = (random.Random, np.random.Generator, np.random.RandomState)


class Randomness:
    """The generators that a function can reach, with the states that they are in."""

    def __init__(self, surroundings: Surroundings) -> None:
        held = [item for _, _, items in surroundings.seen for item in items]
        found = {id(item): item for item in held if isinstance(item, KINDS)}
        self.generators = [item for item in found.values() if has_state(item)]
        self.before = self.states()

    def states(self) -> list[Any]:
        """The states of Python's and NumPy's own generators, and of those that were found."""
        own = [random.getstate(), comparable(np.random.get_state(legacy=False))]
        return own + [state(generator) for generator in self.generators]

    def was_drawn(self) -> bool:
        """True if some state has changed."""
        return self.states() != self.before


def has_state(generator: Any) -> bool:
    """False for those of the operating system."""
    return not isinstance(generator, random.SystemRandom)


def state(generator: Any) -> Any:
    """The state of a generator, which can be compared."""
    if isinstance(generator, random.Random):
        return generator.getstate()
    if isinstance(generator, np.random.RandomState):
        return comparable(generator.get_state(legacy=False))
    return comparable(generator.bit_generator.state)


def comparable(thing: Any) -> Any:
    """Nested dicts with bytes in place of arrays. (To write all as text takes a millisecond.)"""
    if isinstance(thing, dict):
        return {key: comparable(item) for key, item in thing.items()}
    return thing.tobytes() if isinstance(thing, np.ndarray) else thing
