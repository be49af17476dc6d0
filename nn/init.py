"""Initialisation: where the weights start.

Each initialiser is a function ``(fan_in, fan_out, rng) -> float`` that draws one weight of
a layer with ``fan_in`` inputs and ``fan_out`` outputs. Layers take one, or its name in
``INITIALISERS``.

>>> import random
>>> -1 <= uniform(2, 16, random.Random(0)) <= 1
True
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

Initialiser = Callable[[int, int, random.Random], float]


def uniform(fan_in: int, fan_out: int, rng: random.Random) -> float:
    """Uniform on [−1, 1], whatever the layer's size: micrograd's choice."""
    return rng.uniform(-1.0, 1.0)


def xavier_uniform(fan_in: int, fan_out: int, rng: random.Random) -> float:
    """Uniform on ±√(6/(fan_in + fan_out)) [Glorot & Bengio 2010]: for tanh and sigmoid.

    Variance 2/(fan_in + fan_out), a compromise that keeps the size of activations on the
    way forward and of gradients on the way back.
    """
    bound = math.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-bound, bound)


def xavier_normal(fan_in: int, fan_out: int, rng: random.Random) -> float:
    """Normal with standard deviation √(2/(fan_in + fan_out)) [Glorot & Bengio 2010]."""
    return rng.gauss(0.0, math.sqrt(2.0 / (fan_in + fan_out)))


def kaiming_uniform(fan_in: int, fan_out: int, rng: random.Random) -> float:
    """Uniform on ±√(6/fan_in) [He et al. 2015]: for relu, which halves the variance."""
    bound = math.sqrt(6.0 / fan_in)
    return rng.uniform(-bound, bound)


def kaiming_normal(fan_in: int, fan_out: int, rng: random.Random) -> float:
    """Normal with standard deviation √(2/fan_in) [He et al. 2015]."""
    return rng.gauss(0.0, math.sqrt(2.0 / fan_in))


INITIALISERS: dict[str, Initialiser] = {
    "uniform": uniform,
    "xavier": xavier_uniform,
    "xavier_uniform": xavier_uniform,
    "xavier_normal": xavier_normal,
    "he": kaiming_uniform,
    "kaiming_uniform": kaiming_uniform,
    "kaiming_normal": kaiming_normal,
}


def initialiser(choice: str | Initialiser) -> Initialiser:
    """An initialiser from its name, or itself. ``ValueError`` that lists the names."""
    if callable(choice):
        return choice
    if choice not in INITIALISERS:
        raise ValueError(
            f"init must be a function or one of {sorted(INITIALISERS)}, not {choice!r}"
        )
    return INITIALISERS[choice]


def generator(rng: random.Random | int | None) -> random.Random:
    """A random generator from itself or a seed; from None a new one, seeded by ``random``.

    So ``random.seed(…)`` makes a program that passes no seeds reproducible too.
    """
    if isinstance(rng, random.Random):
        return rng
    if rng is None:
        return random.Random(random.getrandbits(64))
    if isinstance(rng, int):
        return random.Random(rng)
    raise TypeError(f"rng must be a random.Random, an int seed or None, not {rng!r}")
