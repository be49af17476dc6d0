"""From a graph to the picture that the options ask for: whole, folded, or of a part."""

from __future__ import annotations

from ..scopes import Scope
from ..value import Value
from .drawing import Drawing
from .folded_scene import folded_scene
from .folded_text import folded_text, what_is_hidden
from .folding import MOST_BOXES, READABLE, fold
from .names import Names
from .neighbourhood import worst
from .options import LARGEST, Options, in_graph, one_in_graph, results_in_graph
from .parts import along, around
from .scene import Scene, build_scene, without_parameters
from .text import count, number
from .tree import text_tree

# Edges cost more than nodes do; a graph with more than this many to a node is a thicket.
EDGES_PER_NODE = 4
NO_GRADIENTS = "all gradients are 0 (no backward pass yet?)"


def picture(order: list[Value], scopes: list[Scope], names: Names, options: Options) -> Drawing:
    """The drawing of a graph, given as its nodes in topological order and its scopes."""
    marked = set(map(id, in_graph("mark", options.mark, order)))
    if options.shows_a_part:
        return of_a_part(order, names, options, marked)
    hidden = set() if options.parameters else {id(n) for n in order if names.is_parameter(n)}
    hidden -= {id(order[-1]), *marked}
    size = Size(order, hidden)
    unfold = results_in_graph("unfold", options.unfold, order)
    wanted_whole = options.depth is None and not unfold and size.fits(options.max_nodes)
    if wanted_whole or order[-1].is_leaf:
        scene = build_scene(order, names, scopes=options.scopes, marked=marked)
        if hidden:
            scene = without_parameters(scene, len(hidden))
        if len(scene.nodes) <= LARGEST:
            tree = text_tree(order[-1], names, hidden, marked)
            return options.drawing(scene, tree, summarize(scene, str(size)))
    most = min(options.max_nodes, READABLE if options.depth is None else MOST_BOXES)
    folding = fold(
        order,
        scopes if options.scopes else [],
        depth=options.depth,
        unfold=unfold,
        most=most,
        alone=marked,
    )
    scene = folded_scene(folding, order, names, marked=marked, hidden=hidden)
    hint = what_is_hidden(scene, folding.reached, folding.levels)
    summary = f"{summarize(scene, str(size))}; {hint}"
    return options.drawing(scene, folded_text(scene, summary), summary)


def of_a_part(order: list[Value], names: Names, options: Options, marked: set[int]) -> Drawing:
    """What is around some nodes, or the paths up from one."""
    hops, most, scopes = options.hops, options.max_nodes, options.scopes
    if options.path_from is not None:
        start = one_in_graph("path_from", options.path_from, order)
        part = along(order, names, start, options.paths, marked, scopes)
    elif options.focus is not None:
        centres = in_graph("focus", options.focus, order)
        part = around(order, names, centres, 2 if hops is None else hops, most, scopes, marked)
    else:
        centres = worst(order, options.worst or 1) or order[-1:]
        part = around(order, names, centres, 1 if hops is None else hops, most, scopes, marked)
    scene, lines = part.scene, part.lines
    if not options.parameters:
        left_out = sum(node.kind == "parameter" and not node.is_marked for node in scene.nodes)
        scene = without_parameters(scene, left_out)
    if options.path_from is None and not scene.has_gradients:
        lines[0] += f"; {NO_GRADIENTS}"
    return options.drawing(scene, "\n".join(lines), lines[0])


class Size:
    """How many nodes and edges there are to draw; as text, "3 nodes, 2 edges"."""

    def __init__(self, order: list[Value], hidden: set[int]) -> None:
        self.nodes = len(order) - len(hidden)
        self.edges = sum(len(node.parents) for node in order)
        if hidden:
            self.edges -= sum(id(parent) in hidden for node in order for parent in node.parents)

    def fits(self, max_nodes: int) -> bool:
        """Whether all of it can be drawn."""
        return self.nodes <= max_nodes and self.edges <= EDGES_PER_NODE * max_nodes

    def __str__(self) -> str:
        return f"{count(self.nodes, 'node')}, {count(self.edges, 'edge')}"


def summarize(scene: Scene, size: str) -> str:
    """A picture in one line."""
    parts = [size]
    if scene.clusters:
        parts.append(count(len(scene.clusters), "cluster"))
    if scene.left_out:
        parts.append(f"{count(scene.left_out, 'parameter')} left out")
    marked = sum(b.is_marked and not b.is_ghost for b in scene.boxes)
    if marked:
        parts.append(f"{marked:,} marked")
    if not scene.has_finite_gradients:
        largest = number(scene.largest_gradient)
        parts.append(f"largest finite |gradient| {largest}, others are nan or inf")
    elif scene.has_gradients:
        parts.append(f"largest |gradient| {number(scene.largest_gradient)}")
    else:
        parts.append(NO_GRADIENTS)
    return "; ".join([", ".join(parts[:-1]), parts[-1]])
