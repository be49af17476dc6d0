"""The log of a backward pass: every addition that the engine made to a gradient, in its order.

An inspector of the engine's own ``backward()`` is handed the order of the sweep, and reads
what the sweep left in the nodes. Nothing is computed in another way than there, and the log
is held against the result: where a gradient is not the sum of the contributions, because a
hook (or a checkpoint) changed it, the log has a change at that point.
"""

from __future__ import annotations

from functools import cached_property
from operator import gt
from typing import NamedTuple

from .. import value as engine
from ..inspector import Inspector
from ..modes import during
from ..primitives.origin import CONSTANT, LEAF
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

    ``grads`` are the gradients of this pass alone, node by node. ``edges`` are all operands of
    all nodes, in order. ``events`` are the steps as numbers: that of an edge; or, for a
    change, the number of the node as ``~number``. ``changes`` are the numbers that were put in.

    Constants get nothing: what an edge to one passes back is no event.
    """

    def __init__(self, order: list[Value]) -> None:
        self.order = order
        self.index = {id(node): i for i, node in enumerate(order)}
        self.grads, swept = sweep_of(order)
        self.edges = Edges(order, self.index)
        self.changes: dict[int, float] = {}
        self.swept = [self.index[id(node)] for node in reversed(swept)]
        self._find_changes()
        # Swept from the last to the first, and untouched: a page can tell that from the graph.
        self.is_plain = not self.changes and all(map(gt, self.swept, self.swept[1:]))

    def _find_changes(self) -> None:
        """The additions of the sweep, made again in the same order, and held against its result."""
        grads, changes = self.grads, self.changes
        first, sources, partials = self.edges.first, self.edges.sources, self.edges.partials
        sums = self._start()
        for i in self.swept:
            grad = grads[i]
            if sums[i] != grad and not same(sums[i], grad):
                changes[i] = grad
            start, stop = first[i], first[i + 1]
            for to, partial in zip(sources[start:stop], partials[start:stop], strict=True):
                if partial is not None:
                    sums[to] += grad * partial
        for i, node in enumerate(self.order):
            if node.a is None and node.primitive is LEAF and not same(sums[i], grads[i]):
                changes[i] = grads[i]

    @cached_property
    def events(self) -> list[int]:
        """The additions, and the changes where they were made."""
        first, sources, partials = self.edges.first, self.edges.sources, self.edges.partials
        constant = [node.primitive is CONSTANT for node in self.order]
        events: list[int] = []
        for i in self.swept:
            if i in self.changes:
                events.append(~i)
            for edge in range(first[i], first[i + 1]):
                if partials[edge] is not None and not constant[sources[edge]]:
                    events.append(edge)
        return events + [~i for i in self.changes if self.order[i].is_leaf]

    def _start(self) -> list[float]:
        """All gradients before the first step: the output's is 1, unless it is a constant."""
        start = [0.0] * len(self.order)
        start[-1] = float(self.order[-1].requires_grad)
        return start

    def steps(self) -> list[Step | Change]:
        """The events in full."""
        sums = self._start()
        found: list[Step | Change] = []
        for event in self.events:
            if event < 0:
                found.append(Change(self.order[~event], sums[~event], self.changes[~event]))
                sums[~event] = self.changes[~event]
                continue
            i, to = self.edges.targets[event], self.edges.sources[event]
            local, upstream = self.edges.partials[event], self.grads[i]
            assert local is not None
            before, contribution = sums[to], upstream * local
            sums[to] = after = before + contribution
            node, operand = self.order[i], event - self.edges.first[i]
            step = Step(node, operand, self.order[to], upstream, local, contribution, before, after)
            found.append(step)
        return found


class Edges:
    """The operands of all nodes in columns: those of node i are first[i] … first[i + 1] − 1."""

    def __init__(self, order: list[Value], index: dict[int, int]) -> None:
        self.first = [0]
        self.sources: list[int] = []
        self.partials: list[float | None] = []
        first, sources, partials = self.first.append, self.sources, self.partials
        number = index.__getitem__
        for node in order:
            a, b = node.a, node.b
            if a is None:
                sources += map(number, map(id, node.parents))
                partials += node.partials
            else:
                sources.append(index[id(a)])
                partials.append(node.da)
                if b is not None:
                    sources.append(index[id(b)])
                    partials.append(node.db)
            first(len(sources))

    @cached_property
    def targets(self) -> list[int]:
        """The node that each edge leads to."""
        sizes = zip(self.first, self.first[1:], strict=False)
        return [i for i, (start, stop) in enumerate(sizes) for _ in range(start, stop)]


class _Watcher(Inspector):
    """An inspector that keeps the order of the sweep."""

    def __init__(self) -> None:
        self.swept: list[Value] = []

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
