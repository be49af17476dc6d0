"""Figures off screen, and Picture: what every plot returns."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

# Okabe & Ito's palette, which colour-blind readers can tell apart.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
STYLES = ["-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1))]  # for those who see no colour
SIZES = "cividis"
"""The map of what has no sign: made to look the same to colour-blind readers."""
SIGNED = "PuOr"
"""The map of what has one."""

SUFFIXES = (".svg", ".png", ".pdf")


class Picture:
    """A plot: a notebook shows it; ``.svg`` is its text; ``.save(path)`` writes a file.

    The same numbers make the same SVG, to the letter.
    """

    def __init__(self, figure: Any, title: str, description: str) -> None:
        self.figure = figure
        self.title = title
        self.description = description

    @cached_property
    def svg(self) -> str:
        """The picture as SVG, with a title and a description for those who do not see it."""
        text = self._written("svg").decode()
        start = text[text.index("<svg") :]
        head, rest = start.split(">", 1)
        about = f"<title>{escape(self.title)}</title><desc>{escape(self.description)}</desc>"
        return f'{head} role="img">{about}{rest}'

    def png(self, dpi: int = 100) -> bytes:
        """The picture as PNG."""
        return self._written("png", dpi=dpi)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write .svg, .png or .pdf, as the suffix says; the path comes back."""
        path = Path(path)
        kind = path.suffix.lower()
        if kind not in SUFFIXES:
            raise ValueError(f"save(path): {path.name!r} must end in one of {', '.join(SUFFIXES)}")
        path.write_bytes(self.svg.encode() if kind == ".svg" else self._written(kind[1:]))
        return path

    def _written(self, kind: str, **options: Any) -> bytes:
        # Neither dates nor versions: the same picture is the same file.
        metadata = {"svg": {"Date": None}, "png": {"Software": None}, "pdf": {"CreationDate": None}}
        buffer = io.BytesIO()
        with style():
            self.figure.savefig(buffer, format=kind, metadata=metadata[kind], **options)
        return buffer.getvalue()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle = {"text/plain": f"{self.title}: {self.description}"}
        try:
            bundle["image/svg+xml"] = self.svg
        except Exception as error:  # a display must not raise, whatever the reason
            bundle["text/plain"] += f"\n{type(error).__name__}: {error}"
        return bundle

    def __repr__(self) -> str:
        return f"<Picture: {self.title}>"


def require_matplotlib() -> None:
    """``ImportError`` that says what to install if matplotlib is missing."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ImportError("plots need matplotlib: pip install 'scalar-autograd[plots]'") from None


STYLE: Any = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "font.size": 10,
    "font.family": "DejaVu Sans",  # matplotlib's own, which is there on every machine
    "text.usetex": False,
    "svg.hashsalt": "scalar-autograd",  # ids that do not change from run to run
}


def style() -> Any:
    """A context in which matplotlib draws our way, whatever the user has set."""
    import matplotlib.style

    return matplotlib.style.context(["default", STYLE])


def plain(name: str) -> str:
    """A name as matplotlib's text: a dollar in it begins no formula.

    >>> plain("a$b")
    'a\\\\$b'
    """
    return name.replace("$", r"\$")


@contextmanager
def new_figure(rows: int, columns: int, size: tuple[float, float], **options: Any) -> Iterator[Any]:
    """A figure and its axes, off screen, whatever backend the user works with."""
    require_matplotlib()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with style():
        figure = Figure(figsize=size, layout="constrained", facecolor="white")
        FigureCanvasAgg(figure)
        yield figure, figure.subplots(rows, columns, **options)
