"""Sums, differences, products, quotients and constant powers: the first page of the table.

Each entry says: name, forward function on floats, local derivatives. For ``mul``, with
out = a·b, the partials are ∂out/∂a = b and ∂out/∂b = a, which is all that the chain rule
needs to know about multiplication.
"""

from __future__ import annotations

import operator

from .. import numerics
from .table import Primitive, primitive, with_constants

# fmt: off
add: Primitive = primitive("+", operator.add, lambda out, a, b: (1.0, 1.0),
    array="add", latex="%s + %s", doc="""a + b; slopes 1 and 1.

    >>> add(2.0, 3.0)
    5.0
    """)
sub: Primitive = primitive("-", operator.sub, lambda out, a, b: (1.0, -1.0),
    array="subtract", symbol="−", latex="%s - %s", doc="""a − b; slopes 1 and −1.

    >>> sub(2.0, 3.0)
    -1.0
    """)
mul: Primitive = primitive("*", operator.mul, lambda out, a, b: (b, a),
    array="multiply", symbol="×", latex=r"%s \cdot %s", doc="""a·b; slopes b and a.

    >>> mul(2.0, 3.0)
    6.0
    """)
neg = primitive("neg", operator.neg, lambda out, a: (-1.0,),
    array="negative", symbol="−x", latex="-%s", doc="""−a; slope −1.

    >>> neg(2.0)
    -2.0
    """)
# ∂/∂b is −(a/b)/b, not −a/b²: b² overflows or vanishes long before the quotient does.
div: Primitive = primitive("/", numerics.divide, lambda out, a, b: (div(1.0, b), -div(out, b)),
    array="divide", symbol="÷", latex=r"\frac{%s}{%s}", doc="""a/b; slopes 1/b and −(a/b)/b.

    A number over ±0 is ±inf, 0/0 is nan.

    >>> div(1.0, 4.0), div(1.0, 0.0)
    (0.25, inf)
    """)
# fmt: on


@with_constants
def pow_constant(n: float) -> Primitive:
    """The primitive x ↦ xⁿ for a constant n; slope n·xⁿ⁻¹, and exactly 0 for n = 0.

    At 0: x⁰ is 1 for every x, nan included; negative powers are ±inf; nan (never complex)
    for a negative x with a fractional n.

    >>> pow_constant(3.0)(2.0), pow_constant(0.0)(0.0)
    (8.0, 1.0)
    """
    text = f"{n:g}" if float(f"{n:g}") == n else repr(n)
    return Primitive(
        f"**{text}",
        lambda x: numerics.power(x, n),
        # x⁰ is a constant: the formula would give 0·inf at x = 0, in the third derivative of x².
        lambda out, x: (n * pow_constant(n - 1.0)(x) if n else 0.0,),
        array=lambda np, x: numerics.power_of_arrays(np, x, n),
        symbol="x" + text.translate(str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")),
        latex="{%s}^{" + text + "}",
    )
