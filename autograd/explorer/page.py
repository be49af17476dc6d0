"""The explorer as one HTML file: it asks the network for nothing, and is forbidden to.

Its program is a third of its size when compressed, so it comes compressed. A few lines unpack
it; like them, it runs only because its hash is in the content-security policy.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import zlib
from typing import Any

from .assets import script, style

UNPACK = """
const packed = atob(document.getElementById("program").textContent);
const bytes = Uint8Array.from(packed, (c) => c.charCodeAt(0));
const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
const program = document.createElement("script");
program.type = "module";
program.textContent = await new Response(plain).text();
document.body.append(program);
"""
PAGE_STYLE = """
html { color-scheme: light dark; }
body { margin: 0; background: #eef1f4; }
main { max-width: 1600px; margin: 0 auto; padding: 10px; }
main .ag-main { height: calc(100vh - 118px); min-height: 420px; }
@media (prefers-color-scheme: dark) { body { background: #05080c; } }
@media (max-width: 780px) { main { padding: 0; } main .ag-main { height: auto; } }
"""


def page(snapshot: dict[str, Any]) -> str:
    """The page. Its own script and style sheet are allowed, by hash; all else is forbidden."""
    program = f"{script()}startPage();\n"
    css = style() + PAGE_STYLE
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest(program)}' 'sha256-{digest(UNPACK)}'; "
        f"style-src 'sha256-{digest(css)}'; base-uri 'none'; form-action 'none'"
    )
    title = html.escape(snapshot["title"] or "Computation graph")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{css}</style>
</head>
<body>
<main></main>
<noscript>The explorer of {title} is a program in JavaScript, which is turned off here.</noscript>
<script type="application/json" id="snapshot">{in_script(snapshot)}</script>
<script type="text/plain" id="program">{packed(program)}</script>
<script type="module">{UNPACK}</script>
</body>
</html>
"""


def in_script(snapshot: dict[str, Any]) -> str:
    """JSON that cannot end the element it stands in, whatever the labels are."""
    text = json.dumps(snapshot, separators=(",", ":"))  # ASCII alone
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def packed(program: str) -> str:
    """A program as base64 of its compressed text."""
    return base64.b64encode(zlib.compress(program.encode(), 9)).decode()


def digest(text: str) -> str:
    """The hash by which a content-security policy knows an element's text."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
