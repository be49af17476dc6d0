"""What Python's cyclic garbage collector need not look at, and from when on it must.

A graph has no cycles, because operands do not refer to results: each node is freed when the
last reference to it goes. The collector cannot know that. It visits all nodes that live, again
and again, which takes most of the time that a large graph takes. So nodes are hidden from it,
in the compiled build as they are made (``native/nodes.c``), in pure Python before a full
collection (``untracking.py``), until there is something through which a node may lead back to
itself: a hook, a primitive whose functions hold objects, the call of a module (which its outputs
remember). From then on, for the rest of the process, it sees every new node.

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

native: Any = _build.nodes()
hider: Any = native or (untracking if untracking.WORKS else None)

# Objects: so far a hook is followed. A cycle that is longer, of nodes hidden before, stays; those
# made later are seen. To follow all would take a second for a million nodes, hook by hook.
REACH = 10_000
IDLE = (bool, int, float, str, bytes, type(None), type, types.ModuleType)  # lead to no node


def info() -> str:
    """Whether the collector visits nodes, in one line.

    >>> info().startswith("garbage collector: ")
    True
    """
    if hider is None:
        return "garbage collector: visits nodes"
    visits = "does not visit nodes" if native else "visits young nodes only"
    return f"garbage collector: {visits} until one may lead back to itself"


def hide_new(node_type: type) -> None:
    """The collector is not shown new nodes until ``show_new()``, if this build can do so."""
    if hider is not None:
        hider.hide_new(node_type)
    if native is not None and not every_object_is_checked():
        node = node_type(0.0)
        used = native.use_blocks(node_type, sys.getsizeof(node) - node.__sizeof__())
        if used and native.after_collection not in gc.callbacks:
            gc.callbacks.append(native.after_collection)  # gives back what is kept


def every_object_is_checked() -> bool:
    """True if Python was asked to check how each single object uses its memory."""
    return bool(sys.flags.dev_mode or os.environ.get("PYTHONMALLOC"))


def show_new() -> None:
    """From now on the collector sees new nodes: something may lead from a node back to it."""
    if hider is not None:
        hider.show_new()


def defined(*functions: Callable[..., Any]) -> None:
    """A primitive is made of these: nodes will lead to them, and they may lead to nodes."""
    if hider is not None and any(map(holds_objects, functions)):
        hider.show_new()


def show(node: Any, hook: Any) -> None:
    """Let the collector see a node, the nodes that its hook leads to, and all new ones."""
    if hider is None:
        return
    hider.show_new()
    node_type, waiting = type(node), [node, hook]
    seen = set(map(id, waiting))
    while waiting and len(seen) < REACH:
        thing = waiting.pop()
        if type(thing) is node_type:
            hider.show(thing)
        for other in referents(thing):
            if id(other) not in seen and not is_idle(other):
                seen.add(id(other))
                waiting.append(other)


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
