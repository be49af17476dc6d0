"""Run a function once on Values and keep what it recorded, and what it branched on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .. import value as engine
from ..inspector import Inspector
from ..primitives.origin import CONSTANT
from ..primitives.table import Primitive
from ..value import Value
from .arguments import substitute


class CompileError(RuntimeError):
    """A function cannot be compiled such that the program would always be right."""


SIGNS_OF_AN_INDEX = (  # in the messages of errors
    *("indices must be integers", "cannot be interpreted as an int"),
    *("int() argument", "doesn't define __", "KeyError(Value(", "KeyError((Value("),
)

Recipe = tuple[Value, Primitive, tuple[Value, ...]]

# The same number, to which nothing flows back.
DETACHED = Primitive(
    "detach", lambda x: x, lambda out, x: (None,), array=lambda np, x: np.multiply(x, 1.0)
)


@dataclass
class Trace:
    """One run of a function."""

    root: Value
    inputs: list[Value]
    compared: list[tuple[Value, Value | float]]  # what Python code branched on
    draws: list[Callable[[], float]]  # how the last of the inputs are drawn anew for each run
    assigned: list[tuple[Value, Value | Callable[[], float]]]  # constants, and what they become
    aside: Any = None  # what the function returned beside its loss
    recipes: list[Recipe] = field(default_factory=list)  # how constants were made


class Watch(Inspector):
    """An inspector that notes comparisons and random draws.

    ``drawn``, if given, are the numbers to hand out instead of drawing.
    """

    def __init__(self, drawn: Sequence[float] | None = None) -> None:
        self.pairs: list[tuple[Value, Value | float]] = []
        self.draws: list[Callable[[], float]] = []
        self.drawn: list[Value] = []
        self.recipes: list[Recipe] = []
        self.assignments: list[tuple[Value, Value | Callable[[], float]]] = []
        self.given = iter(drawn) if drawn is not None else None

    def compared(self, value: Value, other: Any) -> None:
        self.pairs.append((value, other if isinstance(other, Value) else float(other)))

    def redrawn(self, draw: Callable[[], float]) -> Value:
        """A leaf in place of a number that is drawn anew in every run."""
        number = draw() if self.given is None else next(self.given)
        self.draws.append(draw)
        self.drawn.append(Value(number))
        return self.drawn[-1]

    def assigned(self, constant: Value, value: Value | Callable[[], float]) -> None:
        """A state that changes; it is the program that will change it."""
        self.assignments.append((constant, value))

    def folded(self, primitive: Any, operands: tuple[Value, ...], constant: Value) -> None:
        """A constant of constants: what it was computed from may be changed by somebody.

        Under ``no_grad()`` it may be one of other Values, which count as detached.
        """
        operands = tuple([x if x.primitive is CONSTANT else x.detach() for x in operands])
        self.recipes.append((constant, primitive, operands))

    def detached(self, value: Value, constant: Value) -> None:
        """A constant that is as large as a value, in every run."""
        self.recipes.append((constant, DETACHED, (value,)))


def trace(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    drawn: Sequence[float] | None = None,
) -> Trace:
    """Call the function with leaves in place of the numbers in its arguments.

    It returns its loss, or its loss and what else is to be known of a run (nested lists of
    Values). ``drawn`` are the random numbers to use.
    """
    inputs: list[Value] = []
    arguments = [substitute(argument, inputs) for argument in args]
    watch = Watch(drawn)
    token = engine.inspectors.set((*engine.inspectors.get(), watch))
    recording = engine.grad_enabled.set(True)  # whoever calls it, and in whatever mode
    try:
        root = function(*arguments)
    except (TypeError, KeyError) as error:
        raise_if_an_argument_is_used_as_a_number(error)
        raise
    finally:
        engine.grad_enabled.reset(recording)
        engine.inspectors.reset(token)
    root, aside = root if isinstance(root, tuple) and len(root) == 2 else (root, None)
    if not isinstance(root, Value):
        raise CompileError(
            "compile: the function must return a Value, its loss (or a pair: its loss, and what "
            f"else is to be known), not {type(root).__name__} ({root!r}). "
            + ("Is there no return?" if root is None else "Was it computed from .data or .item()?")
        )
    inputs += watch.drawn
    noted = watch.pairs, watch.draws, watch.assignments
    return Trace(root, inputs, *noted, aside, watch.recipes)


def raise_if_an_argument_is_used_as_a_number(error: Exception) -> None:
    """``CompileError`` for code that needs Python numbers, where there are Values in a trace."""
    text = f"{error!r}" if isinstance(error, KeyError) else str(error)
    if not any(sign in text for sign in SIGNS_OF_AN_INDEX):
        return
    raise CompileError(
        f"compile: an argument was used as a Python integer ({text}), which would be frozen into "
        "the program. To look something up by a token or a label use autograd.pick(table, index). "
        "A number of steps or a size must be no argument, but something that the function sees: "
        "a variable outside of it, or one bound with functools.partial"
    ) from error
