"""Index columns and how they are laid out: rows that repeat, strides, loop nests."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .columns import Ints
from .sorting import unique

_MIX = np.int64(0x5BD1E9955BD1E995)
_MIXED = np.arange(1, 1 + (1 << 12), dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
_MIXED ^= _MIXED >> np.uint64(30)
_MIXED *= np.uint64(0xBF58476D1CE4E5B9)
_WEIGHTS = (_MIXED ^ (_MIXED >> np.uint64(27))).view(np.int64) | 1  # numpy.random loads slowly


def row_keys(rows: Ints) -> Ints:
    """A 64-bit key for each row; equal rows have equal keys."""
    k = rows.shape[1]
    weights = np.resize(_WEIGHTS, k) * (1 + 2 * (np.arange(k) // len(_WEIGHTS)))
    with np.errstate(over="ignore"):
        x = rows + 11
        x *= _MIX
        x ^= x >> 29
        x *= weights
        keys: Ints = x.sum(axis=1)
    return keys


def distinct(keys: Ints) -> tuple[Ints, Ints]:
    """(where each key appears first, in that order; for each key, its number in that order)."""
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[inverse]


def distinct_rows(rows: Ints) -> tuple[Ints, Ints]:
    """The same for rows. Two different rows with one key are kept apart."""
    first, inverse = distinct(row_keys(rows))
    if (rows != rows[first][inverse]).any():  # pragma: no cover (a collision of 64-bit keys)
        _, inverse = np.unique(rows, axis=0, return_inverse=True)
        return distinct(inverse.ravel())
    return first, inverse


def strides_of(index: Ints) -> tuple[int, tuple[int, ...]] | None:
    """(offset, strides) if the index array is an arithmetic progression along every axis."""
    offset = int(index.flat[0])
    strides = []
    expected = np.full((1,) * index.ndim, offset, np.int64)
    for axis, length in enumerate(index.shape):
        stride = 0
        if length > 1:
            at = [0] * index.ndim
            at[axis] = 1
            stride = int(index[tuple(at)]) - offset
        strides.append(stride)
        shape = [1] * index.ndim
        shape[axis] = length
        expected = expected + (np.arange(length) * stride).reshape(shape)
    return (offset, tuple(strides)) if (expected == index).all() else None


def loop_nest(columns: Ints, most: int = 4) -> tuple[int, ...] | None:
    """The shape of a loop nest in which every column runs with constant strides, or None.

    ``columns`` is (M, k). [0 1 2 10 11 12] is a nest of 2 × 3.
    """
    shape: list[int] = []
    current = columns
    while len(current) > 1:
        m = len(current)
        steps = current[1:] - current[:-1]
        breaks = np.flatnonzero((steps != steps[0]).any(axis=1))
        inner = m if not len(breaks) else math.gcd(int(np.gcd.reduce(breaks + 1)), m)
        if inner == 1:
            return None
        blocks = current.reshape(m // inner, inner, -1)
        shape.append(inner)
        if len(shape) > most:
            return None
        current = blocks[:, 0]
    return tuple(shape[::-1]) or (1,)


def storage_order(column: Ints) -> Ints | None:
    """An order in which these slots run with fewer jumps than they do now, or None.

    A loop over samples and, inside, time steps meets the hidden states sample by sample;
    they were computed, and lie, step by step.
    """
    jumps = count_jumps(column)
    if not jumps:
        return None
    order = np.argsort(column, kind="stable")
    return order if 2 * count_jumps(column[order]) < jumps else None


def count_jumps(column: Ints) -> int:
    """How often the distance from one to the next changes."""
    distances = np.diff(column)
    return int(np.count_nonzero(distances[1:] != distances[:-1]))


def is_injective(index: Ints) -> bool:
    """True if no number occurs twice."""
    flat: Any = index.ravel()
    return len(unique(flat)) == len(flat)
