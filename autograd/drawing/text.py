"""Text for pictures: numbers in few digits, and labels that show every character they hold.

Labels and scope names are untrusted: they may hold line breaks, control characters,
text that runs backwards or halves of characters. All text passes ``visible`` first, and
each output (DOT, SVG, HTML) then escapes its own special characters.
"""

from __future__ import annotations

import math

ZERO_WIDTH_JOINER = "\u200d"  # invisible itself, but it holds emoji together


def number(x: float | None) -> str:
    """A number in four significant digits, with a true minus sign.

    >>> number(3.14159), number(-2.0), number(1e-10), number(float("-inf"))
    ('3.142', '−2', '1e−10', '−inf')
    """
    return "no edge" if x is None else f"{x:.4g}".replace("-", "−")


def visible(text: str, longest: int = 40) -> str:
    r"""The text on one line, every unprintable character written as Python's escape.

    What is longer than ``longest`` is cut, and ends in "…".

    >>> visible("two\nlines"), visible("w" * 50, longest=5)
    ('two\\nlines', 'wwww…')
    """
    cut = text[: longest - 1] if len(text) > longest else text
    shown = "".join(
        c if c.isprintable() or c == ZERO_WIDTH_JOINER else c.encode("unicode_escape").decode()
        for c in cut
    )
    return shown + "…" if len(text) > longest else shown


def count(n: int, what: str) -> str:
    """A number of things.

    >>> count(1, "node"), count(2000, "node"), count(2, "branch")
    ('1 node', '2,000 nodes', '2 branches')
    """
    if n == 1:
        return f"1 {what}"
    return f"{n:,} {what}{'es' if what.endswith(('s', 'ch', 'x')) else 's'}"


def norm(gradients: list[float]) -> float:
    """√Σg², without overflow; nan or inf if one of them is.

    >>> norm([3.0, 4.0]), norm([])
    (5.0, 0.0)
    """
    return math.hypot(*gradients)
