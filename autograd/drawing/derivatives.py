"""The graph of a derivative, to be drawn: each order in a scope of its own."""

from __future__ import annotations

from typing import Any

from ..functional import grad
from ..graph import topological_order
from ..scopes import scoped
from ..value import Value
from .names import Names
from .options import whole
from .text import visible

HIGHEST = 4
RAISED = ("", "", "²", "³", "⁴")


def derivative(value: Value, wrt: Value | None, order: int, names: Any = None) -> Value:
    """∂ⁿvalue/∂wrtⁿ as the end of a graph, whose parts are scopes ∂y/∂x, ∂²y/∂x² …

    Raises ``TypeError`` and ``ValueError`` for bad arguments, ``ValueError`` if the derivative
    is a constant, which has no graph.
    """
    whole("order", order, 1, HIGHEST, "1 is the first derivative")
    if not isinstance(wrt, Value):
        raise TypeError(
            f"draw(…, wrt): must be the Value to differentiate with respect to, not "
            f"{type(wrt).__name__}"
        )
    naming = Names(names, [])
    top = visible(naming(value)) or "y"
    below = visible(naming(wrt)) or "x"
    found = value
    for n in range(1, order + 1):
        name = f"∂{RAISED[n]}{top}/∂{below}{RAISED[n]}"
        slope = scoped(name, differentiated, topological_order(found), wrt)[0]
        if not isinstance(slope, Value) or slope.is_leaf:
            number = slope.data if isinstance(slope, Value) else 0.0
            raise ValueError(
                f"draw(…, wrt): {name} is the constant {number!r}, without a graph; draw a lower "
                "order"
            )
        slope.label = slope.label or name
        found = slope
    return found


def differentiated(order: list[Value], wrt: Value) -> list[Any]:
    """The derivative of the last of some nodes, and all nodes that it made.

    The nodes before are what goes into the scope, those that it made what comes out: so each
    node is in the scope of the derivative that it was made for.
    """
    slope = grad(order[-1], wrt, create_graph=True, allow_unused=True)
    if not isinstance(slope, Value):
        return [slope]
    known = set(map(id, order))
    return [slope, *(node for node in topological_order(slope) if id(node) not in known)]
