"""Callbacks: what ``fit`` calls with its history, after each epoch or after each batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .checks import function
from .history import History

Callback = Callable[[History], Any]
Callbacks = Callback | Iterable[Callback]


def callables(name: str, given: Callbacks) -> list[Callback]:
    """The callbacks, one or many, as a list; ``TypeError`` that names the argument.

    >>> callables("callbacks", print), callables("callbacks", (repr, print))
    ([<built-in function print>], [<built-in function repr>, <built-in function print>])
    """
    what = "a function of the history"
    if callable(given) or not isinstance(given, Iterable):
        return [function(f"fit: {name}", given, f"{what}, or a list of them")]
    return [function(f"fit: {name}[{i}]", callback, what) for i, callback in enumerate(given)]


def told(callbacks: Iterable[Callback], history: History) -> bool:
    """Call all of them with the history; True if one of them answers True, Python's or NumPy's.

    >>> told([lambda history: None, lambda history: history.steps >= 2], History(losses=[2.0, 1.0]))
    True
    """
    answers = [callback(history) for callback in callbacks]
    return any(type(a).__name__.startswith("bool") and bool(a) for a in answers)
