"""What stands in the boxes of a picture, as Graphviz's HTML-like labels.

All text goes through ``literal``: < > & " are escaped as in HTML, and a backslash is
doubled because ``\\N`` would be the node's id.
"""

from __future__ import annotations

import html
import math

from .scene import Fold, Node
from .text import count, number, visible


def node_label(node: Node) -> str:
    """Two aligned columns below a headline."""
    parts = []
    if node.name:
        parts.append(f"<B>{literal(node.name)}</B>")
    if node.symbol:
        parts.append(f'<FONT POINT-SIZE="13">{literal(node.symbol)}</FONT>')
    headline = "&#160;&#160;".join(parts)
    rows = f'<TR><TD COLSPAN="2">{headline}</TD></TR>' if headline else ""
    rows += row("data", node.data)
    if node.kind != "constant":
        rows += row("grad", node.grad)
    hidden = [
        count(n, what)
        for n, what in ((node.hidden_operands, "operand"), (node.hidden_uses, "use"))
        if n
    ]
    if hidden:
        text = f'<FONT POINT-SIZE="9">… {", ".join(hidden)} not shown</FONT>'
        rows += f'<TR><TD COLSPAN="2" ALIGN="LEFT">{text}</TD></TR>'
    return table(rows)


def fold_label(fold: Fold) -> str:
    """A headline and lines below it."""
    name = f"<B>{literal(fold.name)}</B>" if fold.name else ""
    times = f"&#160;&#160;{literal(fold.times)}" if fold.times else ""
    rows = [f'<TR><TD ALIGN="LEFT">{name}{times}</TD></TR>'] if name or times else []
    for line in fold.about:
        text = f'<FONT POINT-SIZE="9">{literal(line, 80)}</FONT>'
        rows.append(f'<TR><TD ALIGN="LEFT">{text}</TD></TR>')
    return table("".join(rows))


def row(what: str, x: float) -> str:
    """One number: what it is to the left, its digits to the right."""
    value = number(x) if math.isfinite(x) else f"<B>{number(x)}</B>"
    return (
        f'<TR><TD ALIGN="LEFT"><FONT POINT-SIZE="9">{what}&#160;</FONT></TD>'
        f'<TD ALIGN="RIGHT">{value}</TD></TR>'
    )


def table(rows: str, spacing: int = 0) -> str:
    """An HTML-like label."""
    return (
        f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="{spacing}" CELLPADDING="1">{rows}</TABLE>>'
    )


def literal(text: str, longest: int = 40) -> str:
    r"""Text as the content of an HTML-like label that shows exactly this text.

    >>> print(literal(r"a<b \N"))
    a&lt;b \\N
    """
    escaped = html.escape(visible(text, longest)).replace("\\", "\\\\")
    return escaped.replace("  ", " &#160;")
