"""What Python's cyclic garbage collector need not look at, and from when on it must.

A graph has no cycles, because operands do not refer to results: each node is freed when the
last reference to it goes. The collector cannot know that. It visits all nodes that live, again
and again, which takes most of the time that a large graph takes. So nodes are hidden from it,
in the compiled build as they are made (``native/nodes.c``), in pure Python before a full
collection (``untracking.py``), until there is something through which a node may lead back to
itself: a hook, a primitive whose functions hold objects, the call of a module (which its outputs
remember). From then on, for the rest of the process, it sees every node.

Hidden nodes of the compiled build lie in blocks of memory of their own, which are kept for the
next graph, up to 256 MB of them; ``gc.collect()`` gives them back.
"""

from __future__ import annotations

import gc
import os
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any

from . import _build, untracking

hider: Any = None  # the module that hides nodes
IDLE = (bool, int, float, str, bytes, type(None), type, types.ModuleType)  # lead to no node


def info() -> str:
    """Whether the collector visits nodes, in one line.

    >>> info().startswith("garbage collector: ")
    True
    """
    if hider is None:
        return "garbage collector: visits nodes"
    visits = "visits young nodes only" if hider is untracking else "does not visit nodes"
    return f"garbage collector: {visits} until one may lead back to itself"


def hide_new(node_type: type) -> None:
    """The collector is not shown new nodes until ``show_new()``, if this build can do so."""
    global hider
    if hider is not None:
        return  # autograd is loaded again: what was shown since stays so
    native = _build.nodes()
    if native is not None and not every_object_is_checked():
        node = node_type(0.0)
        if native.hide_new(node_type, sys.getsizeof(node) - node.__sizeof__()):
            hider = native
            if native.after_collection not in gc.callbacks:
                gc.callbacks.append(native.after_collection)  # gives back what is kept
            return
    hider = untracking if untracking.hide_new(node_type) else None


def every_object_is_checked() -> bool:
    """True if Python was asked to check how each single object uses its memory."""
    return bool(sys.flags.dev_mode or os.environ.get("PYTHONMALLOC"))


def show_new() -> None:
    """From now on the collector sees all nodes: something may lead from one back to itself."""
    if hider is not None:
        hider.show_new()


def give_back() -> None:
    """Give back the memory that is kept for the next graph, as a full collection does."""
    if hider is not None and hider is not untracking:
        hider.free_blocks()


def defined(*functions: Callable[..., Any]) -> None:
    """A primitive is made of these: nodes will lead to them, and they may lead to nodes."""
    if hider is not None and any(map(holds_objects, functions)):
        hider.show_new()


def referents(thing: Any) -> Iterable[Any]:
    """What an object refers to; of a function, without its module."""
    if type(thing) is not types.FunctionType:
        return gc.get_referents(thing)
    defaults = [*(thing.__defaults__ or ()), *(thing.__kwdefaults__ or {}).values()]
    held = [held for cell in thing.__closure__ or () for held in held_by_cell(cell)]
    return [*defaults, *held, *thing.__dict__.values()]


def held_by_cell(cell: types.CellType) -> list[Any]:
    """A variable of an enclosing function, unless it is not filled yet."""
    try:
        return [cell.cell_contents]
    except ValueError:
        return []


def holds_objects(function: Callable[..., Any]) -> bool:
    """True if a function holds more than numbers, strings, and functions that do not either.

    >>> from math import sin
    >>> holds_objects(sin), holds_objects(lambda x: 2 * x), holds_objects([].append)
    (False, False, True)
    """
    waiting: list[Any] = [function]
    seen: set[int] = set()
    while waiting:
        thing = waiting.pop()
        if type(thing) is types.FunctionType:
            if id(thing) not in seen:
                seen.add(id(thing))
                waiting += referents(thing)
        elif type(thing) is types.BuiltinFunctionType:
            waiting.append(thing.__self__)
        elif not is_idle(thing):
            return True
    return False


def is_idle(thing: Any) -> bool:
    """True if an object leads to no node. Proxies are not asked, as isinstance would, what for."""
    return issubclass(type(thing), IDLE)
