"""Float functions that follow IEEE 754 instead of raising, and the stable forms.

Python raises where IEEE 754 returns a value: ``math.exp(710)`` is an OverflowError,
``math.log(0)`` a ValueError, ``1 / 0.0`` a ZeroDivisionError, ``(-8) ** (1/3)`` is complex.
All of that is handled here and nowhere else: every function below takes floats,
returns a float and never raises an arithmetic exception.

>>> exp(1000.0), log(0.0), divide(-1.0, 0.0), power(-8.0, 1 / 3)
(inf, -inf, -inf, nan)
"""

from __future__ import annotations

import math
import operator
from typing import Any

inf = math.inf
nan = math.nan

# √½, and the same as a sum of two floats, the first of 26 bits.
_SQRT_HALF = 0.7071067811865476
_SQRT_HALF_HEAD = 0.7071067839860916
_SQRT_HALF_TAIL = -2.799544089368687e-09
_INVERSE_SQRT_PI = 0.5641895835477563
INVERSE_SQRT_2PI = 0.3989422804014327
TWO_OVER_SQRT_PI = 1.1283791670955126
LOG2_E = 1.4426950408889634
LOG10_E = 0.4342944819032518
GELU_LINEAR = 1.5957691216057308  # 2√(2/π)
GELU_CUBIC = 0.07135481627260025  # the same times .044715
SELU_ABOVE = 1.0507009873554805
SELU_BELOW = 1.7580993408473768  # the same times 1.6732632423543772
_WHOLE = 4503599627370496.0  # 2⁵²: from here on every float is whole


# --- arithmetic ---------------------------------------------------------------------------


def divide(a: float, b: float) -> float:
    """a / b, where x/±0 is ±inf and 0/0 is nan."""
    try:
        return a / b
    except ZeroDivisionError:
        if a != a or a == 0.0:
            return nan
        return math.copysign(inf, a) * math.copysign(1.0, b)


def power(x: float, y: float) -> float:
    """x ** y as C's pow: nan (never complex) for a negative base with a fractional exponent."""
    try:
        return math.pow(x, y)
    except OverflowError:
        return -inf if x < 0.0 and y % 2.0 == 1.0 else inf
    except ValueError:
        if x == 0.0:  # a negative power of zero; an odd one keeps the sign of the zero
            return math.copysign(inf, x) if y % 2.0 == 1.0 else inf
        return nan


def power_of_arrays(np: Any, x: Any, n: float) -> Any:
    """The same on NumPy arrays for a constant exponent, the usual ones without a general power."""
    if n == 2.0:
        return x * (x * 1.0)
    if n == 1.0:
        return x * 1.0
    return 1.0 / x if n == -1.0 else np.float_power(x, n)


def floor_divide(a: float, b: float) -> float:
    """⌊a/b⌋ as Python's //, and a/b where b is 0."""
    try:
        return a // b
    except ZeroDivisionError:
        return divide(a, b)


def remainder(a: float, b: float) -> float:
    """a − b⌊a/b⌋, with the sign of b, as Python's %; nan where b is 0."""
    try:
        return a % b
    except ZeroDivisionError:
        return nan


def fmod(a: float, b: float) -> float:
    """a − b·trunc(a/b), with the sign of a, as C's fmod; nan where b is 0 or a infinite."""
    try:
        return math.fmod(a, b)
    except ValueError:
        return nan


def power_below(x: float, n: float) -> float:
    """x^(n − 1) for an n of which n − 1 is no float: as xⁿ/x, but where that is 0/0 or ∞/∞."""
    whole = power(x, n)
    return whole / x if whole - whole == 0.0 != whole else power(x, n - 1.0)


# --- elementary functions -----------------------------------------------------------------


def exp(x: float) -> float:
    """eˣ, inf where it overflows."""
    try:
        return math.exp(x)
    except OverflowError:
        return inf


def expm1(x: float) -> float:
    """eˣ − 1 without cancellation near 0."""
    try:
        return math.expm1(x)
    except OverflowError:
        return inf


def log(x: float) -> float:
    """ln x; −inf at ±0, nan below."""
    if x > 0.0:
        return math.log(x)
    return -inf if x == 0.0 else nan


def log1p(x: float) -> float:
    """ln(1 + x) without cancellation near 0; −inf at −1, nan below."""
    if x > -1.0:
        return math.log1p(x)
    return -inf if x == -1.0 else nan


def log2(x: float) -> float:
    """log₂ x; −inf at ±0, nan below."""
    if x > 0.0:
        return math.log2(x)
    return -inf if x == 0.0 else nan


