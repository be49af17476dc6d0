"""A compiled function's arguments: their shape, their numbers, and Values in their place."""

from __future__ import annotations

import inspect
from array import array
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..primitives.table import is_number
from ..value import Value


def by_position(
    function: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]
) -> tuple[Any, ...]:
    """All arguments of a call in order, whether they were given by position or by name.

    >>> by_position(lambda x, y=1.0, z=2.0: x, (5.0,), {"z": 3.0})
    (5.0, 1.0, 3.0)
    """
    if not named:
        return args
    bound = inspect.signature(function).bind(*args, **named)
    bound.apply_defaults()
    if bound.kwargs:
        raise TypeError(
            f"compile: {', '.join(bound.kwargs)} can be given by name only, but a program knows "
            "its arguments by position; bind it before: functools.partial(function, name=…)"
        )
    return bound.args


def signature(argument: Any) -> Any:
    """What two arguments must share to run the same program: everything but their numbers."""
    return flatten(argument, array("d"))


def flatten(argument: Any, into: array[float]) -> Any:
    """Append all numbers of an argument, in order; its signature."""
    if isinstance(argument, (list, tuple)):
        kinds = set(map(type, argument))
        if kinds and kinds <= {float, int}:  # the usual case, quickly
            into.fromlist(argument if isinstance(argument, list) else list(argument))
            what = "numbers" if kinds == {float} else "number"
            return (type(argument).__name__, what, len(argument))
        return (type(argument).__name__, *[flatten(item, into) for item in argument])
    if isinstance(argument, dict):
        return ("dict", *[(key, flatten(item, into)) for key, item in argument.items()])
    if getattr(argument, "ndim", 0):
        if not hasattr(argument, "ravel") or not hasattr(argument, "astype"):
            raise TypeError(
                f"compile: an argument is a {type(argument).__name__}; pass its numbers as a list "
                "or as a NumPy array (x.tolist(), x.to_numpy(), x.detach().numpy())"
            )
        into.frombytes(argument.astype(float).tobytes())
        return ("array", argument.shape)
    if isinstance(argument, Iterator):
        raise TypeError(
            f"compile: an argument is a {type(argument).__name__}, which can be run through only "
            "once; pass a list: list(…)"
        )
    if isinstance(argument, Value):
        return ("Value", id(argument))
    if isinstance(argument, bool) or not is_number(argument):
        try:
            hash(argument)
        except TypeError:
            raise TypeError(
                "compile: an argument must be made of numbers, lists, tuples, dicts and arrays, "
                f"or be hashable, not {type(argument).__name__} ({argument!r})"
            ) from None
        return ("is", argument)
    into.append(float(argument))
    return "number"


def objects_in(shape: Any) -> Iterator[Any]:
    """The arguments that are no numbers, from a signature."""
    if isinstance(shape, tuple):
        if shape[:1] == ("is",):
            yield shape[1]
        else:
            for part in shape:
                yield from objects_in(part)


def without_objects(shape: Any) -> Any:
    """A signature that is the same for all flags and other objects."""
    if isinstance(shape, tuple):
        return "is" if shape[:1] == ("is",) else tuple(map(without_objects, shape))
    return shape


def sequence_like(argument: Any, items: list[Any]) -> Any:
    """The items as a list, a tuple or a named tuple, whichever the argument is."""
    if isinstance(argument, list):
        return items
    make = getattr(type(argument), "_make", tuple)
    return make(items)


def substitute(argument: Any, values: list[Value]) -> Any:
    """The argument with a fresh leaf for every number, each also appended to ``values``."""
    if isinstance(argument, (list, tuple)):
        items = [substitute(item, values) for item in argument]
        return sequence_like(argument, items)
    if isinstance(argument, dict):
        return {key: substitute(item, values) for key, item in argument.items()}
    if getattr(argument, "ndim", 0):
        leaves = [Value(number) for number in argument.astype(float).ravel().tolist()]
        values.extend(leaves)
        filled = np.empty(len(leaves), object)
        filled[:] = leaves
        return filled.reshape(argument.shape)
    if isinstance(argument, (bool, Value)) or not is_number(argument):
        return argument
    leaf = Value(float(argument))
    values.append(leaf)
    return leaf
