"""Where we differ from PyTorch and JAX on purpose, each with its reason.

A difference that occurs nowhere any more fails the tests: then it is to be taken out.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .compare import Disagreement, same_bits

EPSILON = sys.float_info.epsilon
inf, nan = math.inf, math.nan

Predicate = Callable[[Disagreement], bool]


@dataclass(frozen=True)
class Difference:
    """Numbers in which we differ on purpose, and why."""

    libraries: str  # "torch", "jax" or "torch jax"
    cases: str  # names, separated by "; ", or "" for all
    where: Predicate
    reason: str

    def explains(self, d: Disagreement) -> bool:
        """True if this is why a number differs."""
        named = not self.cases or d.case in self.cases.split("; ")
        return named and d.library in self.libraries.split() and self.where(d)


def unexplained(found: Iterable[Disagreement]) -> str:
    """Those of these numbers that no difference explains, a line each."""
    return "\n".join(str(d) for d in found if not any(k.explains(d) for k in DIFFERENCES))


# --- where: predicates ------------------------------------------------------------------------


def value(d: Disagreement) -> bool:
    """The value, not a slope."""
    return d.output == 0


def slope(d: Disagreement) -> bool:
    """A slope, not the value."""
    return d.output > 0


def both(*predicates: Predicate) -> Predicate:
    """All of them hold."""
    return lambda d: all(predicate(d) for predicate in predicates)


def at(*xs: float) -> Predicate:
    """The first operand is one of these."""
    return lambda d: any(same_bits(d.point[0], x) for x in xs)


def signs_of_zero(d: Disagreement) -> bool:
    """Two zeros that differ in their sign."""
    return d.ours == d.theirs == 0.0


def beside_nan(d: Disagreement) -> bool:
    """An operand is nan."""
    return any(math.isnan(x) for x in d.point)


def beside_infinity(d: Disagreement) -> bool:
    """An operand is infinite."""
    return any(math.isinf(x) for x in d.point)


def subnormal(d: Disagreement) -> bool:
    """An operand or a result is below the normal numbers, or its half is."""
    return any(0.0 < abs(x) < 2.0 * sys.float_info.min for x in (*d.point, d.ours, d.theirs))


def within(scale: Callable[[Disagreement], float]) -> Predicate:
    """Apart by some epsilons of a number much larger than the result."""
    return lambda d: abs(d.ours - d.theirs) <= 4.0 * EPSILON * scale(d)


rounding_of_one = within(lambda d: 1.0)
rounding_of_x = within(lambda d: max(1.0, d.point[0] * d.point[0]))


def theirs_is(*xs: float) -> Predicate:
    """The library gives exactly one of these."""
    return lambda d: any(same_bits(d.theirs, x) for x in xs)


def huge_or_tiny(d: Disagreement) -> bool:
    """An operand's square overflows or underflows."""
    return any(abs(x) > 1e154 or 0.0 < abs(x) < 1e-154 for x in d.point)


def at_zeros(d: Disagreement) -> bool:
    """All operands are 0."""
    return not any(d.point)


# --- the list ---------------------------------------------------------------------------------

TORCH, JAX, BOTH = "torch", "jax", "torch jax"

