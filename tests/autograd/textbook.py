# ruff: noqa: E501 (one case, one line)
"""Every function of the table as a textbook has it, with its slopes, in mpmath's arithmetic.

What ``precision`` measures against. Nothing here is tuned for floats: at hundreds of
digits the naive formulas are right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import mpmath as m

import autograd as ag

ULP, TERMS, TAIL = "ulp", "terms", "tail"
TINY, HUGE = m.mpf(2) ** -1022, m.mpf(2) ** 1024  # the normal floats lie between
FAR = 100_000


@dataclass(frozen=True)
class Case:
    """One function, what it should be, and where and how to measure it.

    ``measure`` is ULP, or TERMS for functions whose result may cancel: the error then
    counts in units of ε·(|g| + Σ|xᵢ·∂g/∂xᵢ|), what rounding the inputs alone would cost.
    TAIL is ULP with wider bounds.
    ``slopes`` is a tuple of functions, or a function of i where operands are many.
    ``step`` says how near 0 the slope may be interpolated: "smooth" there; "singular"
    (never across 0); "periodic" (never over a period); "jumps" (never: the slope is flat, with
    jumps).
    """

    name: str
    function: Callable
    exact: Callable
    slopes: tuple[Callable, ...] | Callable
    measure: str = ULP
    points: str = "line"  # a sampler of ``precision``
    domain: Callable = lambda *xs: True
    step: str = "smooth"
    # (i, *xs) -> Σ|terms| that the engine adds up for slope i, and for its slope
    terms: Callable = lambda i, *xs: (0, 0)
    where: str = ""  # what the domain leaves out


def sigma(x):
    if abs(x) > FAR:  # 0 and 1 to 43,000 digits
        return m.mpf(x > 0)
    return 1 / (1 + m.exp(-x))


def phi(x):
    return m.exp(-x * x / 2) / m.sqrt(2 * m.pi)


def cdf(x):
    if abs(x) > FAR:
        return m.mpf(x > 0)
    return m.erfc(-x / m.sqrt(2)) / 2


def cbrt(x):
    return m.sign(x) * m.cbrt(abs(x))


def softplus(x):
    return m.log1p(m.exp(x)) if x < 0 else x + m.log1p(m.exp(-x))


def silu(x):
    return x * sigma(x)


def silu_slope(x):
    return sigma(x) + x * sigma(x) * sigma(-x)


def gelu(x):
    return x * cdf(x)


def gelu_slope(x):
    return cdf(x) + x * phi(x)


def mish_gate(x):
    e = m.exp(-abs(x))
    n, d = (e * (e + 2), 2) if x < 0 else (1 + 2 * e, 2 * e * e)
    return n / (n + d)


def mish(x):
    return x * mish_gate(x)


def mish_slope(x):
    e = m.exp(-abs(x))
    rise = 4 * e * (e + 1) / (e * e + 2 * e + 2) ** 2
    if x >= 0:
        rise = 4 * e * e * (e + 1) / (2 * e * e + 2 * e + 1) ** 2
    return mish_gate(x) + x * rise


def tanh_form(x):
    return 2 * m.sqrt(2 / m.pi) * (x + m.mpf("0.044715") * x**3)


def gelu_tanh_slope(x):
    v = tanh_form(x)
    rise = 2 * m.sqrt(2 / m.pi) * (1 + 3 * m.mpf("0.044715") * x**2)
    return sigma(v) + x * sigma(v) * sigma(-v) * rise


def selu_constants():
    alpha = m.mpf("1.6732632423543772848170429916717")
    scale = m.mpf("1.0507009873554804934193349852946")
    return scale, scale * alpha


def selu(x):
    scale, below = selu_constants()
    return scale * x if x > 0 else below * m.expm1(x)


def selu_slope(x):
    scale, below = selu_constants()
    return scale if x > 0 else below * m.exp(x)


def clamp(low, high):
    return lambda x: min(max(x, m.mpf(low)), m.mpf(high))


def inside(low, high, slope=1):
    return lambda x: m.mpf(slope) if low < x < high else m.mpf(0)


def zero(*xs):
    return m.mpf(0)


def one(*xs):
    return m.mpf(1)


def floor_of_quotient(a, b):
    with m.workdps(700):
        return m.floor(a / b)


def trunc_of_quotient(a, b):
    with m.workdps(700):
        return m.sign(a) * m.sign(b) * m.floor(abs(a) / abs(b))


def rest(whole):
    def of(a, b):
        with m.workdps(1400):
            return a - b * whole(a, b)

    return of


def nearest(x):
    with m.workdps(700):
        return m.nint(x)  # of two equally near, the even one


def logsumexp(*xs):
    return m.log(m.fsum([m.exp(x) for x in xs]))


def weight(i):
    return lambda *xs: m.exp(xs[i]) / m.fsum([m.exp(x) for x in xs])


def length(*xs):
    return m.sqrt(m.fsum([x * x for x in xs]))


def dot(*xs):
    n = len(xs) // 2
    return m.fsum([w * x for w, x in zip(xs[:n], xs[n:], strict=False)]) + sum(xs[2 * n :])


def log_slope(base):
    return lambda x: 1 / (x * m.log(base))


def positive(x):
    return x > 0


def within_one(x):
    return -1 <= x <= 1


def tails():
    """silu, gelu and mish left of where their two terms cancel, until φ or σ is subnormal."""
    for name, function, value, slope, low, high in (
        ("silu", ag.silu, silu, silu_slope, -700, -2),
        ("gelu", ag.gelu, gelu, gelu_slope, -37, -1),
        ("mish", ag.mish, mish, mish_slope, -700, -2),
    ):
        domain = inside(low, high)
        yield Case(
            f"{name}, tail",
            function,
            value,
            (slope,),
            TAIL,
            domain=domain,
            where=f"{low} < x < {high}",
        )


# fmt: off
LINE = [
    Case("abs", ag.abs, abs, (m.sign,), step="singular"),
    Case("exp", ag.exp, m.exp, (m.exp,)),
    Case("expm1", ag.expm1, m.expm1, (m.exp,)),
    Case("log", ag.log, m.log, (lambda x: 1 / x,), domain=positive, step="singular"),
    Case("log1p", ag.log1p, m.log1p, (lambda x: 1 / (1 + x),), domain=lambda x: x > -1),
    Case("log2", ag.log2, lambda x: m.log(x) / m.log(2), (log_slope(2),), domain=positive, step="singular"),
    Case("log10", ag.log10, lambda x: m.log(x) / m.log(10), (log_slope(10),), domain=positive, step="singular"),
    Case("sqrt", ag.sqrt, m.sqrt, (lambda x: 1 / (2 * m.sqrt(x)),), domain=positive, step="singular"),
    Case("cbrt", ag.cbrt, cbrt, (lambda x: 1 / (3 * cbrt(x) ** 2),), domain=bool, step="singular"),
    Case("sin", ag.sin, m.sin, (m.cos,), step="periodic"),
    Case("cos", ag.cos, m.cos, (lambda x: -m.sin(x),), step="periodic"),
    Case("tan", ag.tan, m.tan, (lambda x: 1 / m.cos(x) ** 2,), step="periodic"),
    Case("asin", ag.asin, m.asin, (lambda x: 1 / m.sqrt(1 - x * x),), domain=lambda x: abs(x) < 1),
    Case("acos", ag.acos, m.acos, (lambda x: -1 / m.sqrt(1 - x * x),), domain=lambda x: abs(x) < 1),
    Case("atan", ag.atan, m.atan, (lambda x: 1 / (1 + x * x),)),
    Case("sinh", ag.sinh, m.sinh, (m.cosh,)),
    Case("cosh", ag.cosh, m.cosh, (m.sinh,)),
    Case("tanh", ag.tanh, m.tanh, (lambda x: m.sech(x) ** 2,)),
    Case("asinh", ag.asinh, m.asinh, (lambda x: 1 / m.sqrt(1 + x * x),)),
    Case("acosh", ag.acosh, m.acosh, (lambda x: 1 / m.sqrt(x * x - 1),), domain=lambda x: x > 1),
    Case("atanh", ag.atanh, m.atanh, (lambda x: 1 / (1 - x * x),), domain=lambda x: abs(x) < 1),
    Case("erf", ag.erf, m.erf, (lambda x: 2 / m.sqrt(m.pi) * m.exp(-x * x),)),
    Case("sigmoid", ag.sigmoid, sigma, (lambda x: sigma(x) * sigma(-x),)),
    Case("softplus", ag.softplus, softplus, (sigma,)),
    Case("logsigmoid", ag.logsigmoid, lambda x: -softplus(-x), (lambda x: sigma(-x),)),
    Case("softsign", ag.softsign, lambda x: x / (1 + abs(x)), (lambda x: 1 / (1 + abs(x)) ** 2,), step="singular"),
    Case("silu", ag.silu, silu, (silu_slope,), TERMS),
    Case("gelu", ag.gelu, gelu, (gelu_slope,), TERMS),
    Case("gelu_tanh", lambda x: ag.gelu(x, approximate="tanh"), lambda x: x * sigma(tanh_form(x)), (gelu_tanh_slope,), TERMS),
    Case("mish", ag.mish, mish, (mish_slope,), TERMS),
    *tails(),
    Case("hardswish", ag.hardswish, lambda x: x * clamp(0, 6)(x + 3) / 6, (lambda x: 0 * x if x <= -3 else (2 * x + 3) / 6 if x < 3 else one(x),), TERMS, step="singular"),
    Case("hardsigmoid", ag.hardsigmoid, lambda x: clamp(0, 6)(x + 3) / 6, (lambda x: inside(-3, 3)(x) / 6,), step="jumps"),
    Case("hardtanh", ag.hardtanh, clamp(-1, 1), (inside(-1, 1),), step="jumps"),
    Case("clip", lambda x: ag.clip(x, -0.5, 2.0), clamp(-0.5, 2), (inside(-0.5, 2),), step="jumps"),
    Case("relu", ag.relu, clamp(0, m.inf), (inside(0, m.inf),), step="singular"),
    Case("relu6", ag.relu6, clamp(0, 6), (inside(0, 6),), step="jumps"),
    Case("leaky_relu", ag.leaky_relu, lambda x: x if x > 0 else x * m.mpf(0.01), (lambda x: one(x) if x > 0 else m.mpf(0.01),), step="singular"),
    Case("elu", ag.elu, lambda x: x if x > 0 else m.expm1(x), (lambda x: one(x) if x > 0 else m.exp(x),), step="singular"),
    Case("celu", lambda x: ag.celu(x, 2.0), lambda x: x if x > 0 else 2 * m.expm1(x / 2), (lambda x: one(x) if x > 0 else m.exp(x / 2),), step="singular"),
    Case("selu", ag.selu, selu, (selu_slope,), step="singular"),
    Case("floor", ag.floor, m.floor, (zero,)),
    Case("ceil", ag.ceil, m.ceil, (zero,)),
    Case("round", ag.round, nearest, (zero,)),
    Case("sign", ag.sign, m.sign, (zero,)),
    Case("x³", lambda x: x**3, lambda x: x**3, (lambda x: 3 * x**2,)),
    Case("x⁻²", lambda x: x**-2, lambda x: x**-2, (lambda x: -2 * x**-3,), domain=bool, step="singular"),
    Case("x^⅓", lambda x: x ** (1 / 3), lambda x: x ** m.mpf(1 / 3), (lambda x: m.mpf(1 / 3) * x ** (m.mpf(1 / 3) - 1),), domain=positive, step="singular"),
    Case("x^2.5", lambda x: x**2.5, lambda x: x**m.mpf(2.5), (lambda x: 2.5 * x**m.mpf(1.5),), domain=positive, step="singular"),
]

NOT_SUBNORMAL = "results and quotients on the way that are not subnormal"


def normal(*quantities):
    return all(q == 0 or abs(q) >= TINY for q in quantities)


def no_tiny_quotient(x, y):
    return y != 0 and normal(x / y)


def ordinary(x, y):
    """The length is an ordinary float, and so are the direction cosines."""
    h = length(x, y)
    return TINY <= h < HUGE and normal(x / h, y / h)


def power_fits(x, y):
    return x > 0 and TINY <= x ** (y - 1) < HUGE and TINY <= x**y < HUGE


PLANE = [
    Case("x + y", lambda x, y: x + y, lambda x, y: x + y, (one, one), points="plane"),
    Case("x - y", lambda x, y: x - y, lambda x, y: x - y, (one, lambda x, y: -one()), points="plane"),
    Case("x * y", lambda x, y: x * y, lambda x, y: x * y, (lambda x, y: y, lambda x, y: x), points="plane"),
    Case("x / y", lambda x, y: x / y, lambda x, y: x / y, (lambda x, y: 1 / y, lambda x, y: -x / (y * y)), points="plane", step="singular", domain=no_tiny_quotient, where=NOT_SUBNORMAL),
    Case("x // y", lambda x, y: x // y, floor_of_quotient, (zero, zero), points="plane", domain=lambda x, y: y != 0),
    Case("x % y", lambda x, y: x % y, rest(floor_of_quotient), (one, lambda x, y: -floor_of_quotient(x, y)), points="plane", domain=lambda x, y: y != 0, step="jumps"),
    Case("fmod", ag.fmod, rest(trunc_of_quotient), (one, lambda x, y: -trunc_of_quotient(x, y)), points="plane", domain=lambda x, y: y != 0, step="jumps"),
    Case("x ** y", lambda x, y: x**y, lambda x, y: x**y, (lambda x, y: y * x ** (y - 1), lambda x, y: x**y * m.log(x)), points="plane", domain=power_fits, step="singular", where="x^y and x^(y−1) that are normal floats"),
    Case("xlogy", ag.xlogy, lambda x, y: x * m.log(y), (lambda x, y: m.log(y), lambda x, y: x / y), points="plane", domain=lambda x, y: y > 0 and no_tiny_quotient(x, y), step="singular", where=NOT_SUBNORMAL),
    Case("atan2", ag.atan2, m.atan2, (lambda y, x: x / (x * x + y * y), lambda y, x: -y / (x * x + y * y)), points="plane", domain=ordinary, step="singular", where=NOT_SUBNORMAL),
    Case("hypot", ag.hypot, length, (lambda x, y: x / length(x, y), lambda x, y: y / length(x, y)), points="plane", domain=ordinary, step="singular", terms=lambda i, x, y: (0, 1 / length(x, y)), where=NOT_SUBNORMAL),
    Case("maximum", ag.maximum, max, (lambda x, y: (1 + m.sign(x - y)) / 2, lambda x, y: (1 + m.sign(y - x)) / 2), points="plane", step="jumps"),
    Case("minimum", ag.minimum, min, (lambda x, y: (1 + m.sign(y - x)) / 2, lambda x, y: (1 + m.sign(x - y)) / 2), points="plane", step="jumps"),
]


def of_list(function):
    return lambda *xs: function(xs)


def attains(best):
    return lambda i: lambda *xs: m.mpf(xs[i] == best(xs)) / xs.count(best(xs))


def others(i):
    return lambda *xs: m.fprod([x for j, x in enumerate(xs) if j != i])


def first_of_softmax(i):
    return lambda *xs: weight(0)(*xs) * ((i == 0) - weight(i)(*xs))


MANY = [
    Case("sum", of_list(ag.sum), lambda *xs: m.fsum(xs), lambda i: one, TERMS, "many"),
    Case("mean", of_list(ag.mean), lambda *xs: m.fsum(xs) / len(xs), lambda i: lambda *xs: one() / len(xs), TERMS, "many"),
    Case("prod", of_list(ag.prod), lambda *xs: m.fprod(xs), others, TERMS, "many"),
    Case("dot", lambda *xs: ag.dot(xs[: len(xs) // 2], xs[len(xs) // 2 : len(xs) // 2 * 2], *xs[len(xs) // 2 * 2 :]), dot, lambda i: lambda *xs: (xs[len(xs) // 2 : len(xs) // 2 * 2] + xs[: len(xs) // 2] + (one(),))[i], TERMS, "many", domain=lambda *xs: len(xs) > 1),
    Case("norm", of_list(ag.norm), length, lambda i: lambda *xs: xs[i] / length(*xs), TERMS, "many", step="singular", terms=lambda i, *xs: (0, 1 / length(*xs))),
    Case("max", of_list(ag.max), lambda *xs: max(xs), attains(max), ULP, "many", step="jumps"),
    Case("min", of_list(ag.min), lambda *xs: min(xs), attains(min), ULP, "many", step="jumps"),
    Case("logsumexp", of_list(ag.logsumexp), logsumexp, weight, TERMS, "many", terms=lambda i, *xs: (0, weight(i)(*xs))),
    Case("softmax", lambda *xs: ag.softmax(xs)[0], weight(0), first_of_softmax, TERMS, "many", terms=lambda i, *xs: (weight(0)(*xs) * max(i == 0, weight(i)(*xs)),) * 2),
    Case("log_softmax", lambda *xs: ag.log_softmax(xs)[0], lambda *xs: xs[0] - logsumexp(*xs), lambda i: lambda *xs: (i == 0) - weight(i)(*xs), TERMS, "many", terms=lambda i, *xs: (max(i == 0, weight(i)(*xs)), weight(i)(*xs))),
]
# fmt: on

CASES = [*LINE, *PLANE, *MANY]
