"""Elementary functions: powers, roots, exponentials, logarithms, and the length of a vector of two."""

from __future__ import annotations

import operator
from typing import Any

from .. import numerics
from .arithmetic import div, pow_constant
from .selection import equal, finite, sign, step, where
from .table import Primitive, primitive, real, with_constants

# A slope that is written with abs to be stable is right on floats and wrong when it is
# differentiated again at 0 (sign(0) = 0 kills terms): it is a primitive of its own, with
# a smooth rule.

# fmt: off
abs = primitive("abs", operator.abs, lambda out, x: (sign(x),),
    array="abs", symbol="|x|", latex=r"\left|%s\right|", doc="""|x|; slope sign(x), 0 at 0 (the minimum-norm subgradient).

    >>> abs(-2.0)
    2.0
    """)
exp = primitive("exp", numerics.exp, lambda out, x: (out,),
    array="exp", latex="e^{%s}", doc="""eˣ; slope eˣ. inf where it overflows.

    >>> exp(0.0), exp(1000.0)
    (1.0, inf)
    """)
# The slope is exp(x), not out + 1: that would be 0 from −38 down.
expm1 = primitive("expm1", numerics.expm1, lambda out, x: (exp(x),),
    array="expm1", symbol="eˣ−1", latex="e^{%s} - 1", doc="""eˣ − 1 without cancellation near 0; slope eˣ. inf where it overflows.

    >>> expm1(1e-20), exp(1e-20) - 1.0
    (1e-20, 0.0)
    """)
log = primitive("log", numerics.log, lambda out, x: (div(1.0, x),),
    array="log", latex=r"\ln %s", doc="""ln x; slope 1/x. −inf at 0, nan below.

    >>> log(1.0), log(0.0)
    (0.0, -inf)
    """)
log1p = primitive("log1p", numerics.log1p, lambda out, x: (div(1.0, 1.0 + x),),
    array="log1p", symbol="ln(1+x)", latex=r"\ln(1 + %s)", doc="""ln(1 + x) without cancellation near 0; slope 1/(1 + x). −inf at −1, nan below.

    >>> log1p(1e-20), log(1.0 + 1e-20)
    (1e-20, 0.0)
    """)
log2 = primitive("log2", numerics.log2, lambda out, x: (div(numerics.LOG2_E, x),),
    array="log2", symbol="log₂", latex=r"\log_2 %s", doc="""log₂ x; slope 1/(x·ln 2). −inf at 0, nan below.

    >>> log2(8.0)
    3.0
    """)
log10 = primitive("log10", numerics.log10, lambda out, x: (div(numerics.LOG10_E, x),),
    array="log10", symbol="log₁₀", latex=r"\log_{10} %s", doc="""log₁₀ x; slope 1/(x·ln 10). −inf at 0, nan below.

    >>> log10(1000.0)
    3.0
    """)
sqrt = primitive("sqrt", numerics.sqrt, lambda out, x: (div(0.5, out),),
    array="sqrt", symbol="√", latex=r"\sqrt{%s}", doc="""√x; slope 1/(2√x), inf at 0. nan below 0.

    >>> sqrt(9.0)
    3.0
    """)
cbrt = primitive("cbrt", numerics.cbrt, lambda out, x: (div(1.0, 3.0 * (out * out)),),
    array="cbrt", symbol="∛", latex=r"\sqrt[3]{%s}", doc="""∛x, also of negative numbers; slope 1/(3·∛x²), inf at 0.

    >>> cbrt(-27.0)
    -3.0
    """)
# 0^y is constant in y for y ≥ 0, and x⁰ in x: there the formulas would give 0·inf.
pow: Primitive = primitive("**", numerics.power,
    lambda out, x, y: (where(equal(y, 0.0), 0.0, _power_slope(out, x, y)),
                       where(equal(x, 0.0) * (1.0 - step(-y)), 0.0, out * log(x))),
    array="float_power", symbol="xʸ", latex="{%s}^{%s}", doc="""x^y; slopes y·x^(y−1) and x^y·ln x. Never complex: nan for a negative x with a fractional y.

    >>> pow(2.0, 3.0), pow(-8.0, 1 / 3)
    (8.0, nan)
    """)
# Where x is 0 and ln y is not finite, 0·ln y is 0 by continuity in x, and so is its slope there.
xlogy = primitive("xlogy", numerics.xlogy,
    lambda out, x, y: (where(equal(x, 0.0) * (1.0 - step(y)), 0.0, log(y)), div(x, y)),
    array=lambda np, x, y: np.where((x == 0.0) & (y == y), 0.0, x * np.log(y)), symbol="x·ln y", latex=r"%s \cdot \ln %s", doc="""x·ln y, and 0 where x is 0 (entropies); slopes ln y and x/y. At (0, 0): 0 and nan.

    >>> xlogy(2.0, 1.0), xlogy(0.0, 0.0)
    (0.0, 0.0)
    """)
hypot = primitive("hypot", numerics.hypot,
    lambda out, x, y: (where(equal(out, 0.0), 0.0, div(x, out)), where(equal(out, 0.0), 0.0, div(y, out))),
    array="hypot", symbol="√(x²+y²)", latex=r"\sqrt{{%s}^2 + {%s}^2}", doc="""√(x² + y²) without overflow; slopes x/out and y/out, 0 and 0 at (0, 0) (the minimum-norm subgradient).

    >>> hypot(3.0, 4.0), hypot(1e200, 0.0)
    (5.0, 1e+200)
    """)
# fmt: on


def power_of(n: Any) -> Primitive:
    """The primitive x ↦ xⁿ for a constant n: ``pow_constant``, or ``pow_fraction`` where that is better."""
    n = real(n, "exponent")
    return pow_fraction(n) if n - 1.0 + 1.0 != n == n else pow_constant(n)


@with_constants
def pow_fraction(n: float) -> Primitive:
    """``pow_constant`` for an n such as ⅓, for which n − 1 must be rounded.

    ln x would magnify that in xⁿ⁻¹, up to 300 ulp; so the slope is n·(xⁿ/x).
    """
    entry = pow_constant(n)
    return Primitive(
        entry.name,
        entry.forward,
        lambda out, x: (n * _power_below(n)(x),),
        array=entry.array,
        symbol=entry.symbol,
        latex=entry.latex,
    )


@with_constants
def _power_below(n: float) -> Primitive:
    """x ↦ xⁿ/x; slope (n − 1)·out/x."""
    return Primitive(
        f"**{n!r}/x",
        lambda x: numerics.power_below(x, n),
        lambda out, x: ((n - 1.0) * div(out, x),),
        array=lambda np, x: _power_below_of_arrays(np, x, np.float_power(x, n), n),
        symbol="xʸ/x",
        latex="{%s}^{" + repr(n) + " - 1}",
    )


def _power_below_of_arrays(np: Any, x: Any, power: Any, n: float) -> Any:
    return np.where(np.isfinite(power) & (power != 0.0), power / x, np.float_power(x, n - 1.0))


def _power_slope(out: Any, x: Any, y: Any) -> Any:
    """y·x^(y−1), for y < ½ as y·out/x: there y − 1 is rounded, which ln x multiplies, up to 300 ulp."""
    small = step(0.5 - y) * finite(x) * finite(y) * (1.0 - equal(x, 0.0))
    return where(small, div(y * out, x), y * pow(x, y - 1.0))


__all__ = ["abs", "cbrt", "exp", "expm1", "hypot", "log", "log1p", "log2", "log10"]
__all__ += ["pow", "pow_constant", "pow_fraction", "power_of", "sqrt", "xlogy"]
