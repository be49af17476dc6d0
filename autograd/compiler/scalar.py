"""Numbers that note down what Python code computes from them, and decides on them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from .symbols import number_text

SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class Ledger:
    """Lines of Python: each result under a name, each decision as an ``if``."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.known: dict[str, str] = {}

    def name_of(self, expression: str) -> str:
        """A name for the result of an expression, the same for the same."""
        if expression not in self.known:
            self.known[expression] = f"c{len(self.known) + 1}"
            self.lines.append(f"{self.known[expression]} = {expression}")
        return self.known[expression]

    def decided(self, expression: str, outcome: bool) -> None:
        """Note that it has to come out the same."""
        line = f"if {f'not ({expression})' if outcome else expression}: return False"
        if line not in self.lines:
            self.lines.append(line)


class Scalar(float):
    """A number that may be another when the program runs; ``source`` is its name there."""

    source: str
    ledger: Ledger

    def __new__(cls, number: float, source: str, ledger: Ledger) -> Scalar:
        scalar: Scalar = super().__new__(cls, number)
        scalar.source, scalar.ledger = source, ledger
        return scalar

    def _computed(self, a: Any, sign: str, b: Any) -> Any:
        if not isinstance(a, (int, float)) or not isinstance(b, (int, float)):
            return NotImplemented
        result = SIGNS[sign](float(a), float(b))
        return Scalar(result, self.ledger.name_of(f"{text(a)} {sign} {text(b)}"), self.ledger)

    def _decided(self, sign: str, other: Any) -> Any:
        if not isinstance(other, (int, float)):
            return NotImplemented
        outcome = SIGNS[sign](float(self), float(other))
        self.ledger.decided(f"{self.source} {sign} {text(other)}", outcome)
        return outcome

    def __add__(self, other: Any) -> Any:
        return self._computed(self, "+", other)

    def __radd__(self, other: Any) -> Any:
        return self._computed(other, "+", self)

    def __sub__(self, other: Any) -> Any:
        return self._computed(self, "-", other)

    def __rsub__(self, other: Any) -> Any:
        return self._computed(other, "-", self)

    def __mul__(self, other: Any) -> Any:
        return self._computed(self, "*", other)

    def __rmul__(self, other: Any) -> Any:
        return self._computed(other, "*", self)

    def __truediv__(self, other: Any) -> Any:
        return self._computed(self, "/", other)

    def __rtruediv__(self, other: Any) -> Any:
        return self._computed(other, "/", self)

    def __pow__(self, other: Any, modulo: None = None) -> Any:
        return self._computed(self, "**", other)

    def __rpow__(self, other: Any, modulo: None = None) -> Any:
        return self._computed(other, "**", self)

    def __neg__(self) -> Any:
        return self._computed(-1.0, "*", self)

    def __bool__(self) -> bool:
        return bool(self._decided("!=", 0.0))

    def __lt__(self, other: Any) -> Any:
        return self._decided("<", other)

    def __le__(self, other: Any) -> Any:
        return self._decided("<=", other)

    def __gt__(self, other: Any) -> Any:
        return self._decided(">", other)

    def __ge__(self, other: Any) -> Any:
        return self._decided(">=", other)

    def __eq__(self, other: Any) -> Any:
        return self._decided("==", other)

    def __ne__(self, other: Any) -> Any:
        return self._decided("!=", other)

    __hash__ = float.__hash__


def text(x: Any) -> str:
    """A number as source text."""
    return x.source if isinstance(x, Scalar) else number_text(float(x))
