"""What a function can see besides its arguments, and whether it has changed since.

A trace holds only for the parameters, flags and settings that the function saw. They are
looked up again before each run: everything that the function can reach through its closure,
its object, its defaults and the globals it names, through lists, dicts and attributes, and
through the classes of the user's objects (whose methods name globals, too). What it reaches
through a weak reference is looked at, but not kept alive.
"""

from __future__ import annotations

import collections
import functools
import operator
import sys
import types
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..collector import held_by_cell
from ..primitives.table import Primitive
from ..value import Value

ATOMS = (Value, str, bytes, int, float, complex, type(None), types.ModuleType)
OWN = __name__.partition(".")[0]
LIBRARIES = {OWN, "nn", "numpy", *sys.stdlib_module_names}  # whose classes do not change
CACHE = "__compiled__"  # an attribute of this name is a cache of programs, and no state
ENOUGH = 1_000_000  # objects, after which the rest is taken on trust


class Made:
    """A Value that an op made: remembered, but not kept alive, and its whole graph with it."""

    def __init__(self, value: Value) -> None:
        self.identity, self.data = id(value), value.data

    @staticmethod
    def of(thing: Any) -> Any:
        """The thing itself, unless it is such a Value."""
        return Made(thing) if isinstance(thing, Value) and not thing.is_leaf else thing

    def __repr__(self) -> str:
        return f"Value({self.data!r})"


class Surroundings:
    """The objects that a function reaches, each with what it held when it was looked at.

    ``arguments`` are objects that it was given, other than numbers.
    """

    def __init__(self, function: Callable[..., Any], arguments: Sequence[Any] = ()) -> None:
        self.seen: list[tuple[Any, Callable[[Any], Sequence[Any]], list[Any]]] = []
        self.arrays: list[tuple[Any, Any]] = []
        waiting = [function, *[a for a in arguments if not isinstance(a, ATOMS) and followed(a)]]
        reached = set(map(id, waiting))
        while waiting and len(reached) < ENOUGH:
            thing = waiting.pop()
            if isinstance(thing, np.ndarray):
                self.arrays.append((thing, thing.copy()))
                if thing.dtype.kind != "O":
                    continue
            read = reader(type(thing))
            held = list(read(thing))
            self.seen.append((thing, read, [Made.of(item) for item in held]))
            for item in held:
                if id(item) not in reached and not isinstance(item, ATOMS) and followed(item):
                    reached.add(id(item))
                    waiting.append(item)

    def changed(self) -> str:
        """What has changed, in words; "" if nothing has."""
        for thing, read, held in self.seen:
            now = read(thing)
            if len(now) == len(held) and all(map(operator.is_, now, held)):
                continue
            if len(now) != len(held):
                each = 2 if has_names(thing) else 1
                counts = f"{len(now) // each} items now, not {len(held) // each}"
                return f"a {type(thing).__name__} has {counts}"
            for i, (a, b) in enumerate(zip(held, now, strict=True)):
                if a is not b and not same_atom(a, b):
                    return f"{describe(thing, i)} was {short(a)}, and is {short(b)} now"
        for array, before in self.arrays:
            if array.shape != before.shape or not equal(array, before):
                return f"an array of shape {before.shape} has other numbers now"
        return ""


def contents(thing: Any) -> Sequence[Any]:
    """What an object holds, in order."""
    return reader(type(thing))(thing)


def reader(kind: type) -> Callable[[Any], Sequence[Any]]:
    """How to get at the contents of objects of a class; found once, for they are read often."""
    for base, read in READERS.items():
        if issubclass(kind, base):
            return read
    declared = [vars(base).get("__slots__", ()) for base in kind.__mro__]
    slots = [s for names in declared for s in ([names] if isinstance(names, str) else names)]

    def names_and_values(thing: Any) -> Sequence[Any]:
        found = attributes(thing)
        if slots:
            found = found | {slot: getattr(thing, slot) for slot in slots if hasattr(thing, slot)}
        return [*found, *found.values(), type(thing)]

    return names_and_values


