"""Drawing: what ``draw`` returns. It shows itself in a notebook and saves itself to a file."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Any

from .beside import side_by_side
from .dot import scene_to_dot
from .page import page
from .render import FORMATS, render
from .scene import Scene
from .svg import finish
from .text import visible

SUFFIXES = (*(f".{name}" for name in FORMATS), ".gv", ".html", ".txt")


class Drawing:
    """The picture of a graph, as it was when it was drawn.

    A notebook shows ``.svg``; ``print`` shows ``.tree``; ``.dot`` is the source of the
    picture in the language of Graphviz; ``.save(path)`` writes a file.
    """

    def __init__(
        self,
        scene: Scene,
        tree: str,
        summary: str,
        *,
        title: str = "",
        direction: str = "LR",
    ) -> None:
        self.scene = scene
        self.tree = tree
        self.summary = summary
        self.levels: tuple[Drawing, ...] = ()
        """Of a folded graph drawn with ``levels=True``: a picture of each, outermost first."""
        self._title = title
        self._direction = direction

    @cached_property
    def dot(self) -> str:
        """The DOT source."""
        return scene_to_dot(self.scene, title=self._title, direction=self._direction)

    @cached_property
    def svg(self) -> str:
        """The picture as SVG. ``RenderError`` if there is nothing to render it with."""
        drawn = render(self.dot, "svg").decode()
        return finish(drawn, title=self._heading, description=self.summary, scene=self.scene)

    @property
    def html(self) -> str:
        """A web page with the picture and its text forms."""
        return page(
            title=self._heading,
            summary=self.summary,
            svg=self.svg,
            tree=self.tree,
            dot=self.dot,
            levels=[(level.summary, level.svg) for level in self.levels],
        )

    def beside(self, other: Drawing, names: tuple[str, str] = ("before", "after")) -> Drawing:
        """This picture and another as one, each in a frame with its name, in the same colours.

        Since a drawing does not change with its graph, this shows what ``backward()`` did. (From
        left to right, the frames lie one above the other; drawn with ``direction="TB"``, side
        by side.)

        >>> from autograd import Value, draw
        >>> x = Value(3.0, label="x")
        >>> y = x * x
        >>> before = draw(y)
        >>> y.backward()
        >>> print(before.beside(draw(y)))  # doctest: +NORMALIZE_WHITESPACE
        before
        × = 9, grad 0
        ├─ x = 3, grad 0   ∂ 3   (1)
        └─ x: see (1)   ∂ 3
        <BLANKLINE>
        after
        × = 9, grad 1
        ├─ x = 3, grad 6   ∂ 3   (1)
        └─ x: see (1)   ∂ 3
        """
        if not isinstance(other, Drawing):
            raise TypeError(f"beside(other): must be a Drawing, not {type(other).__name__}")
        one, two = (visible(name, 100) for name in names)
        return Drawing(
            side_by_side((self.scene, other.scene), (one, two), self._direction),
            f"{one}\n{self.tree}\n\n{two}\n{other.tree}",
            f"{one}: {self.summary}; {two}: {other.summary}",
            title=self._title or other._title,
            direction=self._direction,
        )

    @property
    def _heading(self) -> str:
        return visible(self._title, 100) or "Computation graph"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a file of the kind its suffix says, and return its path.

        ``ValueError`` for a suffix that is not known; ``RenderError`` if there is nothing
        to render with.
        """
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix not in SUFFIXES:
            raise ValueError(
                f"save(path): {path.name!r} must end in one of {', '.join(SUFFIXES)}, which says "
                "what to write"
            )
        if suffix in (".png", ".pdf"):
            content = render(self.dot, suffix[1:])
        else:
            texts = {".svg": "svg", ".gv": "dot", ".html": "html", ".txt": "tree"}
            content = getattr(self, texts[suffix]).rstrip("\n").encode() + b"\n"
        path.write_bytes(content)
        return path

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows: the SVG, or only the text where nothing can render it."""
        bundle = {"text/plain": self.tree}
        try:
            bundle["image/svg+xml"] = self.svg
        except Exception as error:  # a display must not raise, whatever the reason
            bundle["text/plain"] += f"\n\n{type(error).__name__}: {error}"
        return bundle

    def __repr__(self) -> str:
        return f"<Drawing: {self.summary}>"

    def __str__(self) -> str:
        return self.tree
