"""Toy data, made by a few lines each: planes to divide, a curve to fit, sequences to remember.

Each takes a ``random.Random``, a seed or None as ``rng``, and returns ``(X, y)``.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator

from .init import generator

Rows = list[list[float]]
Seed = random.Random | int | None
Curve = Callable[[float], tuple[float, float]]


def make_moons(
    n_samples: int = 100, noise: float = 0.1, rng: Seed = None
) -> tuple[Rows, list[int]]:
    """Two interleaving half circles in the plane, with normal noise; classes 0 and 1.

    The outer moon is (cos t, sin t), the inner one (1 − cos t, ½ − sin t), t from 0 to π.

    >>> X, y = make_moons(4, noise=0.0, rng=0)
    >>> sorted(y)
    [0, 0, 1, 1]
    """

    def outer(t: float) -> tuple[float, float]:
        return math.cos(math.pi * t), math.sin(math.pi * t)

    def inner(t: float) -> tuple[float, float]:
        return 1 - math.cos(math.pi * t), 0.5 - math.sin(math.pi * t)

    _check("make_moons", n_samples, 2, noise)
    return _curves([outer, inner], n_samples, noise, rng)


def make_circles(
    n_samples: int = 100, noise: float = 0.05, factor: float = 0.5, rng: Seed = None
) -> tuple[Rows, list[int]]:
    """A circle (class 0) around a smaller one (class 1) of radius ``factor`` in (0, 1).

    >>> X, y = make_circles(10, noise=0.0, rng=0)
    >>> sorted({round(math.hypot(*x), 9) for x in X})
    [0.5, 1.0]
    """
    _check("make_circles", n_samples, 2, noise)
    if not 0 < factor < 1:
        raise ValueError(f"make_circles: factor must be between 0 and 1, not {factor!r}")

    def circle(radius: float) -> Curve:
        around = 2 * math.pi * 0.98  # not all of it: the last point would be the first again
        return lambda t: (radius * math.cos(around * t), radius * math.sin(around * t))

    return _curves([circle(1.0), circle(factor)], n_samples, noise, rng)


def make_spirals(
    n_samples: int = 200, noise: float = 0.05, turns: float = 1.0, rng: Seed = None
) -> tuple[Rows, list[int]]:
    """Two spirals, one the other turned by half a circle; classes 0 and 1.

    >>> X, y = make_spirals(10, rng=0)
    >>> len(X), sum(y)
    (10, 5)
    """
    _check("make_spirals", n_samples, 2, noise)

    def arm(start: float) -> Curve:
        def point(t: float) -> tuple[float, float]:
            radius, angle = 0.1 + 0.9 * t, start + 2 * math.pi * turns * t
            return radius * math.cos(angle), radius * math.sin(angle)

        return point

    return _curves([arm(0.0), arm(math.pi)], n_samples, noise, rng)


def make_blobs(
    n_samples: int = 100, centers: int = 3, noise: float = 0.3, rng: Seed = None
) -> tuple[Rows, list[int]]:
    """Normal clouds around ``centers`` points, evenly spaced on a circle of radius 2.

    >>> X, y = make_blobs(9, centers=3, rng=0)
    >>> sorted(y)
    [0, 0, 0, 1, 1, 1, 2, 2, 2]
    """
    if centers < 1:
        raise ValueError(f"make_blobs: centers must be at least 1, not {centers!r}")
    _check("make_blobs", n_samples, centers, noise)

    def center(k: int) -> Curve:
        angle = 2 * math.pi * k / centers
        return lambda t: (2 * math.cos(angle), 2 * math.sin(angle))

    return _curves([center(k) for k in range(centers)], n_samples, noise, rng)


def make_xor() -> tuple[Rows, list[int]]:
    """The four points that no line can divide: 1 if exactly one of two inputs is 1.

    >>> make_xor()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    return make_parity(2)


def make_parity(n_bits: int) -> tuple[Rows, list[int]]:
    """All words of ``n_bits`` bits, and 1 if the number of ones is odd.

    >>> X, y = make_parity(3)
    >>> X[6], y[6]
    ([1.0, 1.0, 0.0], 0)
    """
    if not 1 <= n_bits <= 20:
        raise ValueError(f"make_parity: n_bits must be from 1 to 20, not {n_bits!r}")
    words = [list(word) for word in itertools.product([0.0, 1.0], repeat=n_bits)]
    return words, [int(sum(word)) % 2 for word in words]


