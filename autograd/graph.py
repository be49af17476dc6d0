"""Walking a graph: topological order, the backward sweep, replay, release, pickling.

The only walkers there are. All are iterative: a chain of a million nodes would overflow
the stack of a recursive one.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from .primitives.table import CONSTANT, Primitive, Record

if TYPE_CHECKING:
    from .value import Value

# Each walk marks the nodes it has seen with a number of its own: cheaper than a set.
_next_mark = itertools.count(1).__next__


def backward(root: Value, gradient: float, inspectors: Iterable[Any] = ()) -> None:
    """The chain rule: from the root down, pass each node's gradient on to its operands.

    A node's gradient is complete when all nodes that use it have passed theirs on, which
    is what the reverse of a topological order guarantees.
    """
    leaves, order = walk(root, used_edges_only=True)
    before = [leaf.grad for leaf in leaves]
    if not order and root.primitive is CONSTANT:
        raise RuntimeError(
            "backward(): this value is a constant (it depends on nothing that requires a "
            "gradient, or was made under no_grad() or by detach())"
        )
    for node in order:
        node.grad = 0.0
    for leaf in leaves:  # so that this pass's total can be told from what was there before
        leaf.grad = 0.0
    try:
        root.grad = gradient
        sweep(order)
        for inspector in inspectors:
            inspector.backward(order)
        totals = [after_hooks(leaf) for leaf in leaves]
    except BaseException:
        for leaf, grad in zip(leaves, before, strict=True):
            leaf.grad = grad
        raise
    for leaf, grad, total in zip(leaves, before, totals, strict=True):
        leaf.grad = 0.0 if leaf.primitive is CONSTANT else grad + total


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
                node.grad = after_hooks(node)
            grad = node.grad
            for parent, partial in zip(record.parents, record.partials, strict=True):
                if partial is not None:
                    parent.grad += grad * partial


def after_hooks(node: Value) -> float:
    """The node's gradient after its hooks, in the order of their registration, have seen it."""
    grad = node.grad
    if isinstance(node.origin, Record):
        for hook in list(node.origin.hooks.values()):
            replacement = hook(grad)
            if replacement is not None:
                grad = replacement
    return grad


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


def walk(root: Value, *, used_edges_only: bool = False) -> tuple[list[Value], list[Value]]:
    """The leaves below ``root``, and the nodes that ops made, operands before results.

    A depth-first walk which emits a node after its operands. ``used_edges_only`` does not
    follow edges without a local derivative (the branch that ``where`` did not choose).
    """
    mark = _next_mark()
    leaves: list[Value] = []
    made: list[Value] = []
    path: list[Value] = []  # from the root down to the node at hand
    pending: list[Iterator[Value]] = []  # for each wide node of the path, operands to come
    node = root
    node.mark = mark
    if node.a is None:
        pending.append(operands(node, used_edges_only))
    while True:
        # An operand of this node that the walk has not seen yet, if there is one:
        unseen: Value | None
        a = node.a
        if a is None:
            for unseen in pending[-1]:
                if unseen.mark != mark:
                    break
            else:
                unseen = None
                pending.pop()
        elif a.mark != mark:
            unseen = a
        else:
            unseen = node.b
            if unseen is not None and unseen.mark == mark:
                unseen = None

        if unseen is None:  # all operands are out: emit this node, go back up
            if a is not None or isinstance(node.primitive, Primitive):
                made.append(node)
            else:
                leaves.append(node)
            if not path:
                return leaves, made
            node = path.pop()
        else:
            unseen.mark = mark
            if unseen.a is not None:
                path.append(node)
                node = unseen
            elif isinstance(unseen.origin, Record):
                path.append(node)
                node = unseen
                pending.append(operands(node, used_edges_only))
            else:
                leaves.append(unseen)


def operands(node: Value, used_edges_only: bool) -> Iterator[Value]:
    """The operands of a node whose fast slots are empty."""
    record = node.origin
    if not isinstance(record, Record):
        return iter(())
    if used_edges_only and None in record.partials:
        edges = zip(record.parents, record.partials, strict=True)
        return iter([parent for parent, partial in edges if partial is not None])
    return iter(record.parents)


def replay(root: Value) -> float:
    """Recompute a graph in place from its leaves' present data; the root's new data.

    Data and local derivatives of every node become what they would be had the graph been
    built now; gradients between the leaves and the root are set to 0. A ``where`` with a
    Value as condition may switch its branch. A Python ``if`` on a value's data cannot: if a
    value that was compared has changed, a ``RuntimeWarning`` says so.

    >>> from autograd import Value, replay
    >>> x = Value(3.0)
    >>> y = x * x
    >>> x.data = 4.0
    >>> replay(y)
    16.0
    """
    frozen: Value | None = None
    for node in topological_order(root):
        primitive = node.primitive
        if isinstance(primitive, Primitive):
            numbers = [parent.data for parent in node.parents]
            data = primitive.forward(*numbers)
            partials = primitive.partials(data, *numbers)
            record = node.origin
            if isinstance(record, Record):
                if record.compared and data != node.data:
                    frozen = node
                record.partials = partials
            elif None in partials:
                node.to_record().partials = partials
            else:
                node.da = partials[0]
                if node.b is not None:
                    node.db = partials[1]
            node.data = data
            node.grad = 0.0
    if frozen is not None:
        warnings.warn(
            f"replay: {frozen!r} was compared while the graph was built, and has changed since; "
            "a branch that Python code chose then is frozen: use autograd.where, or build the "
            "graph again",
            RuntimeWarning,
            stacklevel=2,
        )
    return root.data


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


# --- copies and pickles -------------------------------------------------------------------
# A pickler recurses from a node into its operands. So a root first hands it all that lies
# below, in topological order: then the operands of each node are known when it comes.

_handing_over: ContextVar[bool] = ContextVar("handing_over", default=False)


def reduce(root: Value, make: Any) -> Any:
    """What ``copy`` and ``pickle`` need to rebuild a node."""
    below = Below() if _handing_over.get() else Below(topological_order(root)[:-1])
    state = (root.data, root.grad, root.origin, root.a, root.b, root.da, root.db)
    return rebuild, (below, make, *state)


class Below(list["Value"]):
    """The nodes below a root, to be pickled before it."""

    def __reduce__(self) -> Any:
        return list, (), None, self.hand_over() if self else None

    def hand_over(self) -> Iterator[Value]:
        token = _handing_over.set(True)
        try:
            yield from self
        finally:
            _handing_over.set(False)
            del token


def rebuild(
    below: list[Value], make: Any, data: float, grad: float, origin: Any, a: Any, b: Any, da: float, db: float
) -> Value:
    """A node from its parts."""
    node: Value = make(data, origin, a, b, da, db)
    node.grad = grad
    return node
