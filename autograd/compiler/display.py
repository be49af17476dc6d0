"""What a notebook shows of a compiled function: what became of its nodes, and the program."""

from __future__ import annotations

from html import escape
from typing import Any

MOST_LINES = 400  # of a program; one in scalars has a line for each node


def bundle(shown: Any) -> dict[str, str]:
    """Text and HTML of what has ``explain()`` and ``source``; text alone if there is none yet."""
    texts = {"text/plain": repr(shown)}
    try:  # a display must not raise, whatever the reason
        explained, source = shown.explain(), shown.source
    except Exception:
        return texts
    texts["text/plain"] += f"\n{explained}"
    texts["text/html"] = (
        f"<p><code>{escape(repr(shown))}</code></p><pre>{escape(explained)}</pre>"
        f"<details><summary>The program</summary><pre>{escape(shortened(source))}</pre></details>"
    )
    return texts


def shortened(source: str) -> str:
    """The first lines of a program, and how many more there are."""
    lines = source.split("\n")
    if len(lines) <= MOST_LINES:
        return source
    rest = len(lines) - MOST_LINES
    return "\n".join([*lines[:MOST_LINES], f"… {rest:,} more lines: print(….source)"])
