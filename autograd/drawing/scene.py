"""What a picture shows, as plain data: nodes, edges, clusters. No formatting, no layout.

A scene is a snapshot: it holds numbers and names, no Values, so it neither changes with
the graph nor keeps it alive.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from ..primitives.table import Primitive
from ..scopes import Scope
from ..value import Value
from .membership import Membership, chain, common, scopes_in
from .names import Names

Kind = Literal["op", "parameter", "input", "constant"]

# A leaf used at depths further apart than this is drawn again, closer to its use: dot
# pays for every rank that an edge crosses, and readers lose the thread.
LONGEST_REACH = 6


@dataclass(frozen=True, slots=True)
class Node:
    """A box: one Value, or one more copy (``is_ghost``) of a leaf that several places use."""

    id: str
    kind: Kind
    name: str
    symbol: str
    data: float
    grad: float
    cluster: str | None
    is_ghost: bool = False
    is_output: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """Operand number ``operand`` of ``target``, and its local derivative; None: no edge."""

    source: str
    target: str
    operand: int
    partial: float | None


@dataclass(frozen=True, slots=True)
class Cluster:
    """One call of something scoped, within the cluster ``outer``."""

    id: str
    name: str
    outer: str | None


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that a picture shows, in an order that depends on the program alone."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    clusters: tuple[Cluster, ...]

    @property
    def largest_gradient(self) -> float:
        """The largest finite |gradient|; 0 before any backward pass."""
        finite = (abs(node.grad) for node in self.nodes if math.isfinite(node.grad))
        return max(finite, default=0.0)

    @property
    def has_gradients(self) -> bool:
        """False before any backward pass (or if all gradients are exactly 0)."""
        return any(node.grad != 0.0 for node in self.nodes)


def build_scene(order: list[Value], names: Names, *, scopes: bool = True) -> Scene:
    """The scene of a graph, given as its nodes in topological order."""
    found = scopes_in(order) if scopes else []
    membership = Membership(order) if found else None
    clusters = cluster_tree(found)
    ids = {id(node): f"n{i}" for i, node in enumerate(order)}
    copies = copies_of_leaves(order, membership)

    nodes: list[Node] = []
    drawn_as: dict[tuple[int, int], str] = {}  # (leaf, user) -> id of the copy to draw from
    for node in order:
        for i, copy in enumerate(copies.get(id(node), [])):
            copy_id = ids[id(node)] + (f"_{i}" if i else "")
            drawn_as.update({(id(node), user): copy_id for user in copy.users})
            nodes.append(describe(node, names, copy_id, clusters, copy.place, copy.is_ghost))
        if id(node) not in copies:
            place = membership.home[id(node)] if membership else None
            is_output = node is order[-1]
            nodes.append(describe(node, names, ids[id(node)], clusters, place, False, is_output))
    edges = [
        Edge(drawn_as.get((id(parent), id(node)), ids[id(parent)]), ids[id(node)], i, partial)
        for node in order
        for i, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True))
    ]
    used = {node.cluster for node in nodes}
    for cluster in reversed(clusters.values()):  # inner ones first
        if cluster.id in used:
            used.add(cluster.outer)
    return Scene(tuple(nodes), tuple(edges), tuple(c for c in clusters.values() if c.id in used))


def describe(
    node: Value,
    names: Names,
    node_id: str,
    clusters: dict[int, Cluster],
    place: Scope | None,
    is_ghost: bool = False,
    is_output: bool = False,
) -> Node:
    """A node's box."""
    primitive = node.primitive
    symbol = primitive.symbol if isinstance(primitive, Primitive) else ""
    cluster = clusters[id(place)].id if place is not None else None
    kind = kind_of(node, names)
    return Node(
        node_id, kind, names(node), symbol, node.data, node.grad, cluster, is_ghost, is_output
    )


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


@dataclass(slots=True)
class Copy:
    """One place where a leaf is drawn, and who (by id) uses it there."""

    place: Scope | None
    users: list[int]
    is_ghost: bool = False


def copies_of_leaves(order: list[Value], membership: Membership | None) -> dict[int, list[Copy]]:
    """Where to draw each leaf: once in every scope that uses it, and not too far from its use."""
    depth: dict[int, int] = {}
    users: dict[int, list[Value]] = {}
    for node in order:
        depth[id(node)] = 1 + max((depth[id(parent)] for parent in node.parents), default=-1)
        for parent in node.parents:
            if parent.is_leaf:
                users.setdefault(id(parent), []).append(node)
    copies: dict[int, list[Copy]] = {}
    for leaf in order:
        if id(leaf) not in users:
            continue
        using = users[id(leaf)]
        places = membership.places(leaf, using) if membership else {}
        by_place: dict[int, list[Copy]] = {}
        for user in sorted(using, key=lambda user: depth[id(user)]):
            place = places.get(id(user))
            here = by_place.setdefault(id(place), [])
            if not here or depth[id(user)] - depth[here[-1].users[0]] > LONGEST_REACH:
                here.append(Copy(place, []))
            here[-1].users.append(id(user))
        found = [copy for here in by_place.values() for copy in here]
        around = found[0].place
        for copy in found:
            around = common(around, copy.place)
        original = next((copy for copy in found if copy.place is around), None)
        for copy in found:
            copy.is_ghost = copy is not original
        copies[id(leaf)] = found
    return copies
