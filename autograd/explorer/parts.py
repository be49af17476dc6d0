"""The parts of a graph as a tree, to fold and to unfold: calls, ranges of calls, like nodes.

Other than the regions of ``draw``, which put a hundred calls together into one box, each
part here is a definite set of nodes, so that unfolding leads down to a single call.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..drawing.likeness import classes
from ..drawing.membership import Membership, chain
from ..drawing.regions import nice
from ..drawing.wording import symbols
from ..scopes import Scope
from ..value import Value

MOST_INSIDE = 16  # scopes directly in one part
MOST_LOOSE = 32  # nodes directly in one part
MOST_CLASSES = 24
SMALL = 300  # nodes: a graph that needs no parts but its scopes


@dataclass(slots=True)
class Part:
    """A named part within the part number ``outer`` (−1: within nothing), and what it is.

    "call" is one call of a scope, "range" several one after the other, "alike" nodes that
    were computed in the same way.
    """

    name: str
    kind: str
    outer: int


def parts_of(made: list[Value], scopes: list[Scope], size: int) -> tuple[list[Part], list[int]]:
    """The parts, outer ones first, and for each result of an op the number of its own (or −1).

    ``made`` are the results in topological order, ``scopes`` those that made them, ``size`` is
    the number of all nodes.
    """
    return _Builder(made, scopes, size > SMALL).build()


class _Builder:
    def __init__(self, made: list[Value], scopes: list[Scope], large: bool) -> None:
        self.made = made
        self.large = large
        self.parts: list[Part] = []
        self.part_of: dict[int, int] = {}
        self.home: dict[int, Scope | None] = Membership(made).home if scopes else {}
        self.inside: dict[int, list[Scope]] = {}  # the scopes within one, by its id
        self.loose: dict[int, list[Value]] = {}  # the nodes directly within one
        self.sort()

    def sort(self) -> None:
        """Scopes and nodes by the scope around them, in the order of the program.

        That of scopes is the order of their last nodes: the first node of a time step may need
        nothing of the steps before it.
        """
        homes = [self.home.get(id(node)) for node in self.made]
        for node, home in zip(self.made, homes, strict=True):
            self.loose.setdefault(id(home), []).append(node)
        known: set[int] = set()
        for home in reversed(homes):
            if home is not None and id(home) not in known:
                for scope in chain(home):
                    if id(scope) not in known:
                        known.add(id(scope))
                        self.inside.setdefault(id(scope.outer), []).append(scope)
        for scopes in self.inside.values():
            scopes.reverse()

    def build(self) -> tuple[list[Part], list[int]]:
        pending: list[tuple[Scope | None, int]] = [(None, -1)]
        for scope, number in pending:  # which grows
            inner = self.inside.get(id(scope), [])
            places: dict[int, int] = {}
            for family in families(numbered(inner)):
                self.place(family, number, places)
            pending += [(child, places[id(child)]) for child in inner]
            self.add_loose(scope, number, places)
        return self.parts, [self.part_of.get(id(node), -1) for node in self.made]

    def add(self, name: str, kind: str, outer: int) -> int:
        self.parts.append(Part(name, kind, outer))
        return len(self.parts) - 1

    def place(self, family: list[tuple[str, Scope]], outer: int, places: dict[int, int]) -> None:
        """Add a family of scopes: one by one, or in ranges if they are many."""
        if len(family) <= MOST_INSIDE:
            for name, scope in family:
                places[id(scope)] = self.add(name, "call", outer)
            return
        size = nice(-(-len(family) // MOST_INSIDE))
        for start in range(0, len(family), size):
            some = family[start : start + size]
            around = outer
            if len(some) > 1:
                around = self.add(f"{some[0][0]} … {some[-1][0]}", "range", outer)
            self.place(some, around, places)

    def add_loose(self, scope: Scope | None, number: int, places: dict[int, int]) -> None:
        """Note in which part nodes are that no inner scope has; of many, like ones together."""
        nodes = self.loose.get(id(scope), [])
        if not self.large or len(nodes) <= MOST_LOOSE:
            self.part_of.update((id(node), number) for node in nodes)
            return

        def outside(key: int) -> str:
            home = self.home.get(key)
            while home is not None and id(home) not in places:
                home = home.outer
            return "around" if home is None else f"part {places[id(home)]}"

        for alike in classes(nodes, outside, {id(self.made[-1])}, MOST_CLASSES):
            self.place_nodes(alike, symbols(alike), number)

    def place_nodes(self, nodes: Sequence[Value], name: str, outer: int) -> None:
        """Like nodes: one box for all, within it ranges of them."""
        if len(nodes) == 1:
            self.part_of[id(nodes[0])] = outer
            return
        pending = [(0, len(nodes), self.add(name, "alike", outer))]
        for start, stop, part in pending:  # which grows
            if stop - start <= MOST_LOOSE:
                self.part_of.update((id(node), part) for node in nodes[start:stop])
                continue
            size = nice(-(-(stop - start) // MOST_INSIDE))
            for i in range(start, stop, size):
                end = min(i + size, stop)
                inner = self.add(f"{name} {i + 1} … {end}", "alike", part)
                pending.append((i, end, inner))


def numbered(scopes: list[Scope]) -> list[tuple[str, Scope]]:
    """Scopes with their names; those of one name are told apart: "cell #1", "cell #2"."""
    times: dict[str, int] = {}
    for scope in scopes:
        times[scope.name] = times.get(scope.name, 0) + 1
    seen: dict[str, int] = {}
    found = []
    for scope in scopes:
        seen[scope.name] = seen.get(scope.name, 0) + 1
        many = times[scope.name] > 1
        found.append((f"{scope.name} #{seen[scope.name]}" if many else scope.name, scope))
    return found


def families(scopes: list[tuple[str, Scope]]) -> list[list[tuple[str, Scope]]]:
    """Those whose names differ in a number only, together."""
    found: dict[str, list[tuple[str, Scope]]] = {}
    for name, scope in scopes:
        found.setdefault(re.sub(r"[0-9]+", "#", name), []).append((name, scope))
    return list(found.values())
