"""Nodes that are alike, put together: what to show of a part of a graph that has no scopes.

Two nodes are alike if the same op made them from operands that are alike: the products of
a hundred samples, computed by one loop, are one class. So are the steps of a running sum.
Where that leaves too many classes, as in a recurrence, nodes are put together by how far
they are from the leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable

from ..value import Value

MOST_BANDS = 8
FEW_CLASSES = 3  # say less of a long chain than bands do

Kinds = frozenset[Hashable]


def classes(
    nodes: list[Value], outside: Callable[[int], Hashable], alone: Collection[int], most: int
) -> list[list[Value]]:
    """At most ``most`` classes of alike nodes, or else bands; operands before results.

    ``nodes`` come in topological order; ``outside`` says (by id) what an operand that is not
    among them is, no int. Nodes whose ids are in ``alone`` are in a class by themselves.

    >>> a, b, c = Value(1.0), Value(2.0), Value(3.0)
    >>> squares = [a * a, b * b, c * c]
    >>> [len(alike) for alike in classes([*squares, squares[0] + a], lambda _: "x", (), 9)]
    [3, 1]
    """
    found = alike(nodes, outside, alone, most, chains=False)
    if found is None:
        found = alike(nodes, outside, alone, most, chains=True)
        if found is None or len(found) <= FEW_CLASSES:
            return bands(nodes, alone)
    return found


class _KindOf(dict[int, Hashable]):
    """Kinds by id; of what is not there, what ``outside`` says: asked once, and only if needed."""

    def __init__(self, outside: Callable[[int], Hashable]) -> None:
        self.outside = outside

    def __missing__(self, key: int) -> Hashable:
        self[key] = kind = self.outside(key)
        return kind


def alike(
    nodes: list[Value],
    outside: Callable[[int], Hashable],
    alone: Collection[int],
    most: int,
    *,
    chains: bool,
) -> list[list[Value]] | None:
    """The classes, or None if they are more than ``most``.

    With ``chains``, each step of a running sum (or product …) is like the step before.
    """
    numbers: dict[Hashable, int] = {}
    keys: list[tuple[str, Kinds]] = []
    found: list[list[Value]] = []
    kind_of = _KindOf(outside)
    look_up = kind_of.__getitem__
    for node in nodes:
        by_itself = id(node) in alone
        about = (node.op, frozenset(map(look_up, map(id, node.parents))))
        key: Hashable = id(node) if by_itself else about
        kind = numbers.get(key, -1)
        if kind < 0 and chains and not by_itself:
            kind = goes_on(*about, keys)
        if kind < 0:
            if len(found) == most:
                return None
            kind = numbers[key] = len(found)
            found.append([])
            keys.append(about)
        found[kind].append(node)
        kind_of[id(node)] = kind
    return found


def goes_on(op: str, kinds: Kinds, keys: list[tuple[str, Kinds]]) -> int:
    """The class that a node is one more step of, as of a running sum; −1 if there is none."""
    for kind in sorted(kind for kind in kinds if isinstance(kind, int)):
        op_before, kinds_before = keys[kind]
        if op == op_before and kinds - {kind} <= kinds_before:
            return kind
    return -1


def bands(nodes: list[Value], alone: Collection[int]) -> list[list[Value]]:
    """At most 8 bands of nodes, those nearest to the leaves first; and those ``alone``."""
    level: dict[int, int] = {}
    for node in nodes:
        level[id(node)] = 1 + max((level.get(id(p), -1) for p in node.parents), default=-1)
    width = (max(level.values(), default=0) // MOST_BANDS) + 1
    found: dict[int, list[Value]] = {}
    for node in nodes:
        if id(node) not in alone:
            found.setdefault(level[id(node)] // width, []).append(node)
    return [found[band] for band in sorted(found)] + [[n] for n in nodes if id(n) in alone]
