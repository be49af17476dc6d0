"""The piecewise activation functions, each with its slope; the smooth ones are in ``smooth``."""

from __future__ import annotations

from typing import Any

from .. import numerics
from .arithmetic import div
from .elementary import exp
from .selection import between, equal, step, where
from .table import Primitive, primitive, with_constants

SIXTH = 1.0 / 6.0


def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    """x above 0, negative_slope·x below; slope 1 above 0, negative_slope up to and including 0.

    >>> leaky_relu(-2.0)
    -0.02
    """
    return leaky_relu_constant(negative_slope)(x)


def elu(x: Any, alpha: float = 1.0) -> Any:
    """x above 0, alpha·(eˣ − 1) below; slope 1 above 0, alpha·eˣ up to and including 0.

    >>> elu(2.0), elu(0.0)
    (2.0, 0.0)
    """
    return elu_constant(alpha)(x)


def celu(x: Any, alpha: float = 1.0) -> Any:
    """x above 0, alpha·(e^(x/alpha) − 1) below; slope 1 above 0, e^(x/alpha) up to and including 0.

    Unlike elu, smooth at 0 for every alpha. ``ValueError`` if alpha is 0 or nan.

    >>> celu(2.0, alpha=0.5), celu(0.0)
    (2.0, 0.0)
    """
    return celu_constant(alpha)(x)


def hardtanh(x: Any, min_val: float = -1.0, max_val: float = 1.0) -> Any:
    """x held between two constants; slope 1 strictly inside, 0 at and beyond the bounds.

    ``ValueError`` if min_val > max_val or a bound is nan.

    >>> hardtanh(3.0), hardtanh(0.5)
    (1.0, 0.5)
    """
    return hardtanh_constant(min_val, max_val)(x)


def clip(x: Any, min: float | None = None, max: float | None = None) -> Any:
    """x held between two constants; slope 1 strictly inside, 0 at and beyond the bounds.

    ``ValueError`` if min > max or a bound is nan. For bounds that are Values, use
    ``maximum`` and ``minimum``.

    >>> clip(3.0, -1.0, 1.0)
    1.0
    """
    return clip_between(min, max)(x)


# fmt: off
relu: Primitive = primitive("relu", numerics.relu, lambda out, x: (step(x),),
    array=lambda np, x: np.maximum(x, 0.0) + 0.0, latex=r"\operatorname{relu}(%s)", doc="""max(x, 0), the rectified linear unit; slope 0 up to and including 0, then 1.

    >>> relu(-2.0), relu(3.0)
    (0.0, 3.0)
    """)
relu6 = primitive("relu6", numerics.relu6, lambda out, x: (_inside(x, 0.0, 6.0),),
    array=lambda np, x: np.where(x <= 0.0, 0.0, np.minimum(x, 6.0)), latex=r"\operatorname{relu6}(%s)", doc="""x held between 0 and 6; slope 1 strictly between, else 0.

    >>> relu6(-2.0), relu6(3.0), relu6(9.0)
    (0.0, 3.0, 6.0)
    """)
selu = primitive("selu", numerics.selu, lambda out, x: (where(step(x), numerics.SELU_ABOVE, numerics.SELU_BELOW * exp(x)),),
    array=lambda np, x: np.where(x <= 0.0, numerics.SELU_BELOW * np.expm1(np.where(x <= 0.0, x, 0.0)), numerics.SELU_ABOVE * x), latex=r"\operatorname{selu}(%s)", doc="""λx above 0, λα(eˣ − 1) below, with λ = 1.0507… and α = 1.6733…; slope λ above 0, λα·eˣ up to and including 0.

    >>> selu(1.0), selu(0.0)
    (1.0507009873554805, 0.0)
    """)
hardsigmoid = primitive("hardsigmoid", numerics.hardsigmoid, lambda out, x: (between(x, -3.0, 3.0) * SIXTH,),
    array=lambda np, x: (np.clip(x, -3.0, 3.0) + 3.0) / 6.0, latex=r"\operatorname{hardsigmoid}(%s)", doc="""(x + 3)/6 held between 0 and 1; slope 1/6 strictly between −3 and 3, else 0.

    >>> hardsigmoid(0.0), hardsigmoid(4.0)
    (0.5, 1.0)
    """)
