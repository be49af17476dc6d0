"""Modes: no_grad, enable_grad, paused_gc (and, in anomaly.py, detect_anomaly).

Each is per thread and task, except that there is one garbage collector.

>>> from autograd import Value, no_grad
>>> w = Value(2.0)
>>> with no_grad():
...     y = w * 3
>>> y.requires_grad
False
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from . import value as engine

T = TypeVar("T")

_lock = threading.Lock()
_active = 0  # modes entered and not left, in the whole process


@contextmanager
def no_grad() -> Iterator[None]:
    """Inside, ops compute but record nothing: results are constants. Also a decorator."""
    with during(engine.grad_enabled, False):
        yield


@contextmanager
def enable_grad() -> Iterator[None]:
    """Inside, ops record again, within a ``no_grad()``. Also a decorator."""
    with during(engine.grad_enabled, True):
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


@contextmanager
def during(variable: ContextVar[T], setting: T) -> Iterator[None]:
    """Set a context variable, and keep the engine on its long way until it is set back."""
    hold()
    token = variable.set(setting)
    try:
        yield
    finally:
        let_go()
        variable.reset(token)


def hold() -> None:
    """Keep the engine on its long way, which asks the modes, until as many ``let_go()``."""
    global _active
    with _lock:
        _active += 1
        engine.busy = True


def let_go() -> None:
    """Undo one ``hold()``."""
    global _active
    with _lock:
        _active -= 1
        engine.busy = _active > 0
