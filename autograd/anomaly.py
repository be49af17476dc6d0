"""detect_anomaly: where was this nan born?

While the mode is active, each node also remembers which line of the program made it. The
memory lives in the node, so it is freed with the graph.

>>> from autograd import Value
>>> with detect_anomaly():
...     loss = (Value(0.0, label="x").sqrt() + 1) * 2
...     loss.backward()  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
autograd.anomaly.AnomalyError: backward: sqrt(x = 0.0) passes 2.0 × inf on to its operand 0 ...
  path: * → + → sqrt
  made by File "<doctest autograd.anomaly[1]>", line 2, in <module>
    loss = (Value(0.0, label="x").sqrt() + 1) * 2
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from . import value as engine
from .inspector import Inspector
from .lines import levels_to_user, line_that_made, remember_line
from .modes import during, hold, let_go
from .primitives.origin import Record
from .primitives.table import Primitive
from .value import Value

# True where set_detect_anomaly(True) keeps the engine on its long way.
_holding: ContextVar[bool] = ContextVar("holding", default=False)

MOST_OPERANDS = 6
MOST_OF_A_PATH = 8


class AnomalyError(ArithmeticError):
    """An op made nan or inf out of finite numbers, forward or backward.

    ``node`` is the Value at fault. ``path`` leads from the root of the backward pass to it,
    along the edges that brought it most of its gradient; forward, it is the node alone.
    ``draw(error.path[0], mark=error.node)`` shows it in a picture.
    """

    def __init__(
        self, message: str, node: Value | None = None, path: tuple[Value, ...] = ()
    ) -> None:
        super().__init__(message)
        self.node = node
        self.path = path


@contextmanager
def detect_anomaly(check_nan: bool = True, check_inf: bool = True) -> Iterator[None]:
    """Inside, the first op that turns finite numbers into nan or inf raises ``AnomalyError``.

    Forward ops raise as they are computed; ``backward()`` raises after its sweep and
    leaves the gradients of the leaves as they were. The error names the op, its operands
    and their labels, the line of the program that made the node and, backward, the path
    from the loss to it. Lines are known of nodes made inside the mode. A nan or inf that
    was already in a leaf is not an anomaly of an op.

    A ``RuntimeWarning`` says if the graph is stale in ``backward()``: if a node's data no
    longer follows from its operands, because they were changed since.

    Args:
        check_nan: look for nan.
        check_inf: look for inf too. False allows it, as PyTorch does; an op that then makes
            nan from inf is an anomaly. With both False, lines are remembered and stale
            graphs are warned of, nothing raises.

    Modes nest, the innermost counts. Ops are slower inside: use it to find a mistake.

    >>> from autograd import Value
    >>> with detect_anomaly(check_inf=False):
    ...     y = Value(0.0).log()
    >>> y.data
    -inf
    """
    with during(engine.inspectors, _with(AnomalyInspector(check_nan, check_inf))):
        yield


class set_detect_anomaly:  # noqa: N801 (PyTorch's name; like there, also a context manager)
    """``set_detect_anomaly(True)`` turns ``detect_anomaly`` on, ``False`` off.

    For this thread or task, until it is called again; as ``with set_detect_anomaly(…):``,
    until the end of the block.

    >>> with set_detect_anomaly(False):
    ...     pass
    """

    def __init__(self, mode: bool, check_nan: bool = True, check_inf: bool = True) -> None:
        self.before = engine.inspectors.get(), _holding.get()
        inspectors = _with(AnomalyInspector(check_nan, check_inf) if mode else None)
        _switch(inspectors, bool(mode))

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        _switch(*self.before)


class AnomalyInspector(Inspector):
    """What the engine calls while the mode is active: at each node made, after each sweep."""

    def __init__(self, check_nan: bool, check_inf: bool) -> None:
        self.check_nan = check_nan
        self.check_inf = check_inf

    def is_bad(self, x: float) -> bool:
        """True for nan and inf, as far as they are looked for."""
        return (self.check_nan and math.isnan(x)) or (self.check_inf and math.isinf(x))

    def forward(self, node: Value) -> None:
        """A node was made: remember by which line. ``AnomalyError`` if it made nan or inf."""
        remember_line(node)
        if self.is_bad(node.data) and not any(self.is_bad(p.data) for p in node.parents):
            raise error(f"forward: {call(node)} gave {node.data!r}", [node])

    def backward(self, order: list[Value]) -> None:
        """A sweep is done: warn if the graph is stale, ``AnomalyError`` if it made nan or inf."""
        stale = first_stale(order)
        if stale is not None:
            warnings.warn(
                f"backward: the graph is stale: {call(stale)} holds {stale.data!r}, which is not "
                "what its operands give now. The gradients are those of the forward pass, before "
                "the change; replay(root), or build the graph again, for the present ones"
                + line_that_made(stale),
                RuntimeWarning,
                stacklevel=levels_to_user(),
            )
        if not order or self.is_bad(order[-1].grad):
            return  # the seed was not finite
        for node in reversed(order):
            self.check_total(node, order)
            for i, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True)):
                if partial is None or not parent.requires_grad:
                    continue
                if self.is_bad(node.grad * partial):
                    raise error(
                        f"backward: {call(node)} passes {node.grad!r} × {partial!r} on to its "
                        f"operand {i} ({name(parent)}), which gives {node.grad * partial!r}",
                        path_to(node, order),
                    )
        for node in order:
            for parent, partial in zip(node.parents, node.partials, strict=True):
                if partial is not None and parent.is_leaf and parent.requires_grad:
                    self.check_total(parent, order)

    def check_total(self, node: Value, order: list[Value]) -> None:
        """``AnomalyError`` if the gradients that reached a node add up to nan or inf."""
        if self.is_bad(node.grad):
            hooks = isinstance(node.origin, Record) and node.origin.hooks and not node.is_leaf
            after = ", after its hooks have seen them" if hooks else ""
            raise error(
                f"backward: the gradients of {call(node)} add up to {node.grad!r}{after}",
                path_to(node, order),
            )


def error(message: str, path: list[Value]) -> AnomalyError:
    """The error for the last node of a path: what happened, on which way, made where."""
    if len(path) > 1:
        message += f"\n  path: {path_text(path)}"
    return AnomalyError(message + line_that_made(path[-1]), path[-1], tuple(path))


def first_stale(order: list[Value]) -> Value | None:
    """The first node of a topological order that does not hold what its operands give now."""
    for node in order:
        if isinstance(node.primitive, Primitive):
            now = node.primitive.forward(*[parent.data for parent in node.parents])
            if now != node.data and not (math.isnan(now) and math.isnan(node.data)):
                return node
    return None


def path_to(target: Value, order: list[Value]) -> list[Value]:
    """From the root to a node, always through the user that passes most gradient on to it.

    ``order`` is a topological order with gradients, the root last.
    """
    strongest: dict[int, tuple[float, Value]] = {}
    for node in order:
        for parent, partial in zip(node.parents, node.partials, strict=True):
            if partial is not None:
                strength = abs(node.grad * partial)
                if id(parent) not in strongest or strength > strongest[id(parent)][0]:
                    strongest[id(parent)] = (strength, node)
    path = [target]
    while id(path[-1]) in strongest:
        path.append(strongest[id(path[-1])][1])
    return path[::-1]


def path_text(path: list[Value]) -> str:
    """A path in a line; of a long one, both ends."""
    shown = [brief(node) for node in path]
    if len(shown) > MOST_OF_A_PATH:
        half = MOST_OF_A_PATH // 2
        shown[half:-half] = [f"… {len(shown) - 2 * half} more …"]
    return " → ".join(shown)


def brief(node: Value) -> str:
    """A node's label, or the module call that returned it, and its op."""
    title = readable(node.label)
    if not title and isinstance(node.origin, Record) and node.origin.scope is not None:
        title = readable(".".join(node.origin.scope.path))
    if title and node.op:
        return f"{title} [{node.op}]"
    return title or node.op or repr(node.data)


