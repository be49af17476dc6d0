"""A part of a large graph: what is around some nodes of it, or where gradients are worst."""

from __future__ import annotations

import heapq
import math

from ..value import Value

Users = dict[int, list[tuple[float, Value]]]  # by id: what is passed back by whom

READABLE = 16  # nodes; as many or more copies of those that clusters share come on top
# How many neighbours a node may show on each side: as many as leave the whole readable.
MOST_NEIGHBOURS = (64, 16, 8, 4, 3, 2)


def neighbourhood(order: list[Value], centres: list[Value], hops: int, most: int) -> set[int]:
    """The ids of at most ``most`` nodes within ``hops`` edges of the centres, the nearest first.

    Edges are followed both ways: to operands and to uses. Of very many neighbours, as of a
    parameter that all samples use, those count along which most is passed back.
    """
    users = uses(order) if hops else {}
    found: set[int] = set()
    for width in MOST_NEIGHBOURS:
        found = within(centres[:most], hops, width, most, users)
        if len(found) <= READABLE:
            break
    return found


def within(centres: list[Value], hops: int, width: int, most: int, users: Users) -> set[int]:
    """The nodes within ``hops`` edges, at most ``width`` neighbours of each on each side."""
    found = set(map(id, centres))
    border = centres
    for _ in range(hops):
        beyond: list[Value] = []
        for node in border:
            operands = zip(node.parents, node.partials, strict=True)
            below = [(abs((partial or 0.0) * node.grad), parent) for parent, partial in operands]
            for side in (below, users.get(id(node), [])):
                for _, neighbour in heapq.nlargest(width, side, key=passed_back):
                    if id(neighbour) not in found and len(found) < most:
                        found.add(id(neighbour))
                        beyond.append(neighbour)
        border = beyond
    return found


def uses(order: list[Value]) -> Users:
    """For each node, those that use it, with what they pass back to it."""
    found: Users = {}
    for node in order:
        for parent, partial in zip(node.parents, node.partials, strict=True):
            found.setdefault(id(parent), []).append((abs((partial or 0.0) * node.grad), node))
    return found


def passed_back(neighbour: tuple[float, Value]) -> float:
    """How much an edge passes back; nan counts as most."""
    return math.inf if math.isnan(neighbour[0]) else neighbour[0]


def worst(order: list[Value], n: int) -> list[Value]:
    """The n nodes with the largest gradients, those that are not finite first; not the output.

    >>> x = Value(2.0)
    >>> y = (x * 3).tanh() * 5
    >>> y.backward()
    >>> from autograd import topological_order
    >>> [node.op for node in worst(topological_order(y), 1)]
    ['tanh']
    """

    def badness(node: Value) -> float:
        return abs(node.grad) if math.isfinite(node.grad) else math.inf

    candidates = [node for node in order[:-1] if node.requires_grad]
    return heapq.nlargest(n, candidates, key=badness)