def make_sine(
    n_samples: int = 100, noise: float = 0.1, rng: Seed = None
) -> tuple[Rows, list[float]]:
    """sin(2πx) plus normal noise, at ``n_samples`` random points x in [0, 1], sorted.

    >>> X, y = make_sine(3, noise=0.0, rng=0)
    >>> all(math.isclose(t, math.sin(2 * math.pi * x)) for (x,), t in zip(X, y))
    True
    """
    _check("make_sine", n_samples, 1, noise)
    rng = generator(rng)
    xs = sorted(rng.random() for _ in range(n_samples))
    return [[x] for x in xs], [math.sin(2 * math.pi * x) + rng.gauss(0.0, noise) for x in xs]


def adding_problem(n_samples: int, length: int, rng: Seed = None) -> tuple[list[Rows], list[float]]:
    """Sequences of (number, marker) pairs; the target is the sum of the two marked numbers.

    Numbers are uniform on [0, 1]; one marker is in the first half, one in the second. Always
    to answer 1 has a mean squared error of 1/6 ≈ 0.167 [Hochreiter & Schmidhuber 1997].

    >>> X, y = adding_problem(1, length=6, rng=0)
    >>> math.isclose(y[0], sum(number for number, marked in X[0] if marked))
    True
    """
    if length < 2:
        raise ValueError(f"adding_problem: length must be at least 2, not {length!r}")
    _check("adding_problem", n_samples, 1)
    rng = generator(rng)
    X, y = [], []
    for _ in range(n_samples):
        marked = {rng.randrange(length // 2), rng.randrange(length // 2, length)}
        sequence = [[rng.random(), float(t in marked)] for t in range(length)]
        X.append(sequence)
        y.append(sum(number for number, marker in sequence if marker))
    return X, y


def copy_task(
    n_samples: int, length: int, delay: int, symbols: int = 8, rng: Seed = None
) -> tuple[list[list[int]], list[list[int]]]:
    """Symbols 1 … ``symbols`` to be repeated after ``delay`` blanks and a signal.

    Input: ``length`` symbols, ``delay`` blanks (0), a signal (``symbols`` + 1), ``length`` − 1
    blanks. Target: blanks, then from the signal on the symbols.

    >>> X, y = copy_task(1, length=2, delay=3, rng=0)
    >>> len(X[0]) == len(y[0]) == 7 and y[0][-2:] == X[0][:2]
    True
    """
    for name, n, least in (("length", length, 1), ("delay", delay, 0), ("symbols", symbols, 1)):
        if n < least:
            raise ValueError(f"copy_task: {name} must be at least {least}, not {n!r}")
    _check("copy_task", n_samples, 1)
    rng = generator(rng)
    X, y = [], []
    for _ in range(n_samples):
        word = [rng.randint(1, symbols) for _ in range(length)]
        X.append([*word, *[0] * delay, symbols + 1, *[0] * (length - 1)])
        y.append([*[0] * (length + delay), *word])
    return X, y


def _curves(curves: list[Curve], n_samples: int, noise: float, rng: Seed) -> tuple[Rows, list[int]]:
    """Points evenly spread along each curve, with noise, shuffled; the curve is the class."""
    rng = generator(rng)
    rows = [
        ([x + rng.gauss(0.0, noise), y + rng.gauss(0.0, noise)], label)
        for label, (curve, count) in enumerate(_shares(curves, n_samples))
        for x, y in (curve(i / max(count - 1, 1)) for i in range(count))
    ]
    rng.shuffle(rows)
    return [row for row, _ in rows], [label for _, label in rows]


def _shares(curves: list[Curve], n_samples: int) -> Iterator[tuple[Curve, int]]:
    """Each curve with its number of samples, as equal as can be."""
    for k, curve in enumerate(curves):
        yield curve, n_samples * (k + 1) // len(curves) - n_samples * k // len(curves)


def _check(name: str, n_samples: int, least: int, noise: float = 0.0) -> None:
    if isinstance(n_samples, bool) or not isinstance(n_samples, int) or n_samples < least:
        raise ValueError(f"{name}: n_samples must be at least {least}, not {n_samples!r}")
    if not noise >= 0:
        raise ValueError(f"{name}: noise must be ≥ 0, not {noise!r}")
