"""Choices: maximum, minimum, where, and the zero-slope helpers that closures use for ``if``.

The helpers are steps and masks: flat wherever they are differentiable, so their own
slope is 0.
"""

from __future__ import annotations

from typing import Any

from .. import numerics
from .table import Primitive, primitive

# fmt: off
step = primitive("step", numerics.step, lambda out, x: (0.0,),
    array=lambda np, x: np.where(x <= 0.0, 0.0, 1.0), doc="""1 above 0, else 0 (1 for nan); slope 0: the slope of relu.

    >>> step(0.0), step(2.0)
    (0.0, 1.0)
    """)
sign = primitive("sign", numerics.sign, lambda out, x: (0.0,),
    array="sign", latex=r"\operatorname{sign}(%s)", doc="""−1, 0 or 1; slope 0. 0 at ±0, nan for nan.

    >>> sign(-3.0)
    -1.0
    """)
larger = primitive("larger", numerics.larger, lambda out, a, b: (0.0, 0.0),
    array=lambda np, a, b: np.where(a < b, 0.0, np.where(a == b, 0.5, 1.0)), doc="""1 where a > b, ½ where they tie, else 0; slope 0: the slope of maximum.

    Not step(a − b), which fails for two infinities.

    >>> larger(2.0, 1.0), larger(1.0, 1.0)
    (1.0, 0.5)
    """)
equal = primitive("equal", numerics.equal, lambda out, a, b: (0.0, 0.0),
    array=lambda np, a, b: np.where(a == b, 1.0, 0.0), doc="""1 where a == b, else 0; slope 0.

    >>> equal(2.0, 2.0)
    1.0
    """)
finite = primitive("finite", numerics.finite, lambda out, x: (0.0,),
    array=lambda np, x: np.where(np.isfinite(x), 1.0, 0.0), doc="""1 where x is neither infinite nor nan, else 0; slope 0.

    >>> finite(2.0), finite(float("inf"))
    (1.0, 0.0)
    """)
between = primitive("between", numerics.between, lambda out, x, low, high: (0.0, 0.0, 0.0),
    array=lambda np, x, low, high: np.where((low < x) & (x < high), 1.0, 0.0), doc="""1 strictly between the bounds, else 0; slope 0: the slope of clip.

    >>> between(0.5, 0.0, 1.0), between(1.0, 0.0, 1.0)
    (1.0, 0.0)
    """)
maximum = primitive("maximum", numerics.maximum, lambda out, a, b: (larger(a, b), larger(b, a)),
    array="maximum", symbol="max", latex=r"\max(%s, %s)", doc="""The larger of two; slopes 1 and 0, ½ and ½ on a tie (the minimum-norm subgradient).

    nan if either is nan.

    >>> maximum(2.0, 3.0)
    3.0
    """)
minimum = primitive("minimum", numerics.minimum, lambda out, a, b: (larger(b, a), larger(a, b)),
    array="minimum", symbol="min", latex=r"\min(%s, %s)", doc="""The smaller of two; slopes 1 and 0, ½ and ½ on a tie.

    nan if either is nan.

    >>> minimum(2.0, 3.0)
    2.0
    """)
where: Primitive = primitive("where", numerics.where, lambda out, c, a, b: (None, edge(where(c, 1.0, 0.0)), edge(where(c, 0.0, 1.0))),
    array=lambda np, c, a, b: np.where(c > 0.0, a, b), symbol="where", latex=r"\operatorname{where}(%s, %s, %s)", doc="""a where the condition is > 0 (or True), else b; slope 1 into the chosen branch.

    Nothing flows into the other branch, not even 0·inf, and nothing into the condition.
    With a Value as condition, ``replay`` can switch the branch; a bool freezes it.

    >>> where(True, 2.0, 3.0), where(-1.0, 2.0, 3.0)
    (2.0, 3.0)
    """)
# fmt: on


def edge(mask: Any) -> Any:
    """A mask as a partial: 1 where it is 1; where it is 0, no edge (on arrays: 0)."""
    if type(mask) is float or isinstance(mask, Primitive.node_type):
        return 1.0 if mask > 0.0 else None
    return mask
