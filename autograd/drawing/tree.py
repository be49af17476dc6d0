"""A graph as a tree of text, for terminals: each node above its operands.

A node that several others use is written out once, with a number, and referred to after.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ..primitives.table import Primitive
from ..value import Value
from .names import Names
from .text import count, number, visible

MOST_LINES = 200
DEEPEST = 24


@dataclass(slots=True)
class Line:
    """One line: the branches before it, the node, and what the line does with it."""

    branches: str
    node: Value
    partial: str
    is_repeat: bool = False
    cut: int = 0  # operands that are not shown, the tree being deep enough


def text_tree(
    root: Value, names: Names, hidden: Collection[int] = (), marked: Collection[int] = ()
) -> str:
    """The tree below ``root``, at most 200 lines of it and 24 levels deep.

    Nodes whose ids are ``hidden`` are left out; at those ``marked``, an arrow points.

    >>> x = Value(3.0, label="x")
    >>> print(text_tree(x * x + 1, Names(None, [])))
    + = 10, grad 0
    ├─ × = 9, grad 0   ∂ 1
    │  ├─ x = 3, grad 0   ∂ 3   (1)
    │  └─ x: see (1)   ∂ 3
    └─ constant 1   ∂ 1
    """
    lines, left_out = collect(root, hidden)
    repeated = {id(line.node) for line in lines if line.is_repeat}
    numbers: dict[int, int] = {}
    written = []
    for line in lines:
        node = line.node
        if id(node) in repeated:
            numbers.setdefault(id(node), len(numbers) + 1)
        mark = f"({numbers[id(node)]})" if id(node) in repeated else ""
        if line.is_repeat:
            text = f"{heading(node, names)}: see {mark}{line.partial}"
        else:
            text = describe(node, names) + line.partial + (f"   {mark}" if mark else "")
        if line.cut:
            text += f"   … {count(line.cut, 'operand')} below, not shown"
        if id(node) in marked:
            text += "   ◀ marked"
        written.append(line.branches + text)
    if hidden:
        written.append(f"({count(len(hidden), 'parameter')} left out)")
    if left_out:
        written.append(f"… and more: only the first {MOST_LINES} lines are shown")
    return "\n".join(written)


def collect(root: Value, hidden: Collection[int]) -> tuple[list[Line], bool]:
    """The lines of the tree, from the root down, and whether some had to be left out."""
    lines: list[Line] = []
    seen: set[int] = set()
    # What is still to be written, the next one last: node, partial, branches before the
    # line, branches before the lines below it, depth.
    pending: list[tuple[Value, str, str, str, int]] = [(root, "", "", "", 0)]
    while pending:
        if len(lines) == MOST_LINES:
            return lines, True
        node, partial, before, below, depth = pending.pop()
        line = Line(before, node, partial)
        lines.append(line)
        constant = not node.requires_grad
        if id(node) in seen and not constant:
            line.is_repeat = True
            continue
        seen.add(id(node))
        operands = [
            operand
            for operand in zip(node.parents, node.partials, strict=True)
            if id(operand[0]) not in hidden
        ]
        if operands and depth == DEEPEST:
            line.cut = len(operands)
            continue
        # Of a very wide node, no more operands than there can be lines.
        shown = operands[: MOST_LINES + 1]
        for i in reversed(range(len(shown))):
            parent, slope = shown[i]
            last = i == len(operands) - 1
            text = "   no edge" if slope is None else f"   ∂ {number(slope)}"
            branch, beyond = ("└─ ", "   ") if last else ("├─ ", "│  ")
            pending.append((parent, text, below + branch, below + beyond, depth + 1))
    return lines, False


def describe(node: Value, names: Names) -> str:
    """A node's name, op, data and gradient."""
    if not node.requires_grad:
        name = visible(names(node))
        return f"{name} = {number(node.data)}" if name else f"constant {number(node.data)}"
    return f"{heading(node, names)} = {number(node.data)}, grad {number(node.grad)}"


def heading(node: Value, names: Names) -> str:
    """A node's name and op."""
    name = visible(names(node))
    primitive = node.primitive
    if not isinstance(primitive, Primitive):
        return name or "input"
    symbol = visible(primitive.symbol)
    return f"{name} [{symbol}]" if name else symbol
