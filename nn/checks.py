"""Checks of arguments: each returns the argument, or raises an error that names it.

>>> not_negative("lr", -1)
Traceback (most recent call last):
...
ValueError: lr must be ≥ 0, not -1
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable, Sequence
from typing import Any


def number(name: str, x: Any) -> float:
    """A finite real number, as a float."""
    if isinstance(x, bool) or not isinstance(x, numbers.Real):
        raise TypeError(f"{name} must be a number, not {x!r}")
    if not math.isfinite(x):
        raise ValueError(f"{name} must be finite, not {x!r}")
    return float(x)


def not_negative(name: str, x: Any) -> float:
    """A finite number ≥ 0."""
    if number(name, x) < 0:
        raise ValueError(f"{name} must be ≥ 0, not {x!r}")
    return float(x)


def positive(name: str, x: Any) -> float:
    """A finite number > 0."""
    if number(name, x) <= 0:
        raise ValueError(f"{name} must be > 0, not {x!r}")
    return float(x)


def fraction(name: str, x: Any) -> float:
    """A number in [0, 1)."""
    if not 0 <= number(name, x) < 1:
        raise ValueError(f"{name} must be in [0, 1), not {x!r}")
    return float(x)


def share(name: str, x: Any) -> float:
    """A number in [0, 1]."""
    if not 0 <= number(name, x) <= 1:
        raise ValueError(f"{name} must be in [0, 1], not {x!r}")
    return float(x)


def flag(name: str, x: Any) -> bool:
    """True or False."""
    if not isinstance(x, bool):
        raise TypeError(f"{name} must be True or False, not {x!r}")
    return x


def whole(name: str, x: Any, least: int = 0) -> int:
    """An int of at least ``least``."""
    if isinstance(x, bool) or not isinstance(x, numbers.Integral):
        raise TypeError(f"{name} must be an int, not {x!r}")
    if x < least:
        raise ValueError(f"{name} must be at least {least}, not {x!r}")
    return int(x)


def function(name: str, f: Any, what: str = "a function") -> Any:
    """What can be called, and is no class, whose call would only make an object."""
    if isinstance(f, type):
        raise TypeError(f"{name} is the class {f.__name__}; make an object of it: {f.__name__}(…)")
    if not callable(f):
        raise TypeError(f"{name} must be {what}, not {f!r}")
    return f


def pair(name: str, x: Any) -> tuple[Any, Any]:
    """Two of something."""
    if not isinstance(x, (tuple, list)) or len(x) != 2:
        raise ValueError(f"{name} must be a pair, not {x!r}")
    return x[0], x[1]


def one_of(name: str, x: Any, choices: Sequence[Any]) -> Any:
    """One of a few words (or None, where it is among them)."""
    if x not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, not {x!r}")
    return x


def same_names(what: str, given: Iterable[str], expected: Iterable[str]) -> None:
    """``KeyError`` that lists the names which are missing or unknown."""
    given, expected = list(given), list(expected)
    missing = [name for name in expected if name not in given]
    unknown = [name for name in given if name not in expected]
    if missing or unknown:
        raise KeyError(f"{what}: missing {missing}, unknown {unknown}; expected {expected}")
