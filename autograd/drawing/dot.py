"""A scene as DOT, the language of Graphviz.

All text goes through ``literal``, and only into HTML-like labels, where < > & " are
escaped as in HTML, and a backslash is doubled because ``\\N`` would be the node's id.
"""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING

from . import colour
from .scene import Cluster, Edge, Node, Scene
from .text import count, number, visible

if TYPE_CHECKING:
    from graphviz import Digraph

FONT = "Helvetica,Arial,sans-serif"
# From so many edges on, dot is asked for less polish; then, for straight lines, because
# finding a curved way for each edge would take longest of all.
MANY_EDGES = 250
# More numbers than this nobody reads, and they would push the nodes far apart: then colour
# says what an edge contributes, and its number is left to the tooltip.
NUMBERED_EDGES = 120
VERY_MANY_EDGES = 500

BORDERS = {  # of a node's box, by kind
    "op": {"style": "rounded,filled", "color": colour.INK},
    "parameter": {"style": "filled", "color": colour.INK, "penwidth": "2.4"},
    "input": {"style": "filled", "color": colour.INK},
    "constant": {"style": "filled", "color": colour.LINE},
}


def scene_to_dot(scene: Scene, *, title: str = "", direction: str = "LR") -> str:
    """The picture of a scene as DOT source."""
    graph = new_graph(direction)
    graph.attr(label=heading(scene, title), labelloc="t", labeljust="l")
    if len(scene.edges) > MANY_EDGES:
        graph.attr(mclimit="0.1")
    if len(scene.edges) > VERY_MANY_EDGES:
        graph.attr(splines="line", nslimit="1")
    add_cluster(graph, scene, None, members_of_clusters(scene), scene.largest_gradient)
    nodes = {node.id: node for node in scene.nodes}
    contributions = contributions_along(scene)
    largest = max(map(abs, filter(math.isfinite, contributions)), default=0.0)
    crowded = is_crowded(scene)
    ports = ("s", "n") if direction == "TB" else ("e", "w")
    if crowded:
        graph.attr(splines="line", outputorder="edgesfirst", ranksep="1.1")
    for edge, contribution in zip(scene.edges, contributions, strict=True):
        attributes = edge_attributes(edge)
        if crowded:  # no ranks in between either: each long edge would take room there
            attributes.pop("label", None)
            attributes |= {"arrowsize": "0.4", **colour.stroke(contribution, largest)}
            attributes |= {"tailport": ports[0], "headport": ports[1]}
        else:
            attributes |= placement(nodes[edge.source], nodes[edge.target])
        graph.edge(edge.source, edge.target, **attributes)
    return str(graph.source)


def is_crowded(scene: Scene) -> bool:
    """True if edges are drawn with colours instead of numbers."""
    return len(scene.edges) > NUMBERED_EDGES


def contributions_along(scene: Scene) -> list[float]:
    """What each edge passes back: the local derivative times the gradient at its end."""
    gradients = {node.id: node.grad for node in scene.nodes}
    return [(edge.partial or 0.0) * gradients[edge.target] for edge in scene.edges]


def message_to_dot(lines: list[str]) -> str:
    """A picture that is only text: its first line a headline."""
    graph = new_graph("LR")
    rows = [f"<B>{literal(lines[0], 200)}</B>", *[literal(line, 200) or " " for line in lines[1:]]]
    cells = "".join(f'<TR><TD ALIGN="LEFT">{row}</TD></TR>' for row in rows)
    graph.node("message", label=table(cells, spacing=2), style="filled", fillcolor=colour.PAPER)
    return str(graph.source)


def new_graph(direction: str) -> Digraph:
    """An empty graph with the common look."""
    import graphviz

    graph = graphviz.Digraph()
    graph.attr(
        charset="UTF-8",
        rankdir=direction,
        bgcolor="white",
        pad="0.2",
        nodesep="0.18",
        ranksep="0.45",
        fontname=FONT,
        fontsize="11",
        fontcolor=colour.INK,
    )
    graph.attr("node", shape="box", fontname=FONT, fontsize="11", margin="0.06,0.04", height="0.3")
    graph.attr(
        "edge", fontname=FONT, fontsize="9", fontcolor=colour.INK, color=colour.LINE,
        arrowsize="0.6",
    )  # fmt: skip
    return graph


def add_cluster(
    graph: Digraph,
    scene: Scene,
    cluster: Cluster | None,
    members: dict[str | None, list[Node]],
    largest: float,
) -> None:
    """Add a cluster's nodes, and the clusters within it, to its subgraph.

    Recursive: calls nested too deep for Python could not have been made.
    """
    outer = cluster.id if cluster is not None else None
    inside = members.get(outer, [])
    within = [inner for inner in scene.clusters if inner.outer == outer]
    if cluster is not None:  # dot stacks what is in a cluster from the bottom up
        inside, within = inside[::-1], within[::-1]
    for node in inside:
        graph.node(node.id, **node_attributes(node, largest))
    for inner in within:
        with graph.subgraph(name=inner.id) as subgraph:
            subgraph.attr(
                label=f"<{literal(inner.name)}>", labeljust="l", style="rounded,filled",
                fillcolor="#fafbfc", color="#afb8c1", margin="8",
            )  # fmt: skip
            add_cluster(subgraph, scene, inner, members, largest)


def members_of_clusters(scene: Scene) -> dict[str | None, list[Node]]:
    """The nodes directly within each cluster."""
    members: dict[str | None, list[Node]] = {}
    for node in scene.nodes:
        members.setdefault(node.cluster, []).append(node)
    return members


