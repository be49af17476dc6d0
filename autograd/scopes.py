"""Scopes: which call made which part of a graph.

A scope is recorded per call (name, inputs, and on the outputs a link to the scope); what
lies between is derived by who draws it. Nothing is stored per op.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import Any

from . import collector
from . import value as engine
from .primitives.origin import Origin, Record
from .value import Value

_current: ContextVar[Scope | None] = ContextVar("scope", default=None)


class Scope:
    """One call: its name, the Values that went in, the enclosing call, and the callee.

    A node belongs to the scope if an output of the scope (or of a scope within it) was
    computed from it, and it was not itself computed before the inputs.
    """

    __slots__ = ("inputs", "name", "outer", "source")

    def __init__(
        self, name: str, inputs: tuple[Value, ...], outer: Scope | None, source: Any
    ) -> None:
        self.name = name
        self.inputs = inputs
        self.outer = outer
        self.source = source

    @property
    def path(self) -> tuple[str, ...]:
        """Names from the outermost scope to this one."""
        return (*self.outer.path, self.name) if self.outer is not None else (self.name,)

    def __repr__(self) -> str:
        return f"<scope {'.'.join(self.path)}>"


def scoped(name: str, function: Callable[..., Any], *args: Any, source: Any = None) -> Any:
    """``function(*args)``, with the part of the graph that it makes recorded under ``name``.

    Pictures draw the part as a cluster. Arguments and result may be Values or nested lists
    and tuples of them. ``source`` may be the module that is called.

    >>> x = Value(2.0)
    >>> y = scoped("square", lambda v: v * v, x)
    >>> scope_of(y).path
    ('square',)
    """
    if engine.busy and not engine.grad_enabled.get():
        return function(*args)
    if source is not None:
        collector.show_new()  # outputs lead to the module, which may keep them
    outer = _current.get()
    scope = Scope(name, tuple(values_in(args)), outer, source)
    _current.set(scope)
    try:
        result = function(*args)
    finally:
        _current.set(outer)
    handed_in = set(map(id, scope.inputs))  # and perhaps handed through: not made here
    shared: dict[Origin, Record] = {}
    for output in values_in((result,)):
        origin = output.origin
        if isinstance(origin, Record):
            if origin.scope is None and origin.parents and id(output) not in handed_in:
                origin.scope = scope
        elif output.a is not None and id(output) not in handed_in:
            if origin not in shared:
                shared[origin] = Record(origin, scope=scope)
            output.origin = shared[origin]
        # else a leaf or constant: these outlive the graph, and belong to no scope
    return result


def scope_of(value: Value) -> Scope | None:
    """The innermost scope that returned this value, if one did."""
    return value.origin.scope if isinstance(value.origin, Record) else None


def values_in(structure: Iterable[Any]) -> Iterator[Value]:
    """The Values in nested lists, tuples and dicts, in order."""
    for item in structure:
        if isinstance(item, Value):
            yield item
        elif isinstance(item, (list, tuple)):
            yield from values_in(item)
        elif isinstance(item, dict):
            yield from values_in(item.values())
