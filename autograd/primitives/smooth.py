"""The smooth activation functions, each with its slope; erf and the normal distribution."""

from __future__ import annotations

from typing import Any

from .. import numerics
from .selection import finite, sign, where
from .table import Primitive, primitive
from .trigonometric import over_square, sech2, tanh


def gelu(x: Any, approximate: str = "none") -> Any:
    """x·Φ(x), Φ being the standard normal distribution; slope Φ(x) + x·φ(x).

    ``approximate="tanh"`` is the form of the first GPTs, ½x(1 + tanh(√(2/π)(x + .044715x³))),
    computed as x·sigmoid(v), which keeps its relative accuracy for negative x.
    ``ValueError`` for any other word.

    >>> gelu(0.0), round(gelu(1.0), 6), round(gelu(1.0, approximate="tanh"), 6)
    (0.0, 0.841345, 0.841192)
    """
    return gelu_form(approximate)(x)


# fmt: off
sigmoid = primitive("sigmoid", numerics.sigmoid, lambda out, x: (sigmoid_slope(x),),
    array=lambda np, x: _sigmoid(np, x), symbol="σ", latex=r"\sigma(%s)", doc="""1/(1 + e⁻ˣ), in (0, 1); slope σ(x)σ(−x), at most ¼.

    >>> sigmoid(0.0)
    0.5
    """)
sigmoid_slope: Primitive = primitive("sigmoid_slope", numerics.sigmoid_slope, lambda out, x: (-out * tanh(0.5 * x),),
    array=lambda np, x: np.exp(-np.abs(x)) / (1.0 + np.exp(-np.abs(x))) ** 2, symbol="σ′", latex=r"\sigma'(%s)", doc="""σ(x)σ(−x), the slope of sigmoid; slope σ′(x)(1 − 2σ(x)) = −σ′(x)·tanh(x/2).

    >>> sigmoid_slope(0.0)
    0.25
    """)
softplus = primitive("softplus", numerics.softplus, lambda out, x: (sigmoid(x),),
    array=lambda np, x: _softplus(np, x), latex=r"\operatorname{softplus}(%s)", doc="""ln(1 + eˣ), a smooth relu; slope sigmoid(x).

    >>> softplus(0.0)
    0.6931471805599453
    """)
logsigmoid = primitive("logsigmoid", numerics.logsigmoid, lambda out, x: (sigmoid(-x),),
    array=lambda np, x: -_softplus(np, -x), symbol="ln σ", latex=r"\ln \sigma(%s)", doc="""ln sigmoid(x) = −softplus(−x), which does not overflow; slope sigmoid(−x).

    >>> logsigmoid(-800.0)
    -800.0
    """)
# σ + xσ′, Φ + xφ and so on: at ±inf the second term is 0, not inf·0.
silu = primitive("silu", numerics.silu, lambda out, x: (sigmoid(x) + where(finite(x), x * sigmoid_slope(x), 0.0),),
    array=lambda np, x: np.where(x == -np.inf, -0.0, x * _sigmoid(np, x)), latex=r"\operatorname{silu}(%s)", doc="""x·sigmoid(x), also called swish; slope σ(x) + x·σ′(x).

    >>> silu(0.0)
    0.0
    """)
gelu_exact = primitive("gelu", numerics.gelu, lambda out, x: (normal_cdf(x) + where(finite(x), x * normal_pdf(x), 0.0),),
    latex=r"\operatorname{gelu}(%s)", doc="""x·Φ(x); slope Φ(x) + x·φ(x).

    >>> gelu_exact(0.0)
    0.0
    """)
# x·σ(v) with v = 2√(2/π)(x + .044715x³). Where σ′(v) is 0, v and v′ may be infinite: the slope is 0 or 1.
gelu_tanh = primitive("gelu_tanh", numerics.gelu_tanh, lambda out, x: (where(sigmoid_slope(_v(x)), sigmoid(_v(x)) + x * sigmoid_slope(_v(x)) * _v_slope(x), 0.5 + 0.5 * sign(x)),),
    array=lambda np, x: np.where(x == -np.inf, -0.0, x * _sigmoid(np, _v(x))), symbol="gelu", latex=r"\operatorname{gelu}(%s)", doc="""½x(1 + tanh(√(2/π)(x + .044715x³))) = x·σ(v); slope σ(v) + x·σ′(v)·v′.

    >>> gelu_tanh(0.0)
    0.0
    """)
