"""What a function does besides computing: it draws random numbers, it keeps a state.

A compiled program would freeze both, because it repeats only the computation. Said with
these two, they are part of the program. Without a compiler at work they are plain Python.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import value as engine
from .primitives.origin import CONSTANT
from .primitives.table import real
from .value import Value


def compiling() -> bool:
    """True while a compiler traces a function."""
    return any(hasattr(inspector, "redrawn") for inspector in engine.inspectors.get())


def redrawn(draw: Callable[[], float]) -> Any:
    """``draw()``, a random number; a compiled program draws it anew in every run.

    Dropout's masks are such numbers: a plain ``random.random()`` would be frozen into the
    program (and found out).

    >>> redrawn(lambda: 0.5)
    0.5
    """
    for inspector in engine.inspectors.get():
        if hasattr(inspector, "redrawn"):
            return inspector.redrawn(draw)
    return draw()


def assign(constant: Value, value: Value | Callable[[], float]) -> None:
    """``constant.data = value.data``, outside the graph, which a compiled program repeats.

    The running statistics of batch normalisation are such constants. ``value`` may be a
    function that returns the number, for what does not depend on the computation, such as
    a count of calls: ``assign(count, lambda: count.data + 1)``.

    Raises ``TypeError`` for a target that is a parameter or the result of an operation.

    >>> mean = Value(0.0, requires_grad=False)
    >>> x = Value(2.0)
    >>> assign(mean, 0.9 * mean + 0.1 * (x * x))
    >>> mean
    Value(0.4)
    """
    if not isinstance(constant, Value) or constant.primitive is not CONSTANT:
        raise TypeError(
            f"assign(constant): a constant, made with requires_grad=False, is needed, "
            f"not {constant!r}"
        )
    if not isinstance(value, Value) and not callable(value):
        raise TypeError(f"assign(value): a Value or a function is needed, not {value!r}")
    for inspector in engine.inspectors.get():
        if hasattr(inspector, "assigned"):
            inspector.assigned(constant, value)
            return
    constant.data = value.data if isinstance(value, Value) else real(value(), "assign(value)")
