"""Pictures of a part of a graph: the neighbourhood of some nodes, or paths up to the root."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from ..value import Value
from .names import Names
from .neighbourhood import neighbourhood
from .paths import Path, best_paths
from .scene import Edge, Fold, Scene, build_scene, symbol_of
from .text import count, number, visible

LONG = 40  # nodes of a path that are shown; of a longer one, those near its ends
ENDS = 12


@dataclass(frozen=True, slots=True)
class Part:
    """A scene of a part of a graph; what there is to say of it in words, line by line."""

    scene: Scene
    lines: list[str]


def around(
    order: list[Value],
    names: Names,
    centres: list[Value],
    hops: int,
    most: int,
    scopes: bool,
    marked: set[int],
) -> Part:
    """What is within ``hops`` edges of some nodes, which are marked, as are those ``marked``."""
    part = neighbourhood(order, centres, hops, most)
    marks = marked.union(map(id, centres))
    scene = build_scene(order, names, scopes=scopes, marked=marks, part=part)
    what = f"{count(len(part), 'node')} of {len(order):,} within {count(hops, 'edge')}"
    lines = [f"{what} of the marked; {len(order) - len(part):,} hidden"]
    for rank, node in enumerate(centres, 1):
        lines.append(
            f"{rank}. {called(node, names)} = {number(node.data)}, grad {number(node.grad)}"
        )
    return Part(scene, lines)


def along(
    order: list[Value], names: Names, start: Value, most: int, marked: set[int], scopes: bool
) -> Part:
    """The paths from ``start`` to the root whose products of local derivatives are largest."""
    found = best_paths(order, start, most)
    shown: set[int] = {id(start), id(order[-1])}
    gaps: list[tuple[Value, int, Value]] = []
    lines = []
    for rank, path in enumerate(found.best, 1):
        shortened, gap = shorten(path)
        shown.update(map(id, shortened))
        gaps += gap
        share = f", {number(100 * path.product / found.total)} %" if usable(found.total) else ""
        lines.append(f"{rank}. {number(path.product)}{share}: {words(path, names)}")
    scene = build_scene(order, names, scopes=scopes, marked={id(start), *marked}, part=shown)
    scene = with_gaps(scene, gaps, [node for node in order if id(node) in shown])
    paths = count_paths(found.number)
    lines.insert(
        0,
        f"{count(len(found.best), 'path')} of {paths} from {called(start, names)} to "
        f"{called(order[-1], names)}, those that contribute most to ∂ = {number(found.total)}; "
        f"{len(order) - len(shown):,} of {count(len(order), 'node')} hidden",
    )
    return Part(scene, lines)


def usable(total: float) -> bool:
    """Whether a share of it means something."""
    return total != 0.0 and math.isfinite(total)


def count_paths(paths: float) -> str:
    """How many paths there are, as far as that can be said."""
    if paths < 1e6:
        return f"{paths:,.0f}"
    return f"about {number(paths)}" if math.isfinite(paths) else "more than 1e308"


def shorten(path: Path) -> tuple[list[Value], list[tuple[Value, int, Value]]]:
    """The nodes to show of a path, and its gap: last node before, how many, first after."""
    nodes = list(path.nodes)
    if len(nodes) <= LONG:
        return nodes, []
    hidden = len(nodes) - 2 * ENDS
    return [*nodes[:ENDS], *nodes[-ENDS:]], [(nodes[ENDS - 1], hidden, nodes[-ENDS])]


def with_gaps(scene: Scene, gaps: list[tuple[Value, int, Value]], shown: list[Value]) -> Scene:
    """The scene with a box for what is left out in the middle of long paths."""
    ids = {id(node): f"n{i}" for i, node in enumerate(shown)}
    folds, edges = [], []
    distinct = {(id(a), id(b)): (a, n, b) for a, n, b in gaps}
    for i, (before, hidden, after) in enumerate(distinct.values()):
        text = f"… {count(hidden, 'node')} of the path …"
        folds.append(Fold(f"gap{i}", "gap", "", text, (), hidden, 0.0, 0.0, 0.0, None))
        edges.append(Edge(ids[id(before)], f"gap{i}", 0, None, hidden, 0.0))
        edges.append(Edge(f"gap{i}", ids[id(after)], 0, None, hidden, 0.0))
    return replace(scene, folds=tuple(folds), edges=(*scene.edges, *edges))


def words(path: Path, names: Names) -> str:
    """A path in words; of a long one, its ends."""
    return shortened([called(node, names) for node in path.nodes])


def shortened(steps: list[str]) -> str:
    """Steps with arrows between them; of many, those at the ends."""
    if len(steps) > LONG // 2:
        steps = [*steps[:6], f"… {len(steps) - 12:,} more …", *steps[-6:]]
    return " → ".join(steps)


def called(node: Value, names: Names) -> str:
    """A node's name, or else its op, or else its number."""
    return visible(names(node)) or visible(symbol_of(node)) or number(node.data)
