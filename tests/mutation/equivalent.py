"""Mutants that no test can kill, each with the proof that nothing changes.

"Nothing" means the same function, computed as well: where two stable formulas meet, it does
not matter which of them computes the numbers near the border. The key is the target and the
changed line as it becomes (of a closure, its body). An entry that no mutant has any more, or
whose mutant is killed, fails the run.
"""

from __future__ import annotations

SAME_SIGN = "out > 0 just where x > 0, out = 0 just where x ≤ 0 or out < 0 there, nan where x is"
INSIDE = "out lies strictly between the bounds just where x does, and is then x"
EVEN = "hypot is even: hypot(−1, x) = hypot(1, x), bit for bit"
UNDERFLOWS = "beyond 38.6 (c = ½) and 27.3 (c = 1), e^(−c·x²) is 0 in floats either way"
GRID = "what head keeps is decided by the spacing of floats near 2²⁷·x, which is the same"
MEET = "both formulas are exact at the border, and equal there"

EQUIVALENT: dict[tuple[str, str], str] = {
    ("relu", "(step(out),)"): SAME_SIGN,
    ("selu", "(where(step(out), numerics.SELU_ABOVE, numerics.SELU_BELOW * exp(x)),)"): SAME_SIGN,
    ("celu_constant", "(where(step(out), 1.0, exp(div(x, alpha))),)"): SAME_SIGN,
    ("relu6", "(_inside(out, 0.0, 6.0),)"): INSIDE,
    ("clip_constant", "(between(out, low, high),)"): INSIDE,
    ("hardtanh_constant", "(_inside(out, low, high),)"): INSIDE,
    ("softsign", "(over_square(1.0, 1.0 + x * sign(out)),)"): "x/(1 + |x|) has the sign of x",
    ("atan", "(over_square(1.0, hypot(-1.0, x)),)"): EVEN,
    ("asinh", "(div(1.0, hypot(-1.0, x)),)"): EVEN,
    (
        "gelu_tanh",
        (
            "(where(sigmoid_slope(x), sigmoid(_v(x)) + x * sigmoid_slope(_v(x)) * _v_slope(x), "
            "0.5 + 0.5 * sign(x)),)"
        ),
    ): (
        "where σ′(x) > 0 but σ′(v) = 0, σ(v) is 0 or 1 and the product is 0: the same number; "
        "v′ overflows only where σ′(x) = 0, too"
    ),
    (
        "_power_slope",
        "small = (0.5 - y) * finite(x) * finite(y) * (1.0 - equal(x, 0.0))",
    ): "only the sign of small counts, and 0·nan and nan lead to nan either way",
    (
        "_power_slope",
        "small = step(1.5 - y) * finite(x) * finite(y) * (1.0 - equal(x, 0.0))",
    ): "for y in [½, 1½], y − 1 is exact (Sterbenz): both formulas hold",
    (
        "numerics.divide",
        "return math.copysign(inf, a) * math.copysign(2.0, b)",
    ): "only the sign counts: ±2·inf is ±inf",
    (
        "numerics.divide",
        "return math.copysign(inf, a) * math.copysign(-1.0, b)",
    ): "copysign takes no sign from its first operand",
    ("numerics.head", "wide = 134217730.0 * x"): GRID,
    ("numerics.head", "wide = -134217729.0 * x"): GRID,
    ("numerics.sigmoid", "if x > 0.0:"): MEET,
    (
        "numerics.sigmoid",
        "if x >= 1.0:",
    ): "e/(1 + e) is σ as well, and has neither overflow nor cancellation in [0, 1)",
    (
        "numerics.softplus",
        "return (0.0 if x < 0.0 else x) + math.log1p(math.exp(-abs(x)))",
    ): "at ±0 the term is ±0, and ln 2 is added to it",
    ("numerics.gaussian", "if not x <= 40.0:"): UNDERFLOWS,
    ("numerics.gaussian", "if not x < 41.0:"): UNDERFLOWS,
    (
        "numerics.gaussian",
        "h = math.floor(-32.0 * x) / 32.0",
    ): "h is then −⌈32x⌉/32: as near to −x, as short, and (x − h)(x + h) is symmetric in h",
    (
        "numerics.gaussian",
        "h = math.floor(32.0 * x) / -32.0",
    ): "h² and (x − h)(x + h) are even in h",
    ("numerics.normal_cdf", "if not -28.0 <= y < 28.0:"): UNDERFLOWS,
    ("numerics.normal_cdf", "if not -29.0 < y < 28.0:"): UNDERFLOWS,
    ("numerics.normal_cdf", "if not -28.0 < y < 29.0:"): UNDERFLOWS,
    (
        "numerics.hardsigmoid",
        "return 0.0 if x < -3.0 else 1.0 if x >= 3.0 else (x + 3.0) / 6.0",
    ): MEET,
    (
        "numerics.hardsigmoid",
        "return 0.0 if x <= -3.0 else 1.0 if x > 3.0 else (x + 3.0) / 6.0",
    ): MEET,
}
