"""A picture as one HTML file: no scripts, no network, readable by day and by night."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Sequence

CSS = """
:root { color-scheme: light dark; }
body { margin: 2rem; font: 16px/1.5 system-ui, Helvetica, Arial, sans-serif;
  color: #1f2328; background: #f6f8fa; }
h1 { margin: 0; font-size: 1.4rem; overflow-wrap: anywhere; }
p { margin: .25rem 0 1rem; }
figure { margin: 0 0 1rem; overflow-x: auto; }
figure svg { display: block; }
details { margin: .5rem 0; }
summary { cursor: pointer; }
pre { padding: 1rem; overflow-x: auto; border: 1px solid #d0d7de; border-radius: 10px;
  background: #ffffff; font: 13px/1.45 ui-monospace, "DejaVu Sans Mono", Consolas, monospace; }
@media (prefers-color-scheme: dark) {
  body { color: #e6edf3; background: #0d1117; }
  pre { border-color: #30363d; background: #161b22; }
}
"""


def page(
    *,
    title: str,
    summary: str,
    svg: str,
    tree: str,
    dot: str,
    levels: Sequence[tuple[str, str]] = (),
) -> str:
    """The page. Only its own style sheet is allowed in it, by hash; all else is forbidden.

    ``levels`` are summaries and pictures of a folded graph, each opened within the one before.
    """
    digest = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
<style>{CSS}</style>
</head>
<body>
<h1>{html.escape(title)}</h1>
<p>{html.escape(summary)}</p>
<figure>
{svg}</figure>
{nested(levels)}<details><summary>As text</summary>
<pre>{html.escape(tree)}</pre>
</details>
<details><summary>DOT source</summary>
<pre>{html.escape(dot)}</pre>
</details>
</body>
</html>
"""


def nested(levels: Sequence[tuple[str, str]]) -> str:
    """Each level as a section that can be opened, within the one before."""
    text = ""
    for i, (summary, svg) in reversed(list(enumerate(levels))):
        what = f"Level {i} of {len(levels) - 1}: {html.escape(summary)}"
        text = f"<details><summary>{what}</summary>\n<figure>\n{svg}</figure>\n{text}</details>\n"
    return text
