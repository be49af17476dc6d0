"""Pictures of computation graphs.

In the order in which data flows: ``scene`` (what there is to see, as plain data; with
``membership`` and ``names``), ``dot`` (with ``colour`` and ``text``), ``render``, ``svg``;
``tree`` is the text picture, ``overview`` what is said of graphs too large to draw,
``page`` a web page; ``drawing`` holds them together.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from ..graph import topological_order
from ..value import Value
from .drawing import Drawing
from .membership import scopes_in
from .names import Names
from .overview import LARGEST, overview
from .render import RenderError
from .scene import Scene, build_scene, without_parameters
from .text import count, number
from .tree import text_tree

__all__ = ["Drawing", "RenderError", "draw"]

# Edges cost more than nodes do; a graph with more than this many to a node is a thicket.
EDGES_PER_NODE = 4


def draw(
    value: Value,
    *,
    names: Any = None,
    scopes: bool = True,
    parameters: bool = True,
    direction: Literal["LR", "TB"] = "LR",
    max_nodes: int = 300,
    title: str | None = None,
    mark: Value | Iterable[Value] = (),
) -> Drawing:
    """The picture of the graph that ``value`` was computed by.

    One box per node: its label, op, data and gradient. The number on an edge is the local
    derivative: by the chain rule, a gradient is the sum over outgoing edges of the
    derivative on the edge times the gradient at its end. Blue boxes have positive
    gradients, orange ones negative.

    Args:
        value: the output; its graph is drawn down to the leaves.
        names: names for Values: a dict of name to Value (or list of Values, or module), a
            module, or pairs as from ``named_parameters()``.
        scopes: draw what ``scoped`` and modules called as clusters.
        parameters: False leaves parameters out, so that the flow between the ops is seen.
        direction: "LR", left to right, or "TB", top to bottom.
        max_nodes: of a larger graph, only an overview in words is given; at most 2000.
        title: a headline.
        mark: Values of the graph that are to stand out, as ``error.node`` of an
            ``AnomalyError``.

    Raises ``TypeError`` if ``value`` is no Value, ``ValueError`` for a bad option.

    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> y.backward()
    >>> print(draw(y))
    × = 9, grad 1
    ├─ x = 3, grad 6   ∂ 3   (1)
    └─ x: see (1)   ∂ 3
    """
    if not isinstance(value, Value):
        raise TypeError(f"draw(value): value must be a Value, not {type(value).__name__}")
    if direction not in ("LR", "TB"):
        raise ValueError(f'draw(…, direction): must be "LR" or "TB", not {direction!r}')
    if not 1 <= max_nodes <= LARGEST:
        raise ValueError(
            f"draw(…, max_nodes): must be between 1 and {LARGEST}, not {max_nodes!r}; draw a "
            "smaller part of a larger graph"
        )
    order = topological_order(value)
    known_names = Names(names, scopes_in(order))
    hidden = set() if parameters else {id(n) for n in order if known_names.is_parameter(n)}
    marked = to_mark(mark, order)
    hidden -= {id(value), *marked}
    tree = text_tree(value, known_names, hidden, marked)
    shown_nodes = len(order) - len(hidden)
    shown_edges = sum(len(node.parents) for node in order)
    if hidden:
        shown_edges -= sum(id(parent) in hidden for node in order for parent in node.parents)
    size = f"{count(shown_nodes, 'node')}, {count(shown_edges, 'edge')}"
    if shown_nodes > max_nodes:
        reason = f"Too large to draw: {size} (max_nodes is {max_nodes:,})"
    elif shown_edges > EDGES_PER_NODE * max_nodes:
        reason = f"Too dense to draw: {size} (at most {EDGES_PER_NODE * max_nodes:,} edges)"
    else:
        scene = build_scene(order, known_names, scopes=scopes, marked=marked)
        if hidden:
            scene = without_parameters(scene, len(hidden))
        if len(scene.nodes) <= LARGEST:
            summary = summarize(scene, size)
            return Drawing(scene, tree, summary, title=title or "", direction=direction)
        reason = f"Too large to draw: {size} ({len(scene.nodes):,} boxes, shared leaves repeated)"
    message = overview(order, reason)
    text = "\n".join([*message, "", tree])
    return Drawing(None, text, reason, message=message, title=title or "")


def to_mark(mark: Value | Iterable[Value], order: list[Value]) -> set[int]:
    """The ids of the Values to mark."""
    values = [mark] if isinstance(mark, Value) else list(mark)
    known = set(map(id, order))
    for value in values:
        if not isinstance(value, Value):
            raise TypeError(f"draw(…, mark): must be Values, not {type(value).__name__}")
        if id(value) not in known:
            raise ValueError(
                f"draw(…, mark): {value!r} is not in the graph that is drawn; draw a value that "
                "was computed from it, or itself"
            )
    return set(map(id, values))


def summarize(scene: Scene, size: str) -> str:
    """A picture in one line."""
    parts = [size]
    if scene.clusters:
        parts.append(count(len(scene.clusters), "cluster"))
    if scene.left_out:
        parts.append(f"{count(scene.left_out, 'parameter')} left out")
    marked = sum(node.is_marked and not node.is_ghost for node in scene.nodes)
    if marked:
        parts.append(f"{marked:,} marked")
    if scene.has_gradients:
        parts.append(f"largest |gradient| {number(scene.largest_gradient)}")
    else:
        parts.append("all gradients are 0 (no backward pass yet?)")
    return "; ".join([", ".join(parts[:-1]), parts[-1]])