def node_attributes(node: Node, largest: float) -> dict[str, str]:
    """A node's box: name and op, data, gradient; colour by gradient, border by kind."""
    background = colour.fill(node.grad, largest)
    if not math.isfinite(node.data):
        background = colour.ALARM
    attributes = {"label": node_label(node), "fillcolor": background}
    attributes |= {"fontcolor": colour.ink(background), **BORDERS[node.kind]}
    if node.is_ghost:
        attributes["style"] += ",dashed"
    if node.is_output:
        attributes["peripheries"] = "2"
    if node.is_marked:
        attributes |= {"color": colour.MARK, "penwidth": "5"}
    return attributes


def node_label(node: Node) -> str:
    """Two aligned columns below a headline."""
    parts = []
    if node.name:
        parts.append(f"<B>{literal(node.name)}</B>")
    if node.symbol:
        parts.append(f'<FONT POINT-SIZE="13">{literal(node.symbol)}</FONT>')
    headline = "&#160;&#160;".join(parts)
    rows = f'<TR><TD COLSPAN="2">{headline}</TD></TR>' if headline else ""
    rows += row("data", node.data)
    if node.kind != "constant":
        rows += row("grad", node.grad)
    return table(rows)


def row(what: str, x: float) -> str:
    """One number: what it is to the left, its digits to the right."""
    value = number(x) if math.isfinite(x) else f"<B>{number(x)}</B>"
    return (
        f'<TR><TD ALIGN="LEFT"><FONT POINT-SIZE="9">{what}&#160;</FONT></TD>'
        f'<TD ALIGN="RIGHT">{value}</TD></TR>'
    )


def table(rows: str, spacing: int = 0) -> str:
    """An HTML-like label."""
    return (
        f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="{spacing}" CELLPADDING="1">{rows}</TABLE>>'
    )


def edge_attributes(edge: Edge) -> dict[str, str]:
    """The local derivative; dashed where nothing flows back."""
    if edge.partial is None:
        return {"label": "no edge", "style": "dashed", "arrowhead": "empty"}
    if not math.isfinite(edge.partial):
        label = f"<<B>{number(edge.partial)}</B>>"
        return {"label": label, "color": colour.ALARM, "penwidth": "2"}
    return {"label": number(edge.partial)}


def placement(source: Node, target: Node) -> dict[str, str]:
    """What makes clusters follow each other from left to right.

    An edge between clusters spans two ranks: the one between is for the leaves of the
    second cluster, which would otherwise stand in the columns of the first. The weight
    lets what comes out of a cluster go straight on.
    """
    if source.cluster == target.cluster:
        return {}
    return {"minlen": "2"} if source.kind != "op" else {"minlen": "2", "weight": "4"}


def heading(scene: Scene, title: str) -> str:
    """The title, and a line that explains the signs used in this very picture."""
    swatch = '<TD BGCOLOR="{}" WIDTH="14" HEIGHT="10" FIXEDSIZE="TRUE" BORDER="1" COLOR="{}"></TD>'
    cells = []

    def explain(background: str, meaning: str) -> None:
        cells.append(swatch.format(background, colour.LINE) + f"<TD>{meaning}&#160;&#160;</TD>")

    if scene.has_gradients:
        explain(colour.POSITIVE, "gradient &gt; 0")
        explain(colour.NEGATIVE, "gradient &lt; 0")
    if any(not (math.isfinite(n.grad) and math.isfinite(n.data)) for n in scene.nodes):
        explain(colour.ALARM, "nan or inf")
    kinds = {node.kind for node in scene.nodes}
    signs = {
        "parameter": "thick border: parameter",
        "input": "square corners: input",
        "constant": "grey border: constant",
    }
    meanings = [meaning for kind, meaning in signs.items() if kind in kinds]
    meanings.append("double border: output")
    if any(node.is_marked for node in scene.nodes):
        meanings.append(f'<FONT COLOR="{colour.MARK}"><B>very thick red border: marked</B></FONT>')
    if any(node.is_ghost for node in scene.nodes):
        meanings.append("dashed border: copy of a node used in several places")
    if is_crowded(scene):
        meanings.append("colour of an edge: what it passes back; local derivatives in its tooltip")
    else:
        meanings.append("on edges: local derivatives")
    if scene.left_out:
        meanings.append(f"{count(scene.left_out, 'parameter')} left out")
    if not scene.has_gradients:
        meanings.append("all gradients are 0: no backward() yet")
    cells.append(f"<TD>{' · '.join(meanings)}</TD>")
    headline = (
        f'<TR><TD ALIGN="LEFT"><FONT POINT-SIZE="14"><B>{literal(title, 100)}</B></FONT></TD></TR>'
    )
    legend = (
        '<TR><TD ALIGN="LEFT"><FONT POINT-SIZE="9"><TABLE BORDER="0" CELLBORDER="0" '
        f'CELLSPACING="2" CELLPADDING="0"><TR>{"".join(cells)}</TR></TABLE></FONT></TD></TR>'
    )
    return table((headline if title else "") + legend)


def literal(text: str, longest: int = 40) -> str:
    r"""Text as the content of an HTML-like label that shows exactly this text.

    >>> print(literal(r"a<b \N"))
    a&lt;b \\N
    """
    escaped = html.escape(visible(text, longest)).replace("\\", "\\\\")
    return escaped.replace("  ", " &#160;")
