"""Replay: recompute a graph in place, for sliders and what-if questions."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from .graph import topological_order
from .primitives.origin import Record
from .primitives.table import Primitive

if TYPE_CHECKING:
    from .value import Value


def replay(root: Value) -> float:
    """Recompute a graph in place from its leaves' present data; the root's new data.

    Data and local derivatives of every node become what they would be had the graph been
    built now; gradients between the leaves and the root are set to 0. A ``where`` with a
    Value as condition may switch its branch. A Python ``if`` on a value's data cannot: if a
    value that was compared has changed since, a ``RuntimeWarning`` says so.

    >>> from autograd import Value, replay
    >>> x = Value(3.0)
    >>> y = x * x
    >>> x.data = 4.0
    >>> replay(y)
    16.0
    """
    frozen: Value | None = None
    for node in topological_order(root):
        if isinstance(node.primitive, Primitive):
            recompute(node, node.primitive)
        if node is not root and changed_since_compared(node):
            frozen = node
    if frozen is not None:
        warnings.warn(
            f"replay: {frozen!r} was compared while the graph was built, and has changed since; "
            "a branch that Python code chose then is frozen: use autograd.where, or build the "
            "graph again",
            RuntimeWarning,
            stacklevel=2,
        )
    return root.data


def changed_since_compared(node: Value) -> bool:
    """True if Python code compared the node when it held another number."""
    compared = node.origin.compared if isinstance(node.origin, Record) else None
    return compared is not None and compared != node.data


def recompute(node: Value, primitive: Primitive) -> None:
    """Data and local derivatives of one node, from its operands' present data."""
    numbers = [parent.data for parent in node.parents]
    node.data = primitive.forward(*numbers)
    node.grad = 0.0
    partials = primitive.partials(node.data, *numbers)
    if node.a is None or None in partials:
        node.to_record().partials = partials
    else:
        node.da = partials[0]
        if node.b is not None:
            node.db = partials[1]
