"""The scene of a folded graph: boxes for regions, for like nodes and for their leaves."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from ..value import Value
from .amounts import Amount
from .bundles import Bundle, bundles
from .folding import Folding
from .membership import leaves
from .names import Names
from .regions import Region
from .scene import Cluster, Edge, Fold, Node, Scene, describe, kind_of
from .text import count
from .wording import in_common, symbols, times, title

MOST_LEAF_BOXES = 4  # beside one box of nodes

Box = Region | tuple[Region, int]  # a folded region, or a class of nodes in an unfolded one
Group = tuple[str, str]  # leaves of one kind, whose names differ in numbers only


def folded_scene(
    folding: Folding,
    order: list[Value],
    names: Names,
    *,
    marked: Collection[int] = (),
    hidden: Collection[int] = (),
) -> Scene:
    """The scene of a folding of a graph, given as its nodes in topological order.

    Leaves whose ids are ``hidden`` are left out.
    """
    found = {id(leaf): leaf for leaf in leaves(order)}
    return _Builder(folding, found, names, marked, hidden).scene()


class _Builder:
    """Numbers for all boxes first, then the edges between them, then what each box says."""

    def __init__(
        self,
        folding: Folding,
        leaves: dict[int, Value],
        names: Names,
        marked: Collection[int],
        hidden: Collection[int],
    ) -> None:
        self.folding, self.leaves, self.names = folding, leaves, names
        self.marked, self.hidden = marked, hidden
        self.amounts = folding.amounts()
        unfolded = [region for region in folding.every if region in folding.classes]
        self.clusters = {region: f"cluster_{i}" for i, region in enumerate(unfolded) if i}
        self.box_of, self.boxes = numbered(folding)
        self.groups: list[Group] = []
        self.number_leaves()
        self.nodes: list[Node] = []
        self.folds: list[Fold] = []
        self.edges: list[Edge] = []

    def scene(self) -> Scene:
        """The scene."""
        leaf_boxes = range(len(self.boxes), len(self.boxes) + len(self.groups))
        closed = {i for i, box in enumerate(self.boxes) if isinstance(box, Region)}
        found = bundles(self.folding.made, self.box_of, closed, leaf_boxes)
        beside: dict[int, dict[int, Bundle]] = {}
        for (source, target), bundle in found.items():
            if source in leaf_boxes:
                beside.setdefault(target, {})[source - len(self.boxes)] = bundle
            else:
                self.edges.append(edge(f"b{source}", f"b{target}", bundle))
        used_by = self.used_leaves()
        shared = shared_keys(used_by)
        for i, box in enumerate(self.boxes):
            if isinstance(box, Region):
                self.folds.append(self.of_region(i, box, used_by[i]))
            else:
                self.add_class(i, box)
                self.add_leaves(i, box[0], used_by[i], beside.get(i, {}), shared)
        clusters = [self.cluster(region) for region in self.clusters]
        return Scene(
            tuple(self.nodes), tuple(self.edges), tuple(clusters), len(self.hidden),
            tuple(self.folds),
        )  # fmt: skip

    def number_leaves(self) -> None:
        """Put each leaf into a group; groups are numbered after the boxes."""
        numbers: dict[Group, int] = {}
        for key, leaf in self.leaves.items():
            pattern = re.sub(r"[0-9]+", "*", self.names(leaf))
            group = kind_of(leaf, self.names), pattern
            if group not in numbers:
                numbers[group] = len(self.groups)
                self.groups.append(group)
            self.box_of[key] = len(self.boxes) + numbers[group]

    def used_leaves(self) -> list[set[int]]:
        """The leaves (by id) that each box uses."""
        used: list[set[int]] = [set() for _ in self.boxes]
        for node in self.folding.made:
            used[self.box_of[id(node)]].update(map(id, node.parents))
        keys = self.leaves.keys() - self.hidden
        return [operands & keys for operands in used]

    def cluster(self, region: Region) -> Cluster:
        """An unfolded region."""
        amount = self.amounts[region]
        note = ", ".join([count(amount.size, "result"), *amount.gradients])
        outer = self.clusters.get(region.outer) if region.outer is not None else None
        return Cluster(self.clusters[region], title(region), outer, note)

    def of_region(self, i: int, region: Region, used: set[int]) -> Fold:
        """The box of a folded region."""
        amount = self.amounts[region]
        by_kind: dict[str, int] = {}
        for key in used:
            kind = kind_of(self.leaves[key], self.names)
            by_kind[kind] = by_kind.get(kind, 0) + 1
        uses = [count(by_kind[kind], kind) for kind in sorted(by_kind, reverse=True)]
        about = [amount.contents, *uses, *amount.gradients]
        marked = sum(id(node) in self.marked for part in region.within() for node in part.nodes)
        if marked:
            about.append(f"{marked:,} marked")
        outer = self.clusters.get(region.outer) if region.outer is not None else None
        return Fold(
            f"b{i}", "scope", region.name, times(region), tuple(about), amount.size,
            amount.norm, amount.low, amount.high, outer,
            is_output=self.box_of[id(self.folding.made[-1])] == i, is_marked=marked > 0,
        )  # fmt: skip

    def add_class(self, i: int, box: tuple[Region, int]) -> None:
        """The box of a class of nodes."""
        part, cluster = self.folding.classes[box[0]][box[1]], self.clusters.get(box[0])
        if len(part) == 1:
            self.nodes.append(self.of_node(part[0], f"b{i}", cluster, False))
            return
        amount = Amount()
        amount.add(part)
        about = [amount.contents] if len(amount.ops) > 1 else []
        self.folds.append(
            Fold(
                f"b{i}", "ops", symbols(part), f"× {len(part):,}", (*about, *amount.gradients),
                len(part), amount.norm, amount.low, amount.high, cluster,
                is_marked=any(id(node) in self.marked for node in part),
            )
        )  # fmt: skip

    def add_leaves(
        self, i: int, region: Region, used: set[int], beside: dict[int, Bundle], shared: set[int]
    ) -> None:
        """The boxes of the leaves that a class of nodes uses, each with its edge."""
        cluster = self.clusters.get(region)
        together = len(beside) > MOST_LEAF_BOXES
        parts: dict[Group, tuple[list[Value], Bundle]] = {}
        ordered = [leaf for key, leaf in self.leaves.items() if key in used]
        for number, bundle in beside.items():
            kind, pattern = self.groups[number]
            group = (kind, "") if together else (kind, pattern)
            own = len(self.boxes) + number
            leaves = [leaf for leaf in ordered if self.box_of[id(leaf)] == own]
            if group in parts:
                parts[group][0].extend(leaves)
                parts[group][1].include(bundle)
            elif leaves:
                parts[group] = leaves, bundle
        for j, ((kind, _), (leaves, bundle)) in enumerate(parts.items()):
            box = f"l{i}_{j}"
            ghost = any(id(leaf) in shared for leaf in leaves)
            if len(leaves) == 1:
                self.nodes.append(self.of_node(leaves[0], box, cluster, ghost))
            else:
                self.folds.append(self.of_leaves(kind, leaves, box, cluster, ghost))
            self.edges.append(edge(box, f"b{i}", bundle))

    def of_leaves(
        self, kind: str, part: list[Value], box: str, cluster: str | None, ghost: bool
    ) -> Fold:
        """The box of several leaves."""
        amount = Amount()
        amount.add(part)
        what, name = count(len(part), kind), in_common([self.names(leaf) for leaf in part])
        about = ([what] if name else []) + (amount.gradients if kind != "constant" else [])
        return Fold(
            box, "leaves", name or what, "", tuple(about), len(part), amount.norm, amount.low,
            amount.high, cluster, ghost, is_marked=any(id(leaf) in self.marked for leaf in part),
        )  # fmt: skip

    def of_node(self, node: Value, box: str, cluster: str | None, ghost: bool) -> Node:
        """The box of one node."""
        output = node is self.folding.made[-1]
        found = describe(node, self.names, box, cluster, ghost, output)
        return replace(found, is_marked=True) if id(node) in self.marked else found


def numbered(folding: Folding) -> tuple[dict[int, int], list[Box]]:
    """The number of each node's box, by id, and the boxes in the order of the program."""
    shown_as = folding.shown_as()
    class_of = {
        id(node): i
        for parts in folding.classes.values()
        for i, part in enumerate(parts)
        for node in part
    }
    box_of: dict[int, int] = {}
    numbers: dict[Box, int] = {}
    for node in folding.made:
        region = shown_as[folding.region_of[id(node)]]
        box: Box = (region, class_of[id(node)]) if region in folding.classes else region
        box_of[id(node)] = numbers.setdefault(box, len(numbers))
    return box_of, list(numbers)


def shared_keys(used_by: list[set[int]]) -> set[int]:
    """The leaves (by id) that several boxes use."""
    seen: set[int] = set()
    shared: set[int] = set()
    for used in used_by:
        shared |= used & seen
        seen |= used
    return shared


def edge(source: str, target: str, bundle: Bundle) -> Edge:
    """A bundle as an edge of the scene."""
    return Edge(source, target, bundle.operand, bundle.partial, bundle.count, bundle.passed)
