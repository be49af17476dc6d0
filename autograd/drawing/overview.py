"""What to say of a graph that is too large to draw: how much of what it holds."""

from __future__ import annotations

from collections import Counter

from ..primitives.table import Primitive
from ..scopes import scope_of
from ..value import Value
from .membership import Membership
from .text import count, norm, number, visible

LARGEST = 2000  # nodes in a picture: beyond, a layout takes minutes and helps nobody
MOST_ROWS = 12


def overview(order: list[Value], reason: str) -> list[str]:
    """Lines of text: a headline, counts by op, counts and gradient norms by scope, a way out."""
    lines = [reason, ""]
    ops = Counter(
        node.primitive.symbol if isinstance(node.primitive, Primitive) else kind(node)
        for node in order
    )
    lines += ["Nodes by op:", *rows([(visible(op), f"{n:,}") for op, n in ops.most_common()])]
    if any(scope_of(node) is not None for node in order):
        lines += ["", "Nodes by outermost scope, and the norm of their gradients:"]
        lines += rows(
            [
                (visible(name), f"{count(len(gradients), 'node')}, {number(norm(gradients))}")
                for name, gradients in by_outermost_scope(order)
            ]
        )
    return [
        *lines,
        "",
        "To see more: draw a smaller part, such as draw(neuron_output) or one sample's loss,",
        f"or allow more nodes with draw(…, max_nodes=…), at most {LARGEST:,}.",
    ]


def by_outermost_scope(order: list[Value]) -> list[tuple[str, list[float]]]:
    """For each outermost call, in order: its name and the gradients of its nodes."""
    home = Membership(order).home
    found: dict[int, tuple[str, list[float]]] = {}
    for node in order:
        scope = home[id(node)]
        while scope is not None and scope.outer is not None:
            scope = scope.outer
        name = scope.name if scope is not None else "(in no scope)"
        found.setdefault(id(scope), (name, []))[1].append(node.grad)
    return list(found.values())


def kind(leaf: Value) -> str:
    """What a node is that no op made."""
    return "leaf" if leaf.requires_grad else "constant"


def rows(pairs: list[tuple[str, str]]) -> list[str]:
    """Pairs as indented lines; of many, the first."""
    shown = [f"  {name}: {value}" for name, value in pairs[:MOST_ROWS]]
    if len(pairs) > MOST_ROWS:
        shown.append(f"  … and {len(pairs) - MOST_ROWS:,} more")
    return shown
