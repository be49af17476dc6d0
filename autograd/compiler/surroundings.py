"""What a function can see besides its arguments, and whether it has changed since.

A trace holds only for the parameters, flags and settings that the function saw. They are
looked up again before each run: everything that the function can reach through its closure,
its object, its defaults and the globals it names, through lists, dicts and attributes, and
through the classes and modules of the user's.
"""

from __future__ import annotations

import collections
import functools
import operator
import sys
import types
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..lines import owner_of
from ..primitives.table import Primitive
from ..value import Value

ATOMS = (Value, Primitive, str, bytes, int, float, complex, type(None), types.ModuleType)
OWN = __name__.partition(".")[0]  # functions of this package, and of nn, are not looked into
FOLLOWED = (
    *(list, tuple, dict, set, frozenset, collections.deque, np.ndarray),
    *(types.FunctionType, types.MethodType, types.CellType, functools.partial),
    *(property, staticmethod, classmethod),
)
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
        self.seen: list[tuple[Any, list[Any]]] = []
        self.arrays: list[tuple[Any, Any]] = []
        waiting = [function, *[a for a in arguments if not isinstance(a, ATOMS) and followed(a)]]
        reached = set(map(id, waiting))
        while waiting and len(reached) < ENOUGH:
            thing = waiting.pop()
            if isinstance(thing, np.ndarray):
                self.arrays.append((thing, thing.copy()))
                if thing.dtype.kind != "O":
                    continue
            held = list(contents(thing))
            self.seen.append((thing, [Made.of(item) for item in held]))
            for item in held:
                if id(item) not in reached and not isinstance(item, ATOMS) and followed(item):
                    reached.add(id(item))
                    waiting.append(item)

    def changed(self) -> str:
        """What has changed, in words; "" if nothing has."""
        for thing, held in self.seen:
            now = contents(thing)
            if not isinstance(now, list):
                now = list(now)
            if len(now) == len(held) and all(map(operator.is_, now, held)):
                continue
            if len(now) != len(held):
                return f"a {type(thing).__name__} has {len(now)} items now, not {len(held)}"
            for i, (a, b) in enumerate(zip(held, now, strict=True)):
                if a is not b and not same_atom(a, b):
                    return f"{describe(thing, i)} was {short(a)}, and is {short(b)} now"
        for array, before in self.arrays:
            if array.shape != before.shape or not equal(array, before):
                return f"an array of shape {before.shape} has other numbers now"
        return ""


def contents(thing: Any) -> Iterable[Any]:
    """What an object holds, in order."""
    if isinstance(thing, list):
        return thing
    if isinstance(thing, dict):
        return list(thing.values())
    if isinstance(thing, (tuple, set, frozenset, collections.deque)):
        return list(thing)
    if isinstance(thing, functools.partial):
        return [thing.func, *thing.args, *thing.keywords.values()]
    if isinstance(thing, types.MethodType):
        return [thing.__self__, thing.__func__]
    if isinstance(thing, types.CellType):
        try:
            return [thing.cell_contents]
        except ValueError:  # not filled yet
            return []
    if isinstance(thing, types.FunctionType):
        return held_by_function(thing)
    if isinstance(thing, property):
        return [thing.fget]
    if isinstance(thing, (staticmethod, classmethod)):
        return [thing.__func__]
    if isinstance(thing, type):
        return [*vars(thing).values(), *thing.__bases__]
    if isinstance(thing, np.ndarray):
        return list(thing.flat) if thing.dtype.kind == "O" else []
    kind: Any = type(thing)
    named = [getattr(thing, slot) for slot in slots(kind) if hasattr(thing, slot)]
    named.append(kind)  # its methods, and what all objects of it share
    return [*vars(thing).values(), *named] if hasattr(thing, "__dict__") else named


@functools.lru_cache(maxsize=1024)
def slots(kind: Any) -> list[str]:
    """The names of an object's slots."""
    return [slot for base in kind.__mro__ for slot in vars(base).get("__slots__", ())]


def held_by_function(function: types.FunctionType) -> list[Any]:
    """Cells of the closure, defaults, and the globals that its code names.

    Of modules of the user's (``config.rate``), whatever in them the code may mean.
    """
    held = [*(function.__closure__ or ()), *(function.__defaults__ or ())]
    held += (function.__kwdefaults__ or {}).values()
    codes = [function.__code__]
    for code in codes:
        named = [function.__globals__[n] for n in code.co_names if n in function.__globals__]
        for module in named:
            if isinstance(module, types.ModuleType) and is_users(module):
                held += [vars(module)[n] for n in code.co_names if n in vars(module)]
        held += named
        codes += [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return held


def is_users(module: types.ModuleType | None) -> bool:
    """True for a module of the user's own: not the engine's, Python's, or some library's."""
    if module is None:
        return False
    file = getattr(module, "__file__", None)
    if file is None:
        return module.__name__ not in sys.stdlib_module_names
    return owner_of(file) == "user"


def followed(thing: Any) -> bool:
    """True for containers, functions and objects of the user's and of nn's; not for others."""
    if isinstance(thing, types.FunctionType):
        return str(thing.__module__).partition(".")[0] not in (OWN, "nn")
    if isinstance(thing, FOLLOWED):
        return True
    if isinstance(thing, type):
        return is_users(sys.modules.get(thing.__module__))
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
        return f"[{short(list(thing)[i])}] of a dict"
    if isinstance(thing, (list, tuple, set, frozenset, np.ndarray)):
        return f"item {i} of a {type(thing).__name__}"
    if isinstance(thing, types.FunctionType):
        return f"what {thing.__name__} refers to"
    if isinstance(thing, types.CellType):
        return "a variable of an enclosing function"
    names = list(vars(thing)) if hasattr(thing, "__dict__") else []
    owner = thing.__name__ if isinstance(thing, type) else type(thing).__name__
    return f"{owner}.{names[i]}" if i < len(names) else owner


def short(x: Any) -> str:
    """A repr of at most 60 characters."""
    text = repr(x)
    return text if len(text) <= 60 else f"{text[:57]}…"
