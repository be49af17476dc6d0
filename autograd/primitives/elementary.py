"""Elementary functions of one number, and x^y with both variable."""

from __future__ import annotations

import operator
from typing import Any

from .. import numerics
from .arithmetic import div, pow_constant
from .selection import equal, sign, step, where
from .table import Primitive, primitive

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
log = primitive("log", numerics.log, lambda out, x: (div(1.0, x),),
    array="log", latex=r"\ln %s", doc="""ln x; slope 1/x. −inf at 0, nan below.

    >>> log(1.0), log(0.0)
    (0.0, -inf)
    """)
sqrt = primitive("sqrt", numerics.sqrt, lambda out, x: (div(0.5, out),),
    array="sqrt", symbol="√", latex=r"\sqrt{%s}", doc="""√x; slope 1/(2√x), inf at 0. nan below 0.

    >>> sqrt(9.0)
    3.0
    """)
sin = primitive("sin", numerics.sin, lambda out, x: (cos(x),),
    array="sin", latex=r"\sin %s", doc="""sin x (radians); slope cos x. nan at ±inf.

    >>> sin(0.0)
    0.0
    """)
cos: Primitive = primitive("cos", numerics.cos, lambda out, x: (-sin(x),),
    array="cos", latex=r"\cos %s", doc="""cos x (radians); slope −sin x. nan at ±inf.

    >>> cos(0.0)
    1.0
    """)
tanh = primitive("tanh", numerics.tanh, lambda out, x: (sech2(x),),
    array="tanh", latex=r"\tanh %s", doc="""tanh x, in (−1, 1); slope sech² x = 1 − tanh² x.

    >>> tanh(0.0)
    0.0
    """)
sech2: Primitive = primitive("sech2", numerics.sech2, lambda out, x: (-2.0 * out * tanh(x),),
    array=lambda np, x: _sech2(np, x), symbol="sech²", latex=r"\operatorname{sech}^2 %s", doc="""sech² x, the slope of tanh; slope −2 sech² x·tanh x.

    >>> sech2(0.0)
    1.0
    """)
# 0^y is constant in y for y ≥ 0, and x⁰ in x: there the formulas would give 0·inf.
pow: Primitive = primitive("**", numerics.power,
    lambda out, x, y: (where(equal(y, 0.0), 0.0, y * pow(x, y - 1.0)),
                       where(equal(x, 0.0) * (1.0 - step(-y)), 0.0, out * log(x))),
    array="float_power", symbol="xʸ", latex="{%s}^{%s}", doc="""x^y; slopes y·x^(y−1) and x^y·ln x. Never complex: nan for a negative x with a fractional y.

    >>> pow(2.0, 3.0), pow(-8.0, 1 / 3)
    (8.0, nan)
    """)
# fmt: on


def _sech2(np: Any, x: Any) -> Any:
    e = np.exp(-2.0 * np.abs(x))
    return 4.0 * e / ((1.0 + e) * (1.0 + e))


__all__ = ["abs", "cos", "exp", "log", "pow", "pow_constant", "sech2", "sin", "sqrt", "tanh"]