# At −3 and 3, where the slope falls, the smaller of two: 0 and 1.
hardswish = primitive("hardswish", numerics.hardswish, lambda out, x: (hardsigmoid(x) + where(between(x, -3.0, 3.0), x, 0.0) * SIXTH,),
    array=lambda np, x: np.where(x <= -3.0, -0.0, np.where(x >= 3.0, x, x * (x + 3.0) / 6.0)), latex=r"\operatorname{hardswish}(%s)", doc="""x·hardsigmoid(x); slope (2x + 3)/6 strictly between −3 and 3, 0 up to −3, 1 from 3.

    >>> hardswish(3.0), hardswish(-1.5)
    (3.0, -0.375)
    """)
# fmt: on


relu.slopes = lambda np, out, x: (np.not_equal(out, 0.0),)


def _inside(x: Any, low: float, high: float) -> Any:
    """1 strictly between the bounds, else 0; 1 for nan, as for relu."""
    return where(equal(x, x), between(x, low, high), 1.0)


def clip_between(low: float | None, high: float | None) -> Primitive:
    """The primitive of ``clip`` with these bounds, of which each may be None."""
    for name, bound in (("min", low), ("max", high)):
        if isinstance(bound, Primitive.node_type):
            raise TypeError(
                f"clip: {name} must be a number or None, not a Value; for a bound that is a "
                "Value use maximum(x, bound) or minimum(x, bound)"
            )
    return clip_constant(
        -numerics.inf if low is None else low, numerics.inf if high is None else high
    )


@with_constants
def leaky_relu_constant(negative_slope: float) -> Primitive:
    """The primitive x ↦ x above 0, negative_slope·x below."""
    return Primitive(
        f"leaky_relu({negative_slope:g})",
        lambda x: negative_slope * x if x <= 0.0 else x,
        lambda out, x: (where(step(x), 1.0, negative_slope),),
        array=lambda np, x: np.where(x <= 0.0, negative_slope * x, x),
        symbol="leaky_relu",
        latex=r"\operatorname{leaky\_relu}(%s)",
    )


@with_constants
def elu_constant(alpha: float) -> Primitive:
    """The primitive x ↦ x above 0, alpha·(eˣ − 1) below."""
    return Primitive(
        f"elu({alpha:g})",
        lambda x: numerics.elu(x, alpha),
        lambda out, x: (where(step(x), 1.0, alpha * exp(x)),),
        array=lambda np, x: np.where(x <= 0.0, alpha * np.expm1(np.where(x <= 0.0, x, 0.0)), x),
        symbol="elu",
        latex=r"\operatorname{elu}(%s)",
    )


@with_constants
def clip_constant(low: float, high: float) -> Primitive:
    """The primitive x ↦ x held between two constants."""
    if not low <= high:
        raise ValueError(f"clip: the lower bound {low!r} must not exceed the upper bound {high!r}")
    return Primitive(
        f"clip({low:g}, {high:g})",
        lambda x: numerics.clip(x, low, high),
        lambda out, x: (between(x, low, high),),
        array=lambda np, x: np.clip(x, low, high),
        symbol="clip",
        latex=r"\operatorname{clip}(%s)",
    )


@with_constants
def hardtanh_constant(low: float, high: float) -> Primitive:
    """The primitive x ↦ x held between two constants, under the name that networks know."""
    if not low <= high:
        raise ValueError(f"hardtanh: min_val {low!r} must not exceed max_val {high!r}")
    return Primitive(
        f"hardtanh({low:g}, {high:g})",
        lambda x: numerics.clip(x, low, high),
        lambda out, x: (_inside(x, low, high),),
        array=lambda np, x: np.clip(x, low, high),
        symbol="hardtanh",
        latex=r"\operatorname{hardtanh}(%s)",
    )


@with_constants
def celu_constant(alpha: float) -> Primitive:
    """The primitive x ↦ x above 0, alpha·(e^(x/alpha) − 1) below."""
    if alpha == 0.0 or alpha != alpha:
        raise ValueError(f"celu: alpha must be a number other than 0, not {alpha!r}")
    return Primitive(
        f"celu({alpha:g})",
        lambda x: numerics.celu(x, alpha),
        lambda out, x: (where(step(x), 1.0, exp(div(x, alpha))),),
        array=lambda np, x: np.where(
            x <= 0.0, alpha * np.expm1(np.where(x <= 0.0, x, 0.0) / alpha), x
        ),
        symbol="celu",
        latex=r"\operatorname{celu}(%s)",
    )
