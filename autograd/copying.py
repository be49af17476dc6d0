"""Copies and pickles of graphs, of any depth.

``copy`` and ``pickle`` recurse from a node into its operands: a long chain would overflow
the stack. So a root first hands over all that lies below it, in topological order; then
the operands of each node have been seen when the node itself comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from .graph import topological_order

if TYPE_CHECKING:
    from .value import Value

# The mark of the nodes that are being handed over, 0 if none are.
_handed_over: ContextVar[int] = ContextVar("handed_over", default=0)


def reduce(root: Value, make: Any) -> Any:
    """What ``copy`` and ``pickle`` need to rebuild a node: how, and from which parts."""
    below = Below()
    if not root.mark or root.mark != _handed_over.get():
        below.extend(topological_order(root)[:-1])
        root.mark = 0  # handed over by nobody
    parts = (root.data, root.grad, root.origin, root.a, root.b, root.da, root.db)
    return rebuild, (below, make, *parts)


def rebuild(below: list[Value], make: Any, data: float, grad: float, *parts: Any) -> Value:
    """A node from its parts. ``below`` has done its work by being unpickled before them."""
    node: Value = make(data, *parts)
    node.grad = grad
    return node


class Below(list["Value"]):
    """The nodes below a root, to be copied or pickled before it."""

    def __reduce__(self) -> Any:
        return list, (), None, self.hand_over() if self else None

    def hand_over(self) -> Iterator[Value | Bracket]:
        """The nodes, between two brackets that tell ``reduce`` about it.

        Not a ``try … finally``: the pickler of pure Python takes a thousand items from an
        iterator before it saves the first, and so would see the end too early.
        """
        yield Bracket(self[-1].mark)
        yield from self
        yield Bracket(0)


class Bracket:
    """Sets the mark of the nodes that are being handed over, at the moment it is pickled."""

    def __init__(self, mark: int) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        _handed_over.set(self.mark)
        return int, ()
