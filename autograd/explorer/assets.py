"""The JavaScript of the explorer as one module, and its style sheet.

The files in ``static`` are modules of their own, for readers and for ``node --test``. A
widget and a page need one text: the files one after the other, in the order in which they
build on each other, without their ``import`` lines and the words ``export``.
"""

from __future__ import annotations

import functools
import pathlib

STATIC = pathlib.Path(__file__).parent / "static"
MODULES = (
    "numerics.js",
    "primitives.js",
    "graph.js",
    "stepper.js",
    "paths.js",
    "words.js",
    "boxes.js",
    "layers.js",
    "route.js",
    "wrapping.js",
    "layout.js",
    "colour.js",
    "camera.js",
    "sizes.js",
    "edges.js",
    "callout.js",
    "painter.js",
    "picture.js",
    "quiz.js",
    "element.js",
    "predict.js",
    "links.js",
    "slider.js",
    "question.js",
    "check.js",
    "node.js",
    "panel.js",
    "source.js",
    "keys.js",
    "player.js",
    "pointer.js",
    "telling.js",
    "list.js",
    "frame.js",
    "views.js",
    "explorer.js",
    "start.js",
)


@functools.cache
def script() -> str:
    """All modules as one, whose last lines a user of it adds; comments left out."""
    return "".join(without_comments((STATIC / name).read_text("utf-8")) for name in MODULES)


@functools.cache
def style() -> str:
    """The style sheet."""
    return (STATIC / "explorer.css").read_text("utf-8")


def without_comments(source: str) -> str:
    """A module's lines without imports, ``export``, whole-line comments and indentation."""
    lines = []
    inside_import = False
    for line in source.splitlines():
        text = line.strip()
        if text.startswith("import ") or inside_import:
            inside_import = not text.endswith(";")
        elif text and not text.startswith(("//", "/*", "*")):
            lines.append(text.removeprefix("export "))
    return "\n".join(lines) + "\n"
