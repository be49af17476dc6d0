"""Canvases for ``locate``: digits scattered over noise, and how well they were found."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

SIDE, DIGIT = 16, 8
ROOM = SIDE - DIGIT + 1  # places in each direction
Array = np.ndarray[Any, np.dtype[Any]]


class Canvases(NamedTuple):
    """Pictures, and what lies where: digit, row and column of its upper left corner."""

    pictures: Array
    digits: Array
    rows: Array
    columns: Array

    @property
    def targets(self) -> Array:
        """The index of what is to be said, among all digits and places."""
        index: Array = (self.digits * ROOM + self.rows) * ROOM + self.columns
        return index


def scattered(images: Array, labels: Array, rng: np.random.Generator) -> Canvases:
    """Each digit somewhere on a canvas, over noise and among four specks of 2×2.

    >>> ones = scattered(np.ones((3, 64)), np.array([1, 1, 1]), np.random.default_rng(0))
    >>> y, x = ones.rows[0], ones.columns[0]
    >>> ones.pictures.shape, float(ones.pictures[0, y : y + 8, x : x + 8].min())
    ((3, 16, 16), 1.0)
    """
    n = len(images)
    pictures = rng.uniform(0.0, 0.4, (n, SIDE, SIDE))
    each = np.arange(n)[:, None, None]
    for _ in range(4):
        y, x = rng.integers(SIDE - 1, size=(2, n, 1, 1))
        speck = rng.uniform(0.3, 1.0, (n, 2, 2))
        pictures[each, y + np.arange(2)[:, None], x + np.arange(2)] = speck
    rows, columns = rng.integers(ROOM, size=(2, n))
    inside = np.arange(DIGIT)
    places = (each, rows[:, None, None] + inside[:, None], columns[:, None, None] + inside)
    pictures[places] = np.maximum(pictures[places], images.reshape(n, DIGIT, DIGIT))
    return Canvases(pictures, np.array(labels), rows, columns)


class Found(NamedTuple):
    """What was said: digits, rows, columns."""

    digits: Array
    rows: Array
    columns: Array

    def correct(self, truth: Canvases) -> float:
        """The share of digits named right."""
        return float(np.mean(self.digits == truth.digits))

    def overlap(self, truth: Canvases) -> Array:
        """Intersection over union of the box that was said and the right one."""
        high = np.maximum(DIGIT - np.abs(self.rows - truth.rows), 0)
        wide = np.maximum(DIGIT - np.abs(self.columns - truth.columns), 0)
        shares: Array = high * wide / (2 * DIGIT**2 - high * wide)
        return shares


def read(logits: Array) -> Found:
    """The likeliest digit, whatever its place; the likeliest place, whatever the digit."""
    shares = np.exp(logits - logits.max(axis=1, keepdims=True)).reshape(-1, 10, ROOM * ROOM)
    places = shares.sum(axis=1).argmax(axis=1)
    return Found(shares.sum(axis=2).argmax(axis=1), places // ROOM, places % ROOM)


def baselines(train: Canvases, test: Canvases) -> dict[str, Found]:
    """What least squares say from all pixels, and from the centre of mass."""
    from sklearn.linear_model import LinearRegression, RidgeClassifier

    def placed(seen: Array, asked: Array, digits: Array) -> Found:
        line = LinearRegression().fit(seen, np.stack([train.rows, train.columns], axis=1))
        rows, columns = np.clip(np.rint(line.predict(asked)), 0, ROOM - 1).astype(int).T
        return Found(digits, rows, columns)

    pixels, asked = (c.pictures.reshape(len(c.digits), -1) for c in (train, test))
    digits = RidgeClassifier(alpha=10.0).fit(pixels, train.digits).predict(asked)
    nothing = np.zeros_like(test.digits)
    return {
        "linear": placed(pixels, asked, digits),
        "centre of mass": placed(centres(train.pictures), centres(test.pictures), nothing),
    }


def centres(pictures: Array) -> Array:
    """Row and column of each picture's centre of mass, of what is darker than the noise."""
    ink = np.maximum(pictures - 0.4, 0.0)
    total = ink.sum(axis=(1, 2)) + 1e-9
    at = np.arange(pictures.shape[1])
    rows, columns = ink.sum(axis=2) @ at, ink.sum(axis=1) @ at
    return np.stack([rows / total, columns / total], axis=1)
