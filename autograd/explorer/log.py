"""The log of a backward pass: every addition that the engine made to a gradient, in its order.

An inspector of the engine's own ``backward()`` is handed the order of the sweep, and reads
what the sweep left in the nodes. Nothing is computed in another way than there, and the log
is held against the result: where a gradient is not the sum of the contributions, because a
hook (or a checkpoint) changed it, the log has a change at that point.
"""

from __future__ import annotations

from typing import NamedTuple

from .. import value as engine
from ..modes import during
from ..primitives.origin import CONSTANT
from ..value import Value


class Step(NamedTuple):
    """One use of the chain rule: ``node`` passes upstream × local on to one of its operands.

    ``contribution`` is upstream · local, and ``before + contribution`` is ``after``: the
    gradient of ``to`` so far. Numbers are those of the engine, to the bit.
    """

    node: Value
    operand: int
    to: Value
    upstream: float
    local: float
    contribution: float
    before: float
    after: float


class Change(NamedTuple):
    """A gradient that Python code (a hook, a checkpoint) changed once it was complete."""

    node: Value
    before: float
    after: float


class Log:
    """What one backward pass from the last node of ``order``, a topological order, did.

    ``grads`` are the gradients of this pass alone, node by node. ``events`` are the steps as
    numbers: edges, counted over all operands of all nodes in order; or, for a change, the
    number of the node as ``~number``. ``changes`` are the numbers that were put in.

    Constants get nothing: what an edge to one passes back is no event.
    """

    def __init__(self, order: list[Value]) -> None:
        self.order = order
        self.grads, swept = sweep_of(order)
        self.first = [0]
        for node in order:
            self.first.append(self.first[-1] + len(node.parents))
        self.events: list[int] = []
        self.changes: dict[int, float] = {}
        self._note(swept)

    def _note(self, swept: list[Value]) -> None:
        """The events: the additions of the sweep, made again in the same order."""
        index = {id(node): i for i, node in enumerate(self.order)}
        sums = [0.0] * len(self.order)
        sums[-1] = 1.0
        for node in reversed(swept):
            i = index[id(node)]
            grad = self.grads[i]
            if not same(sums[i], grad):
                self.changes[i] = grad
                self.events.append(~i)
            for edge, (parent, partial) in enumerate(
                zip(node.parents, node.partials, strict=True), self.first[i]
            ):
                if partial is not None and parent.primitive is not CONSTANT:
                    self.events.append(edge)
                    sums[index[id(parent)]] += grad * partial
        for i, node in enumerate(self.order):
            if node.is_leaf and not same(sums[i], self.grads[i]):
                self.changes[i] = self.grads[i]
                self.events.append(~i)

    def steps(self) -> list[Step | Change]:
        """The events in full."""
        target = [i for i, node in enumerate(self.order) for _ in node.parents]
        index = {id(node): i for i, node in enumerate(self.order)}
        sums = [0.0] * len(self.order)
        sums[-1] = 1.0
        found: list[Step | Change] = []
        for event in self.events:
            if event < 0:
                found.append(Change(self.order[~event], sums[~event], self.changes[~event]))
                sums[~event] = self.changes[~event]
                continue
            i = target[event]
            node, operand = self.order[i], event - self.first[i]
            to, local = node.parents[operand], node.partials[operand]
            assert local is not None
            j, upstream = index[id(to)], self.grads[i]
            before, contribution = sums[j], upstream * local
            sums[j] = before + contribution
            found.append(Step(node, operand, to, upstream, local, contribution, before, sums[j]))
        return found


class _Watcher:
    """An inspector that keeps the order of the sweep."""

    def __init__(self) -> None:
        self.swept: list[Value] = []

    def forward(self, node: Value) -> None:
        """A node was made: by a checkpoint, which runs its function again."""

    def compared(self, value: Value, other: Value | float) -> None:
        """Python code compared a value."""

    def backward(self, order: list[Value]) -> None:
        """The sweep is done."""
        self.swept = order


def sweep_of(order: list[Value]) -> tuple[list[float], list[Value]]:
    """The gradients of a backward pass from the last node, and the nodes it swept, in order.

    Hooks run. All ``grad`` are as they were afterwards.
    """
    root = order[-1]
    if root.primitive is CONSTANT:
        return [0.0] * len(order), []
    kept = [node.grad for node in order]
    watcher = _Watcher()
    try:
        for node in order:
            node.grad = 0.0
        with during(engine.inspectors, (watcher,)):
            root.backward()
        return [node.grad for node in order], watcher.swept
    finally:
        for node, grad in zip(order, kept, strict=True):
            node.grad = grad


def same(a: float, b: float) -> bool:
    """Equal, or both nan."""
    return a == b or (a != a and b != b)
