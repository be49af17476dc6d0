"""Graphviz's SVG made fit for notebooks and pages.

No prolog (it may not stand inside HTML), no ids (several pictures on one page would share
them), a role, a title and a description for screen readers, full numbers on hovering, and
a white card with round corners as background, so that dark pages do not hide the lines.

JupyterLab and nbconvert show it as an image: in a box that scrolls if it is wider than the page,
and without the words on hovering, which are there in a page of our own, or if it is opened by
itself.
"""

from __future__ import annotations

import html
import re

from .scene import Edge, Fold, Node, Scene
from .text import number, visible


def finish(svg: str, *, title: str, description: str, scene: Scene | None = None) -> str:
    """The finished SVG. ``scene`` supplies what nodes and edges say when pointed at."""
    start = svg.index("<svg")
    body = re.sub(r"<!--.*?-->\n?", "", svg[start:], flags=re.DOTALL)
    body = re.sub(r'<(g|a) id="[^"]*"', r"<\1", body)
    body = body.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "", 1)
    body = re.sub(r'<polygon fill="white" stroke="none" points="([^"]*)"/>', _card, body, count=1)
    tips = tooltips(scene) if scene is not None else {}
    body = re.sub(
        r"<title>([^<]*)</title>\n?",
        lambda found: (
            f"<title>{_escape(tip)}</title>\n" if (tip := tips.get(html.unescape(found[1]))) else ""
        ),
        body,
    )
    head = f"<title>{_escape(title)}</title>\n<desc>{_escape(description)}</desc>\n"
    opening, rest = body.split(">", 1)
    return f'{opening} role="img">\n{head}{rest.lstrip()}'


def tooltips(scene: Scene) -> dict[str, str]:
    """What to show for each of the names that Graphviz gives to nodes, edges and clusters."""
    names = {node.id: node_name(node) for node in scene.nodes}
    names |= {fold.id: fold_name(fold) for fold in scene.folds}
    tips = {node.id: node_tip(node) for node in scene.nodes}
    tips |= {fold.id: fold_tip(fold) for fold in scene.folds}
    tips |= {cluster.id: visible(cluster.name, 200) for cluster in scene.clusters}
    for edge in scene.edges:
        name = f"{edge.source}->{edge.target}"
        tip = edge_tip(edge, names[edge.source], names[edge.target])
        tips[name] = f"{tips[name]}\n{tip}" if name in tips else tip
    return tips


def node_tip(node: Node) -> str:
    """A node in one line, all digits shown."""
    name = visible(node.name, 200) or visible(node.symbol) or node.kind
    marked = " (marked)" if node.is_marked else ""
    return f"{name}{marked}: data {node.data!r}, grad {node.grad!r}"


def fold_tip(fold: Fold) -> str:
    """What is folded into a box, line by line."""
    return "\n".join([fold_name(fold), *(visible(line, 200) for line in fold.about)])


def node_name(node: Node) -> str:
    """What to call a node in the tip of an edge."""
    return visible(node.name) or visible(node.symbol) or number(node.data)


def fold_name(fold: Fold) -> str:
    """What to call a box of many nodes."""
    return f"{visible(fold.name, 200)} {visible(fold.times)}".strip() or fold.kind


def edge_tip(edge: Edge, below: str, above: str) -> str:
    """The local derivative in full; of many edges, how many there are and what they pass back."""
    if edge.count > 1:
        return f"{edge.count:,} edges from {below} to {above}: what they pass back has norm " + (
            number(edge.passed)
        )
    if edge.partial is None:
        return f"operand {edge.operand} of {above}: no edge, nothing flows back to {below}"
    return f"∂({above})/∂({below}) = {edge.partial!r}"


def _card(found: re.Match[str]) -> str:
    corners = [tuple(map(float, pair.split(","))) for pair in found[1].split()]
    xs, ys = zip(*corners, strict=True)
    return (
        f'<rect x="{min(xs):.2f}" y="{min(ys):.2f}" width="{max(xs) - min(xs):.2f}" '
        f'height="{max(ys) - min(ys):.2f}" rx="10" fill="white"/>'
    )


def _escape(text: str) -> str:
    return html.escape(text, quote=False)
