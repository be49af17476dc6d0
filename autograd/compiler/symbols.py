"""Array code from the table's own entries: a symbol notes down what a closure does to it.

The forward functions and local derivatives of the table are written in generic arithmetic.
Given a ``Symbol`` in place of a number they write NumPy statements instead of computing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..primitives.table import Primitive


class CaptureError(Exception):
    """What a closure does to its operands cannot be written down as array code."""


class Notes:
    """The statements noted so far, and names for results in between."""

    def __init__(
        self,
        new_name: Callable[[str], str],
        computed: Mapping[tuple[str, tuple[str, ...]], str] | None = None,
    ) -> None:
        self.new_name = new_name
        self.statements: list[tuple[str, str]] = []  # (name, expression)
        self.known = {key: Symbol(self, name=name) for key, name in (computed or {}).items()}

    def primitive(self, primitive: Primitive, operands: tuple[Any, ...]) -> Symbol:
        """The symbol of a primitive that has no array form."""
        raise CaptureError(f"{primitive.name} has no array form")

    def call(self, function: str, *operands: Any) -> Symbol:
        """The symbol of ``np.function(*operands)``, not yet computed."""
        texts = tuple(text_of(x) for x in operands)
        if (function, texts) not in self.known:
            self.known[function, texts] = Symbol(self, f"np.{function}", texts)
        return self.known[function, texts]

    def named(self, name: str) -> Symbol:
        """The symbol of that name, with how it is computed if that is noted here."""
        found = [symbol for symbol in self.known.values() if symbol.name == name]
        return found[0] if found else Symbol(self, name=name)

    def total(self, terms: Symbol, *how: str) -> Symbol:
        """The symbol of ``np.add.reduce(terms, …)``, ``how`` being source text (``axis=0``)."""
        return Symbol(self, "np.add.reduce", (terms.text(), *how))

    def computed(self, lines: list[str]) -> dict[tuple[str, tuple[str, ...]], str]:
        """What one need not compute again where these lines have run before, with its name."""
        names = {line.split(" = ")[0] for line in lines}
        return {key: symbol.name for key, symbol in self.known.items() if symbol.name in names}

    def lines(self, used: str) -> list[str]:
        """The statements that the text ``used`` needs, directly or through others."""
        lines: list[str] = []
        for name, expression in reversed(self.statements):
            if mentions(used, name) or any(mentions(line, name) for line in lines):
                lines.append(f"{name} = {expression}")
        return lines[::-1]


class Symbol:
    """An array that will exist when the program runs."""

    ndim = 1

    def __init__(
        self, notes: Notes, function: str = "", operands: tuple[str, ...] = (), name: str = ""
    ) -> None:
        self.notes, self.function, self.operands, self.name = notes, function, operands, name

    @property
    def expression(self) -> str:
        """The name, if it has one already, else the call that computes it."""
        return self.name or f"{self.function}({', '.join(self.operands)})"

    def text(self) -> str:
        """The name; a statement that computes the symbol is noted if there is none yet."""
        if not self.name:
            name = self.notes.new_name("t")
            self.notes.statements.append((name, self.expression))
            self.name = name
        return self.name

    def without_sign(self) -> tuple[Symbol, bool]:
        """(x, True) if this is −x, not computed yet; else (itself, False)."""
        if self.name or self.function != "np.negative":
            return self, False
        return self.notes.named(self.operands[0]), True

    def into(self, destination: str) -> str:
        """The statement that writes it to an existing array."""
        return self.text_into(self.expression, destination)

    @staticmethod
    def text_into(expression: str, destination: str) -> str:
        """The statement that writes the value of an expression to an existing array."""
        function = expression.partition("(")[0]
        ufunc = isinstance(getattr(np, function.removeprefix("np."), None), np.ufunc)
        if ufunc or function == "np.add.reduce":
            return f"{expression[:-1]}, out={destination})"
        return f"{destination}[...] = {expression}"

    def apply_primitive(self, primitive: Primitive, operands: tuple[Any, ...]) -> Any:
        """What ``primitive(*operands)`` is on arrays."""
        if primitive.array is None:
            return self.notes.primitive(primitive, operands)
        if isinstance(primitive.array, str):
            return self.notes.call(primitive.array, *operands)
        return primitive.array(Numpy(self.notes), *operands)

    def __add__(self, other: Any) -> Any:
        return self.notes.call("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return self.notes.call("add", other, self)

    def __sub__(self, other: Any) -> Any:
        return self.notes.call("subtract", self, other)

    def __rsub__(self, other: Any) -> Any:
        return self.notes.call("subtract", other, self)

    def __mul__(self, other: Any) -> Any:
        return self if is_one(other) else self.notes.call("multiply", self, other)

    def __rmul__(self, other: Any) -> Any:
        return self if is_one(other) else self.notes.call("multiply", other, self)

    def __truediv__(self, other: Any) -> Any:
        return self.notes.call("divide", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self.notes.call("divide", other, self)

    def __pow__(self, other: Any) -> Any:
        return self.notes.call("float_power", self, other)

    def __neg__(self) -> Any:
        return self.notes.call("negative", self)

    def __abs__(self) -> Any:
        return self.notes.call("abs", self)

    def __lt__(self, other: Any) -> Any:
        return self.notes.call("less", self, other)

    def __le__(self, other: Any) -> Any:
        return self.notes.call("less_equal", self, other)

    def __gt__(self, other: Any) -> Any:
        return self.notes.call("greater", self, other)

    def __ge__(self, other: Any) -> Any:
        return self.notes.call("greater_equal", self, other)

    def __eq__(self, other: Any) -> Any:
        return self.notes.call("equal", self, other)

    def __ne__(self, other: Any) -> Any:
        return self.notes.call("not_equal", self, other)

    def __and__(self, other: Any) -> Any:
        return self.notes.call("logical_and", self, other)

    def __or__(self, other: Any) -> Any:
        return self.notes.call("logical_or", self, other)

    def __invert__(self) -> Any:
        return self.notes.call("logical_not", self)

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise CaptureError("it branches on its operands")

    def __float__(self) -> float:
        raise CaptureError("it needs its operands as Python floats")


class Numpy:
    """Stands in for the module ``numpy`` where an array form calls it."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(np, name, None)
        if isinstance(attribute, float):
            return attribute
        if not callable(attribute):
            raise CaptureError(f"numpy.{name}")

        def call(*operands: Any) -> Symbol:
            return self._notes.call(name, *operands)

        return call


