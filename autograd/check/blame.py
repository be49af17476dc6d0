"""Which op is to blame? Every recorded local derivative against its op's own slope."""

from __future__ import annotations

import math
from dataclasses import replace

from ..primitives.origin import CONSTANT, Record
from ..primitives.table import Primitive
from ..value import Value
from .report import Blame
from .slopes import EPSILON, Slope, slope

MOST_BLAMED = 3
# The logsumexp within a softmax comes in two parts, of which the first ("shift") counts as a
# constant for both: together they are right, by itself the second is not.
NOT_BY_ITSELF = {"excess"}


def wrong_ops(order: list[Value], rtol: float) -> tuple[Blame, ...]:
    """The first few ops whose recorded derivatives are wrong, operands before results."""
    found: dict[tuple[str, int], Blame] = {}
    for node in order:
        if not isinstance(node.primitive, Primitive) or node.op in NOT_BY_ITSELF:
            continue
        for i, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True)):
            key = (node.primitive.name, i)
            if partial is None or not parent.requires_grad:
                continue
            if key not in found and len(found) == MOST_BLAMED:
                continue
            measured = slope_of_operand(node, node.primitive, i)
            if is_wrong(partial, measured, rtol):
                blame = Blame(node.op, call(node), i, partial, measured.value)
                first = found.setdefault(key, replace(blame, count=0))
                found[key] = replace(first, count=first.count + 1)
    return tuple(found.values())


def slope_of_operand(node: Value, primitive: Primitive, i: int) -> Slope:
    """The slope of a node's op along one operand, the others as they are."""
    numbers = [parent.data for parent in node.parents]
    terms = [abs(x * p) for x, p in zip(numbers, node.partials, strict=True) if p is not None]
    noise = 4 * EPSILON * (abs(node.data) + sum(terms))
    noise = noise if math.isfinite(noise) else 0.0

    def along(x: float) -> float:
        try:
            return primitive.forward(*numbers[:i], x, *numbers[i + 1 :])
        except (ArithmeticError, ValueError, RuntimeError):
            return math.nan  # beside its domain, or bound to its point, as a checkpoint is

    return slope(along, numbers[i], noise=lambda x: noise)


def is_wrong(partial: float, measured: Slope, rtol: float) -> bool:
    """True if a local derivative certainly is not the slope of its op."""
    if measured.kind in ("jump", "undefined"):
        return False
    tolerance = max(rtol, 1e-6) * abs(measured.value) + measured.error
    if measured.kind == "kink":
        low, high = sorted([measured.left, measured.right])
        return not low - tolerance <= partial <= high + tolerance
    return partial != measured.value and not abs(partial - measured.value) <= tolerance


def cut_edges(order: list[Value], shifted: list[Value]) -> list[str]:
    """Constants of a graph that are others after an input was shifted: cut off, then.

    ``shifted`` is the graph of the same function at another point, in the same order.
    """
    if [node.op for node in order] != [node.op for node in shifted]:
        return []
    cut = {
        id(old)
        for old, new in zip(order, shifted, strict=True)
        if old.primitive is CONSTANT and new.primitive is CONSTANT and old.data != new.data
    }
    return [
        f"operand {i} of {call(node)} is a constant here, but it changes with the input"
        for node in order
        for i, parent in enumerate(node.parents)
        if id(parent) in cut
    ]


def has_hooks(order: list[Value]) -> bool:
    """True if hooks may change a gradient of the graph."""
    return any(isinstance(node.origin, Record) and node.origin.hooks for node in order)


def call(node: Value) -> str:
    """A node as the call that made it."""
    operands = [f"{p.label} = {p.data!r}" if p.label else repr(p.data) for p in node.parents[:6]]
    if len(node.parents) > 6:
        operands.append(f"… {len(node.parents) - 6} more")
    return f"{node.op}({', '.join(operands)})"
