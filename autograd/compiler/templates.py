"""What an op does to single numbers, as lines for the machine: the table's entry, written once.

A template is the same for all nodes of an op. It says where things lie in a *frame*: the
operands, their gradients, the result, its gradient, and what is only needed in between.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Sequence
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np

from .._build import executor
from ..primitives.table import Primitive
from .columns import Ints
from .lowered_calls import EACH, TRUTH
from .surroundings import of_a_library
from .symbols import CaptureError, Notes, Numpy, Symbol, is_zero

Line = tuple[str, int, tuple[int, ...]]  # what to do, where the result goes, the operands


class Template:
    """The lines of an op of so many operands.

    In a frame lie the ``arity`` operands, their gradients, the result, its gradient, then
    ``between`` results and the ``constants``. ``slopes`` says to which operands gradients flow.
    With ``masked``, no gradient is no share, even if a slope is infinite: a branch not chosen.
    """

    def __init__(self, primitive: Primitive, arity: int, masked: bool) -> None:
        self.arity = arity
        out, gradient = 2 * arity, 2 * arity + 1
        notes = LineNotes(2 * arity + 2)
        operands = [Place(notes, k) for k in range(arity)]
        result = notes.place_of(operands[0].apply_primitive(primitive, tuple(operands)))
        notes.listed.append(("copy", out, (result,)))
        ahead = notes.start_again()
        slopes = slopes_of(primitive, notes, Place(notes, out), operands)
        self.slopes = np.array([not is_zero(slope) for slope in slopes], bool)
        for k, slope in enumerate(slopes):
            if is_number(slope) and slope in (1.0, -1.0):
                name = "add" if slope == 1.0 else "subtract"
                notes.listed.append((name, arity + k, (arity + k, gradient)))
            elif not is_zero(slope):
                factors = arity + k, gradient, notes.place_of(slope)
                name = "add_share" if masked else "add_product"
                notes.listed.append((name, arity + k, factors))
        back = notes.start_again()
        self.between = notes.most
        self.constants = np.array([float(text) for text in notes.constants])
        first_constant = 2 * arity + 2 + self.between
        self.forward = table_of(without_copy(ahead), first_constant)
        self.backward = table_of(back, first_constant)

    def rows(self, direction: int) -> Ints:
        """The lines forward (1) or backward (−1): what to do, and where in the frame."""
        return self.forward if direction > 0 else self.backward


def template(primitive: Primitive, arity: int, masked: bool) -> Template:
    """That of an op; ``CaptureError`` if the machine cannot do what it does."""
    try:
        return (kept if is_fixed(primitive) else Template)(primitive, arity, masked)
    except (AttributeError, TypeError, ValueError) as reason:
        raise CaptureError(str(reason)) from reason


kept = functools.lru_cache(1024)(Template)


def is_fixed(primitive: Primitive) -> bool:
    """False for an op of the user's, which may depend on what changes."""
    functions = primitive.forward, primitive.partials
    plain = all(isinstance(f, (FunctionType, BuiltinFunctionType)) for f in functions)
    return plain and all(of_a_library(f.__module__) for f in functions)


class Place(Symbol):
    """A number that will lie at some place of a frame."""

    def __init__(self, notes: LineNotes, place: int) -> None:
        super().__init__(notes)
        self.place = place

    def apply_primitive(self, primitive: Primitive, operands: tuple[Any, ...]) -> Any:
        """What ``primitive(*operands)`` is, in lines."""
        if primitive.name in FORMS:
            return FORMS[primitive.name](self.notes, *operands)
        return super().apply_primitive(primitive, operands)


class LineNotes(Notes):
    """Notes down lines instead of statements. Constants have negative places as yet."""

    def __init__(self, first: int) -> None:
        super().__init__(str)
        self.first = first  # the place of the first result in between
        self.listed: list[Line] = []
        self.places: dict[Any, Place] = {}
        self.constants: dict[str, int] = {}
        self.most = 0

    def start_again(self) -> list[Line]:
        """The lines so far, which will be forgotten, as what they have computed will be."""
        done, self.listed, self.places = self.listed, [], {}
        return done

    def call(self, function: str, *operands: Any) -> Place:
        """A line that does what NumPy's function of that name does."""
        if function == "clip":
            return self.call("minimum", self.call("maximum", *operands[:2]), operands[2])
        if function == "float_power" and is_number(operands[1]) and operands[1] == -0.5:
            return self.line("inverse_root_", operands[0])
        name = EACH.get(function) or TRUTH.get(function)
        count = 3 if function == "where" else getattr(getattr(np, function), "nin", 0)
        if name is None or len(operands) != count:
            raise CaptureError(f"np.{function}")
        return self.line(name, *operands)

    def primitive(self, primitive: Primitive, operands: tuple[Any, ...]) -> Any:
        """What a primitive without an array form does, if it does it in generic arithmetic."""
        return primitive.forward(*operands)

    def line(self, name: str, *operands: Any) -> Place:
        """A line that does this, or the place of what the same line has computed before."""
        places = tuple(map(self.place_of, operands))
        if (name, places) not in self.places:
            self.places[name, places] = Place(self, self.first + len(self.places))
            self.most = max(self.most, len(self.places))
            self.listed.append((name, self.places[name, places].place, places))
        return self.places[name, places]

    def place_of(self, operand: Any) -> int:
        """Where an operand lies."""
        if isinstance(operand, Place):
            return operand.place
        if not is_number(operand):
            raise CaptureError(f"an operand of type {type(operand).__name__}")
        return -1 - self.constants.setdefault(repr(float(operand)), len(self.constants))


