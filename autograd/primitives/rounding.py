"""Whole numbers and remainders: floor, ceil, round, //, %, fmod.

Whatever makes whole numbers is flat between its jumps: slope 0, at the jumps too.
"""

from __future__ import annotations

from .. import numerics
from .elementary import abs
from .selection import sign
from .table import Primitive, primitive

# fmt: off
floor = primitive("floor", numerics.floor, lambda out, x: (0.0,),
    array="floor", symbol="⌊x⌋", latex=r"\left\lfloor %s \right\rfloor", doc="""The largest whole number up to x; slope 0.

    >>> floor(-2.5), floor(2.5)
    (-3.0, 2.0)
    """)
ceil = primitive("ceil", numerics.ceil, lambda out, x: (0.0,),
    array="ceil", symbol="⌈x⌉", latex=r"\left\lceil %s \right\rceil", doc="""The smallest whole number from x; slope 0.

    >>> ceil(-2.5), ceil(2.5)
    (-2.0, 3.0)
    """)
round = primitive("round", numerics.nearest, lambda out, x: (0.0,),
    array="rint", latex=r"\operatorname{round}(%s)", doc="""The nearest whole number, and of two equally near the even one; slope 0.

    >>> round(0.5), round(1.5), round(-0.7)
    (0.0, 2.0, -1.0)
    """)
floor_divide: Primitive = primitive("//", numerics.floor_divide, lambda out, a, b: (0.0, 0.0),
    array="floor_divide", symbol="⌊÷⌋", latex=r"\left\lfloor \frac{%s}{%s} \right\rfloor", doc="""⌊a/b⌋, as Python's //; slopes 0 and 0. a/b where b is 0.

    >>> floor_divide(-5.0, 3.0), floor_divide(1.0, 0.0)
    (-2.0, inf)
    """)
remainder = primitive("%", numerics.remainder, lambda out, a, b: (1.0, -floor_divide(a, b)),
    array="remainder", symbol="mod", latex=r"%s \bmod %s", doc="""a − b⌊a/b⌋, with the sign of b, as Python's %; slopes 1 and −⌊a/b⌋. nan where b is 0.

    >>> remainder(-5.0, 3.0)
    1.0
    """)
# trunc(a/b) without the rounding of a/b, which might carry it to the next whole number.
fmod = primitive("fmod", numerics.fmod, lambda out, a, b: (1.0, -(sign(a) * sign(b) * floor_divide(abs(a), abs(b)))),
    array="fmod", latex=r"\operatorname{fmod}(%s, %s)", doc="""a − b·trunc(a/b), with the sign of a, as C's fmod; slopes 1 and −trunc(a/b). nan where b is 0.

    >>> fmod(-5.0, 3.0)
    -2.0
    """)
# fmt: on


__all__ = ["ceil", "floor", "floor_divide", "fmod", "remainder", "round"]
