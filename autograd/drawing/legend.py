"""The headline of a picture: its title, and the signs that are used in this very picture."""

from __future__ import annotations

import math

from . import colour
from .labels import literal, table
from .scene import Scene
from .text import count


def heading(scene: Scene, title: str, *, crowded: bool = False) -> str:
    """The title, and a line that explains the signs used in this very picture."""
    swatch = '<TD BGCOLOR="{}" WIDTH="14" HEIGHT="10" FIXEDSIZE="TRUE" BORDER="1" COLOR="{}"></TD>'
    cells = []

    def explain(background: str, meaning: str) -> None:
        cells.append(swatch.format(background, colour.LINE) + f"<TD>{meaning}&#160;&#160;</TD>")

    if scene.has_gradients:
        explain(colour.POSITIVE, "gradient &gt; 0")
        explain(colour.NEGATIVE, "gradient &lt; 0")
    if scene.folds and scene.has_gradients:
        explain(colour.LARGE, "folded: the darker, the larger the typical gradient (by decades)")
    if any(not (math.isfinite(n.grad) and math.isfinite(n.data)) for n in scene.nodes) or any(
        not math.isfinite(fold.norm) for fold in scene.folds
    ):
        explain(colour.ALARM, "nan or inf")
    kinds = {node.kind for node in scene.nodes}
    signs = {
        "parameter": "thick border: parameter",
        "input": "square corners: input",
        "constant": "grey border: constant",
    }
    meanings = [meaning for kind, meaning in signs.items() if kind in kinds]
    meanings.append("double border: output")
    if any(box.is_marked for box in scene.boxes):
        meanings.append(f'<FONT COLOR="{colour.MARK}"><B>very thick red border: marked</B></FONT>')
    if any(box.is_ghost for box in scene.boxes):
        meanings.append("dashed border: copy of a node used in several places")
    if scene.folds:
        meanings.append("shadow: many nodes folded into one box (tooltips count their edges)")
    if crowded:
        meanings.append("colour of an edge: what it passes back; local derivatives in its tooltip")
    else:
        meanings.append("on edges: local derivatives")
    if scene.left_out:
        meanings.append(f"{count(scene.left_out, 'parameter')} left out")
    if not scene.has_gradients:
        meanings.append("all gradients are 0: no backward() yet")
    meanings = [literal(meaning, 100) for meaning in scene.meanings] or meanings
    cells.append(f"<TD>{' · '.join(meanings)}</TD>")
    headline = (
        f'<TR><TD ALIGN="LEFT"><FONT POINT-SIZE="14"><B>{literal(title, 100)}</B></FONT></TD></TR>'
    )
    legend = (
        '<TR><TD ALIGN="LEFT"><FONT POINT-SIZE="9"><TABLE BORDER="0" CELLBORDER="0" '
        f'CELLSPACING="2" CELLPADDING="0"><TR>{"".join(cells)}</TR></TABLE></FONT></TD></TR>'
    )
    return table((headline if title else "") + legend)
