"""Which scope each node of a graph belongs to: derived from the outputs that scopes tagged.

A scope holds what its outputs were computed from, back to its inputs. So walk from the
root to the leaves: an operand of a node in a scope is in that scope too, unless it came
in as an input of it; then it belongs to what surrounds the scope.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..graph import topological_order
from ..scopes import Scope, scope_of
from ..value import Value


class Membership:
    """The innermost scope of every result of an op (None: no scope); of leaves, by their use."""

    def __init__(self, order: list[Value]) -> None:
        self.home: dict[int, Scope | None] = {}
        self._inputs: dict[int, frozenset[int]] = {}
        own = {id(node): scope for node in order if (scope := scope_of(node)) is not None}
        # What no scope returned is where those are that use it: most nodes, but few edges.
        open_nodes = {id(node) for node in results(order) if id(node) not in own}
        claimed: dict[int, Scope | None] = {}
        for node in reversed(order):
            scope = own.get(id(node))
            home = claimed.get(id(node)) if scope is None else self.outside(scope, node)
            self.home[id(node)] = home
            for parent in open_nodes.intersection(map(id, node.parents)):
                claim = self._outside(home, parent)
                if parent in claimed:
                    claim = common(claim, claimed[parent])
                claimed[parent] = claim

    def outside(self, scope: Scope | None, value: Value) -> Scope | None:
        """The scope that ``value`` is in if it is used in ``scope``.

        That is ``scope`` itself, unless the value came in through it or a scope around it.
        """
        return self._outside(scope, id(value))

    def _outside(self, scope: Scope | None, value: int) -> Scope | None:
        found, known = scope, self._inputs
        while scope is not None:
            inputs = known.get(id(scope))
            if inputs is None:
                inputs = known[id(scope)] = frozenset(map(id, scope.inputs))
            if value in inputs:
                found = scope.outer
            scope = scope.outer
        return found

    def places(self, leaf: Value, users: Iterable[Value]) -> dict[int, Scope | None]:
        """For each node that uses a leaf (by id), the scope to draw the leaf in.

        A leaf that several scopes use is drawn once in each of them: edges from one leaf
        into every time step would make a layout unreadable, and take dot minutes.
        """
        homes = {id(user): self.home[id(user)] for user in users}
        places = {user: self.outside(home, leaf) for user, home in homes.items()}
        distinct = {id(place): place for place in places.values()}
        if len(distinct) == 1:  # it came in as an input: does it go on into several scopes?
            (place,) = distinct.values()
            within = {user: child_of(place, home) for user, home in homes.items()}
            if len({id(scope) for scope in within.values()}) > 1:
                return within
        return places


def results(order: list[Value]) -> list[Value]:
    """The nodes that ops made. (Most say so by an operand in their fast slot.)"""
    return [node for node in order if node.a is not None or not node.is_leaf]


def leaves(order: list[Value]) -> list[Value]:
    """The nodes that no op made."""
    return [node for node in order if node.a is None and node.is_leaf]


def chain(scope: Scope | None) -> list[Scope]:
    """A scope and those around it, outermost first."""
    found = []
    while scope is not None:
        found.append(scope)
        scope = scope.outer
    return found[::-1]


def common(one: Scope | None, other: Scope | None) -> Scope | None:
    """The innermost scope around both."""
    if one is other:
        return one
    found = None
    for a, b in zip(chain(one), chain(other), strict=False):
        if a is not b:
            break
        found = a
    return found


def child_of(place: Scope | None, scope: Scope | None) -> Scope | None:
    """The scope directly within ``place`` on the way to ``scope``; ``place`` if that is it."""
    path = chain(scope)
    depth = len(chain(place))
    return path[depth] if len(path) > depth else place


def scopes_in(order: list[Value]) -> list[Scope]:
    """The scopes that made a graph, with those around them, in order of their outputs."""
    found: dict[int, Scope] = {}
    for node in order:
        scope = scope_of(node)
        while scope is not None and id(scope) not in found:
            found[id(scope)] = scope
            scope = scope.outer
    return list(found.values())


def membership(root: Value) -> dict[Value, Scope | None]:
    """For each result of an op below ``root``: the innermost scope in whose call it was computed.

    Where ``scope_of`` knows what a call returned, this knows also what it made on the way.
    None: outside every scope. In topological order, ``root`` last.

    >>> from autograd import Value, scoped
    >>> x = Value(2.0)
    >>> y = scoped("layer", lambda v: (v * v).tanh(), x) + 1
    >>> [(node.op, scope and scope.name) for node, scope in membership(y).items()]
    [('*', 'layer'), ('tanh', 'layer'), ('+', None)]
    """
    order = results(topological_order(root))
    home = Membership(order).home
    return {node: home[id(node)] for node in order}
