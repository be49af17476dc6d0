"""Data: two moons, digits, splits and mini-batches."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from typing import Any

from .init import generator

Rows = list[list[float]]


def make_moons(
    n_samples: int = 100, noise: float = 0.1, rng: random.Random | int | None = None
) -> tuple[Rows, list[int]]:
    """Two interleaving half circles in the plane, with normal noise; classes 0 and 1.

    The outer moon is (cos t, sin t), the inner one (1 − cos t, ½ − sin t), t from 0 to π.

    >>> X, y = make_moons(4, noise=0.0, rng=0)
    >>> sorted(y)
    [0, 0, 1, 1]
    """
    if n_samples < 2:
        raise ValueError(f"make_moons: n_samples must be at least 2, not {n_samples!r}")
    if not noise >= 0:
        raise ValueError(f"make_moons: noise must be ≥ 0, not {noise!r}")
    rng = generator(rng)
    outer = n_samples // 2
    inner = n_samples - outer
    rows = []
    for label, count in ((0, outer), (1, inner)):
        for i in range(count):
            t = math.pi * i / max(count - 1, 1)
            x, y = (
                (math.cos(t), math.sin(t)) if label == 0 else (1 - math.cos(t), 0.5 - math.sin(t))
            )
            rows.append(([x + rng.gauss(0.0, noise), y + rng.gauss(0.0, noise)], label))
    rng.shuffle(rows)
    return [row for row, _ in rows], [label for _, label in rows]


def load_digits() -> tuple[Rows, list[int]]:
    """1,797 handwritten digits of 8×8 pixels, scaled to [0, 1], and their classes 0 … 9.

    From the test set of the UCI repository's optical recognition of handwritten digits
    [Alpaydin & Kaynak 1998], which scikit-learn carries; ``ImportError`` says how to get it.
    """
    try:
        from sklearn.datasets import load_digits as load
    except ImportError:
        raise ImportError(
            "load_digits needs scikit-learn, which carries the data: "
            "pip install 'scalar-autograd[data]'"
        ) from None
    images, labels = load(return_X_y=True)
    return (images / 16.0).tolist(), labels.tolist()


def train_test_split(
    X: Sequence[Any],
    y: Sequence[Any],
    test_size: float = 0.2,
    rng: random.Random | int | None = None,
) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """Shuffle, and split into ``X_train, X_test, y_train, y_test``.

    ``test_size`` is the share of samples held out; both parts get at least one.

    >>> X_train, X_test, y_train, y_test = train_test_split(range(10), range(10), 0.2, rng=0)
    >>> len(X_train), len(X_test), X_test == y_test
    (8, 2, True)
    """
    if len(X) != len(y):
        raise ValueError(f"train_test_split: {len(X)} samples but {len(y)} targets")
    if not 0 < test_size < 1 or len(X) < 2:
        raise ValueError(
            f"train_test_split: test_size must be between 0 and 1, not {test_size!r}, and there "
            f"must be at least 2 samples, not {len(X)}"
        )
    order = list(range(len(X)))
    generator(rng).shuffle(order)
    held_out = min(max(round(test_size * len(X)), 1), len(X) - 1)
    train, test = order[held_out:], order[:held_out]
    return [X[i] for i in train], [X[i] for i in test], [y[i] for i in train], [y[i] for i in test]


def batches(
    X: Sequence[Any],
    y: Sequence[Any],
    batch_size: int | None = None,
    rng: random.Random | int | None = None,
) -> Iterator[tuple[list[Any], list[Any]]]:
    """One pass over the data in mini-batches, shuffled; the last one may be smaller.

    ``batch_size`` None gives everything at once, in order.

    >>> [xs for xs, ys in batches([1, 2, 3], [0, 0, 0])]
    [[1, 2, 3]]
    >>> [len(xs) for xs, ys in batches([1, 2, 3], [0, 0, 0], batch_size=2, rng=0)]
    [2, 1]
    """
    if len(X) != len(y):
        raise ValueError(f"batches: {len(X)} samples but {len(y)} targets")
    if batch_size is None:
        yield list(X), list(y)
        return
    if batch_size < 1:
        raise ValueError(f"batches: batch_size must be at least 1 or None, not {batch_size!r}")
    order = list(range(len(X)))
    generator(rng).shuffle(order)
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        yield [X[i] for i in chosen], [y[i] for i in chosen]
