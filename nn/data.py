"""Data: splits, folds, mini-batches, normalisation. ``toy_data`` and ``real_data`` have some."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from typing import Any

from .checks import share, whole
from .init import generator

Rows = list[list[float]]


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
    X, y = by_position(X), by_position(y)
    if len(X) != len(y):
        raise ValueError(f"train_test_split: {len(X)} samples but {len(y)} targets")
    if not 0 < share("train_test_split: test_size", test_size) < 1 or len(X) < 2:
        raise ValueError(
            f"train_test_split: test_size must be between 0 and 1, not {test_size!r}, and there "
            f"must be at least 2 samples, not {len(X)}"
        )
    order = list(range(len(X)))
    generator(rng).shuffle(order)
    held_out = min(max(round(test_size * len(X)), 1), len(X) - 1)
    train, test = order[held_out:], order[:held_out]
    return _take(X, train), _take(X, test), _take(y, train), _take(y, test)


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
    X, y = by_position(X), by_position(y)
    if len(X) != len(y):
        raise ValueError(f"batches: {len(X)} samples but {len(y)} targets")
    if batch_size is None:
        yield list(X), list(y)
        return
    whole("batches: batch_size", batch_size, 1)
    order = list(range(len(X)))
    generator(rng).shuffle(order)
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        yield _take(X, chosen), _take(y, chosen)


def train_validation_test_split(
    X: Sequence[Any],
    y: Sequence[Any],
    validation_size: float = 0.2,
    test_size: float = 0.2,
    rng: random.Random | int | None = None,
) -> tuple[list[Any], list[Any], list[Any], list[Any], list[Any], list[Any]]:
    """Shuffle, and split into ``X_train, X_validation, X_test, y_train, y_validation, y_test``.

    The sizes are shares of all samples, and must leave something to train on.

    >>> parts = train_validation_test_split(range(10), range(10), 0.3, 0.2, rng=0)
    >>> [len(part) for part in parts]
    [5, 3, 2, 5, 3, 2]
    """
    if not 0 < validation_size < 1 - test_size:
        raise ValueError(
            "train_validation_test_split: validation_size and test_size must be > 0 and leave "
            f"something to train on, not {validation_size!r} and {test_size!r}"
        )
    rng = generator(rng)
    X_rest, X_test, y_rest, y_test = train_test_split(X, y, test_size, rng)
    share = validation_size / (1 - test_size)
    X_train, X_validation, y_train, y_validation = train_test_split(X_rest, y_rest, share, rng)
    return X_train, X_validation, X_test, y_train, y_validation, y_test


def k_fold(
    X: Sequence[Any], y: Sequence[Any], k: int = 5, rng: random.Random | int | None = None
) -> Iterator[tuple[list[Any], list[Any], list[Any], list[Any]]]:
    """``X_train, X_test, y_train, y_test`` for each of k parts held out in turn, shuffled.

    >>> [(len(train), test) for train, test, _, _ in k_fold("abcd", "abcd", k=2, rng=0)]
    [(2, ['c', 'a']), (2, ['b', 'd'])]
    """
    X, y = by_position(X), by_position(y)
    if len(X) != len(y):
        raise ValueError(f"k_fold: {len(X)} samples but {len(y)} targets")
    if not 2 <= whole("k_fold: k", k) <= len(X):
        raise ValueError(f"k_fold: k must be from 2 to the number of samples {len(X)}, not {k!r}")
    order = list(range(len(X)))
    generator(rng).shuffle(order)
    for fold in range(k):
        test = order[fold * len(X) // k : (fold + 1) * len(X) // k]
        held_out = set(test)
        train = [i for i in order if i not in held_out]
        yield (
            [X[i] for i in train],
            [X[i] for i in test],
            [y[i] for i in train],
            [y[i] for i in test],
        )


class Normalizer:
    """Shifts and scales each column to mean 0 and standard deviation 1.

    Fit it on the training data only: what it learns from test data would leak into training.
    Columns that do not vary become 0.

    >>> normalize = Normalizer([[1.0, 5.0], [3.0, 5.0]])
    >>> normalize([[1.0, 5.0], [2.0, 5.0]])
    [[-1.0, 0.0], [0.0, 0.0]]
    >>> normalize.undo([[-1.0, 0.0]])
    [[1.0, 5.0]]
    """

    def __init__(self, X: Sequence[Sequence[float]]) -> None:
        if not len(X):
            raise ValueError("Normalizer: there must be at least one row")
        widths = {len(row) for row in X}
        if len(widths) > 1:
            raise ValueError(f"Normalizer: rows must be of one length, not {sorted(widths)}")
        columns = list(zip(*X, strict=True))
        self.means = [math.fsum(column) / len(column) for column in columns]
        self.deviations = [
            math.sqrt(math.fsum((x - mean) ** 2 for x in column) / len(column))
            for column, mean in zip(columns, self.means, strict=True)
        ]

    def __call__(self, X: Sequence[Sequence[float]]) -> Rows:
        """The rows, normalised."""
        self._check(X)
        return [
            [
                (x - mean) / deviation if deviation else 0.0
                for x, mean, deviation in zip(row, self.means, self.deviations, strict=True)
            ]
            for row in X
        ]

    def undo(self, X: Sequence[Sequence[float]]) -> Rows:
        """Normalised rows as they were."""
        self._check(X)
        return [
            [
                x * deviation + mean
                for x, mean, deviation in zip(row, self.means, self.deviations, strict=True)
            ]
            for row in X
        ]

    def _check(self, X: Sequence[Sequence[float]]) -> None:
        for i, row in enumerate(X):
            if len(row) != len(self.means):
                raise ValueError(
                    f"Normalizer: rows must have {len(self.means)} numbers, as those it was made "
                    f"of, but row {i} has {len(row)}"
                )


def by_position(items: Any) -> Any:
    """Tables and columns of pandas as arrays, all else as it is.

    They are indexed by label, and iterated over by column: after a shuffle of the rows,
    ``column[0]`` is somewhere else than first.
    """
    return items.to_numpy() if hasattr(items, "iloc") else items


def _take(items: Sequence[Any], indices: Sequence[int]) -> list[Any]:
    return [items[i] for i in indices]
