"""Which call made which part of a graph: what the comments in a program's source say.

Only the results of calls know their scope. Everything between them and what went into the
call belongs to it as well; that is worked out when somebody wants to read the source.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..scopes import Scope
from ..value import Value

if TYPE_CHECKING:
    from .columns import Ints


class Calls:
    """The calls of modules, and of ``scoped``, that a graph's nodes were made in.

    ``results`` are nodes with the scope whose results they are. Numbers of nodes are kept,
    and names; no Values, which would keep the graph alive.
    """

    def __init__(
        self, results: list[tuple[int, Scope]], nodes: Sequence[Value], start: Ints, operands: Ints
    ) -> None:
        self.start, self.operands = start, operands
        self.paths: list[str] = []
        self.outer: list[int] = []
        self.inputs: list[set[int]] = []
        self.made: dict[int, int] = {}  # node: the call whose result it is
        self.rows: Ints | None = None  # of a repeated graph: the node that each is a copy of
        self._of: list[int] | None = None
        known: dict[int, int] = {-1: -1}
        for node, scope in results:
            chain: list[Scope] = []
            inner: Scope | None = scope
            while inner is not None and id(inner) not in known:
                chain.append(inner)
                inner = inner.outer
            for each in reversed(chain):
                known[id(each)] = len(self.paths)
                self.paths.append(printable(".".join(each.path)))
                self.outer.append(known[id(each.outer)] if each.outer is not None else -1)
                self.inputs.append({~v.mark for v in each.inputs if is_in(nodes, v)})
            self.made[node] = known[id(scope)]

    def path(self, nodes: Sequence[int]) -> str:
        """The path of the innermost call that all these nodes are in; "" if there is none."""
        of = self.of()
        paths = []
        for node in nodes:
            original = node if self.rows is None else int(self.rows[node])
            call = of[original] if 0 <= original < len(of) else -1
            paths.append(self.paths[call].split(".") if call >= 0 else [])
        common = paths[0]
        for path in paths[1:]:
            same = [a == b for a, b in zip(common, path, strict=False)]
            common = common[: same.index(False) if False in same else len(same)]
        return ".".join(common)

    def of(self) -> list[int]:
        """The call of every node, or −1: from each result down to what went into its call."""
        if self._of is None:
            start, operands = self.start.tolist(), self.operands.tolist()
            of = [-1] * (len(start) - 1)
            for i in range(len(of) - 1, -1, -1):
                call = of[i] = self.made.get(i, of[i])
                if call < 0:
                    continue
                for operand in operands[start[i] : start[i + 1]]:
                    if of[operand] < 0:
                        outside = call
                        while outside >= 0 and operand in self.inputs[outside]:
                            outside = self.outer[outside]
                        of[operand] = outside
            self._of = of
        return self._of


def is_in(nodes: Sequence[Value], value: Value) -> bool:
    """True if the value is one of the numbered nodes."""
    place: int = ~value.mark
    return 0 <= place < len(nodes) and nodes[place] is value


def printable(text: str) -> str:
    """A name as part of a comment: what could end a line is written as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class Comment(str):
    """A comment line about the slots of a group: its calls are added when it is read."""

    base: int
    size: int

    @classmethod
    def about(cls, text: str, group: Any) -> Comment:
        comment = cls(text)
        comment.base, comment.size = group.base, group.size
        return comment
