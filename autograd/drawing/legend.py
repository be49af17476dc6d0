"""The headline of a picture: its title, and the signs that are used in this very picture."""

from __future__ import annotations

import html
import math
import re

from . import colour
from .labels import literal, table
from .scene import Scene
from .text import count

WIDTH = 90  # characters, about 400 points: no legend makes a small graph's picture wider


def heading(scene: Scene, title: str, *, crowded: bool = False) -> str:
    """The title, and lines that explain the signs used in this very picture."""
    row = '<TR><TD ALIGN="LEFT" BALIGN="LEFT"><FONT POINT-SIZE="{}">{}</FONT></TD></TR>'
    rows = [row.format(14, f"<B>{literal(title, 100)}</B>")] if title else []
    meanings = [literal(meaning, 100) for meaning in scene.meanings] or signs(scene, crowded)
    return table("".join([*rows, row.format(9, "<BR/>".join(lines(meanings)))]))


def signs(scene: Scene, crowded: bool) -> list[str]:
    """What the colours, borders and numbers of this picture mean, for Graphviz."""
    found = []

    def colour_means(fill: str, meaning: str) -> None:
        found.append(f'<FONT COLOR="{fill}" POINT-SIZE="12">■</FONT> {meaning}')

    if scene.has_gradients:
        colour_means(colour.POSITIVE, "gradient &gt; 0")
        colour_means(colour.NEGATIVE, "gradient &lt; 0")
    if scene.folds and scene.has_gradients:
        darkness = "folded: the darker, the larger the typical gradient (by decades)"
        colour_means(colour.LARGE, darkness)
    if any(not (math.isfinite(n.grad) and math.isfinite(n.data)) for n in scene.nodes) or any(
        not math.isfinite(fold.norm) for fold in scene.folds
    ):
        colour_means(colour.ALARM, "nan or inf")
    kinds = {node.kind for node in scene.nodes}
    borders = {
        "parameter": "thick border: parameter",
        "input": "square corners: input",
        "constant": "grey border: constant",
    }
    found += [meaning for kind, meaning in borders.items() if kind in kinds]
    found.append("double border: output")
    if any(box.is_marked for box in scene.boxes):
        found.append(f'<FONT COLOR="{colour.MARK}"><B>very thick red border: marked</B></FONT>')
    if any(box.is_ghost for box in scene.boxes):
        found.append("dashed border: copy of a node used in several places")
    if scene.folds:
        found.append("shadow: many nodes folded into one box (their edges: tooltips in .html)")
    if crowded:
        found.append(
            "colour of an edge: what it passes back (local derivatives: tooltips in .html)"
        )
    else:
        found.append("on edges: local derivatives")
    if scene.left_out:
        found.append(f"{count(scene.left_out, 'parameter')} left out")
    if not scene.has_gradients:
        found.append("all gradients are 0: no backward() yet")
    return found


def lines(meanings: list[str]) -> list[str]:
    """Texts put together into lines of a width, as few as there can be.

    >>> [len(line) for line in lines(["a" * 50, "b" * 30, "c" * 40])]
    [85, 40]
    """
    found = [""]
    for meaning in meanings:
        longer = f"{found[-1]}  ·  {meaning}" if found[-1] else meaning
        if len(html.unescape(re.sub("<[^>]*>", "", longer))) <= WIDTH:
            found[-1] = longer
        else:
            found.append(meaning)
    return found
