"""All levels of a folded graph, from the outermost scopes to the last that a picture can hold."""

from __future__ import annotations

from dataclasses import replace

from ..scopes import Scope
from ..value import Value
from .drawing import Drawing
from .names import Names
from .options import Options
from .pictures import picture


def with_levels(
    drawing: Drawing, order: list[Value], scopes: list[Scope], names: Names, options: Options
) -> Drawing:
    """The drawing, with a picture of every level for its page.

    Each level unfolds one more of the nested scopes; the last is the one that cannot be
    unfolded further, or would not fit.
    """
    if options.shows_a_part or order[-1].is_leaf:
        return drawing
    found: list[Drawing] = []
    depth = 0
    while True:
        level = picture(order, scopes, names, replace(options, depth=depth))
        if found and level.scene == found[-1].scene:
            break
        found.append(level)
        depth += 1
    drawing.levels = tuple(found)
    return drawing
