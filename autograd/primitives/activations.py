"""The activation functions of neurons, each with its slope."""

from __future__ import annotations

from typing import Any

from .. import numerics
from .elementary import exp
from .selection import between, finite, step, where
from .table import Primitive, primitive, with_constants


def _sigmoid(np: Any, x: Any) -> Any:
    return np.where(x >= 0.0, 1.0, np.exp(np.minimum(x, 0.0))) / (1.0 + np.exp(-np.abs(x)))


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


def clip(x: Any, min: float | None = None, max: float | None = None) -> Any:
    """x held between two constants; slope 1 strictly inside, 0 at and beyond the bounds.

    ``ValueError`` if min > max or a bound is nan. For bounds that are Values, use
    ``maximum`` and ``minimum``.

    >>> clip(3.0, -1.0, 1.0)
    1.0
    """
    return clip_between(min, max)(x)


# fmt: off
relu = primitive("relu", numerics.relu, lambda out, x: (step(x),),
    array=lambda np, x: np.where(x <= 0.0, 0.0, x), latex=r"\operatorname{relu}(%s)", doc="""max(x, 0), the rectified linear unit; slope 0 up to and including 0, then 1.

    >>> relu(-2.0), relu(3.0)
    (0.0, 3.0)
    """)
sigmoid = primitive("sigmoid", numerics.sigmoid, lambda out, x: (sigmoid_slope(x),),
    array=lambda np, x: _sigmoid(np, x), symbol="σ", latex=r"\sigma(%s)", doc="""1/(1 + e⁻ˣ), in (0, 1); slope σ(x)σ(−x), at most ¼.

    >>> sigmoid(0.0)
    0.5
    """)
sigmoid_slope: Primitive = primitive("sigmoid_slope", numerics.sigmoid_slope, lambda out, x: (out * (1.0 - 2.0 * sigmoid(x)),),
    array=lambda np, x: np.exp(-np.abs(x)) / (1.0 + np.exp(-np.abs(x))) ** 2, symbol="σ′", latex=r"\sigma'(%s)", doc="""σ(x)σ(−x), the slope of sigmoid; slope σ′(x)(1 − 2σ(x)).

    >>> sigmoid_slope(0.0)
    0.25
    """)
softplus = primitive("softplus", numerics.softplus, lambda out, x: (sigmoid(x),),
    array=lambda np, x: np.where(x <= 0.0, 0.0, x) + np.log1p(np.exp(-np.abs(x))), latex=r"\operatorname{softplus}(%s)", doc="""ln(1 + eˣ), a smooth relu; slope sigmoid(x).

    >>> softplus(0.0)
    0.6931471805599453
    """)
# σ + xσ′ and Φ + xφ: at ±inf the second term is 0, not inf·0.
silu = primitive("silu", numerics.silu, lambda out, x: (sigmoid(x) + where(finite(x), x * sigmoid_slope(x), 0.0),),
    array=lambda np, x: np.where(x == -np.inf, -0.0, x * _sigmoid(np, x)), latex=r"\operatorname{silu}(%s)", doc="""x·sigmoid(x), also called swish; slope σ(x) + x·σ′(x).

    >>> silu(0.0)
    0.0
    """)
gelu = primitive("gelu", numerics.gelu, lambda out, x: (normal_cdf(x) + where(finite(x), x * normal_pdf(x), 0.0),),
    latex=r"\operatorname{gelu}(%s)", doc="""x·Φ(x), Φ being the standard normal distribution (the exact form); slope Φ(x) + x·φ(x).

    >>> gelu(0.0)
    0.0
    """)
normal_cdf: Primitive = primitive("normal_cdf", numerics.normal_cdf, lambda out, x: (normal_pdf(x),),
    symbol="Φ", latex=r"\Phi(%s)", doc="""Φ(x), the standard normal distribution; slope φ(x).

    >>> normal_cdf(0.0)
    0.5
    """)
normal_pdf: Primitive = primitive("normal_pdf", numerics.normal_pdf, lambda out, x: (-x * out,),
    array=lambda np, x: numerics.INVERSE_SQRT_2PI * np.exp(-0.5 * x * x), symbol="φ", latex=r"\varphi(%s)", doc="""φ(x) = exp(−x²/2)/√(2π), the standard normal density; slope −x·φ(x).

    >>> round(normal_pdf(0.0), 6)
    0.398942
    """)
# fmt: on


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
