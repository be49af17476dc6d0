"""Nested lists: making them of parameters, checking them, mapping over them.

A vector is a list of Values, an image a list (channels) of lists (rows) of lists of Values.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from autograd import Value

from .module import Module

Vectors = Sequence[Sequence[Any]]


def width(name: str, n: int) -> int:
    """``n`` if it is a positive int, else an error that names it."""
    return at_least(1, name, n)


def at_least(least: int, name: str, n: int) -> int:
    """``n`` if it is an int of at least ``least``, else an error that names it."""
    if isinstance(n, bool) or not isinstance(n, int):
        raise TypeError(f"{name} must be an int, not {n!r}")
    if n < least:
        raise ValueError(f"{name} must be at least {least}, not {n}")
    return n


def probability(name: str, p: float) -> float:
    """``p`` if it is a number from 0 to 1, else an error that names it."""
    if isinstance(p, bool) or not isinstance(p, (int, float)):
        raise TypeError(f"{name} must be a number, not {p!r}")
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"{name} must be between 0 and 1, not {p!r}")
    return float(p)


# --- making -----------------------------------------------------------------------------------


def parameters(draw: Callable[[], float], *shape: int) -> Any:
    """Nested lists of new parameters, each starting at ``draw()``.

    >>> parameters(lambda: 0.5, 1, 2)
    [[Value(0.5), Value(0.5)]]
    """
    if not shape:
        return Value(draw())
    return [parameters(draw, *shape[1:]) for _ in range(shape[0])]


def uniform(bound: float, rng: random.Random, *shape: int) -> Any:
    """Nested lists of new parameters, drawn from ±``bound``."""
    return parameters(lambda: rng.uniform(-bound, bound), *shape)


def constants(number: float, n: int) -> list[Value]:
    """``n`` new Values that require no gradient: a buffer, or a state to start from."""
    return [Value(number, requires_grad=False) for _ in range(n)]


# --- checking ---------------------------------------------------------------------------------


def as_value(x: Any) -> Value:
    """A number becomes a constant, a Value stays."""
    return x if isinstance(x, Value) else Value(x, requires_grad=False)


def as_values(
    inputs: Iterable[Any], expected: int, module: Module, what: str = "inputs"
) -> list[Value]:
    """Numbers become constants, Values stay; ``ValueError`` for an unexpected number of them."""
    try:
        values = [x if isinstance(x, Value) else Value(x, requires_grad=False) for x in inputs]
    except TypeError as error:
        takes = f"{module.describe()} takes a sequence of {expected} numbers or Values"
        if shape_of(inputs) is None or len(shape_of(inputs) or ()) > 1:
            raise TypeError(
                f"{takes}, one sample; for a list of samples, call it with each: "
                "[module(x) for x in samples], or module.on_batch(samples)"
            ) from None
        raise TypeError(f"{takes}: {error}") from None
    if len(values) != expected:
        raise ValueError(f"{module.describe()} takes {expected} {what}, not {len(values)}")
    return values


def vectors(module: Module, name: str, xs: Vectors, length: int) -> list[list[Value]]:
    """A sequence of at least one vector of that length, or an error that names it."""
    if not len(xs):
        raise ValueError(f"{module.describe()}: {name} must have at least one vector")
    return [as_values(x, length, module, f"numbers per vector of {name}") for x in xs]


def as_channels(inputs: Sequence[Any], channels: int, depth: int, module: Module) -> list[Any]:
    """``channels`` lists of Values (``depth`` 1) or of rows of equal length (``depth`` 2)."""
    kind = "lists of numbers" if depth == 1 else "lists of rows of numbers"
    form = f"{module.describe()} takes {channels} channels, {kind}"
    found = mapped(as_value, inputs)
    if not isinstance(found, list):
        raise TypeError(f"{form}, not a {type(inputs).__name__}")
    if len(found) != channels:
        raise ValueError(f"{form}, not {len(found)} channels")
    shapes = [shape_of(channel) for channel in found]
    for shape in shapes:
        if shape is None or len(shape) != depth or shape != shapes[0]:
            raise ValueError(f"{form}, all of one shape, not of shapes {shapes}")
    return found


def shape_of(nested: Any) -> tuple[int, ...] | None:
    """The lengths of nested lists (and arrays) from the outside inwards; None if they are ragged.

    >>> shape_of([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), shape_of([[1.0], []]), shape_of(1.0)
    ((2, 3), None, ())
    """
    if not isinstance(nested, (list, tuple)):
        return tuple(getattr(nested, "shape", ()))
    inner = {shape_of(element) for element in nested}
    if len(inner) > 1 or None in inner:
        return None
    return (len(nested), *(inner.pop() or ())) if inner else (0,)


# --- mapping ----------------------------------------------------------------------------------


def mapped(function: Callable[[Any], Any], nested: Any) -> Any:
    """The function applied to every element of nested lists; tuples become lists.

    >>> mapped(abs, [-1.0, (2.0, -3.0)])
    [1.0, [2.0, 3.0]]
    """
    if isinstance(nested, (list, tuple)):
        return [mapped(function, element) for element in nested]
    if getattr(nested, "ndim", 0):
        return [mapped(function, element) for element in nested.tolist()]  # a NumPy array
    return function(nested)


def numbers(nested: Any) -> Any:
    """The numbers of the Values in nested lists.

    >>> numbers([Value(1.0), [Value(2.0), 3.0]])
    [1.0, [2.0, 3.0]]
    """
    return mapped(lambda x: x.item() if isinstance(x, Value) else x, nested)


def without_bools(nested: Any) -> Any:
    """Nested lists with 1.0 and 0.0 in place of bools, each of which a program would freeze.

    >>> without_bools([True, [False, 2]])
    [1.0, [0.0, 2]]
    """
    if isinstance(nested, bool):
        return float(nested)
    if type(nested) in (list, tuple):
        return type(nested)(map(without_bools, nested))
    return nested


def flat(nested: Any) -> Iterator[Any]:
    """The elements of nested lists, in order."""
    for element in nested if isinstance(nested, (list, tuple)) else [nested]:
        if isinstance(element, (list, tuple)):
            yield from flat(element)
        else:  # here, not one call further down, which would make it slow
            yield element


def refilled(nested: Any, elements: Iterable[Any]) -> Any:
    """Lists nested in the same way, with other elements.

    >>> refilled([[1, 2], [3]], "abc")
    [['a', 'b'], ['c']]
    """
    supply = iter(elements)
    return mapped(lambda _: next(supply), nested)
