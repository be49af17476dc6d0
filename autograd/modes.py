"""Modes: no_grad, detect_anomaly, paused_gc. Each is per thread and task.

>>> from autograd import Value, no_grad
>>> w = Value(2.0)
>>> with no_grad():
...     y = w * 3
>>> y.requires_grad
False
"""

from __future__ import annotations

import gc
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from . import value as engine
from .primitives.table import Primitive
from .value import Value

T = TypeVar("T")

_lock = threading.Lock()
_active = 0  # modes entered and not left, in the whole process


class AnomalyError(ArithmeticError):
    """An op made nan or inf out of finite numbers, forward or backward."""


@contextmanager
def no_grad() -> Iterator[None]:
    """Inside, ops compute but record nothing: results are constants. Also a decorator."""
    with _set(engine.grad_enabled, False):
        yield


@contextmanager
def enable_grad() -> Iterator[None]:
    """Inside, ops record again, within a ``no_grad()``. Also a decorator."""
    with _set(engine.grad_enabled, True):
        yield


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """Inside, the first op that turns finite numbers into nan or inf raises ``AnomalyError``.

    Forward ops raise as they are computed; ``backward()`` raises after its sweep and
    leaves the gradients of the leaves as they were. The error names the op, its operands
    and their labels. A nan or inf that was already in a leaf is not an anomaly of an op.

    >>> from autograd import Value
    >>> with detect_anomaly():
    ...     Value(0.0, label="x").log()
    Traceback (most recent call last):
        ...
    autograd.modes.AnomalyError: forward: log(x = 0.0) gave -inf
    """
    with _set(engine.inspectors, (*engine.inspectors.get(), _AnomalyInspector())):
        yield


@contextmanager
def paused_gc() -> Iterator[None]:
    """Inside, Python's cyclic garbage collector rests; on exit it is as it was before.

    Graphs have no reference cycles: they are freed without the collector, whose visits to
    every node would take a third of the time of a large graph.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _AnomalyInspector:
    def forward(self, node: Value) -> None:
        if not math.isfinite(node.data) and all(math.isfinite(p.data) for p in node.parents):
            raise AnomalyError(f"forward: {_call(node)} gave {node.data!r}")

    def backward(self, order: list[Value]) -> None:
        if not order or not math.isfinite(order[-1].grad):
            return  # the seed was not finite
        for node in reversed(order):
            self._check_sum(node)
            for i, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True)):
                if partial is None or not parent.requires_grad:
                    continue
                if not math.isfinite(node.grad * partial):
                    raise AnomalyError(
                        f"backward: {_call(node)} passes {node.grad!r} × {partial!r} on to its "
                        f"operand {i} ({_name(parent)}), which gives {node.grad * partial!r}"
                    )
        for node in order:
            for parent, partial in zip(node.parents, node.partials, strict=True):
                if partial is not None and parent.is_leaf and parent.requires_grad:
                    self._check_sum(parent)

    def _check_sum(self, node: Value) -> None:
        if not math.isfinite(node.grad):
            raise AnomalyError(f"backward: the gradients of {_call(node)} add up to {node.grad!r}")


def _call(node: Value) -> str:
    shown = [_name(parent) for parent in node.parents[:6]]
    if len(node.parents) > 6:
        shown.append(f"… {len(node.parents) - 6} more")
    if not isinstance(node.primitive, Primitive):
        return f"the leaf {_name(node)}"
    return f"{node.primitive.name}({', '.join(shown)})" + (f" [{node.label}]" if node.label else "")


def _name(value: Value) -> str:
    return f"{value.label} = {value.data!r}" if value.label else repr(value.data)


@contextmanager
def _set(variable: ContextVar[T], setting: T) -> Iterator[None]:
    """Set a context variable, and keep the engine on its long way while any mode is active."""
    global _active
    with _lock:
        _active += 1
        engine.busy = True
    token = variable.set(setting)
    try:
        yield
    finally:
        with _lock:
            _active -= 1
            engine.busy = _active > 0
        variable.reset(token)
