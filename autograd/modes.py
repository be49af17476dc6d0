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

import functools
import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from . import value as engine

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

_lock = threading.Lock()
_active = 0  # modes entered and not left, in the whole process


def no_grad() -> Mode:
    """Inside, ops compute but record nothing: results are constants.

    Also a decorator, ``@no_grad()``, of generators and coroutines too.
    """
    return Mode(engine.grad_enabled, False)


def enable_grad() -> Mode:
    """Inside, ops record again, within a ``no_grad()``. Also a decorator, as that is."""
    return Mode(engine.grad_enabled, True)


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


class Mode:
    """``with mode:`` or ``@mode``: a context variable is set to something meanwhile.

    Calling a generator function or a coroutine function runs nothing of it yet: decorated,
    the mode lasts while its body runs, and not while it waits to be asked for more.
    """

    def __init__(self, variable: ContextVar[bool], setting: bool) -> None:
        self.begin = functools.partial(during, variable, setting)
        self.entered: list[AbstractContextManager[None]] = []

    def __enter__(self) -> None:
        mode = self.begin()
        mode.__enter__()
        self.entered.append(mode)

    def __exit__(self, *exception: Any) -> None:
        self.entered.pop().__exit__(*exception)

    def __call__(self, function: F) -> F:
        import inspect  # slow to load, and rarely needed

        wrapped: Any
        if inspect.isgeneratorfunction(function):
            wrapped = in_steps(self.begin, function)
        elif inspect.iscoroutinefunction(function):

            async def wrapped(*args: Any, **kwargs: Any) -> Any:
                with self.begin():
                    return await function(*args, **kwargs)
        else:

            def wrapped(*args: Any, **kwargs: Any) -> Any:
                with self.begin():
                    return function(*args, **kwargs)

        return functools.update_wrapper(wrapped, function)  # type: ignore[return-value]


def in_steps(
    begin: Callable[[], AbstractContextManager[None]], function: Callable[..., Any]
) -> Callable[..., Any]:
    """A generator function whose generators run in a mode, between one ``yield`` and the next."""

    def steps(*args: Any, **kwargs: Any) -> Any:
        generator = function(*args, **kwargs)
        resume, sent = generator.send, None
        while True:
            try:
                with begin():
                    item = resume(sent)
            except StopIteration as stop:
                return stop.value
            try:
                resume, sent = generator.send, (yield item)
            except BaseException as thrown:
                resume, sent = generator.throw, thrown

    return steps


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
