"""The complex step: derivatives to the last digits, where a program is analytic.

f(x + ih) = f(x) + ih·f′(x) + O(h²): for a tiny h, the imaginary part over h is the
derivative. No difference is taken, so nothing cancels [Squire & Trapp 1998].
"""

from __future__ import annotations

import cmath
import math
import operator
from collections.abc import Callable
from functools import reduce

from ..primitives.table import Primitive
from ..value import Value
from .slopes import EPSILON

ComplexForm = Callable[..., complex]


class NoComplexFormError(Exception):
    """An op of the graph cannot be evaluated in complex arithmetic; the message names it."""


def complex_slope(order: list[Value], leaf: Value) -> tuple[float, float]:
    """∂root/∂leaf of a graph, given in topological order, and its error by rounding.

    The graph must have been through ``backward()``. ``NoComplexFormError`` if an op has none.
    """
    h = math.ldexp(abs(leaf.data) or 1.0, -100)
    found: dict[int, complex] = {}
    noise = 0.0
    for node in order:
        if isinstance(node.primitive, Primitive):
            z = evaluate(node, node.primitive, [found[id(parent)] for parent in node.parents])
            noise += abs(node.grad * (z.imag / h)) * len(node.parents)
        else:
            z = complex(node.data, h if node is leaf else 0.0)
        found[id(node)] = z
    return found[id(order[-1])].imag / h, 4 * EPSILON * noise


def evaluate(node: Value, primitive: Primitive, operands: list[complex]) -> complex:
    """One op on complex numbers."""
    form = complex_form(primitive)
    if form is None:
        raise NoComplexFormError(f"{primitive.name} has no complex form")
    try:
        z = form(*operands)
    except (ValueError, ArithmeticError):
        z = complex(math.nan, 0.0)
    # Off by more than rounding: another branch than that of the real function.
    if not abs(z.real - node.data) <= 1e-9 * max(1.0, abs(node.data)) or not cmath.isfinite(z):
        raise NoComplexFormError(
            f"the complex form of {primitive.name} has no value at {operands[0]}"
        )
    return z


def complex_form(primitive: Primitive) -> ComplexForm | None:
    """An op's function of complex numbers, None if it has none."""
    if primitive.family is not None:
        maker, constants = primitive.family
        n = constants[0]
        return (lambda z: z**n) if maker.__name__ == "pow_constant" else None
    return FORMS.get(primitive.name) or getattr(cmath, primitive.name, None)


def _dot(*operands: complex) -> complex:
    n = len(operands) // 2
    bias = operands[-1] if len(operands) % 2 else 0.0
    return sum(map(operator.mul, operands[:n], operands[n:]), bias)


def _logsumexp(*zs: complex) -> complex:
    top = max(z.real for z in zs)
    return top + cmath.log(sum(cmath.exp(z - top) for z in zs))


def _sigmoid(z: complex) -> complex:
    if z.real >= 0.0:
        return 1.0 / (1.0 + cmath.exp(-z))
    return cmath.exp(z) / (1.0 + cmath.exp(z))


def _softplus(z: complex) -> complex:
    return cmath.log(1.0 + cmath.exp(z)) if z.real < 0.0 else z + cmath.log(1.0 + cmath.exp(-z))


# By the op's name. Those that cmath has under the same name need no entry.
FORMS: dict[str, ComplexForm] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "neg": operator.neg,
    "alias": lambda z: z,
    "**": lambda x, y: cmath.exp(y * cmath.log(x)),
    "expm1": lambda z: cmath.exp(z) - 1.0,
    "log1p": lambda z: cmath.log(1.0 + z),
    "log2": lambda z: cmath.log(z) / math.log(2.0),
    "sum": lambda *zs: sum(zs),
    "mean": lambda *zs: sum(zs) / len(zs),
    "prod": lambda *zs: reduce(operator.mul, zs),
    "dot": _dot,
    "logsumexp": _logsumexp,
    "shift": lambda *zs: max(zs, key=lambda z: z.real),
    "excess": lambda *zs: _logsumexp(*zs) - max(zs, key=lambda z: z.real),
    "softmax": lambda x, top, above: cmath.exp(x - top - above),
    "log_softmax": lambda x, top, above: x - top - above,
    "sigmoid": _sigmoid,
    "sigmoid_slope": lambda z: _sigmoid(z) * _sigmoid(-z),
    "softplus": _softplus,
    "logsigmoid": lambda z: -_softplus(-z),
    "silu": lambda z: z * _sigmoid(z),
    "mish": lambda z: z * cmath.tanh(_softplus(z)),
    "sech2": lambda z: 1.0 / cmath.cosh(z) ** 2,
    "normal_pdf": lambda z: cmath.exp(-z * z / 2.0) / math.sqrt(2.0 * math.pi),
}
