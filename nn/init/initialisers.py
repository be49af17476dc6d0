"""Initialisers, by name or as functions, and how layers call them."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

from ..checks import one_of

Initialiser = Callable[[int, int, random.Random], Any]


def constant(fan_in: int, fan_out: int, rng: random.Random, value: float = 0.0) -> float:
    """The same for all. (As weights, neurons that start equal stay equal.)"""
    return value


def uniform(
    fan_in: int, fan_out: int, rng: random.Random, low: float = -1.0, high: float = 1.0
) -> float:
    """Uniform on [−1, 1], whatever the layer's size: micrograd's choice."""
    return rng.uniform(low, high)


def normal(
    fan_in: int, fan_out: int, rng: random.Random, mean: float = 0.0, std: float = 1.0
) -> float:
    """Normal with mean 0 and standard deviation 1, whatever the layer's size."""
    return rng.gauss(mean, std)


def xavier_uniform(fan_in: int, fan_out: int, rng: random.Random, gain: float = 1.0) -> float:
    """Uniform on ±gain·√(6/(fan_in + fan_out)) [Glorot & Bengio 2010]: for tanh and sigmoid.

    Variance 2/(fan_in + fan_out), a compromise that keeps the size of activations on the
    way forward and of gradients on the way back.
    """
    bound = gain * math.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-bound, bound)


def xavier_normal(fan_in: int, fan_out: int, rng: random.Random, gain: float = 1.0) -> float:
    """Normal with standard deviation gain·√(2/(fan_in + fan_out)) [Glorot & Bengio 2010]."""
    return rng.gauss(0.0, gain * math.sqrt(2.0 / (fan_in + fan_out)))


def kaiming_uniform(
    fan_in: int,
    fan_out: int,
    rng: random.Random,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
) -> float:
    """Uniform on ±√(6/fan_in) [He et al. 2015]: for relu, which halves the variance.

    In general ±gain·√(3/fan), with the gain of the nonlinearity (a leaky relu of slope a,
    here 0) and the fan of the mode, "fan_in" or "fan_out".
    """
    bound = math.sqrt(3.0) * kaiming_std(fan_in, fan_out, a, mode, nonlinearity)
    return rng.uniform(-bound, bound)


def kaiming_normal(
    fan_in: int,
    fan_out: int,
    rng: random.Random,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
) -> float:
    """Normal with standard deviation √(2/fan_in) [He et al. 2015]; in general gain/√fan."""
    return rng.gauss(0.0, kaiming_std(fan_in, fan_out, a, mode, nonlinearity))


def lecun_uniform(fan_in: int, fan_out: int, rng: random.Random) -> float:
    """Uniform on ±√(3/fan_in) [LeCun et al. 1998]: variance 1/fan_in, for linear and selu."""
    bound = math.sqrt(3.0 / fan_in)
    return rng.uniform(-bound, bound)


def lecun_normal(fan_in: int, fan_out: int, rng: random.Random) -> float:
    """Normal with standard deviation √(1/fan_in) [LeCun et al. 1998]."""
    return rng.gauss(0.0, math.sqrt(1.0 / fan_in))


def orthogonal(
    fan_in: int, fan_out: int, rng: random.Random, gain: float = 1.0
) -> list[list[float]]:
    """A whole matrix whose columns (or rows, if those are fewer) are orthonormal, times gain.

    Signals through it keep their length, forwards or back [Saxe et al. 2014]. Every such
    matrix is equally likely: normal numbers, made orthonormal by Gram and Schmidt.

    >>> [a, b], [c, d] = orthogonal(2, 2, random.Random(0))
    >>> round(a * a + b * b, 12), round(a * c + b * d, 12)
    (1.0, 0.0)
    """
    drawn = [[rng.gauss(0.0, 1.0) for _ in range(fan_in)] for _ in range(fan_out)]
    tall = fan_out >= fan_in
    vectors: list[list[float]] = []
    for vector in map(list, zip(*drawn, strict=True)) if tall else drawn:
        for _ in range(2):  # what rounding leaves of the others, the second time takes away
            for other in vectors:
                along = math.fsum(x * y for x, y in zip(vector, other, strict=True))
                vector = [x - along * y for x, y in zip(vector, other, strict=True)]
        length = math.hypot(*vector)
        vectors.append([x / length for x in vector])
    rows = map(list, zip(*vectors, strict=True)) if tall else vectors
    return [[gain * x for x in row] for row in rows]


INITIALISERS: dict[str, Initialiser] = {
    "constant": constant,
    "uniform": uniform,
    "normal": normal,
    "xavier": xavier_uniform,
    "xavier_uniform": xavier_uniform,
    "xavier_normal": xavier_normal,
    "he": kaiming_uniform,
    "kaiming_uniform": kaiming_uniform,
    "kaiming_normal": kaiming_normal,
    "lecun": lecun_uniform,
    "lecun_uniform": lecun_uniform,
    "lecun_normal": lecun_normal,
    "orthogonal": orthogonal,
}


def matrix(
    init: str | Initialiser,
    rows: int,
    columns: int,
    rng: random.Random | int | None = None,
    *,
    fan_in: int | None = None,
    fan_out: int | None = None,
) -> list[list[float]]:
    """A whole matrix of weights, row by row, by an initialiser of either kind.

    The fans are the columns and the rows; a convolution, whose kernel slides, gives others.

    >>> len(matrix("orthogonal", rows=3, columns=2, rng=0))
    3
    """
    draw, rng = initialiser(init), generator(rng)
    fans = (fan_in or columns, fan_out or rows)
    if draw is orthogonal or getattr(draw, "func", None) is orthogonal:
        fans = (columns, rows)  # its shape, not its fans
    first = draw(*fans, rng)
    if isinstance(first, list):
        if len(first) != rows or any(len(row) != columns for row in first):
            raise ValueError(
                f"init: {draw!r} gave a matrix of {len(first)} rows where {rows} rows of "
                f"{columns} are needed"
            )
        return first
    numbers = [first, *(draw(*fans, rng) for _ in range(rows * columns - 1))]
    return [numbers[i : i + columns] for i in range(0, rows * columns, columns)]


def initialiser(choice: str | Initialiser) -> Initialiser:
    """An initialiser from its name, or itself. ``ValueError`` that lists the names."""
    if callable(choice):
        return choice
    if not isinstance(choice, str) or choice not in INITIALISERS:
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


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By how much weights must be larger, since the nonlinearity makes signals smaller.

    ``param`` is the slope of ``"leaky_relu"`` below 0 (0.01).

    >>> calculate_gain("relu") == math.sqrt(2), calculate_gain("tanh")
    (True, 1.6666666666666667)
    """
    slope = 0.01 if param is None else param
    gains = {
        "linear": 1.0,
        "sigmoid": 1.0,
        "tanh": 5.0 / 3.0,
        "relu": math.sqrt(2.0),
        "leaky_relu": math.sqrt(2.0 / (1.0 + slope * slope)),
        "selu": 0.75,
    }
    gains |= {f"conv{n}d": 1.0 for n in (1, 2, 3)} | {f"conv_transpose{n}d": 1.0 for n in (1, 2, 3)}
    return gains[one_of("calculate_gain: nonlinearity", nonlinearity, list(gains))]


def kaiming_std(fan_in: int, fan_out: int, a: float, mode: str, nonlinearity: str) -> float:
    """gain/√fan, which keeps variances the same from layer to layer [He et al. 2015]."""
    fan = {"fan_in": fan_in, "fan_out": fan_out}[one_of("mode", mode, ("fan_in", "fan_out"))]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)