def dot(notes: LineNotes, *operands: Any) -> Any:
    """Products, added up one by one."""
    n = len(operands) // 2
    total = operands[-1] if len(operands) % 2 else 0.0
    for w, x in zip(operands[:n], operands[n : 2 * n], strict=True):
        total = notes.line("add_product", total, w, x)
    return total


def shift(notes: LineNotes, *xs: Any) -> Any:
    """The largest if it is finite, else 0."""
    top = largest(notes, *xs)
    return notes.call("where", notes.call("isfinite", top), top, 0.0)


def excess(notes: LineNotes, *xs: Any) -> Any:
    """ln Σ e^(x − shift)."""
    top = shift(notes, *xs)
    terms = [notes.call("exp", x - top) for x in xs]
    return notes.call("log", functools.reduce(operator.add, terms))


def largest(notes: LineNotes, *xs: Any) -> Any:
    """One maximum after the other."""
    return functools.reduce(functools.partial(notes.call, "maximum"), xs)


def smallest(notes: LineNotes, *xs: Any) -> Any:
    """One minimum after the other."""
    return functools.reduce(functools.partial(notes.call, "minimum"), xs)


def normal_cdf(notes: LineNotes, x: Any) -> Any:
    """erfc(−x/√2)/2."""
    return 0.5 * notes.line("erfc_", -math.sqrt(0.5) * x)


def gelu(notes: LineNotes, x: Any) -> Any:
    """x times that, and −0 at −∞."""
    return notes.call("where", x == -math.inf, -0.0, x * normal_cdf(notes, x))


# Of many operands, with array forms that work on rows; or without array forms.
FORMS: dict[str, Callable[..., Any]] = {
    "dot": dot,
    "max": largest,
    "min": smallest,
    "shift": shift,
    "excess": excess,
    "logsumexp": lambda notes, *xs: shift(notes, *xs) + excess(notes, *xs),
    "prod": lambda notes, *xs: functools.reduce(operator.mul, xs),
    "norm": lambda notes, *xs: functools.reduce(functools.partial(notes.call, "hypot"), xs, 0.0),
    "erf": lambda notes, x: notes.line("erf_", x),
    "normal_cdf": normal_cdf,
    "gelu": gelu,
}


def slopes_of(
    primitive: Primitive, notes: LineNotes, out: Place, operands: Sequence[Place]
) -> tuple[Any, ...]:
    """The local derivatives: None and 0 where nothing flows, numbers, or places."""
    if primitive.name in ("tanh", "sigmoid"):
        return (notes.line(f"{primitive.name}_slope_", out, *operands),)
    found: tuple[Any, ...]
    if primitive.slopes is not None:
        found = primitive.slopes(Numpy(notes), out, *operands)
    else:
        found = primitive.partials(out, *operands)
    return found


def is_number(x: Any) -> bool:
    """True for one of Python's."""
    return isinstance(x, (int, float))


def without_copy(lines: list[Line]) -> list[Line]:
    """The same, the last result computed where it is to be copied to, if that can be."""
    if len(lines) > 1 and lines[-1][2][0] == lines[-2][1]:
        (name, _, operands), (_, out, _) = lines[-2:]
        return [*lines[:-2], (name, out, operands)]
    return lines


def table_of(lines: list[Line], first_constant: int) -> Ints:
    """A row for each line: what to do; the result's place, and those of three operands."""
    codes = executor().OPERATIONS
    rows = np.zeros((len(lines), 5), np.int64)
    for row, (name, out, operands) in zip(rows, lines, strict=True):
        places = [out, *operands]
        row[0] = codes[name]
        row[1 : 1 + len(places)] = [
            place if place >= 0 else first_constant - 1 - place for place in places
        ]
    return rows
