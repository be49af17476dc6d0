"""A scene as DOT, the language of Graphviz.

All text goes through ``labels``, which escapes it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from . import colour
from .labels import fold_label, literal, node_label
from .legend import heading
from .scene import Cluster, Edge, Fold, Node, Scene
from .text import number

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

LEAVES = ("parameter", "input", "constant", "leaves")
BORDERS = {  # of a node's box, by kind
    "op": {"style": "rounded,filled", "color": colour.INK},
    "parameter": {"style": "filled", "color": colour.INK, "penwidth": "2.4"},
    "input": {"style": "filled", "color": colour.INK},
    "constant": {"style": "filled", "color": colour.LINE},
}


def scene_to_dot(scene: Scene, *, title: str = "", direction: str = "LR") -> str:
    """The picture of a scene as DOT source."""
    graph = new_graph(direction)
    crowded = is_crowded(scene)
    graph.attr(label=heading(scene, title, crowded=crowded), labelloc="t", labeljust="l")
    if len(scene.edges) > MANY_EDGES:
        graph.attr(mclimit="0.1")
    if len(scene.edges) > VERY_MANY_EDGES:
        graph.attr(splines="line", nslimit="1")
    add_cluster(graph, scene, None, members_of_clusters(scene), scene.largest_gradient)
    places = {box.id: box for box in scene.boxes}
    contributions = contributions_along(scene)
    largest = max(map(abs, filter(math.isfinite, contributions)), default=0.0)
    with_leaves = {box.cluster for box in scene.boxes if box.kind in LEAVES} - {None}
    ports = ("s", "n") if direction == "TB" else ("e", "w")
    if crowded:
        graph.attr(splines="line", outputorder="edgesfirst", ranksep="1.1")
    for edge, contribution in zip(scene.edges, contributions, strict=True):
        attributes = edge_attributes(edge)
        source, target = places[edge.source], places[edge.target]
        if crowded:
            attributes.pop("label", None)
            attributes |= {"arrowsize": "0.4", **colour.stroke(contribution, largest)}
            attributes |= {"tailport": ports[0], "headport": ports[1]}
        # In a crowd, each edge through a rank between takes room there: only where it is needed.
        attributes |= placement(source, target, spread=not crowded or target.cluster in with_leaves)
        graph.edge(edge.source, edge.target, **attributes)
    return str(graph.source)


def is_crowded(scene: Scene) -> bool:
    """True if edges are drawn with colours instead of numbers."""
    return len(scene.edges) > NUMBERED_EDGES


def contributions_along(scene: Scene) -> list[float]:
    """What each edge passes back: the local derivative times the gradient at its end."""
    gradients = {node.id: node.grad for node in scene.nodes}
    return [
        (edge.partial or 0.0) * gradients[edge.target] if edge.passed is None else edge.passed
        for edge in scene.edges
    ]


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
    members: dict[str | None, list[Node | Fold]],
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
    typical = max((f.typical for f in scene.folds if math.isfinite(f.norm)), default=0.0)
    for box in inside:
        if isinstance(box, Fold):
            graph.node(box.id, **fold_attributes(box, typical))
        else:
            graph.node(box.id, **node_attributes(box, largest))
    for inner in within:
        with graph.subgraph(name=inner.id) as subgraph:
            subgraph.attr(
                label=cluster_label(inner), labeljust="l", style="rounded,filled",
                fillcolor="#fafbfc", color="#afb8c1", margin="8",
            )  # fmt: skip
            add_cluster(subgraph, scene, inner, members, largest)


def members_of_clusters(scene: Scene) -> dict[str | None, list[Node | Fold]]:
    """The boxes directly within each cluster."""
    members: dict[str | None, list[Node | Fold]] = {}
    for box in scene.boxes:
        members.setdefault(box.cluster, []).append(box)
    return members


def cluster_label(cluster: Cluster) -> str:
    """A cluster's name, and what there is to say of it in small type."""
    note = literal(cluster.note, 100)
    small = f'<BR ALIGN="LEFT"/><FONT POINT-SIZE="9">{note}</FONT><BR ALIGN="LEFT"/>'
    return f"<{literal(cluster.name)}{small if note else ''}>"


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


def fold_attributes(fold: Fold, largest: float) -> dict[str, str]:
    """The box of many nodes: a shadow behind it, and its colour by its typical gradient."""
    background = colour.fill_by_size(fold.typical, largest)
    shape = {"scope": "box3d", "ops": "box3d", "leaves": "box", "gap": "plaintext"}[fold.kind]
    attributes = {
        "label": fold_label(fold),
        "fillcolor": background,
        "shape": shape,
        "margin": "0.1,0.05",
    }
    attributes |= {"fontcolor": colour.ink(background), "style": "filled"}
    attributes |= {"color": colour.INK if fold.kind != "gap" else colour.PAPER}
    if fold.is_ghost:
        attributes["style"] += ",dashed"
    if fold.is_output:
        attributes["peripheries"] = "2"
    if fold.is_marked:
        attributes |= {"color": colour.MARK, "penwidth": "4", "margin": "0.16,0.12"}
    return attributes


def edge_attributes(edge: Edge) -> dict[str, str]:
    """The local derivative; dashed where nothing flows back."""
    if edge.count != 1:  # several, or one that stands for no derivative
        return {}
    if edge.partial is None:
        return {"label": "no edge", "style": "dashed", "arrowhead": "empty"}
    if not math.isfinite(edge.partial):
        label = f"<<B>{number(edge.partial)}</B>>"
        return {"label": label, "color": colour.ALARM, "penwidth": "2"}
    return {"label": number(edge.partial)}


def placement(source: Node | Fold, target: Node | Fold, *, spread: bool) -> dict[str, str]:
    """What makes clusters follow each other from left to right, and a chain of ops straight.

    An edge between clusters spans two ranks, if they are to be ``spread``: the one between is
    for the leaves of the second cluster, which would otherwise stand in the columns of the
    first. The weight lets what comes out of an op go straight on, its constants beside it:
    they would push a chain aside at every step.
    """
    weight = {} if source.kind in LEAVES else {"weight": "4"}
    apart = spread and source.cluster != target.cluster
    return {**weight, "minlen": "2"} if apart else weight
