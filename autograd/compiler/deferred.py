"""Weight gradients of many time steps as one matrix product, at the end of the way back.

Step t adds Gₜᵀ·Aₜ to the gradient of a weight matrix. If the Gₜ lie in memory at equal
distances, and the Aₜ too, all of them together are one array with one more axis.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

ViewSpec = tuple[str, int, tuple[int, ...], tuple[int, ...]]  # array, offset, shape, strides


@dataclass
class Share:
    """What one group passes to parameters: a product of two views, or one view as it is."""

    access: Any
    factors: tuple[ViewSpec, ...]
    symbol: Any  # the same for this group alone


def stack(rows: list[tuple[ViewSpec, ...]]) -> list[ViewSpec] | None:
    """Views of one step each → views with a leading axis, if they lie at equal distances."""
    if len(rows) < 3:
        return None
    stacked = []
    directions = set()
    for specs in zip(*rows, strict=True):
        array, first, shape, strides = specs[0]
        if any(spec[0] != array or spec[2:] != (shape, strides) for spec in specs):
            return None
        distances = {b[1] - a[1] for a, b in itertools.pairwise(specs)}
        if len(distances) != 1:
            return None
        distance = distances.pop()
        directions.add(distance > 0)
        first = min(spec[1] for spec in specs)
        stacked.append((array, first, (len(rows), *shape), (abs(distance), *strides)))
    return stacked if len(directions) == 1 else None  # else step 1 would meet step T


def stacks(rows: list[tuple[ViewSpec, ...]]) -> list[tuple[int, int, list[ViewSpec]]]:
    """(first, after, stacked views) for the longest pieces of ``rows`` that can be stacked."""
    found = []
    first = 0
    steps = [
        [(a[0], a[2:], b[0], b[2:], b[1] - a[1]) for a, b in zip(row, following, strict=True)]
        for row, following in itertools.pairwise(rows)
    ]
    while first < len(steps):
        after = first + 1
        while after < len(steps) and steps[after] == steps[first]:
            after += 1
        stacked = stack(rows[first : after + 1])
        if stacked is not None:
            found.append((first, after + 1, stacked))
            after += 1
        first = after
    return found
