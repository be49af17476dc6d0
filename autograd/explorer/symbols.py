"""Formulas in symbols, read off the table's own rules.

An op's forward function and its local-derivative closure are written in generic arithmetic.
Called on numbers they compute; called on ``Symbol``s they write themselves down. So there is
no second list of derivatives that could disagree with the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..drawing.text import number, visible
from ..primitives.table import Primitive

MOST_OPERANDS = 6  # of a formula in full
LONGEST = 300  # characters

# How tightly the outermost sign of a text binds.
CHOICE, SUM, PRODUCT, POWER, ATOM = range(5)
INFIX = {"+": (" + ", SUM), "-": (" − ", SUM), "*": (" · ", PRODUCT), "/": (" / ", PRODUCT)}
FORMS = {
    # 1 if it is true, else 0 (½ where two tie)
    "step": "[{0} > 0]",
    "larger": "[{0} > {1}]",
    "equal": "[{0} = {1}]",
    "finite": "[{0} finite]",
    "between": "[{1} < {0} < {2}]",
    "abs": "|{0}|",
    "//": "⌊{0} / {1}⌋",
}


def formula(primitive: Primitive, arity: int) -> tuple[str, list[str | None]]:
    """An op of so many operands in symbols, and its local derivatives; "" what cannot be said.

    Operands are written ``{0}``, ``{1}`` …, the result ``{out}``; None is a missing edge.

    >>> from autograd import tanh
    >>> from autograd.primitives import mul
    >>> formula(mul, 2), formula(tanh, 1)
    (('{0} · {1}', ['{1}', '{0}']), ('tanh({0})', ['sech²({0})']))
    """
    operands = [Symbol(f"{{{i}}}") for i in range(arity)]
    text = written(primitive, operands)
    partials: list[str | None] = []
    if arity <= MOST_OPERANDS:
        try:
            rule = primitive.partials(Symbol("{out}"), *operands)
            partials = [None if p is None else shortened(text_of(p)) for p in rule]
        except Exception:  # a user's rule may ask more of its operands than symbols can give
            partials = []
    return text, partials


def written(primitive: Primitive, operands: Sequence[Symbol]) -> str:
    """An application in symbols; of many operands, the first and the last."""
    n = len(operands)
    if primitive.name == "dot":
        pairs = list(zip(operands[: n // 2], operands[n // 2 : n // 2 * 2], strict=True))
        terms = [f"{w} · {x}" for w, x in pairs] + [str(operands[-1])] * (n % 2)
        if len(terms) > MOST_OPERANDS:
            terms = [*terms[:2], "…", *terms[-2:]]
        return " + ".join(terms)
    if n > MOST_OPERANDS:
        name = call_name(primitive)
        return f"{name}({operands[0]}, {operands[1]}, …, {operands[-1]})"
    return shortened(text_of(Symbol("").apply_primitive(primitive, operands)))


class Symbol:
    """A text that takes part in arithmetic."""

    ndim = 1  # so that primitives hand themselves over, as they do to arrays

    def __init__(self, text: str, level: int = ATOM) -> None:
        self.text = text
        self.level = level

    def __str__(self) -> str:
        return self.text

    def within(self, level: int) -> str:
        """The text as an operand of a sign that binds so tightly."""
        return self.text if self.level >= level else f"({self.text})"

    def apply_primitive(self, primitive: Primitive, operands: Sequence[Any]) -> Symbol:
        """An op applied to symbols and numbers, written down."""
        name = primitive.name
        if name in INFIX and len(operands) == 2:
            return infix(name, operands[0], operands[1])
        texts = [text_of(x) for x in operands]
        if name == "neg":
            return -symbol(operands[0])
        if name in FORMS:
            return Symbol(FORMS[name].format(*texts))
        if name == "where":
            return Symbol(f"{texts[1]} if {condition(texts[0])} else {texts[2]}", CHOICE)
        if name == "1-x²":
            return Symbol(f"1 − {symbol(operands[0]).within(ATOM)}²", SUM)
        if name == "**":
            return Symbol("^".join(symbol(x).within(ATOM) for x in operands), POWER)
        if primitive.family is not None and name.startswith("**") and "ʸ" not in primitive.symbol:
            return Symbol(symbol(operands[0]).within(ATOM) + primitive.symbol[1:], POWER)
        return Symbol(f"{call_name(primitive)}({', '.join(texts)})")

    def __neg__(self) -> Symbol:
        return Symbol(f"−{self.within(PRODUCT)}", PRODUCT)

    def __add__(self, other: Any) -> Symbol:
        return infix("+", self, other)

    def __radd__(self, other: Any) -> Symbol:
        return infix("+", other, self)

    def __sub__(self, other: Any) -> Symbol:
        return infix("-", self, other)

    def __rsub__(self, other: Any) -> Symbol:
        return infix("-", other, self)

    def __mul__(self, other: Any) -> Symbol:
        return infix("*", self, other)

    def __rmul__(self, other: Any) -> Symbol:
        return infix("*", other, self)


def infix(sign: str, a: Any, b: Any) -> Symbol:
    """Two operands and a sign, without what changes nothing."""
    if sign == "*" and 1.0 in (a, b):
        return symbol(b if a == 1.0 else a)
    if sign == "+" and (a == 0.0 or b == 0.0):
        return symbol(b if a == 0.0 else a)
    text, level = INFIX[sign]
    tight = level + (sign in "-/")
    return Symbol(symbol(a).within(level) + text + symbol(b).within(tight), level)


def symbol(x: Any) -> Symbol:
    """A number as a symbol; a symbol as it is."""
    return x if isinstance(x, Symbol) else Symbol(text_of(x), PRODUCT if x < 0.0 else ATOM)


def text_of(x: Any) -> str:
    """A symbol's text, or a number in digits."""
    return x.text if isinstance(x, Symbol) else number(float(x))


def condition(text: str) -> str:
    """A bracket as the condition of an "if"."""
    return text[1:-1] if text.startswith("[") and text.endswith("]") else f"{text} > 0"


def call_name(primitive: Primitive) -> str:
    """What to write before the operands: the op's sign if it is a word, else its name."""
    drawn = primitive.symbol
    is_formula = any(c in drawn for c in "xʸ|⌊÷×−+")
    return visible(primitive.name if is_formula and not drawn.isalpha() else drawn)


def shortened(text: str) -> str:
    """The text, or nothing if nobody would read it."""
    return text if len(text) <= LONGEST else ""
