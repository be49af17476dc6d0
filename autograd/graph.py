"""Walking a graph: topological order, the backward sweep, release.

The only walkers there are. All are iterative: a chain of a million nodes would overflow
the stack of a recursive one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .primitives.origin import CONSTANT, Origin, Record
from .primitives.table import Primitive

if TYPE_CHECKING:
    from .value import Value

    Edge = tuple[Value, float | None]  # an operand and the local derivative; None: no edge

# Each walk marks the nodes it has seen with a number of its own: cheaper than a set.
next_mark = itertools.count(1).__next__


def backward(root: Value, gradient: float, inspectors: Iterable[Any] = ()) -> None:
    """The chain rule: from the root down, pass each node's gradient on to its operands.

    A node's gradient is complete when all nodes that use it have passed theirs on, which
    is what the reverse of a topological order guarantees.
    """
    leaves, order = walk(root, live=True, clear=True)
    before = [leaf.grad for leaf in leaves]
    if not order and root.primitive is CONSTANT:
        raise RuntimeError(
            "backward(): this value is a constant (it depends on nothing that requires a "
            "gradient, or was made under no_grad() or by detach())"
        )
    for leaf in leaves:  # to tell this pass's total from what was there
        leaf.grad = 0.0
    try:
        root.grad = gradient
        sweep(order)
        for inspector in inspectors:
            inspector.backward(order)
        for leaf in leaves:
            if isinstance(leaf.origin, Record):
                leaf.grad = leaf.origin.after_hooks(leaf.grad)
    except BaseException:
        for leaf, grad in zip(leaves, before, strict=True):
            leaf.grad = grad
        raise
    for leaf, grad in zip(leaves, before, strict=True):
        leaf.grad = 0.0 if leaf.primitive is CONSTANT else grad + leaf.grad


def sweep(order: list[Value]) -> None:
    """Pass gradients on along the edges, from the last node of a topological order to the first."""
    for node in reversed(order):
        a = node.a
        if a is not None:
            grad = node.grad
            a.grad += grad * node.da
            b = node.b
            if b is not None:
                b.grad += grad * node.db
        else:
            record = node.origin
            assert isinstance(record, Record)
            if record.hooks:
                node.grad = record.after_hooks(node.grad)
            grad = node.grad
            for parent, partial in zip(record.parents, record.partials):  # noqa: B905 (hot)
                if partial is not None:
                    parent.grad += grad * partial


def topological_order(root: Value) -> list[Value]:
    """Every node that ``root`` was computed from, operands before results, ``root`` last.

    The order depends on the program alone: same program, same bits.

    >>> from autograd import Value
    >>> x = Value(2.0)
    >>> y = x * x
    >>> topological_order(y + x) == [x, y, y + x]
    True
    """
    leaves, made = walk(root)
    return leaves + made


def walk(
    root: Value, *, live: bool = False, clear: bool = False, mark: int = 0
) -> tuple[list[Value], list[Value]]:
    """The leaves below ``root``, and the nodes that ops made, operands before results.

    A depth-first walk which emits a node after its operands. ``live`` does not follow edges
    without a local derivative (the branch that ``where`` did not choose), ``clear`` sets the
    gradients of the nodes between leaves and root to 0. What has ``mark`` is left out.
    """
    mark = mark or next_mark()
    leaves: list[Value] = []
    made: list[Value] = []
    path: list[Value] = []  # from the root down to the node at hand
    pending: list[Iterator[Edge]] = []  # for each wide node of the path, edges to come
    node = root
    node.mark = mark
    if node.is_leaf:
        return [node], []
    if node.a is None:
        pending.append(edges(node.origin))
    while True:
        # Find an operand of this node that the walk has not seen yet. If there is none, emit
        # the node and go back up.
        a = node.a
        unseen: Value | None
        if a is None:
            for unseen, partial in pending[-1]:
                if unseen.mark != mark and (partial is not None or not live):
                    break
            else:
                pending.pop()
                made.append(node)
                if not path:
                    return leaves, made
                node = path.pop()
                continue
        elif a.mark != mark:
            unseen = a
        else:
            unseen = node.b
            while unseen is None or unseen.mark == mark:
                made.append(node)
                if not path:
                    return leaves, made
                node = path.pop()
                unseen = node.b  # the way down to `a`, if there is one, came first
                if unseen is None and node.a is None:
                    break  # a wide node: on to its next edge
            if unseen is None:
                continue

        unseen.mark = mark
        if unseen.a is None:
            record = unseen.origin
            if not isinstance(record, Record) or not record.parents:
                leaves.append(unseen)
                continue
            pending.append(edges(record))
        path.append(node)
        node = unseen
        if clear:
            node.grad = 0.0


def edges(origin: Origin) -> Iterator[Edge]:
    """The operands of a node whose fast slots are empty, each with its local derivative."""
    assert isinstance(origin, Record)
    return zip(origin.parents, origin.partials)  # noqa: B905 (of equal length; this is hot)


def release(root: Value) -> None:
    """Cut the graph below ``root`` apart, from the root down, without recursion.

    Dropping the last reference to a root frees its graph, which CPython does recursively
    with a depth guard; on a thread with a small stack some versions crash there. After
    ``release``, every node below is a constant that keeps its data and grad; leaves stay.

    >>> from autograd import Value, release
    >>> y = Value(2.0) * 3
    >>> release(y)
    >>> y.parents
    ()
    """
    order = topological_order(root)
    while order:
        node = order.pop()
        if isinstance(node.primitive, Primitive):
            node.origin = CONSTANT
            node.a = node.b = None


def leaves(root: Value) -> list[Value]:
    """The leaves that ``root`` was computed from and that require a gradient, in order of use.

    >>> from autograd import Value, leaves
    >>> a, b = Value(1.0), Value(2.0)
    >>> leaves(a * b + 3) == [a, b]
    True
    """
    return [node for node in topological_order(root) if node.is_leaf and node.requires_grad]
