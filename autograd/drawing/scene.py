"""What a picture shows, as plain data: nodes, edges, clusters. No formatting, no layout.

A scene is a snapshot: it holds numbers and names, no Values, so it neither changes with
the graph nor keeps it alive.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from ..primitives.table import Primitive
from ..scopes import Scope
from ..value import Value
from .copies import copies
from .membership import Membership, chain, scopes_in
from .names import Names

Kind = Literal["op", "parameter", "input", "constant"]


@dataclass(frozen=True, slots=True)
class Node:
    """A box: one Value, or one more copy (``is_ghost``) of one, near a distant use."""

    id: str
    kind: Kind
    name: str
    symbol: str
    data: float
    grad: float
    cluster: str | None
    is_ghost: bool = False
    is_output: bool = False
    is_marked: bool = False
    hidden_operands: int = 0  # which a picture of a part leaves out
    hidden_uses: int = 0


@dataclass(frozen=True, slots=True)
class Fold:
    """A box for many Values: calls of a scope, results of like ops, or leaves.

    ``about`` are lines that say what is inside. ``low`` and ``high`` are the extremes of the
    finite gradients, ``norm`` is √Σgrad² over all.
    """

    id: str
    kind: Literal["scope", "ops", "leaves", "gap"]
    name: str
    times: str
    about: tuple[str, ...]
    size: int
    norm: float
    low: float
    high: float
    cluster: str | None
    is_ghost: bool = False
    is_output: bool = False
    is_marked: bool = False

    @property
    def typical(self) -> float:
        """The gradient's root mean square, to compare boxes of different sizes."""
        return self.norm / math.sqrt(self.size)


@dataclass(frozen=True, slots=True)
class Edge:
    """Operand number ``operand`` of ``target``, and its local derivative; None: no edge.

    Between folds, ``count`` edges are one, and ``passed`` is the norm of what they pass back.
    """

    source: str
    target: str
    operand: int
    partial: float | None
    count: int = 1
    passed: float | None = None


@dataclass(frozen=True, slots=True)
class Cluster:
    """One call of something scoped (or several alike), within the cluster ``outer``."""

    id: str
    name: str
    outer: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that a picture shows, in an order that depends on the program alone."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    clusters: tuple[Cluster, ...]
    left_out: int = 0  # parameters that were left out, with their edges
    folds: tuple[Fold, ...] = ()
    meanings: tuple[str, ...] = ()  # what the legend says, if not what it says of graphs

    @property
    def boxes(self) -> tuple[Node | Fold, ...]:
        """All boxes, those for many Values last."""
        return (*self.nodes, *self.folds)

    @property
    def largest_gradient(self) -> float:
        """The largest finite |gradient|; 0 before any backward pass."""
        gradients = [node.grad for node in self.nodes]
        gradients += [extreme for fold in self.folds for extreme in (fold.low, fold.high)]
        return max((abs(grad) for grad in gradients if math.isfinite(grad)), default=0.0)

    @property
    def has_gradients(self) -> bool:
        """False before any backward pass (or if all gradients are exactly 0)."""
        folds = any(fold.norm != 0.0 for fold in self.folds)
        return folds or any(node.grad != 0.0 for node in self.nodes)

    @property
    def has_finite_gradients(self) -> bool:
        """False if a gradient is nan or inf."""
        gradients = [node.grad for node in self.nodes] + [fold.norm for fold in self.folds]
        return all(map(math.isfinite, gradients))


