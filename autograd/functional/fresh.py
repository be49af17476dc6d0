"""Derivatives as Values, for derivatives of derivatives: of fresh graphs only."""

from __future__ import annotations

import math
from typing import Any

from ..primitives.table import Primitive
from ..value import Value


class StaleGraphError(RuntimeError):
    """A graph no longer says what was computed: numbers in it changed after they were recorded.

    First derivatives are recorded with the graph and stay right; derivatives of derivatives
    are computed from the present numbers, and would be of another function.
    """


def closure_on_values(node: Value) -> tuple[Any, ...]:
    """A node's local derivatives as Values, which say in turn how they depend on its operands.

    ``StaleGraphError`` if they are not those that the forward pass recorded.
    """
    primitive, parents = node.primitive, node.parents
    assert isinstance(primitive, Primitive)
    partials = primitive.partials(node, *parents)
    numbers = [p.data if isinstance(p, Value) else p for p in partials]
    if not all(map(same, numbers, node.partials)) or (
        any(isinstance(p, Value) and p.requires_grad for p in partials)
        and not same(primitive.forward(*[parent.data for parent in parents]), node.data)
    ):
        check_fresh(node, primitive)
    return partials


def check_fresh(node: Value, primitive: Primitive) -> None:
    """``StaleGraphError`` if the node's numbers are no longer those that were recorded.

    It is the closure on floats that decides, because it made what was recorded: on Values a
    closure may round differently, where it calls Python's ``sum``, say.
    """
    numbers = [parent.data for parent in node.parents]
    data = primitive.forward(*numbers)
    partials = primitive.partials(node.data, *numbers)
    if same(data, node.data) and all(map(same, partials, node.partials)):
        return
    operands = ", ".join(map(shown, node.parents[:6])) + (", …" if len(numbers) > 6 else "")
    raise StaleGraphError(
        f"the graph is stale: {primitive.name}({operands})"
        f"{f' [{node.label}]' if node.label else ''} holds {node.data!r} and the slopes "
        f"{_few(node.partials)}, with its operands' present data it would be {data!r} and "
        f"{_few(partials)}: data was changed after the forward pass. A derivative that is to be "
        "differentiated again needs the graph of the present numbers: replay(root), or build "
        "the graph again"
    )


def shown(value: Value) -> str:
    """A Value's number, with its label."""
    return f"{value.label} = {value.data!r}" if value.label else repr(value.data)


def _few(partials: tuple[Any, ...]) -> str:
    return f"({', '.join(map(repr, partials[:6]))}{', …' if len(partials) > 6 else ''})"


def same(x: Any, y: Any) -> bool:
    """Equal to the bit, the sign of zero included; nan equals nan, None None."""
    if x is None or y is None:
        return x is y
    if x != y:
        return bool(x != x and y != y)
    return x != 0.0 or math.copysign(1.0, x) == math.copysign(1.0, y)
