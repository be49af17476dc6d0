"""A graph as LaTeX, in the fewest parentheses that keep its meaning, and its derivatives."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..functional import grad
from ..graph import topological_order
from ..primitives.table import Primitive
from ..value import Value
from .names import escaped, in_small_steps, latex_name, leaf_names

LONGEST = 20_000  # characters: more is no small expression

# How strongly a formula holds together: what is weaker than its place asks gets parentheses.
SUM, PRODUCT, POWER, ATOM = range(1, 5)
STRENGTHS = {"+": SUM, "-": SUM, "neg": SUM, "*": PRODUCT, "%": PRODUCT, "xlogy": PRODUCT}
NEEDS = {"+": (SUM, SUM), "-": (SUM, PRODUCT), "*": (PRODUCT, PRODUCT), "neg": (PRODUCT,)}


@dataclass(frozen=True, slots=True)
class Formula:
    """LaTeX, which a notebook shows as mathematics; ``print`` gives its source."""

    latex: str

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def __str__(self) -> str:
        return self.latex


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a formula; ``number`` is its value if it is a constant."""

    text: str
    strength: int
    number: float | None = None


def to_latex(y: Value, wrt: Value | Iterable[Value] = (), *, names: Any = None) -> Formula:
    r"""The expression that ``y`` was computed by, and its derivatives, as formulas.

    Leaves are called by their labels, else x₁, x₂ …; constants are numbers in four digits. A
    derivative is what the engine computes, written down: factors 1 and terms 0 left out, not
    simplified further (``to_sympy`` is for that).

    Args:
        y: the result of a small expression.
        wrt: Values to differentiate with respect to.
        names: names for Values, as for ``draw``.

    Raises ``ValueError`` for what is too large to be read.

    >>> x, w = Value(0.5, label="x"), Value(2.0, label="w")
    >>> y = (w * x + 1).tanh()
    >>> print(to_latex(y))
    y = \tanh\left(w \cdot x + 1\right)
    >>> print(to_latex(x**3, wrt=x))
    \begin{aligned}
    y &= x^{3} \\
    \frac{\partial y}{\partial x} &= 3 \cdot x^{2}
    \end{aligned}
    """
    if not isinstance(y, Value):
        raise TypeError(f"to_latex(y): must be a Value, not {type(y).__name__}")
    values = [wrt] if isinstance(wrt, Value) else list(wrt)
    for value in values:
        if not isinstance(value, Value):
            raise TypeError(f"to_latex(wrt): must be Values, not {type(value).__name__}")
    called = leaf_names(topological_order(y), names)
    top = latex_name(y.label) if y.label and not y.is_leaf else "y"
    lines = [(top, written(y, called))]
    for value in values:
        slope = grad(y, value, create_graph=True, allow_unused=True)
        text = written(slope, called) if isinstance(slope, Value) else "0"
        below = called.get(id(value)) or value.label or "x"
        lines.append((rf"\frac{{\partial {top}}}{{\partial {latex_name(below)}}}", text))
    if len(lines) == 1:
        return Formula(f"{top} = {lines[0][1]}")
    rows = " \\\\\n".join(f"{left} &= {right}" for left, right in lines)
    return Formula(f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}")


def written(root: Value, called: dict[int, str]) -> str:
    """The expression of a node, given what the leaves are called."""
    terms: dict[int, Term] = {}
    for node in in_small_steps(root):
        if node.is_leaf:
            name = called.get(id(node))
            term = Term(latex_name(name), ATOM) if name else number_term(node.data)
        else:
            term = applied(node, [terms[id(parent)] for parent in node.parents])
        if len(term.text) > LONGEST:
            raise ValueError(
                f"to_latex(y): the formula of {root!r} has more than {LONGEST:,} characters; draw "
                "it, or write down a part of it"
            )
        terms[id(node)] = term
    return next(reversed(terms.values())).text


def applied(node: Value, operands: list[Term]) -> Term:
    """The term of an op's result."""
    primitive = node.primitive
    assert isinstance(primitive, Primitive)
    if all(term.number is not None for term in operands):
        return number_term(node.data)
    return simpler(primitive.name, operands) or filled(primitive, operands)


