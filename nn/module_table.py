"""A module as a table: its layers, the shapes of their parameters, and how many there are."""

from __future__ import annotations

import math
from html import escape
from typing import Any

from autograd import Value

from ._shapes import shape_of
from .module import Module

MOST_ROWS = 200
Row = tuple[int, str, str, str, int]


def as_table(module: Module) -> str:
    """The table as HTML; layers that look alike and follow each other are one row.

    >>> import nn
    >>> "weight 8×2, bias 8" in as_table(nn.Linear(2, 8))
    True
    """
    rows = rows_of(module, type(module).__name__, 0)
    body = "".join(map(html_row, rows[:MOST_ROWS]))
    if len(rows) > MOST_ROWS:
        body += f'<tr><td colspan="4">… {len(rows) - MOST_ROWS} more</td></tr>'
    total, buffers = len(module.parameters()), len(list(module.named_buffers()))
    rest = f", and {buffers:,} buffers" if buffers else ""
    head = "".join(f"<th>{name}</th>" for name in ("name", "layer", "parameters", "number"))
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        f'<tfoot><tr><td colspan="3">in all{rest}</td><td>{total:,}</td></tr></tfoot></table>'
    )


def rows_of(module: Module, name: str, depth: int, above: tuple[Module, ...] = ()) -> list[Row]:
    """A module and what is in it: (depth, name, layer, shapes of its own parameters, number).

    One that is also above (``self.parent = parent``) is not gone into again.
    """
    rows = [(depth, name, module.describe(), shapes(module), len(module.parameters()))]
    runs: list[list[list[Row]]] = []
    for child_name, child in () if module in above else module.named_children():
        inner = rows_of(child, child_name, depth + 1, (*above, module))
        if runs and looks(runs[-1][0]) == looks(inner):
            runs[-1].append(inner)
        else:
            runs.append([inner])
    for run in runs:
        (level, first, layer, own, number), *inside = run[0]
        if len(run) > 1:
            first, layer = f"{first} … {run[-1][0][1]}", f"{len(run)} × {layer}"
            own = own and f"each {own}"
        rows += [(level, first, layer, own, number * len(run)), *inside]
    return rows


def looks(rows: list[Row]) -> list[Any]:
    """What two modules must have in common to be one row: all but their own names."""
    return [rows[0][2:], *rows[1:]]


def shapes(module: Module) -> str:
    """The parameters that a module has itself, by attribute: "weight 8×2, bias 8"."""
    found: dict[str, int] = {}
    for path, item in module._attributes():
        if isinstance(item, Value) and item.requires_grad and item.is_leaf:
            name = path.split(".")[0]
            found[name] = found.get(name, 0) + 1
    texts = []
    for name, number in found.items():
        shape = shape_of(vars(module)[name])
        if shape is None or math.prod(shape) != number:
            texts.append(f"{name} {number} numbers")
        else:
            texts.append(" ".join([name, "×".join(map(str, shape))]).strip())
    return ", ".join(texts)


def html_row(row: Row) -> str:
    """A row; what is within a layer is set in."""
    depth, name, layer, own, number = row
    indent = f' style="padding-left: {1.5 * depth + 0.5}em"' if depth else ""
    return (
        f'<tr><td{indent} align="left">{escape(name)}</td><td align="left">{escape(layer)}</td>'
        f'<td align="left">{escape(own)}</td><td>{number:,}</td></tr>'
    )