mish = primitive("mish", numerics.mish, lambda out, x: (tanh(softplus(x)) + where(finite(x), x * (sech2(softplus(x)) * sigmoid(x)), 0.0),),
    array=lambda np, x: np.where(x == -np.inf, -0.0, x * np.tanh(_softplus(np, x))), latex=r"\operatorname{mish}(%s)", doc="""x·tanh(softplus(x)); slope tanh(s) + x·sech²(s)·σ(x), s being softplus(x).

    >>> mish(0.0)
    0.0
    """)
# Not smooth at 0, where the second derivative jumps from 2 to −2: here abs is no mistake.
softsign = primitive("softsign", numerics.softsign, lambda out, x: (over_square(1.0, 1.0 + x * sign(x)),),
    array=lambda np, x: np.where(np.isinf(x), np.sign(x), x / (1.0 + np.abs(x))), latex=r"\frac{%s}{1 + \left|%s\right|}", doc="""x/(1 + |x|), in (−1, 1); slope 1/(1 + |x|)².

    >>> softsign(1.0)
    0.5
    """)
erf = primitive("erf", numerics.erf, lambda out, x: (erf_slope(x),),
    latex=r"\operatorname{erf} %s", doc="""The error function, 2/√π·∫₀ˣ exp(−t²) dt, in (−1, 1); slope 2/√π·exp(−x²).

    >>> erf(0.0)
    0.0
    """)
erf_slope: Primitive = primitive("erf_slope", numerics.erf_slope, lambda out, x: (-2.0 * (x * out),),
    array=lambda np, x: numerics.TWO_OVER_SQRT_PI * _gaussian(np, x, 1.0), symbol="erf′", latex=r"\operatorname{erf}'(%s)", doc="""2/√π·exp(−x²), the slope of erf; slope −2x·out.

    >>> erf_slope(0.0)
    1.1283791670955126
    """)
normal_cdf: Primitive = primitive("normal_cdf", numerics.normal_cdf, lambda out, x: (normal_pdf(x),),
    symbol="Φ", latex=r"\Phi(%s)", doc="""Φ(x), the standard normal distribution; slope φ(x).

    >>> normal_cdf(0.0)
    0.5
    """)
normal_pdf: Primitive = primitive("normal_pdf", numerics.normal_pdf, lambda out, x: (-x * out,),
    array=lambda np, x: numerics.INVERSE_SQRT_2PI * _gaussian(np, x, 0.5), symbol="φ", latex=r"\varphi(%s)", doc="""φ(x) = exp(−x²/2)/√(2π), the standard normal density; slope −x·φ(x).

    >>> normal_pdf(0.0)
    0.3989422804014327
    """)
# fmt: on


def gelu_form(approximate: str) -> Primitive:
    """The primitive of ``gelu`` in this form, "none" or "tanh"."""
    if approximate not in ("none", "tanh"):
        raise ValueError(f'gelu: approximate must be "none" or "tanh", not {approximate!r}')
    return gelu_tanh if approximate == "tanh" else gelu_exact


def _v(x: Any) -> Any:
    return numerics.GELU_LINEAR * x + numerics.GELU_CUBIC * (x * x * x)


def _v_slope(x: Any) -> Any:
    return numerics.GELU_LINEAR + 3.0 * numerics.GELU_CUBIC * (x * x)


def _sigmoid(np: Any, x: Any) -> Any:
    e = np.exp(-np.abs(x))
    return np.where(x >= 0.0, 1.0, e) / (1.0 + e)


def _sigmoid_slopes(np: Any, out: Any, x: Any) -> tuple[Any]:
    rest = np.subtract(1.0, out)
    slope = out * rest
    rough = rest < 1e-5  # too few digits are left
    if rough.any():
        slope[rough] = sigmoid_slope(x[rough])
    return (slope,)


sigmoid.slopes = _sigmoid_slopes


def _softplus(np: Any, x: Any) -> Any:
    return np.where(x <= 0.0, 0.0, x) + np.log1p(np.exp(-np.abs(x)))


def _gaussian(np: Any, x: Any, c: float) -> Any:
    """exp(−c·x²) as ``numerics.gaussian`` computes it."""
    x = np.minimum(np.abs(x), 40.0)
    h = np.floor(32.0 * x) / 32.0
    return np.exp(-c * (h * h)) * np.exp(-c * ((x - h) * (x + h)))