def build_scene(
    order: list[Value],
    names: Names,
    *,
    scopes: bool = True,
    marked: Collection[int] = (),
    part: Collection[int] | None = None,
) -> Scene:
    """The scene of a graph, given as its nodes in topological order.

    Nodes whose ids are ``marked`` stand out. Of ``part``, only the nodes with these ids.
    """
    found = scopes_in(order) if scopes else []
    clusters = cluster_tree(found)
    shown = order if part is None else [node for node in order if id(node) in part]
    drawn = copies(shown, Membership(order) if found else None)

    nodes: list[Node] = []
    ids: dict[int, str] = {}
    drawn_as: dict[tuple[int, int], str] = {}  # (node, who uses it) -> the ghost to draw from
    for n, node in enumerate(shown):
        ids[id(node)] = f"n{n}"
        for i, copy in enumerate(drawn[id(node)]):
            copy_id = f"n{n}_{i}" if i else f"n{n}"
            drawn_as.update({(id(node), user): copy_id for user in copy.users})
            cluster = clusters[id(copy.place)].id if copy.place is not None else None
            box = describe(node, names, copy_id, cluster, copy.is_ghost, node is order[-1])
            nodes.append(replace(box, is_marked=True) if id(node) in marked else box)
    edges = [
        Edge(drawn_as.get((id(parent), id(node)), ids[id(parent)]), ids[id(node)], i, partial)
        for node in shown
        for i, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True))
        if id(parent) in ids
    ]
    if part is not None:
        nodes = with_hidden_edges(nodes, hidden_edges(order, ids))
    used = {node.cluster for node in nodes}
    for scope_cluster in reversed(clusters.values()):  # inner ones first
        if scope_cluster.id in used:
            used.add(scope_cluster.outer)
    kept = tuple(c for c in clusters.values() if c.id in used)
    return Scene(tuple(nodes), tuple(edges), kept)


def hidden_edges(order: list[Value], shown: dict[int, str]) -> dict[str, list[int]]:
    """For each node that is shown, how many operands and uses of it are not."""
    hidden: dict[str, list[int]] = {box: [0, 0] for box in shown.values()}
    for node in order:
        target = shown.get(id(node))
        if target is None and shown.keys().isdisjoint(map(id, node.parents)):
            continue
        for parent in node.parents:
            source = shown.get(id(parent))
            if target is not None and source is None:
                hidden[target][0] += 1
            elif source is not None and target is None:
                hidden[source][1] += 1
    return hidden


def with_hidden_edges(nodes: list[Node], hidden: dict[str, list[int]]) -> list[Node]:
    """The nodes, each saying what is hidden around it."""
    return [
        replace(node, hidden_operands=hidden[node.id][0], hidden_uses=hidden[node.id][1])
        if node.id in hidden
        else node
        for node in nodes
    ]


def without_parameters(scene: Scene, left_out: int) -> Scene:
    """The scene without its parameters, ``left_out`` of them: less to see, the same flow."""
    nodes = tuple(
        node for node in scene.nodes if node.kind != "parameter" or node.is_output or node.is_marked
    )
    shown = {node.id for node in nodes}
    edges = tuple(edge for edge in scene.edges if edge.source in shown)
    return replace(scene, nodes=nodes, edges=edges, left_out=left_out)


def describe(
    node: Value, names: Names, node_id: str, cluster: str | None, is_ghost: bool, is_output: bool
) -> Node:
    """A node's box."""
    kind, symbol = kind_of(node, names), symbol_of(node)
    return Node(
        node_id, kind, names(node), symbol, node.data, node.grad, cluster, is_ghost, is_output
    )


def symbol_of(node: Value) -> str:
    """The sign of the op that made a node, "" for a leaf."""
    primitive = node.primitive
    return primitive.symbol if isinstance(primitive, Primitive) else ""


def kind_of(node: Value, names: Names) -> Kind:
    """What a node is to its reader."""
    if not node.is_leaf:
        return "op"
    if not node.requires_grad:
        return "constant"
    return "parameter" if names.is_parameter(node) else "input"


def cluster_tree(scopes: list[Scope]) -> dict[int, Cluster]:
    """A cluster for each scope (by id), outer ones before those within."""
    clusters: dict[int, Cluster] = {}
    for innermost in scopes:
        for scope in chain(innermost):
            if id(scope) not in clusters:
                outer = clusters[id(scope.outer)].id if scope.outer is not None else None
                clusters[id(scope)] = Cluster(f"cluster_{len(clusters)}", scope.name, outer)
    return clusters
