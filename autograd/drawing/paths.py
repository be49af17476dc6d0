"""The paths that contribute most to a gradient.

By the chain rule, ∂root/∂node is a sum over all paths from the node up to the root, of the
product of the local derivatives along each. There may be more paths than atoms, but the
few with the largest products are found in one sweep: those to a node go on from the
best ones to the nodes that use it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..value import Value


@dataclass(frozen=True, slots=True)
class Path:
    """Nodes from below to the root, the local derivatives between them, and their product."""

    nodes: tuple[Value, ...]
    slopes: tuple[float, ...]
    product: float


@dataclass(frozen=True, slots=True)
class Paths:
    """The paths with the largest |product|; how many there are, and the sum over all."""

    best: tuple[Path, ...]
    number: float  # there may be too many for it: inf
    total: float


@dataclass(slots=True)
class _Step:
    """A path so far, from the root down to ``node``."""

    size: float  # log |product|
    product: float
    node: Value
    slope: float  # of the node above by this one
    above: _Step | None


def best_paths(order: list[Value], start: Value, most: int) -> Paths:
    """The paths from ``start`` up to the last node of ``order``, a topological order.

    >>> from autograd import topological_order
    >>> x = Value(3.0)
    >>> found = best_paths(topological_order(x * x + 5 * x), x, 2)
    >>> [path.product for path in found.best], found.number, found.total
    ([5.0, 3.0], 3.0, 11.0)
    """
    root = order[-1]
    depends = {id(start)}
    for node in order:
        if not depends.isdisjoint(map(id, node.parents)):
            depends.add(id(node))
    best = {id(root): [_Step(0.0, 1.0, root, 1.0, None)]}
    number, total = {id(root): 1.0}, {id(root): 1.0}
    for node in reversed(order):
        if node is start:
            break
        if id(node) not in best:
            continue
        steps, ways, slope = best.pop(id(node)), number.pop(id(node)), total.pop(id(node))
        for parent, partial in zip(node.parents, node.partials, strict=True):
            key = id(parent)
            if partial is None or key not in depends:
                continue
            number[key] = number.get(key, 0.0) + ways
            total[key] = total.get(key, 0.0) + slope * partial
            go_on(best.setdefault(key, []), steps, parent, partial, most)
    found = best.get(id(start), [])
    paths = tuple(path_of(step) for step in found)
    return Paths(paths, number.get(id(start), 0.0), total.get(id(start), 0.0))


def go_on(found: list[_Step], steps: list[_Step], node: Value, partial: float, most: int) -> None:
    """Let each of some paths go on to ``node``; keep the ``most`` largest, largest first."""
    size = log_size(partial)
    for step in steps:
        if len(found) == most and step.size + size <= found[-1].size:
            break  # steps are sorted: those to come are smaller still
        found.append(_Step(step.size + size, step.product * partial, node, partial, step))
        found.sort(key=lambda step: -step.size)
        del found[most:]


def path_of(step: _Step) -> Path:
    """A path from below to the root."""
    steps = [step]
    while (above := steps[-1].above) is not None:
        steps.append(above)
    slopes = tuple(step.slope for step in steps[:-1])
    return Path(tuple(step.node for step in steps), slopes, step.product)


def log_size(partial: float) -> float:
    """log |partial|: products of many underflow, sums of logarithms do not. nan is largest."""
    if math.isnan(partial):
        return math.inf
    return math.log(abs(partial)) if partial else -math.inf
