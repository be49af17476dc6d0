"""Callbacks: what ``fit`` calls with its history, after each epoch or after each batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .history import History

Callback = Callable[[History], Any]
Callbacks = Callback | Iterable[Callback]


def callables(name: str, given: Callbacks) -> list[Callback]:
    """The callbacks, one or many, as a list; ``TypeError`` that names the argument.

    >>> callables("callbacks", print), callables("callbacks", (repr, print))
    ([<built-in function print>], [<built-in function repr>, <built-in function print>])
    """
    if isinstance(given, type) or not (callable(given) or isinstance(given, Iterable)):
        raise TypeError(
            f"fit: {name} must be a function of the history, or a list of them, not {given!r}"
        )
    found = [given] if callable(given) else list(given)
    for i, callback in enumerate(found):
        if isinstance(callback, type):
            raise TypeError(
                f"fit: {name}[{i}] is the class {callback.__name__}; make an object of it: "
                f"{callback.__name__}(…)"
            )
        if not callable(callback):
            raise TypeError(
                f"fit: {name}[{i}] must be a function of the history, which is called as "
                f"f(history), not {callback!r}"
            )
    return found


def told(callbacks: Iterable[Callback], history: History) -> bool:
    """Call all of them with the history; True if one of them answers True, Python's or NumPy's.

    >>> told([lambda history: None, lambda history: history.steps >= 2], History(losses=[2.0, 1.0]))
    True
    """
    answers = [callback(history) for callback in callbacks]
    return any(type(a).__name__.startswith("bool") and bool(a) for a in answers)
