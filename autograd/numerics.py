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

inf = math.inf
nan = math.nan

_SQRT_HALF = 0.7071067811865476
INVERSE_SQRT_2PI = 0.3989422804014327


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


def sqrt(x: float) -> float:
    """√x; nan below 0, and √−0 = −0."""
    return nan if x < 0.0 else math.sqrt(x)


def sin(x: float) -> float:
    """sin x; nan at ±inf."""
    return nan if x in (inf, -inf) else math.sin(x)


def cos(x: float) -> float:
    """cos x; nan at ±inf."""
    return nan if x in (inf, -inf) else math.cos(x)


tanh = math.tanh


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


def silu(x: float) -> float:
    """x·sigmoid(x); −0 at −inf."""
    return -0.0 if x == -inf else x * sigmoid(x)


def normal_pdf(x: float) -> float:
    """φ(x) = exp(−x²/2)/√(2π), the density of the standard normal."""
    return INVERSE_SQRT_2PI * math.exp(-0.5 * x * x)


def normal_cdf(x: float) -> float:
    """Φ(x) = erfc(−x/√2)/2: keeps its relative accuracy in the left tail, unlike 1 + erf."""
    return 0.5 * math.erfc(-x * _SQRT_HALF)


def gelu(x: float) -> float:
    """x·Φ(x), the exact form; −0 at −inf."""
    return -0.0 if x == -inf else x * normal_cdf(x)


def elu(x: float, alpha: float) -> float:
    """x above 0, alpha·(eˣ − 1) below."""
    return alpha * math.expm1(x) if x <= 0.0 else x


# --- choices: nan wins, ties are symmetric --------------------------------------------------


def relu(x: float) -> float:
    """max(x, 0); +0 at ±0, nan for nan."""
    return 0.0 if x <= 0.0 else x


def maximum(a: float, b: float) -> float:
    """The larger of two; nan if either is (Python's max depends on their order)."""
    return b if a < b or b != b else a


def minimum(a: float, b: float) -> float:
    """The smaller of two; nan if either is."""
    return b if b < a or b != b else a


def clip(x: float, low: float, high: float) -> float:
    """x held between two bounds; nan for nan."""
    return low if x < low else high if x > high else x


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
    return math.prod(xs)


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


def logsumexp(*xs: float) -> float:
    """ln Σ eˣⁱ, with the largest taken out first so that nothing overflows."""
    top = shift(*xs)
    return top + log(sum([exp(x - top) for x in xs]))


def exp_difference(x: float, y: float) -> float:
    """e^(x − y): one probability of a softmax, y being the logsumexp."""
    return exp(x - y)