DIFFERENCES = [
    # --- the libraries' arithmetic ---
    Difference(JAX, "", subnormal, "XLA flushes subnormal numbers to zero"),
    Difference(JAX, "silu; mish", at(-710.0), "σ(−710) is subnormal: XLA flushes it to zero"),
    Difference(TORCH, "log1p", both(value, subnormal), "PyTorch flushes a subnormal to zero"),
    Difference(TORCH, "log10", both(slope, subnormal), "1/(x·ln 10) overflows inside"),
    Difference(
        TORCH,
        "sigmoid; sigmoid_slope; silu",
        both(at(710.0, -710.0), lambda d: d.theirs == 0.0),
        "1/(1 + e^710) overflows inside; ours has no large exponential",
    ),
    Difference(
        TORCH,
        "sinh; cosh",
        at(710.0, -710.0),
        "PyTorch overflows below the largest float; ours is libm's (J)",
    ),
    Difference(
        TORCH,
        "hardsigmoid",
        both(slope, lambda d: abs(d.theirs - 1 / 6) < 1e-8),
        "PyTorch's 1/6 has the 24 bits of a float32",
    ),
    Difference(
        TORCH,
        "%; fmod",
        both(value, theirs_is(nan), lambda d: abs(d.point[1]) <= 1e-300),
        "x − y·trunc(x/y) written out, and the quotient overflows; C's fmod is exact",
    ),
    # --- kinks: ours is the subgradient of least norm ---
    Difference(JAX, "abs", both(slope, at(0.0, -0.0)), "0 is the subgradient of least norm (T)"),
    Difference(JAX, "leaky_relu", both(slope, at(0.0, -0.0)), "the smaller slope (T)"),
    Difference(
        BOTH,
        "clip(x, -1, 1)",
        both(slope, at(1.0, -1.0)),
        "0 at a bound is the subgradient of least norm (T 1, J ½)",
    ),
    Difference(JAX, "hardtanh", both(slope, at(1.0, -1.0)), "0 at a bound (T)"),
    # --- tails: ours holds where the library's formula is all rounding error ---
    Difference(BOTH, "tanh", both(slope, rounding_of_one), "1 − tanh² cancels in the tails"),
    Difference(BOTH, "sigmoid", both(slope, rounding_of_one), "σ(1 − σ) cancels in the tails"),
    Difference(BOTH, "expm1", both(slope, rounding_of_one), "out + 1 cancels; ours is eˣ"),
    Difference(JAX, "elu; celu; selu", both(slope, rounding_of_one), "(eˣ − 1) + 1 cancels (T)"),
    Difference(
        BOTH, "softsign", both(slope, rounding_of_one), "cancels far out; ours is 1/(1+|x|)²"
    ),
    Difference(
        TORCH,
        "gelu; normal_cdf",
        rounding_of_x,
        "(1 + erf)/2 cancels in the left tail; ours is erfc (J)",
    ),
    Difference(BOTH, "gelu_tanh", rounding_of_x, "1 + tanh cancels; ours is x·σ(v)"),
    Difference(
        BOTH,
        "sech2",
        both(slope, lambda d: abs(d.point[0]) >= 710.0),
        "cosh overflows in the formula written out; ours has no large exponential",
    ),
    Difference(TORCH, "mish", both(slope, at(-710.0)), "x·sech²(s)·σ(x) is not as small as σ(x)"),
    Difference(BOTH, "sigmoid_slope", both(slope, rounding_of_one), "1 − 2σ cancels near 0"),
    Difference(
        BOTH,
        "**",
        both(slope, lambda d: not 1e-200 <= abs(d.point[1]) <= 1e200 and abs(d.point[1]) != inf),
        "y·x^(y−1), where y − 1 is rounded to −1 or to y; ours is y·out/x",
    ),
    # --- squares that overflow or vanish ---
    Difference(JAX, "/", both(slope, huge_or_tiny), "−a/b² overflows; ours is −(a/b)/b (T)"),
    Difference(BOTH, "atan2", both(slope, huge_or_tiny), "x² + y² overflows or vanishes"),
    Difference(BOTH, "asinh; acosh", both(slope, huge_or_tiny), "x² overflows"),
    Difference(BOTH, "norm", huge_or_tiny, "Σx² overflows; ours scales first"),
    Difference(JAX, "hypot", both(slope, huge_or_tiny), "x² + y² overflows or vanishes (T)"),
    Difference(BOTH, "gelu_tanh", both(slope, huge_or_tiny, theirs_is(nan)), "x³ overflows: 0·inf"),
    Difference(
        TORCH,
        "hardswish",
        at(sys.float_info.max),
        "x·(x + 3)/6 overflows inside; ours does not (J)",
    ),
    # --- where the norm has no slope ---
    Difference(JAX, "hypot; norm", both(slope, at_zeros), "0 is the subgradient of least norm"),
    Difference(TORCH, "hypot", both(slope, at_zeros), "0, as PyTorch's own norm has it"),
    Difference(BOTH, "atan2", both(slope, at_zeros), "0 at the origin"),
    # --- infinities ---
    Difference(
        BOTH,
        "silu; gelu; gelu_tanh; mish; softsign; hardswish",
        both(at(inf, -inf), theirs_is(nan)),
        "the limit, not 0·inf = nan",
    ),
    Difference(
        TORCH,
        "x**0.5; x**-0.5; x**1.5",
        at(-0.0, -inf),
        "PyTorch computes x^½ as √x; IEEE's pow has +0 and +inf there (J)",
    ),
    Difference(
        BOTH,
        "softmax of three; log_softmax of three",
        beside_infinity,
        "a finite number beside an infinite one has probability 0, not nan",
    ),
    Difference(JAX, "hypot", both(slope, beside_infinity, theirs_is(nan)), "x/inf = 0, no inf/inf"),
    Difference(
        BOTH,
        "norm",
        lambda d: beside_infinity(d) and beside_nan(d),
        "hypot(inf, nan) is inf in IEEE 754",
    ),
    Difference(
        TORCH,
        "logsumexp; excess",
        both(slope, lambda d: 1e300 in d.point and not beside_nan(d)),
        "PyTorch's slope is e^(x − out), in which log 2 is lost beside 1e300 (J)",
    ),
    # --- outside the domain the value is nan, and no slope means anything ---
    Difference(BOTH, "acosh", both(slope, lambda d: d.point[0] < 1.0), "nan below 1, as the value"),
    Difference(
        BOTH,
        "%; fmod",
        both(slope, lambda d: math.isinf(d.point[0]) or d.point[1] == 0.0),
        "nan where the value is nan",
    ),
    Difference(
        JAX,
        "xlogy",
        both(slope, lambda d: d.point[0] == 0.0 and d.point[1] <= 0.0),
        "0·log y is 0 for every y (T)",
    ),
    # --- nan: by the formula, which is a choice; the value is nan in all three ---
    Difference(
        BOTH,
        "abs; relu; relu6; leaky_relu; elu; celu; selu; hardtanh; hardswish; maximum; minimum",
        both(slope, beside_nan),
        "a slope at nan follows the formula (T and J differ from each other too)",
    ),
    Difference(TORCH, "sign", both(value, beside_nan), "nan in, nan out (J)"),
    # --- signs of zero ---
    Difference(
        TORCH, "relu; relu6", both(value, at(-0.0)), "max(−0, 0): IEEE leaves the sign open (J +0)"
    ),
    Difference(JAX, "sign", both(value, at(-0.0)), "0 for ±0 (T)"),
    Difference(JAX, "celu", both(value, at(-0.0)), "eˣ − 1 at −0 is −0 (T)"),
    Difference(TORCH, "logsigmoid", both(value, signs_of_zero), "−softplus(−x) is −0 (J)"),
    Difference(
        BOTH,
        "maximum; minimum; max; min",
        both(value, signs_of_zero),
        "of zeros that tie, IEEE leaves open which one; ours is the first",
    ),
    Difference(
        BOTH,
        "dot of two and two",
        both(value, signs_of_zero),
        "a sum starts from +0, so that −0 + −0 is +0",
    ),
    Difference(
        BOTH,
        "softmax of three",
        both(slope, signs_of_zero),
        "gradients of leaves add up from +0",
    ),
    Difference(
        BOTH,
        "sigmoid_slope",
        both(slope, signs_of_zero),
        "the sum of two products that underflow: +0; ours is one product",
    ),
    Difference(
        TORCH,
        "silu",
        both(slope, signs_of_zero),
        "−0 where x·σ′ underflows; ours adds it to σ, which is +0",
    ),
    Difference(BOTH, "%", both(value, signs_of_zero), "Python's: a zero has the sign of y"),
    Difference(JAX, "//", both(value, signs_of_zero), "Python's: −0 // 1 is −0 (T)"),
    Difference(BOTH, "fmod", both(slope, signs_of_zero), "a slope −trunc(x/y) of 0"),
    Difference(JAX, "%", both(slope, signs_of_zero), "a slope −⌊x/y⌋ of 0 (T)"),
    Difference(JAX, "hypot", both(slope, signs_of_zero), "x/out: a zero has the sign of x (T)"),
    Difference(JAX, "prod", both(slope, signs_of_zero), "JAX's zero is always +0; ours has a sign"),
    Difference(JAX, "**", both(slope, signs_of_zero), "y·x^(y−1) as written: 0 has its sign (T)"),
    # --- where 0·inf lurks ---
    Difference(
        JAX,
        "**",
        both(slope, lambda d: 0.0 in d.point, theirs_is(nan)),
        "x⁰ is constant in x, and 0^y has limits: no 0·inf (T)",
    ),
    Difference(
        JAX,
        "prod",
        both(value, lambda d: 0.0 in d.point and d.point.count(1e300) == 2),
        "1e300·1e300·0 overflows or not according to the order; ours is from the left (T)",
    ),
]
