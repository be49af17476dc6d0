"""What to call a node on a path: its name, or its op with the unit, time step and call it is in.

"dot → σ → dot" could be any path; "dot layers.1.neurons.4.w, t=3, call 17" is one.
"""

from __future__ import annotations

from collections import Counter

from ..scopes import Scope
from ..value import Value
from .membership import Membership, scopes_in
from .names import Names
from .parts import called
from .text import visible


class Places:
    """Says of each node of a graph where it is."""

    def __init__(self, order: list[Value], names: Names) -> None:
        self.names = names
        self.home = Membership(order).home
        self.calls: dict[int, str] = {}
        scopes = scopes_in(order)
        often = Counter(scope.path for scope in scopes)
        numbers: Counter[tuple[str, ...]] = Counter()
        for scope in scopes:
            numbers[scope.path] += 1
            if often[scope.path] > 1:
                self.calls[id(scope)] = f"call {numbers[scope.path]:,}"

    def along(self, nodes: tuple[Value, ...]) -> list[str]:
        """What the nodes of a path are called; a step or call only where it changes."""
        texts, before = [], ""
        for node in nodes:
            where = self.where(self.home.get(id(node)))
            text = " ".join(filter(None, [called(node, self.names), self.unit(node)]))
            texts.append(f"{text}, {where}" if where and where != before else text)
            before = where or before
        return texts

    def where(self, scope: Scope | None) -> str:
        """The time step and the number of the call, where there are several."""
        if scope is None:
            return ""
        steps = [visible(name) for name in scope.path if name.startswith("t=")]
        return ", ".join([*steps, *filter(None, [self.calls.get(id(scope))])])

    def unit(self, node: Value) -> str:
        """The first parameter that a node uses, without its last index: "layers.1.neurons.4.w"."""
        if self.names(node):
            return ""
        for parent in node.parents:
            if self.names.is_parameter(parent):
                return visible(self.names(parent).rpartition(".")[0], 60)
        return ""