READERS: dict[type, Callable[[Any], Sequence[Any]]] = {
    list: lambda items: items,
    dict: lambda items: [*items, *items.values()],
    tuple: lambda items: items,
    **dict.fromkeys((set, frozenset, collections.deque), list),
    functools.partial: lambda made: [made.func, *made.args, *made.keywords.values()],
    types.MethodType: lambda method: [method.__self__, method.__func__],
    types.CellType: held_by_cell,
    types.FunctionType: lambda function: held_by_function(function),
    Primitive: lambda op: [op.forward, op.partials, op.both, op.array],
    np.ndarray: lambda array: list(array.flat) if array.dtype.kind == "O" else [],
    weakref.ref: lambda reference: contents(reference()),
    property: lambda computed: [computed.fget, computed.fset],
    **dict.fromkeys((staticmethod, classmethod), lambda method: [method.__func__]),
    type: lambda kind: [*vars(kind), *vars(kind).values(), *kind.__bases__],
}
FOLLOWED = tuple(READERS)


def attributes(thing: Any) -> dict[str, Any]:
    """An object's own attributes, without caches of programs."""
    found: dict[str, Any] = getattr(thing, "__dict__", {})
    return {n: a for n, a in found.items() if n != CACHE} if CACHE in found else found


def held_by_function(function: types.FunctionType) -> list[Any]:
    """Cells of the closure, defaults, and the globals that its code names.

    Of a module of the user's, what the code names may be an attribute. (What is installed is
    taken to stay as it is; see ``of_a_library``.)
    """
    held = [*(function.__closure__ or ()), *(function.__defaults__ or ())]
    held += (function.__kwdefaults__ or {}).values()
    enclosed = [item for cell in function.__closure__ or () for item in contents(cell)]
    codes = [function.__code__]
    for code in codes:
        named = [function.__globals__[n] for n in code.co_names if n in function.__globals__]
        for thing in [*named, *enclosed]:
            if isinstance(thing, types.ModuleType) and not of_a_library(thing.__name__):
                held += [vars(thing)[n] for n in code.co_names if n in vars(thing)]
        held += named
        codes += [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return held


@functools.cache
def of_a_library(module: str | None) -> bool:
    """True for a module's name if its functions and classes stay as they are: it is installed.

    To look into them would lead far: from ``pyplot.plot`` to all of matplotlib.
    """
    if str(module).partition(".")[0] in LIBRARIES:
        return True
    file = getattr(sys.modules.get(str(module)), "__file__", None) or ""
    return not {"site-packages", "dist-packages"}.isdisjoint(Path(file).parts)


def followed(thing: Any) -> bool:
    """True for containers, functions, classes and objects of the user's, and nn's objects."""
    if isinstance(thing, (types.FunctionType, type)):
        return not of_a_library(thing.__module__)
    if isinstance(thing, FOLLOWED):
        return True
    kind = type(thing)
    has_attributes = hasattr(thing, "__dict__") or hasattr(kind, "__slots__")
    return has_attributes and kind.__module__.partition(".")[0] != OWN


def same_atom(a: Any, b: Any) -> bool:
    """True for equal numbers and strings, which need not be the same object."""
    if isinstance(a, Made):
        return a.identity == id(b) and repr(a.data) == repr(b.data)
    return type(a) is type(b) and isinstance(a, (str, bytes, int, float, complex)) and a == b


def equal(a: Any, b: Any) -> bool:
    """True if two arrays hold the same, nan included."""
    if a.dtype.kind == "O":
        return all(map(operator.is_, a.flat, b.flat))
    return bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"))


def describe(thing: Any, i: int) -> str:
    """A place in an object, in words."""
    if isinstance(thing, dict):
        key = list(thing)[i % len(thing)]
        return "a key of a dict" if i < len(thing) else f"[{short(key)}] of a dict"
    if isinstance(thing, (list, tuple, set, frozenset, np.ndarray)):
        return f"item {i} of a {type(thing).__name__}"
    if isinstance(thing, types.FunctionType):
        return f"what {thing.__name__} refers to"
    if isinstance(thing, types.CellType):
        return "a variable of an enclosing function"
    thing = thing() if isinstance(thing, weakref.ref) else thing
    name = thing.__name__ if isinstance(thing, type) else type(thing).__name__
    held = contents(thing) if has_names(thing) else ()
    names = held[: len(vars(thing)) if isinstance(thing, type) else len(held) // 2]
    if i < len(names):
        return f"the name of an attribute of {name}"
    return f"{name}.{names[i - len(names)]}" if i < 2 * len(names) else name


def has_names(thing: Any) -> bool:
    """True for what holds names (or keys), and then what they stand for."""
    return isinstance(thing, (dict, type)) or not isinstance(thing, FOLLOWED)


def short(x: Any) -> str:
    """A repr of at most 60 characters."""
    text = repr(x)
    return text if len(text) <= 60 else f"{text[:57]}…"
