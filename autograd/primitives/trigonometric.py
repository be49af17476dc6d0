"""Trigonometric and hyperbolic functions, and their inverses.

Slopes are written such that they hold far out: 1/(1 + x²) through hypot(1, x), which does
not overflow; 1 − x² as (1 − x)(1 + x), which does not cancel.
"""

from __future__ import annotations

from typing import Any

from .. import numerics
from .arithmetic import div
from .elementary import hypot, sqrt
from .selection import equal, where
from .table import Primitive, primitive

# fmt: off
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
tan = primitive("tan", numerics.tan, lambda out, x: (1.0 + out * out,),
    array="tan", latex=r"\tan %s", doc="""tan x (radians); slope 1 + tan² x. nan at ±inf.

    >>> tan(0.0)
    0.0
    """)
asin = primitive("asin", numerics.asin, lambda out, x: (div(1.0, sqrt(one_minus_square(x))),),
    array="arcsin", latex=r"\arcsin %s", doc="""arcsin x, in [−π/2, π/2]; slope 1/√(1 − x²), inf at ±1. nan beyond ±1.

    >>> asin(1.0)
    1.5707963267948966
    """)
acos = primitive("acos", numerics.acos, lambda out, x: (-div(1.0, sqrt(one_minus_square(x))),),
    array="arccos", latex=r"\arccos %s", doc="""arccos x, in [0, π]; slope −1/√(1 − x²), −inf at ±1. nan beyond ±1.

    >>> acos(1.0)
    0.0
    """)
# (1 − x)(1 + x) does not cancel near ±1, and its slope −2x, written so, not near 0.
one_minus_square: Primitive = primitive("1-x²", numerics.one_minus_square, lambda out, x: (-2.0 * x,),
    array=lambda np, x: (1.0 - x) * (1.0 + x), symbol="1−x²", latex="1 - {%s}^2", doc="""1 − x² as (1 − x)(1 + x); slope −2x.

    >>> one_minus_square(0.5)
    0.75
    """)
atan = primitive("atan", numerics.atan, lambda out, x: (over_square(1.0, hypot(1.0, x)),),
    array="arctan", latex=r"\arctan %s", doc="""arctan x, in [−π/2, π/2]; slope 1/(1 + x²).

    >>> atan(1.0)
    0.7853981633974483
    """)
atan2 = primitive("atan2", numerics.atan2, lambda out, y, x: _turn(y, x, hypot(y, x)),
    array="arctan2", latex=r"\operatorname{atan2}(%s, %s)", doc="""The angle of the point (x, y), in [−π, π]; slopes x/(x² + y²) to y and −y/(x² + y²) to x.

    0 and 0 at (0, 0).

    >>> atan2(1.0, 0.0)
    1.5707963267948966
    """)
sinh = primitive("sinh", numerics.sinh, lambda out, x: (cosh(x),),
    array="sinh", latex=r"\sinh %s", doc="""sinh x = (eˣ − e⁻ˣ)/2; slope cosh x. ±inf where it overflows.

    >>> sinh(0.0), sinh(-1000.0)
    (0.0, -inf)
    """)
cosh: Primitive = primitive("cosh", numerics.cosh, lambda out, x: (sinh(x),),
    array="cosh", latex=r"\cosh %s", doc="""cosh x = (eˣ + e⁻ˣ)/2; slope sinh x. inf where it overflows.

    >>> cosh(0.0), cosh(-1000.0)
    (1.0, inf)
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
asinh = primitive("asinh", numerics.asinh, lambda out, x: (div(1.0, hypot(1.0, x)),),
    array="arcsinh", latex=r"\operatorname{arsinh} %s", doc="""arsinh x, the inverse of sinh; slope 1/√(1 + x²).

    >>> asinh(0.0)
    0.0
    """)
# Two roots, because the product (x − 1)(x + 1) overflows from 1e154.
acosh = primitive("acosh", numerics.acosh, lambda out, x: (div(div(1.0, sqrt(x - 1.0)), sqrt(x + 1.0)),),
    array="arccosh", latex=r"\operatorname{arcosh} %s", doc="""arcosh x, the inverse of cosh; slope 1/√(x² − 1), inf at 1. nan below 1.

    >>> acosh(1.0)
    0.0
    """)
atanh = primitive("atanh", numerics.atanh, lambda out, x: (div(1.0, one_minus_square(x)),),
    array="arctanh", latex=r"\operatorname{artanh} %s", doc="""artanh x, the inverse of tanh; slope 1/(1 − x²), inf at ±1. ±inf at ±1, nan beyond.

    >>> atanh(0.0), atanh(1.0)
    (0.0, inf)
    """)
# fmt: on


def over_square(x: Any, y: Any) -> Any:
    """x/y², where y² may overflow or vanish."""
    return div(div(x, y), y)


def _turn(y: Any, x: Any, h: Any) -> tuple[Any, Any]:
    """The slopes of atan2: x/h² and −y/h², both 0 at the origin."""
    origin = equal(h, 0.0)
    return where(origin, 0.0, over_square(x, h)), where(origin, 0.0, -over_square(y, h))


def _sech2(np: Any, x: Any) -> Any:
    e = np.exp(-2.0 * np.abs(x))
    return 4.0 * e / ((1.0 + e) * (1.0 + e))


def _tanh_slopes(np: Any, out: Any, x: Any) -> tuple[Any]:
    slope = np.subtract(1.0, out * out)
    rough = slope < 1e-5  # out is near ±1: too few digits are left
    if rough.any():
        slope[rough] = _sech2(np, x[rough])
    return (slope,)


tanh.slopes = _tanh_slopes


__all__ = ["acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cos", "cosh"]
__all__ += ["one_minus_square", "over_square", "sech2", "sin", "sinh", "tan", "tanh"]
