"""Report: one self-contained HTML page about one training run."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any


class Report:
    """A page in the making: a title, headline figures, and sections in the order they are added.

    Everything but the pictures is text, and escaped. The page needs no network, and its
    content-security policy forbids any.

    >>> report = Report("A run", "It went well.")
    >>> report.table("Settings", {"seed": "0"})
    >>> "<h2>Settings</h2>" in report.html()
    True
    """

    def __init__(self, title: str, lead: str) -> None:
        self.title = title
        self.lead = lead
        self.figures: dict[str, str] = {}
        self.model = ""  # in a few words; this and what follows is for the table of all tasks
        self.parameters = 0
        self.measured: dict[str, float] = {}  # by the names of the task's levels
        self.baselines: dict[str, str] = {}
        self._sections: list[str] = []

    def plot(self, heading: str, svg: str, caption: str) -> None:
        """Add a section with a plot, an SVG text."""
        # As an image, so that the ids inside one picture cannot meet another's.
        data = base64.b64encode(svg.encode()).decode()
        image = f'<img alt="{escape(heading)}" src="data:image/svg+xml;base64,{data}">'
        self._add(heading, image, caption)

    def drawing(self, heading: str, drawing: Any, caption: str) -> None:
        """Add a section with a picture of a graph, an ``autograd.Drawing``.

        Where nothing can render it, its text stands there, and what is missing.
        """
        try:
            content = f'<div class="graph">{drawing.svg}</div>'
        except RuntimeError as error:  # RenderError
            content = f"<p>{escape(str(error))}</p><pre>{escape(drawing.tree)}</pre>"
        self._add(heading, content, caption)

    def table(self, heading: str, rows: dict[str, str]) -> None:
        """Add a section with a table of names and texts."""
        body = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>"
            for name, text in rows.items()
        )
        self._add(heading, f"<table>{body}</table>", "")

    def grid(
        self, heading: str, header: Sequence[str], rows: Iterable[Sequence[str]], caption: str
    ) -> None:
        """Add a section with a table of several columns."""
        head = "".join(f"<th>{escape(name)}</th>" for name in header)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows
        )
        self._add(heading, f"<table><tr>{head}</tr>{body}</table>", caption)

    def _add(self, heading: str, content: str, caption: str) -> None:
        text = f"<p>{escape(caption)}</p>" if caption else ""
        self._sections.append(f"<section><h2>{escape(heading)}</h2>{text}{content}</section>")

    def html(self) -> str:
        """The whole page."""
        figures = "".join(
            f"<div><strong>{escape(figure)}</strong><span>{escape(name)}</span></div>"
            for name, figure in self.figures.items()
        )
        return _PAGE.format(
            title=escape(self.title),
            lead=escape(self.lead),
            figures=figures,
            sections="\n".join(self._sections),
        )

    def save(self, path: str | Path) -> Path:
        """Write the page; folders are made as needed. The path comes back."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.html(), encoding="utf-8")
        return path


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1c2330; --soft: #5b6675; --paper: #f6f7f9;
         --card: #ffffff; --line: #dfe3e8; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e6e9ee; --soft: #9aa5b4; --paper: #14181e; --card: #1d232b; --line: #333c47; }}
}}
body {{ margin: 0; background: var(--paper); color: var(--ink);
        font: 16px/1.55 system-ui, sans-serif; }}
main {{ max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 4rem; }}
h1 {{ margin: 0 0 .25rem; font-size: 2rem; }}
h2 {{ margin: 0 0 .5rem; font-size: 1.2rem; }}
p {{ margin: 0 0 1rem; color: var(--soft); max-width: 48rem; }}
.figures {{ display: flex; flex-wrap: wrap; gap: 1rem; margin: 1.5rem 0; }}
.figures div {{ flex: 1 1 10rem; background: var(--card); border: 1px solid var(--line);
                border-radius: .75rem; padding: .75rem 1rem; }}
.figures strong {{ display: block; font-size: 1.3rem; white-space: nowrap;
                   font-variant-numeric: tabular-nums; }}
.figures span {{ color: var(--soft); font-size: .9rem; }}
section {{ background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
           padding: 1.25rem; margin: 1rem 0; }}
section {{ overflow-x: auto; }}
section img {{ display: block; max-width: 100%; margin: 0 auto; background: #fff;
               border-radius: .5rem; }}
.graph {{ overflow: auto; border-radius: .5rem; }}
/* As wide as the page; narrower, nobody could read it: then it is scrolled, and can be zoomed. */
.graph svg {{ display: block; margin: 0 auto; max-width: max(100%, 54rem); height: auto; }}
pre {{ overflow: auto; max-height: 40rem; font-size: .8rem; }}
table {{ border-collapse: collapse; }}
th, td {{ text-align: left; padding: .3rem 1rem .3rem 0; vertical-align: top; }}
th {{ font-weight: 500; color: var(--soft); white-space: nowrap; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{lead}</p>
<div class="figures">{figures}</div>
{sections}
</main>
</body>
</html>
"""