def log10(x: float) -> float:
    """log₁₀ x; −inf at ±0, nan below."""
    if x > 0.0:
        return math.log10(x)
    return -inf if x == 0.0 else nan


def xlogy(x: float, y: float) -> float:
    """x·ln y, and 0 at x = 0 whatever y is (nan excepted)."""
    return 0.0 if x == 0.0 and y == y else x * log(y)


def sqrt(x: float) -> float:
    """√x; nan below 0, and √−0 = −0."""
    return nan if x < 0.0 else math.sqrt(x)


def cbrt(x: float) -> float:
    """∛x, to less than an ulp: C libraries are up to 3 off.

    One step of Newton's method (in the cubically convergent form of Halley) from a guess
    of 26 bits, whose square is exact.
    """
    if x == 0.0 or not math.isfinite(x):
        return x
    guess = head(math.cbrt(x))
    quotient = x / (guess * guess)
    return guess + guess * ((quotient - guess) / (guess + guess + quotient))


def head(x: float) -> float:
    """x to 26 bits, by Veltkamp's splitting: products of two heads are exact."""
    wide = 134217729.0 * x  # 2²⁷ + 1
    return wide - (wide - x)


def sin(x: float) -> float:
    """sin x; nan at ±inf."""
    return nan if x in (inf, -inf) else math.sin(x)


def cos(x: float) -> float:
    """cos x; nan at ±inf."""
    return nan if x in (inf, -inf) else math.cos(x)


def tan(x: float) -> float:
    """tan x; nan at ±inf."""
    return nan if x in (inf, -inf) else math.tan(x)


def asin(x: float) -> float:
    """arcsin x; nan outside [−1, 1]."""
    return math.asin(x) if -1.0 <= x <= 1.0 else nan


def acos(x: float) -> float:
    """arccos x; nan outside [−1, 1]."""
    return math.acos(x) if -1.0 <= x <= 1.0 else nan


def one_minus_square(x: float) -> float:
    """1 − x² as (1 − x)(1 + x), which does not cancel near ±1; 1 − x·x has 1e7 ulp."""
    return (1.0 - x) * (1.0 + x)


def sinh(x: float) -> float:
    """sinh x; ±inf where it overflows."""
    try:
        return math.sinh(x)
    except OverflowError:
        return math.copysign(inf, x)


def cosh(x: float) -> float:
    """cosh x; inf where it overflows."""
    try:
        return math.cosh(x)
    except OverflowError:
        return inf


def acosh(x: float) -> float:
    """arcosh x; nan below 1."""
    return math.acosh(x) if x >= 1.0 else nan


def atanh(x: float) -> float:
    """artanh x; ±inf at ±1, nan beyond."""
    if -1.0 < x < 1.0:
        return math.atanh(x)
    return x * inf if x in (1.0, -1.0) else nan


# These never raise.
atan, atan2, hypot, asinh, tanh, erf = (
    math.atan, math.atan2, math.hypot, math.asinh, math.tanh, math.erf,
)  # fmt: skip


# --- stable forms -------------------------------------------------------------------------
# Largest errors measured against 60-digit arithmetic stand beside the naive formula's.


def sech2(x: float) -> float:
    """sech² x, the slope of tanh: 4e/(1+e)², e = exp(−2|x|). 3.2 ulp; 1 − tanh² has 9e15."""
    e = math.exp(-2.0 * abs(x))
    return 4.0 * e / ((1.0 + e) * (1.0 + e))


