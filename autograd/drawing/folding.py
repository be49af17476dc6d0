"""Which parts of a large graph to unfold, so that the whole fits into a picture.

A folding is a cut through the tree of regions: above it they are clusters, below it each
is one box. It starts with the outermost region and unfolds level by level.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from ..scopes import Scope
from ..value import Value
from .amounts import Amount
from .likeness import classes
from .membership import Membership, leaves, results
from .regions import MOST_INSIDE, Region, regions

READABLE = 32  # boxes, without leaves, that a picture unfolds to by itself
MOST_BOXES = 400  # that are unfolded on request: with the leaves beside them, 2000 at most
MOST_CLASSES = 48  # of alike nodes in one region
LARGEST_REGION = MOST_CLASSES + MOST_INSIDE  # boxes that unfolding one region adds, at most
FEW = 8  # nodes of one call, which are drawn as they are


@dataclass(slots=True, eq=False)
class Folding:
    """The regions of a graph, those which are unfolded, and what these then show.

    ``classes`` are the boxes of nodes directly in an unfolded region; ``reached`` is how
    many levels were unfolded, ``levels`` how many there are.
    """

    made: list[Value]
    root: Region
    every: list[Region]
    alone: Collection[int]
    leaves: dict[int, str]  # by id, what kind of leaf
    region_of: dict[int, Region] = field(default_factory=dict)  # by the node's id
    classes: dict[Region, list[list[Value]]] = field(default_factory=dict)
    reached: int = 0

    @property
    def levels(self) -> int:
        """How many levels there are to unfold."""
        level = {self.root: 0}
        for region in self.every[1:]:
            assert region.outer is not None
            level[region] = level[region.outer] + 1
        return max(level.values())

    @property
    def boxes(self) -> int:
        """How many boxes are shown, leaves aside."""
        inner = sum(len(region.inner) - 1 for region in self.classes)
        return 1 + inner + sum(map(len, self.classes.values()))

    def shown_as(self) -> dict[Region, Region]:
        """For every region the one that it is shown in: itself, or the folded one around it."""
        found: dict[Region, Region] = {}
        for region in self.every:
            outer = region.outer
            folded = outer is not None and outer not in self.classes
            found[region] = found[outer] if folded and outer is not None else region
        return found

    def amounts(self) -> dict[Region, Amount]:
        """How much there is in every region, with those within."""
        found = {region: Amount() for region in self.every}
        for region in reversed(self.every):
            if region.nodes:
                found[region].add(region.nodes)
            if region.outer is not None:
                found[region.outer].include(found[region])
        return found

    def unfolded(self, region: Region) -> list[list[Value]]:
        """What nodes directly in a region are shown as when it is unfolded."""
        if not region.nodes:
            return []
        child = {inner: inner for inner in region.inner}
        stack = list(region.inner)
        while stack:
            outer = stack.pop()
            child.update(dict.fromkeys(outer.inner, child[outer]))
            stack += outer.inner

        def outside(key: int) -> str | Region:
            place = self.region_of.get(key)
            return self.leaves[key] if place is None else child.get(place, "around")

        few = region.calls <= 1 and region.members <= 1 and len(region.nodes) <= FEW
        alone = {id(node) for node in region.nodes} if few else self.alone
        return classes(region.nodes, outside, alone, MOST_CLASSES)


def fold(
    order: list[Value],
    scopes: list[Scope],
    *,
    depth: int | None = None,
    unfold: Collection[Value] = (),
    most: int = READABLE,
    alone: Collection[int] = (),
) -> Folding:
    """The folding of a graph with at most ``most`` boxes, or nearly so, unfolded ``depth`` levels.

    ``scopes`` are those that made it. Without ``depth``, as far as it stays readable; around
    the nodes to ``unfold``, all the way. Nodes whose ids are ``alone`` are not put together
    with others.
    """
    made = results(order)
    home: dict[int, Scope | None] = Membership(made).home if scopes else {}
    root, every = regions(scopes, home)
    by_scope = {id(scope): region for region in every for scope in region.scopes}
    leaf_kinds = {id(n): "leaf" if n.requires_grad else "constant" for n in leaves(order)}
    folding = Folding(made, root, every, {id(order[-1]), *alone}, leaf_kinds)
    for node in made:
        scope = home.get(id(node))
        region = by_scope[id(scope)] if scope is not None else root
        region.nodes.append(node)
        folding.region_of[id(node)] = region
    folding.classes[root] = folding.unfolded(root)
    for value in unfold:
        open_around(folding, value)
    open_levels(folding, depth, most)
    return folding


def open_around(folding: Folding, value: Value) -> None:
    """Unfold the regions around one node."""
    around: list[Region] = []
    region: Region | None = folding.region_of[id(value)]
    while region is not None:
        around.append(region)
        region = region.outer
    for region in reversed(around):
        if region not in folding.classes and folding.boxes + LARGEST_REGION <= MOST_BOXES:
            folding.classes[region] = folding.unfolded(region)


def open_levels(folding: Folding, depth: int | None, most: int) -> None:
    """Unfold level by level, siblings together or not at all, until the picture is full."""
    families = [folding.root.inner] if folding.root.inner else []
    while families and (depth is None or folding.reached < depth):
        next_families = []
        for family in sorted(families, key=len):
            if depth is None and not family[0].scopes:
                continue  # ranges: in a row, they are as many as can be overlooked
            closed = [region for region in family if region not in folding.classes]
            opened = {region: folding.unfolded(region) for region in closed}
            more = sum(len(r.inner) + len(alike) - 1 for r, alike in opened.items())
            if folding.boxes + more > most:
                continue
            folding.classes.update(opened)
            next_families += [region.inner for region in family if region.inner]
        if not any(family[0] in folding.classes for family in families):
            break
        folding.reached += 1
        families = next_families
