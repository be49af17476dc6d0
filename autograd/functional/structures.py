"""Nested lists, tuples and dicts of numbers: taken apart and put together again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..primitives.table import is_number, real
from ..value import Value


def flatten(structure: Any, name: str) -> list[tuple[str, Any]]:
    """What a structure holds, in order, each with its name: ``name[0]['weight']``.

    >>> flatten({"w": [1.0, 2.0], "b": 3.0}, "params")
    [("params['w'][0]", 1.0), ("params['w'][1]", 2.0), ("params['b']", 3.0)]
    """
    return list(_flatten(structure, name))


def _flatten(structure: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(structure, (list, tuple)):
        for i, item in enumerate(structure):
            yield from _flatten(item, f"{name}[{i}]")
    elif isinstance(structure, dict):
        for key, item in structure.items():
            yield from _flatten(item, f"{name}[{key!r}]")
    else:
        yield name, structure


def rebuild(structure: Any, items: Iterable[Any]) -> Any:
    """A structure of the same form that holds other items, in the order of ``flatten``.

    Lists, tuples (named ones too) and dicts become new ones.

    >>> rebuild({"w": [1.0, 2.0], "b": 3.0}, [10.0, 20.0, 30.0])
    {'w': [10.0, 20.0], 'b': 30.0}
    """
    return _build(structure, iter(items))


def _build(part: Any, items: Iterator[Any]) -> Any:
    if isinstance(part, tuple):
        parts = [_build(item, items) for item in part]
        return type(part)(*parts) if hasattr(part, "_fields") else tuple(parts)
    if isinstance(part, list):
        return [_build(item, items) for item in part]
    if isinstance(part, dict):
        return {key: _build(item, items) for key, item in part.items()}
    return next(items)


def matching(structure: Any, like: Any, name: str, like_name: str) -> list[Any]:
    """The numbers and Values of a structure which must have the form of another.

    ``ValueError`` that names the first place where the forms differ, ``TypeError`` for
    what is no number.
    """
    if isinstance(like, (list, tuple)):
        if not isinstance(structure, (list, tuple)) or len(structure) != len(like):
            raise ValueError(
                f"{name} must have the form of {like_name}, here {_form(like)}, not "
                f"{_form(structure)}"
            )
        pairs = [(f"[{i}]", a, b) for i, (a, b) in enumerate(zip(structure, like, strict=True))]
    elif isinstance(like, dict):
        if not isinstance(structure, dict) or structure.keys() != like.keys():
            raise ValueError(
                f"{name} must have the form of {like_name}, here {_form(like)}, not "
                f"{_form(structure)}"
            )
        pairs = [(f"[{key!r}]", structure[key], item) for key, item in like.items()]
    else:
        return [number(structure, name)]
    return [x for end, a, b in pairs for x in matching(a, b, name + end, like_name + end)]


def number(x: Any, name: str) -> float | Value:
    """A Value as it is, a number as a float; ``TypeError`` that names anything else."""
    if isinstance(x, Value):
        return x
    if not is_number(x) and hasattr(x, "tolist"):
        raise TypeError(
            f"{name} must be a number or Value, or a list, tuple or dict of them, not "
            f"{type(x).__name__}; use its .tolist()"
        )
    return real(x, name)


def _form(structure: Any) -> str:
    if isinstance(structure, (list, tuple)):
        return f"a {type(structure).__name__} of {len(structure)}"
    if isinstance(structure, dict):
        return f"a dict with keys {list(structure)!r}"
    return f"{type(structure).__name__} ({structure!r})"
