"""Pictures of computation graphs.

In the order in which data flows: ``scene`` (what there is to see, as plain data; with
``membership``, ``copies`` and ``names``), ``dot`` (with ``labels``, ``legend``, ``colour`` and
``text``), ``render``, ``svg``; ``tree`` is the text picture, ``page`` a web page; ``drawing``
holds them together.

Of large graphs: ``regions`` (scopes, like ones together) and ``likeness`` (nodes that are
alike) are what ``folding`` cuts to size; ``folded_scene`` and ``folded_text`` show that.
``parts`` shows a ``neighbourhood``, or the ``paths`` that contribute most; ``why`` tells them.
``pictures`` makes the picture that the ``options`` ask for; ``exploded`` and ``derivatives``
make the graph that it is of, if that is not the one given; ``levels`` and ``beside`` put
several pictures together. ``programs`` shows a compiled function.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from ..graph import topological_order
from ..modes import paused_gc
from ..value import Value
from .derivatives import derivative
from .drawing import Drawing
from .exploded import exploded, with_twins
from .levels import with_levels
from .membership import scopes_in
from .names import Names
from .options import Options
from .pictures import picture
from .render import RenderError

if TYPE_CHECKING:
    from ..compiler import Compiled

__all__ = ["Drawing", "RenderError", "draw"]


def draw(
    value: Value | Compiled,
    *,
    names: Any = None,
    scopes: bool = True,
    parameters: bool = True,
    direction: Literal["LR", "TB"] = "LR",
    max_nodes: int = 300,
    title: str | None = None,
    mark: Value | Iterable[Value] = (),
    depth: int | None = None,
    unfold: Value | Iterable[Value] = (),
    focus: Value | Iterable[Value] | None = None,
    hops: int | None = None,
    path_from: Value | None = None,
    paths: int = 3,
    worst: int | None = None,
    explode: bool = False,
    wrt: Value | None = None,
    order: int = 1,
    levels: bool = False,
) -> Drawing:
    """The picture of the graph that ``value`` was computed by.

    One box per node: its label, op, data and gradient. The number on an edge is the local
    derivative: by the chain rule, a gradient is the sum over outgoing edges of the
    derivative on the edge times the gradient at its end. Blue boxes have positive
    gradients, orange ones negative.

    A large graph is **folded**: calls of modules and of ``scoped`` become boxes which say how
    much is inside, with the norm and the extremes of its gradients; calls that are alike are
    one box ("100 calls"), many time steps are ranges of steps, and what is in no scope is
    put together where it was computed in the same way. ``print(drawing)`` tells the same.

    Args:
        value: the output; its graph is drawn down to the leaves. Or a compiled function that
            has been called: the arrays its program computes, a box for each group of numbers
            computed at once (of the options, ``title`` and ``direction`` apply).
        names: names for Values: a dict of name to Value (or list of Values, or module), a
            module, or pairs as from ``named_parameters()``.
        scopes: draw what ``scoped`` and modules called as clusters.
        parameters: False leaves parameters out, so that the flow between the ops is seen.
        direction: "LR", left to right, or "TB", top to bottom.
        max_nodes: a larger graph is folded; at most 2000.
        title: a headline.
        mark: Values of the graph that are to stand out, as ``error.node`` of an
            ``AnomalyError``.
        depth: fold the graph, whatever its size, and unfold this many levels of scopes (a
            range of steps is a level too), as far as ``max_nodes`` allows; 0 shows the
            outermost. None: as many as stay readable.
        unfold: Values of a folded graph around which all scopes are unfolded: what happens in
            this one time step.
        focus: draw only what is around this Value (or these).
        hops: how many edges around ``focus`` (2) or the worst gradients (1).
        path_from: draw only the paths from this Value up to ``value`` which contribute most
            to its gradient: those with the largest |product of local derivatives|.
        paths: how many paths.
        worst: draw only what is next to this many nodes with the worst gradients: those
            that are nan or inf, then the largest.
        explode: take wide nodes (``dot``, ``sum``, ``mean``, ``prod``) apart into products and
            sums, to see that the gradients are the same; of a graph which that makes larger than
            200,000 nodes, ``ValueError``.
        wrt: draw, instead of ``value``'s own graph, that of its derivative with respect to this
            Value, each derivative in a cluster of its own: what a second derivative
            differentiates.
        order: how many times to differentiate with respect to ``wrt``, up to 4.
        levels: of a folded graph, keep a picture of every level; ``.html`` and
            ``.save("….html")`` show them, to be opened one within the other.

    Raises ``TypeError`` or ``ValueError`` for what is no Value, and for a bad option.

    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> y.backward()
    >>> print(draw(y))
    × = 9, grad 1
    ├─ x = 3, grad 6   ∂ 3   (1)
    └─ x: see (1)   ∂ 3

    >>> loss = sum([(x * i - 1).tanh() for i in range(200)], Value(0.0))
    >>> print(draw(loss))  # doctest: +ELLIPSIS, +NORMALIZE_WHITESPACE
    1,202 nodes, 1,400 edges; ... 799 results folded into 4 boxes
    <BLANKLINE>
    ▣ ×  × 200: all gradients 0
    ▣ −  × 200: all gradients 0
    ▣ tanh  × 200: all gradients 0
    ▣ +  × 199: all gradients 0
    + = 198.2, grad 0
    <BLANKLINE>
    To see more: ...

    >>> print(draw((x * x).tanh() * x, path_from=x, paths=1).summary)
    1 path of 3 from x to ×, those that contribute most to ∂ = 1; 2 of 4 nodes hidden
    """
    if hasattr(value, "programs"):  # only then is NumPy needed
        from ..compiler import Compiled
        from .programs import picture as picture_of_program

        if isinstance(value, Compiled):
            return picture_of_program(value, title or "", direction)
    if not isinstance(value, Value):
        raise TypeError(f"draw(value): value must be a Value, not {type(value).__name__}")
    options = Options(
        scopes, parameters, direction, max_nodes, title or "", mark, depth, unfold, focus, hops,
        path_from, paths, worst,
    )  # fmt: skip
    options.check()
    if wrt is not None or order != 1:
        value = derivative(value, wrt, order, names)
    with paused_gc():  # there are many objects for a while, and no cycles among them
        nodes = topological_order(value)
        found = scopes_in(nodes)
        naming = Names(names, found)
        if explode:
            nodes, twins = exploded(nodes)
            options = with_twins(options, naming, twins)
            found = scopes_in(nodes)
        drawing = picture(nodes, found, naming, options)
        return with_levels(drawing, nodes, found, naming, options) if levels else drawing
