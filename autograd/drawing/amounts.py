"""How much there is in a part of a graph: nodes by op, and their gradients in a few numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..primitives.origin import Record
from ..primitives.table import Primitive
from ..value import Value
from .text import count, norm, number, visible

MOST_OPS = 3


@dataclass(slots=True)
class Amount:
    """Counts by op, the norm of the gradients, the extremes of the finite ones."""

    size: int = 0
    ops: Counter[str] = field(default_factory=Counter)
    norm: float = 0.0
    low: float = math.inf
    high: float = -math.inf
    not_finite: int = 0

    def add(self, nodes: list[Value]) -> None:
        """Count nodes in."""
        gradients = [node.grad for node in nodes]
        finite = [grad for grad in gradients if math.isfinite(grad)]
        self.ops.update([sign(node) for node in nodes])
        self._add(len(nodes), norm(gradients), finite, len(gradients) - len(finite))

    def include(self, other: Amount) -> None:
        """Count another part in."""
        self.ops.update(other.ops)
        self._add(other.size, other.norm, [other.low, other.high], other.not_finite)

    def _add(self, size: int, norm: float, finite: Iterable[float], not_finite: int) -> None:
        self.size += size
        self.norm = math.hypot(self.norm, norm)
        self.low = min([self.low, *finite])
        self.high = max([self.high, *finite])
        self.not_finite += not_finite

    @property
    def gradients(self) -> list[str]:
        """The gradients in words: their norm, the extremes, how many are not finite.

        >>> amount = Amount()
        >>> amount.add([Value(1.0), Value(2.0)])
        >>> amount.gradients
        ['all gradients 0']
        """
        if self.norm == 0.0:
            return ["all gradients 0"]
        lines = [f"‖grad‖ {number(self.norm)}"]
        if self.low <= self.high:
            lines.append(f"from {number(self.low)} to {number(self.high)}")
        return lines + ([f"{self.not_finite:,} nan or inf"] if self.not_finite else [])

    @property
    def contents(self) -> str:
        """The most frequent ops, and how many others there are."""
        common = self.ops.most_common(MOST_OPS)
        text = ", ".join(f"{n:,} {visible(op, 12)}" for op, n in common)
        others = self.size - sum(n for _, n in common)
        return text + (f", {count(others, 'other')}" if others else "")


def sign(node: Value) -> str:
    """The op that made a node, or what it is if none did."""
    origin = node.origin
    primitive = origin.primitive if isinstance(origin, Record) else origin
    if isinstance(primitive, Primitive):
        return primitive.symbol
    return "leaf" if node.requires_grad else "constant"