def text_of(operand: Any) -> str:
    """An operand as source text."""
    if isinstance(operand, Symbol):
        return operand.text()
    if hasattr(operand, "source"):  # a Scalar
        return str(operand.source)
    if isinstance(operand, (bool, int, float)):
        return number_text(float(operand))
    raise CaptureError(f"an operand of type {type(operand).__name__}")


def number_text(x: float) -> str:
    """A float as source text; inf and nan are names of numpy."""
    if x != x:
        return "np.nan"
    if x in (float("inf"), float("-inf")):
        return "np.inf" if x > 0 else "-np.inf"
    return repr(x)


def plain(name: str) -> str:
    """A primitive's name with nothing in it that Python could not read as a name's part."""
    return re.sub(r"\W", "_", name, flags=re.ASCII)


def is_one(x: Any) -> bool:
    """True for the number 1."""
    return type(x) is float and x == 1.0


def mentions(text: str, name: str) -> bool:
    """True if the identifier occurs in the text."""
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        before = text[at - 1] if at else " "
        after = text[end] if end < len(text) else " "
        if not (before.isalnum() or before == "_" or after.isalnum() or after == "_"):
            return True
        at = text.find(name, at + 1)
    return False


def is_zero(slope: Any) -> bool:
    """True for no edge, and for a slope that is the number 0."""
    return slope is None or (isinstance(slope, (int, float)) and slope == 0.0)