def sigmoid(x: float) -> float:
    """1/(1 + e⁻ˣ), computed from the side on which the exponential cannot overflow."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


def sigmoid_slope(x: float) -> float:
    """The slope of sigmoid: e/(1+e)², e = exp(−|x|). 3.3 ulp; s(1 − s) has 9e12."""
    e = math.exp(-abs(x))
    return e / ((1.0 + e) * (1.0 + e))


def softplus(x: float) -> float:
    """ln(1 + eˣ) = max(x, 0) + log1p(e^−|x|). 1.3 ulp; the naive form has 9e15."""
    return (0.0 if x <= 0.0 else x) + math.log1p(math.exp(-abs(x)))


def logsigmoid(x: float) -> float:
    """ln sigmoid(x) = −softplus(−x)."""
    return -softplus(-x)


def silu(x: float) -> float:
    """x·sigmoid(x); −0 at −inf."""
    return -0.0 if x == -inf else x * sigmoid(x)


def mish(x: float) -> float:
    """x·tanh(softplus(x)); −0 at −inf."""
    return -0.0 if x == -inf else x * math.tanh(softplus(x))


def softsign(x: float) -> float:
    """x/(1 + |x|); ±1 at ±inf."""
    return math.copysign(1.0, x) if x in (inf, -inf) else x / (1.0 + abs(x))


def gaussian(x: float, c: float) -> float:
    """exp(−c·x²) for c = ½ or 1, to 2 ulp; the naive form multiplies the rounding of x² by x².

    x² = h² + (x − h)(x + h), where h is |x| to 5 binary places, so that h² is exact.
    """
    x = abs(x)
    if not x < 40.0:
        return 0.0 if x == x else x
    h = math.floor(32.0 * x) / 32.0
    return math.exp(-c * (h * h)) * math.exp(-c * ((x - h) * (x + h)))


def normal_pdf(x: float) -> float:
    """φ(x) = exp(−x²/2)/√(2π), the density of the standard normal."""
    return INVERSE_SQRT_2PI * gaussian(x, 0.5)


def normal_cdf(x: float) -> float:
    """Φ(x) = erfc(−x/√2)/2: keeps its relative accuracy in the left tail, unlike 1 + erf.

    The tail would multiply the rounding of x/√2 by x² (1,000 ulp at −38); what rounding
    took is put back by one term of Taylor's series, −2/√π·exp(−y²)·rest.
    """
    y = -x * _SQRT_HALF
    if not -28.0 < y < 28.0:
        return 0.5 * math.erfc(y)
    h = head(x)
    rest = -((h * _SQRT_HALF_HEAD + y) + (x - h) * _SQRT_HALF_HEAD + x * _SQRT_HALF_TAIL)
    return 0.5 * math.erfc(y) - rest * _INVERSE_SQRT_PI * math.exp(-y * y)


def erf_slope(x: float) -> float:
    """2/√π·exp(−x²), the slope of erf."""
    return TWO_OVER_SQRT_PI * gaussian(x, 1.0)


def gelu(x: float) -> float:
    """x·Φ(x), the exact form; −0 at −inf."""
    return -0.0 if x == -inf else x * normal_cdf(x)


def gelu_tanh(x: float) -> float:
    """The tanh form of gelu: ½x(1 + tanh(v/2)) = x·sigmoid(v); −0 at −inf."""
    return -0.0 if x == -inf else x * sigmoid(gelu_tanh_argument(x))


def gelu_tanh_argument(x: float) -> float:
    """v = 2√(2/π)·(x + .044715·x³)."""
    return GELU_LINEAR * x + GELU_CUBIC * (x * x * x)


def elu(x: float, alpha: float) -> float:
    """x above 0, alpha·(eˣ − 1) below."""
    return alpha * math.expm1(x) if x <= 0.0 else x


def celu(x: float, alpha: float) -> float:
    """x above 0, alpha·(e^(x/alpha) − 1) below."""
    return alpha * expm1(divide(x, alpha)) if x <= 0.0 else x


def selu(x: float) -> float:
    """elu, scaled such that a layer of it keeps zero mean and unit variance."""
    return SELU_BELOW * math.expm1(x) if x <= 0.0 else SELU_ABOVE * x


# --- rounding: the sign of zero is kept -----------------------------------------------------


def floor(x: float) -> float:
    """The largest whole number up to x."""
    return math.copysign(float(math.floor(x)), x) if -_WHOLE < x < _WHOLE else x


def ceil(x: float) -> float:
    """The smallest whole number from x."""
    return math.copysign(float(math.ceil(x)), x) if -_WHOLE < x < _WHOLE else x


def nearest(x: float) -> float:
    """The nearest whole number; of two equally near, the even one."""
    return math.copysign(float(round(x)), x) if -_WHOLE < x < _WHOLE else x


# --- choices: nan wins, ties are symmetric --------------------------------------------------


def relu(x: float) -> float:
    """max(x, 0); +0 at ±0, nan for nan."""
    return 0.0 if x <= 0.0 else x


def relu6(x: float) -> float:
    """x held between 0 and 6; +0 at ±0."""
    return 0.0 if x <= 0.0 else 6.0 if x >= 6.0 else x


def maximum(a: float, b: float) -> float:
    """The larger of two; nan if either is (Python's max depends on their order)."""
    return b if a < b or b != b else a


def minimum(a: float, b: float) -> float:
    """The smaller of two; nan if either is."""
    return b if b < a or b != b else a


def clip(x: float, low: float, high: float) -> float:
    """x held between two bounds; nan for nan."""
    return low if x < low else high if x > high else x


def hardsigmoid(x: float) -> float:
    """(x + 3)/6, held between 0 and 1."""
    return 0.0 if x <= -3.0 else 1.0 if x >= 3.0 else (x + 3.0) / 6.0


def hardswish(x: float) -> float:
    """x·hardsigmoid(x); −0 up to −3."""
    return -0.0 if x <= -3.0 else x if x >= 3.0 else x * (x + 3.0) / 6.0


def sign(x: float) -> float:
    """−1, 0 or 1; 0 for ±0, nan for nan."""
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else 0.0 if x == 0.0 else x


def step(x: float) -> float:
    """0 up to and including 0, 1 above (and for nan): the slope of relu."""
    return 0.0 if x <= 0.0 else 1.0


def larger(a: float, b: float) -> float:
    """1 where a > b, ½ where they tie, 0 where a < b (1 for nan): the slope of maximum."""
    return 0.0 if a < b else 0.5 if a == b else 1.0


def between(x: float, low: float, high: float) -> float:
    """1 strictly between two bounds, else 0: the slope of clip."""
    return 1.0 if low < x < high else 0.0


def equal(a: float, b: float) -> float:
    """1 where a == b, else 0."""
    return 1.0 if a == b else 0.0


def finite(x: float) -> float:
    """1 where x is neither infinite nor nan, else 0."""
    return 1.0 if x - x == 0.0 else 0.0


def where(condition: float, a: float, b: float) -> float:
    """a where condition > 0, else b."""
    return a if condition > 0.0 else b


# --- many operands ------------------------------------------------------------------------


def total(*xs: float) -> float:
    """Σ xᵢ."""
    return sum(xs, 0.0)


def mean(*xs: float) -> float:
    """Σ xᵢ / n."""
    return sum(xs, 0.0) / len(xs)


def product(*xs: float) -> float:
    """∏ xᵢ."""
    return math.prod(xs, start=1.0)


def dot(*operands: float) -> float:
    """Σ wᵢxᵢ (+ bias) over operands w₁…wₙ, x₁…xₙ and, if their number is odd, a bias."""
    n = len(operands) // 2
    bias = operands[-1] if len(operands) % 2 else 0.0
    return sum(map(operator.mul, operands[:n], operands[n:]), bias)


def dot_and_partials(operands: list[float]) -> tuple[float, tuple[float, ...]]:
    """``dot`` of the operands and its partials x₁…xₙ, w₁…wₙ (and 1 for a bias)."""
    n = len(operands) // 2
    w = operands[:n]
    if len(operands) == 2 * n:
        x = operands[n:]
        return sum(map(operator.mul, w, x), 0.0), (*x, *w)
    x = operands[n:-1]
    return sum(map(operator.mul, w, x), operands[-1]), (*x, *w, 1.0)


def largest(*xs: float) -> float:
    """The largest of several; nan if any is."""
    for x in xs:
        if x != x:
            return x
    return max(xs)


def smallest(*xs: float) -> float:
    """The smallest of several; nan if any is."""
    for x in xs:
        if x != x:
            return x
    return min(xs)


def shift(*xs: float) -> float:
    """The largest of several if it is finite, else 0: what logsumexp may safely subtract."""
    top = largest(*xs)
    return top if top - top == 0.0 else 0.0


def excess(*xs: float) -> float:
    """How far logsumexp lies above the (finite) largest: ln Σ e^(xᵢ − largest)."""
    top = shift(*xs)
    return log_of_sum([exp(x - top) for x in xs])


def log_of_sum(terms: list[float]) -> float:
    """ln Σ terms, of which the largest is 1: log1p takes that one on, so nothing small is lost."""
    if 1.0 not in terms:  # the largest operand of logsumexp is infinite, or nan
        return log(sum(terms, 0.0))
    others = terms.copy()
    others.remove(1.0)
    return log1p(sum(others, 0.0))


def logsumexp(*xs: float) -> float:
    """ln Σ eˣⁱ, with the largest taken out first so that nothing overflows."""
    return shift(*xs) + excess(*xs)


def excess_and_partials(xs: list[float]) -> tuple[float, tuple[float, ...]]:
    """``excess`` and its partials eˣⁱ/Σeˣ."""
    top = shift(*xs)
    terms = [exp(x - top) for x in xs]
    total = sum(terms, 0.0)
    return log_of_sum(terms), tuple([divide(term, total) for term in terms])


def logsumexp_and_partials(xs: list[float]) -> tuple[float, tuple[float, ...]]:
    """``logsumexp`` and its partials eˣⁱ/Σeˣ."""
    above, partials = excess_and_partials(xs)
    return shift(*xs) + above, partials


def log_softmax(x: float, top: float, above: float) -> float:
    """x − (top + above), the logsumexp being given in two parts: nothing is lost near 0."""
    return (x - top) - above


def softmax(x: float, top: float, above: float) -> float:
    """e^(x − (top + above)): one probability, the logsumexp being given in two parts."""
    return exp((x - top) - above)