def simpler(name: str, operands: list[Term]) -> Term | None:
    """What is left without a factor 1, or a term 0."""
    if len(operands) != 2:
        return None
    a, b = operands
    if name == "*":
        for factor, other in ((a, b), (b, a)):
            if factor.number == 1.0:
                return other
            if factor.number == -1.0:
                return Term("-" + held(other, PRODUCT), SUM)
        if b.number is not None:  # numbers stand before letters
            return Term(rf"{factor_text(b)} \cdot {held(a, PRODUCT)}", PRODUCT)
        return Term(rf"{factor_text(a)} \cdot {held(b, PRODUCT)}", PRODUCT)
    if name == "+" and a.number == 0.0:
        return b
    if name in ("+", "-") and b.number == 0.0:
        return a
    if name == "+" and b.text.startswith("-") and b.strength == SUM:
        return Term(f"{a.text} - {b.text[1:]}", SUM) if simple_negative(b) else None
    return None


def simple_negative(term: Term) -> bool:
    """Whether a term is one product behind a minus sign: −(a + b) or −a·b, not −a + b."""
    return term.number is not None or not re.search(r" [+-] ", outermost(term.text[1:]))


def outermost(text: str) -> str:
    """A formula without what is in brackets."""
    depth, kept = 0, []
    for c in text:
        depth += c in "{(["
        if not depth:
            kept.append(c)
        depth -= c in "})]"
    return "".join(kept)


def factor_text(term: Term) -> str:
    """A term as the first factor of a product, where a negative number needs no parentheses."""
    return term.text if term.number is not None else held(term, PRODUCT)


def filled(primitive: Primitive, operands: list[Term]) -> Term:
    """The template of an op, filled in; without one, its name as a function."""
    template = primitive.latex
    slots = template.count("%s")
    if not slots or slots % len(operands):
        inner = ", ".join(term.text for term in operands)
        return Term(rf"\operatorname{{{escaped(primitive.name)}}}\left({inner}\right)", ATOM)
    pieces = template.split("%s")
    text = pieces[0]
    for i in range(slots):
        term = operands[i % len(operands)]
        before, after = pieces[i], pieces[i + 1]
        needed = needed_at(primitive.name, i, before, after)
        if needed == ATOM and re.search(r"\\[A-Za-z{}_^0-9]+ ?$", before.rstrip()):
            text = text.rstrip() + rf"\left({term.text}\right)"  # a function: sin(x)
        elif after.startswith("}^") and term.strength == ATOM and len(term.text) == 1:
            text = text[:-1] + term.text  # x^2, not {x}^2
            pieces[i + 1] = after[1:]
        else:
            text += held(term, needed)
        text += pieces[i + 1]
    return Term(text, STRENGTHS.get(primitive.name, strength_of(template)))


def needed_at(name: str, i: int, before: str, after: str) -> int:
    """How strong an operand must be at a place of a template: brackets hold anything together."""
    if name in NEEDS:
        return NEEDS[name][i]
    if after.startswith("}^"):
        return ATOM
    opened = before.rstrip().endswith(("{", "(", ",", "|", "lfloor", "lceil"))
    return SUM if opened else ATOM


def strength_of(template: str) -> int:
    """How strongly a filled template holds together."""
    outside = outermost(template)
    if " + " in outside or " - " in outside:
        return SUM
    return POWER if template.startswith(("{%s}^", "e^")) else ATOM


def held(term: Term, needed: int) -> str:
    """A term, in parentheses if its place needs them."""
    return term.text if term.strength >= needed else rf"\left({term.text}\right)"


def number_term(x: float) -> Term:
    r"""A number in four digits.

    >>> number_term(1e-5).text, number_term(-2.0).text, number_term(float("inf")).text
    ('10^{-5}', '-2', '\\infty')
    """
    if math.isnan(x):
        return Term(r"\mathrm{nan}", ATOM, x)
    if math.isinf(x):
        return Term(r"\infty", ATOM, x) if x > 0 else Term(r"-\infty", SUM, x)
    digits, _, exponent = f"{x:.4g}".partition("e")
    if exponent:
        power = f"10^{{{int(exponent)}}}"
        digits = {"1": "", "-1": "-"}.get(digits, rf"{digits} \cdot ") + power
    return Term(digits, SUM if x < 0 else PRODUCT if exponent else ATOM, x)
