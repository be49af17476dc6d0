"""Units: which of a layer's neurons are off, saturated, or copies of one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autograd import Value

from .sweep import Gradients

# The ops whose slope can be stuck, with the largest slope they have.
RECTIFIERS = ("relu", "relu6", "hardswish", "hardsigmoid", "hardtanh")
SQUASHING = {"tanh": 1.0, "sigmoid": 0.25, "softsign": 1.0}
FLAT = 0.05
"""A unit counts as saturated where its slope is below this share of the largest.

That is |x| > 2.18 for tanh, and 4.36 for sigmoid.
"""
FAR = 8  # ops between an activation and its weights


@dataclass(frozen=True, slots=True)
class Units:
    """The activations in a layer, over all its calls.

    ``rectified`` and ``squashed`` count what relu-like and tanh-like ops put out; ``off`` is
    the share of the former with slope 0, ``saturated`` of the latter with almost none.
    ``units`` are those told apart by their weights; ``calls`` how often each was called, at
    least; ``dead`` how many were off every time. ``copies``: each has a twin with equal weights
    and equal gradients, so the two will stay equal.
    """

    rectified: int
    squashed: int
    off: float
    saturated: float
    units: int
    calls: int
    dead: int
    copies: bool


def units_of(nodes: Iterable[Value], names: Mapping[int, str], gradients: Gradients) -> Units:
    """The units among the nodes that a layer computed; ``names`` are parameters, by id."""
    rectified, squashed = 0, 0
    off, saturated = 0, 0
    slopes: dict[tuple[int, int], list[float]] = {}
    rows: dict[int, list[Value]] = {}
    for node in nodes:
        weights = [p for p in node.parents if id(p) in names]
        if len(weights) > 1:
            rows[id(weights[0])] = weights
        op = node.op.split("(")[0]
        if op in RECTIFIERS:
            slope = abs(node.partials[0] or 0.0)
            rectified += 1
            off += slope == 0.0
            key = unit_of(node, names)
            if key is not None:
                slopes.setdefault(key, []).append(slope)
        elif op in SQUASHING:
            squashed += 1
            saturated += abs(node.partials[0] or 0.0) < FLAT * SQUASHING[op]
    return Units(
        rectified,
        squashed,
        off / max(rectified, 1),
        saturated / max(squashed, 1),
        len(slopes),
        min(map(len, slopes.values()), default=0),
        sum(not any(found) for found in slopes.values()),
        are_copies(rows.values(), gradients),
    )


def unit_of(node: Value, names: Mapping[int, str]) -> tuple[int, int] | None:
    """What tells a unit from others, in every call: its first weight, and how far below it is.

    None if no weights are near (a parameter-free layer on its own inputs).
    """
    for hops in range(FAR):
        for parent in node.parents:
            if id(parent) in names:
                return hops, id(parent)
        below = [parent for parent in node.parents if not parent.is_leaf]
        if not below:
            return None
        node = below[0]
    return None


def are_copies(rows: Iterable[list[Value]], gradients: Gradients) -> bool:
    """Whether every unit has a twin: equal weights, and equal gradients which are not all 0."""
    twins = Counter(
        (tuple(w.data for w in row), tuple(gradients.get(id(w), 0.0) for w in row)) for row in rows
    )
    return bool(twins) and all(n > 1 and any(unit[1]) for unit, n in twins.items())
