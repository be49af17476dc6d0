"""The explorer: watch backpropagation happen, one edge at a time.

In the order in which data flows: ``log`` (what the engine's backward pass did), ``parts`` (what
can be folded), ``symbols`` (formulas, read off the table's rules), ``snapshot`` (all of it as
plain data), ``assets`` (the JavaScript in ``static``), ``page`` and ``widget``; ``explorer``
holds them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .. import value as engine
from ..drawing.options import results_in_graph
from ..graph import topological_order
from ..inspector import Inspector
from ..lines import remember_line
from ..modes import during
from ..value import Value
from .explorer import Explorer
from .log import Change, Step

__all__ = ["Change", "Explorer", "Step", "explore"]


def explore(
    value: Value | Callable[[], Value],
    *,
    names: Any = None,
    title: str = "",
    unfold: Value | Iterable[Value] = (),
    predict: bool = False,
) -> Explorer:
    """Watch the backward pass from ``value``: every step of the chain rule, with its numbers.

    Each step shows upstream × local = contribution on its edge and, where a node is used
    several times, how the contributions add up. For a chosen node there are its formula, its
    local derivatives, a check by finite differences, and the paths that contribute most;
    leaves have sliders; "predict first" hides gradients until they are typed in.

    In JupyterLab and marimo (with ``pip install 'scalar-autograd[notebook]'``) the result shows
    itself; ``explore(loss).save("loss.html")`` writes a page that works offline. It runs a
    backward pass of its own (hooks are called) and leaves all ``grad`` as they are.

    Args:
        value: the output; or a function that computes it, which is then called, so that each
            node knows the line of the program that made it.
        names: names for Values, as for ``draw``: a dict, a module, or pairs.
        title: a headline.
        unfold: Values of a large graph around which the picture starts unfolded.
        predict: start with the gradients hidden.

    Raises ``TypeError`` for what is no Value, ``ValueError`` for one in ``unfold`` that is not
    in the graph or is a leaf.

    >>> x, w = Value(0.5, label="x"), Value(2.0, label="w")
    >>> explorer = explore(lambda: (w * x + 1).tanh())
    >>> explorer
    <Explorer: 6 nodes, 4 steps of the backward pass, output 0.964>
    >>> explorer.steps[-1].to.label, round(explorer.steps[-1].after, 6)
    ('x', 0.141302)
    """
    if callable(value) and not isinstance(value, Value):
        with during(engine.inspectors, (*engine.inspectors.get(), _Lines())):
            value = value()
    if not isinstance(value, Value):
        raise TypeError(
            "explore(value): value must be a Value, or a function without arguments that "
            f"returns one, not {type(value).__name__}"
        )
    order = topological_order(value)
    around = results_in_graph("unfold", unfold, order)
    return Explorer(order, names, title, around, predict)


class _Lines(Inspector):
    """An inspector that notes for each new node which line of the program makes it."""

    def forward(self, node: Value) -> None:
        """A node was made."""
        remember_line(node)
