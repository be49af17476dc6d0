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
    users: Users = {}
    found: set[int] = set()
    for width in MOST_NEIGHBOURS:
        found = within(order, centres[:most], hops, width, most, users)
        if len(found) <= READABLE:
            break
    return found


def within(
    order: list[Value], centres: list[Value], hops: int, width: int, most: int, users: Users
) -> set[int]:
    """The nodes within ``hops`` edges, at most ``width`` neighbours of each on each side.

    ``users`` is filled in as far as it is needed.
    """
    found = set(map(id, centres))
    border = centres
    for _ in range(hops):
        find_users(order, {id(node) for node in border} - users.keys(), users)
        beyond: list[Value] = []
        for node in border:
            operands = zip(node.parents, node.partials, strict=True)
            below = [(abs((partial or 0.0) * node.grad), parent) for parent, partial in operands]
            for side in (below, users[id(node)]):
                for _, neighbour in heapq.nlargest(width, side, key=passed_back):
                    if id(neighbour) not in found and len(found) < most:
                        found.add(id(neighbour))
                        beyond.append(neighbour)
        border = beyond
    return found


def find_users(order: list[Value], wanted: set[int], users: Users) -> None:
    """Add those who use the wanted nodes, with what they pass back."""
    users.update((key, []) for key in wanted)
    if not wanted:
        return
    for node in order:
        if wanted.isdisjoint(map(id, node.parents)):
            continue
        for parent, partial in zip(node.parents, node.partials, strict=True):
            if id(parent) in wanted:
                users[id(parent)].append((abs((partial or 0.0) * node.grad), node))


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
