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
from collections.abc import Callable
from typing import Any

WORKS = sys.implementation.name == "cpython" and "free-threading" not in sys.version
FULL = 2  # the number of the oldest generation
MANY = 100_000  # nodes; to take off fewer takes longer than to visit them

node_type: type | None = None
showing = False  # once it is True, it stays so: nodes that lead back may live on


def hide_new(type: type) -> None:
    """From the next full collection on, objects of this type are taken off the lists."""
    global node_type
    node_type = type
    if before_collection not in gc.callbacks and not showing:
        gc.callbacks.append(before_collection)


def show_new() -> None:
    """From now on, those that are on them stay there."""
    global showing
    showing = True
    end()


@atexit.register  # what is used here may be gone before the last collection
def end() -> None:
    """Be called no more."""
    with contextlib.suppress(ValueError):
        gc.callbacks.remove(before_collection)


def show(thing: Any) -> None:
    """Put an object back, if it was taken off."""
    if gc.is_tracked(thing):
        return
    with contextlib.suppress(ImportError):  # then none was
        of_python("PyObject_GC_Track")(thing)


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
    nodes = [thing for thing in gc.get_objects() if type(thing) is node_type]
    if len(nodes) >= MANY:
        untrack = of_python("PyObject_GC_UnTrack")
        for node in nodes:
            untrack(node)


@functools.cache
def of_python(name: str) -> Callable[[Any], None]:
    """A function of Python's C interface which takes an object and returns nothing."""
    import ctypes  # not before it is needed: few programs have a full collection

    return ctypes.PYFUNCTYPE(None, ctypes.py_object)((name, ctypes.pythonapi))