def call(node: Value) -> str:
    """A node as the call that made it, its operands with their labels."""
    if not isinstance(node.primitive, Primitive):
        return f"the leaf {name(node)}"
    shown = [name(parent) for parent in node.parents[:MOST_OPERANDS]]
    if len(node.parents) > MOST_OPERANDS:
        shown.append(f"… {len(node.parents) - MOST_OPERANDS} more")
    label = f" [{readable(node.label)}]" if node.label else ""
    return f"{node.primitive.name}({', '.join(shown)}){label}"


def name(value: Value) -> str:
    """A Value's number, with its label."""
    return f"{readable(value.label)} = {value.data!r}" if value.label else repr(value.data)


def readable(text: str) -> str:
    """Untrusted text without line breaks and control characters."""
    return text if text.isprintable() else repr(text)[1:-1]


def _with(inspector: AnomalyInspector | None) -> tuple[object, ...]:
    others = [i for i in engine.inspectors.get() if not isinstance(i, AnomalyInspector)]
    return (*others, inspector) if inspector is not None else tuple(others)


def _switch(inspectors: tuple[object, ...], on: bool) -> None:
    if on and not _holding.get():
        hold()
    if not on and _holding.get():
        let_go()
    _holding.set(on)
    engine.inspectors.set(inspectors)


__all__ = ["AnomalyError", "detect_anomaly", "set_detect_anomaly"]
