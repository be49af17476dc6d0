"""In pure Python: nodes that full collections of the garbage collector do not visit.

The collector keeps lists of the objects that it visits, and calls back before it starts. Before
a full collection the nodes, if there are many, are taken off these lists, so that each is
visited while it is young, and then no more. The compiled build (``native/nodes.c``) never puts
them there; what both are used for stands in ``collector.py``.

It has a price: Ctrl-C that comes while the collector itself works is seen first when it calls
back, and Python prints and drops what that raises. The user has to press it again.
"""

from __future__ import annotations

import _thread
import atexit
import contextlib
import functools
import gc
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

WORKS = sys.implementation.name == "cpython" and "free-threading" not in sys.version
FULL = 2  # the number of the oldest generation
OPTIMIZED = 1  # flag of a function whose variables are not in a dict
MANY = 100_000  # nodes; to take off fewer takes longer than to visit them

node_type: type | None = None
hidden = False  # whether nodes were taken off
shown = False  # once it is True, it stays so: nodes that lead back may live on


def hide_new(type: type) -> bool:
    """From the next full collection on, objects of this type are taken off the lists; if it can."""
    global node_type
    node_type = type
    if WORKS and not shown and before_collection not in gc.callbacks:
        gc.callbacks.append(before_collection)
    return WORKS and not shown


def show_new() -> None:
    """Put all back on the lists, where they and new ones stay from now on."""
    global shown
    if not shown:
        shown = True
        end()
        if hidden:
            put_back()


@atexit.register  # what is used here may be gone before the last collection
def end() -> None:
    """Be called no more."""
    with contextlib.suppress(ValueError):
        gc.callbacks.remove(before_collection)


def before_collection(phase: str, info: dict[str, int]) -> None:
    """Called by the collector: take the nodes off its lists if it is to visit all objects."""
    try:
        if phase == "start" and info["generation"] >= FULL and is_only_thread():
            take_off()
    except KeyboardInterrupt:  # the collector would drop it; soon, from elsewhere, it does not
        _thread.start_new_thread(_thread.interrupt_main, ())
    except (ImportError, MemoryError):
        pass  # a Python without ctypes; or no room for a list of what is to be taken off


def is_only_thread() -> bool:
    """Another may be making a tuple, which must not be held here. Not all are of ``threading``."""
    return len(sys._current_frames()) == 1


def take_off() -> None:
    """Take the nodes off the collector's lists, if there are many."""
    global hidden
    if sys.getallocatedblocks() < 2 * MANY:  # a node is an object and a number at least
        return
    nodes = [thing for thing in gc.get_objects() if type(thing) is node_type]
    if len(nodes) >= MANY:
        untrack = of_python("PyObject_GC_UnTrack")
        hidden = True
        for node in nodes:
            untrack(node)


def put_back() -> None:
    """Put what was taken off back: held by an object, a running function, or another node."""
    track = of_python("PyObject_GC_Track")
    waiting: list[Any] = [*gc.get_objects(), *map(variables, running())]
    while waiting:
        for thing in gc.get_referents(waiting.pop()):
            if type(thing) is node_type and not gc.is_tracked(thing):
                track(thing)
                waiting.append(thing)


def running() -> Iterator[types.FrameType]:
    """What runs in all threads: the innermost function, its caller, and so on."""
    frame: types.FrameType | None
    for frame in sys._current_frames().values():
        while frame is not None:
            yield frame
            frame = frame.f_back


def variables(frame: types.FrameType) -> list[Any]:
    """What a function's variables hold."""
    held = frame.f_locals
    values = list(held.values())
    if frame.f_code.co_flags & OPTIMIZED and isinstance(held, dict):  # before Python 3.13
        held.clear()  # a copy, which would keep all alive for as long as the function runs
    return values


@functools.cache
def of_python(name: str) -> Callable[[Any], None]:
    """A function of Python's C interface which takes an object and returns nothing."""
    import ctypes  # not before it is needed: few programs have a full collection

    return ctypes.PYFUNCTYPE(None, ctypes.py_object)((name, ctypes.pythonapi))
