"""A function traced again with other numbers: what the first trace has frozen is seen then."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterator
from typing import Any

from ..primitives.table import is_number
from .arguments import sequence_like
from .tracing import CompileError, Trace, trace


def traces_nearby(
    function: Callable[..., Any], args: tuple[Any, ...], drawn: list[float]
) -> Iterator[Trace]:
    """A trace with other arguments; then, if it went another way, one that may be of more use.

    A function may refuse some numbers: a probability of 1, say, can only be made smaller. What
    is a whole number by type may be a label, which cannot be changed; but if it can, it is.
    """
    kinds = (True, False) if has_whole(args) else (False,)
    changes = [(whole_too, nudge_up) for whole_too in kinds] + [(False, shrink)]
    for whole_too, change in changes:
        try:
            found = trace(function, changed_arguments(args, change, whole_too), drawn)
        except CompileError:
            raise
        except (ValueError, TypeError, ArithmeticError, LookupError):
            continue
        yield found
        if not whole_too:
            return
    yield trace(function, args, drawn)


def nudge_up(x: Any) -> Any:
    """A number, or an array of numbers, that is a little larger."""
    return nudge(x, 0)


def shrink(x: Any) -> Any:
    """A number, or an array of numbers, that is a little nearer to 0."""
    return 0.998 * x


def nudge(x: float, i: int) -> float:
    """A number near x, not always in the same direction."""
    return x + (1e-3 + 1e-3 * abs(x)) * (1.0 + 0.1 * (i % 7)) * (-1.0 if i % 2 else 1.0)


def changed_arguments(argument: Any, change: Callable[[Any], Any], whole_too: bool) -> Any:
    """The arguments with every number changed; with those that are whole by type or without."""
    if isinstance(argument, (list, tuple)):
        items = [changed_arguments(item, change, whole_too) for item in argument]
        return sequence_like(argument, items)
    if isinstance(argument, dict):
        return {k: changed_arguments(item, change, whole_too) for k, item in argument.items()}
    varies = is_varying(argument) or (whole_too and is_whole(argument))
    return change(argument) if varies else argument


def has_whole(argument: Any) -> bool:
    """True if there are numbers among the arguments that are whole by type."""
    if isinstance(argument, dict):
        argument = list(argument.values())
    if isinstance(argument, (list, tuple)):
        return any(map(has_whole, argument))
    return is_whole(argument)


def is_whole(x: Any) -> bool:
    """True for numbers, and arrays of numbers, that are whole by type, but for Python's bools."""
    if hasattr(x, "dtype"):
        return getattr(x.dtype, "kind", "") in ("b", "i", "u")
    return isinstance(x, numbers.Integral) and not isinstance(x, bool)


def is_varying(x: Any) -> bool:
    """True for all other numbers, and arrays of them."""
    if hasattr(x, "dtype"):
        return getattr(x.dtype, "kind", "") == "f"
    return is_number(x) and not isinstance(x, numbers.Integral)
