"""The edges between the boxes of a folded graph: all from one box to another are one bundle."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from ..value import Value
from .text import norm


@dataclass(slots=True)
class Bundle:
    """How many edges, the norm of what they pass back, and the first of them."""

    operand: int
    partial: float | None
    count: int = 0
    passed: float = 0.0

    def include(self, other: Bundle) -> None:
        """Count another bundle in."""
        self.count += other.count
        self.passed = math.hypot(self.passed, other.passed)


def bundles(
    made: list[Value], box_of: dict[int, int], closed: Collection[int], leaves: Collection[int]
) -> dict[tuple[int, int], Bundle]:
    """The bundles, by the numbers of the boxes that they lead from and to.

    ``box_of`` is each node's box, by id. Edges within a box are not counted, nor those from
    the boxes of ``leaves`` into ``closed`` ones.
    """
    first: dict[tuple[int, int], tuple[int, float | None]] = {}
    passed: dict[int, dict[int, list[float]]] = {}  # by target and source
    every = set(box_of.values())
    ignored = {box: {box, *(leaves if box in closed else ())} for box in every}
    look_up = box_of.__getitem__
    for node in made:
        target = box_of[id(node)]
        sources = list(map(look_up, map(id, node.parents)))
        ignore = ignored[target]
        if ignore.issuperset(sources):
            continue
        grad, partials = node.grad, node.partials
        into = passed.setdefault(target, {})
        for source in set(sources) - ignore - into.keys():
            operand = sources.index(source)
            first[source, target] = operand, partials[operand]
            into[source] = []
        for source, partial in zip(sources, partials, strict=True):
            if source not in ignore:
                into[source].append(grad * partial if partial is not None else 0.0)
    return {
        (source, target): Bundle(*start, len(passed[target][source]), norm(passed[target][source]))
        for (source, target), start in sorted(first.items(), key=lambda item: item[0][::-1])
    }
