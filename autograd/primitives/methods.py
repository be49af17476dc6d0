"""The table as operators and methods: ``x / y`` for ``div(x, y)``, ``x.tanh()`` for ``tanh(x)``.

Each names its entry. They live apart from ``Value`` so that the page on which a learner
meets the graph stays short.
"""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any, Self

from . import activations, arithmetic, elementary, selection
from .table import Primitive, is_number

if TYPE_CHECKING:
    from ..value import Value


class Methods:
    """What ``Value`` inherits: operators, and a method per function of one or two numbers."""

    __slots__ = ()

    def __truediv__(self, other: Any) -> Value:
        return operate(arithmetic.div, self, other)

    def __pow__(self, exponent: Any) -> Value:
        if is_number(exponent):  # one operand: no slope for the exponent
            return Primitive.record(arithmetic.pow_constant(exponent), (self,))
        return operate(elementary.pow, self, exponent)

    def __radd__(self, other: Any) -> Value:
        return operate(arithmetic.add, other, self)

    def __rsub__(self, other: Any) -> Value:
        return operate(arithmetic.sub, other, self)

    def __rmul__(self, other: Any) -> Value:
        return operate(arithmetic.mul, other, self)

    def __rtruediv__(self, other: Any) -> Value:
        return operate(arithmetic.div, other, self)

    def __rpow__(self, base: Any) -> Value:
        return operate(elementary.pow, base, self)

    def __neg__(self) -> Value:
        return Primitive.record(arithmetic.neg, (self,))

    def __pos__(self) -> Self:
        return self

    def __abs__(self) -> Value:
        return Primitive.record(elementary.abs, (self,))

    def abs(self) -> Value:
        """|x|; see ``autograd.abs``."""
        return Primitive.record(elementary.abs, (self,))

    def exp(self) -> Value:
        """eˣ; see ``autograd.exp``."""
        return Primitive.record(elementary.exp, (self,))

    def log(self) -> Value:
        """ln x; see ``autograd.log``."""
        return Primitive.record(elementary.log, (self,))

    def sqrt(self) -> Value:
        """√x; see ``autograd.sqrt``."""
        return Primitive.record(elementary.sqrt, (self,))

    def sin(self) -> Value:
        """sin x; see ``autograd.sin``."""
        return Primitive.record(elementary.sin, (self,))

    def cos(self) -> Value:
        """cos x; see ``autograd.cos``."""
        return Primitive.record(elementary.cos, (self,))

    def tanh(self) -> Value:
        """tanh x; see ``autograd.tanh``."""
        return Primitive.record(elementary.tanh, (self,))

    def sigmoid(self) -> Value:
        """1/(1 + e⁻ˣ); see ``autograd.sigmoid``."""
        return Primitive.record(activations.sigmoid, (self,))

    def softplus(self) -> Value:
        """ln(1 + eˣ); see ``autograd.softplus``."""
        return Primitive.record(activations.softplus, (self,))

    def silu(self) -> Value:
        """x·sigmoid(x); see ``autograd.silu``."""
        return Primitive.record(activations.silu, (self,))

    def gelu(self) -> Value:
        """x·Φ(x); see ``autograd.gelu``."""
        return Primitive.record(activations.gelu, (self,))

    def leaky_relu(self, negative_slope: float = 0.01) -> Value:
        """x above 0, negative_slope·x below; see ``autograd.leaky_relu``."""
        return Primitive.record(activations.leaky_relu_constant(negative_slope), (self,))

    def elu(self, alpha: float = 1.0) -> Value:
        """x above 0, alpha·(eˣ − 1) below; see ``autograd.elu``."""
        return Primitive.record(activations.elu_constant(alpha), (self,))

    def clip(self, min: float | None = None, max: float | None = None) -> Value:
        """x held between two constants; see ``autograd.clip``."""
        return Primitive.record(activations.clip_between(min, max), (self,))

    clamp = clip

    def maximum(self, other: Any) -> Value:
        """The larger of two; see ``autograd.maximum``."""
        return Primitive.record(selection.maximum, (self, other))

    def minimum(self, other: Any) -> Value:
        """The smaller of two; see ``autograd.minimum``."""
        return Primitive.record(selection.minimum, (self, other))


def operate(primitive: Primitive, left: Any, right: Any) -> Value:
    """An operator's long way: any operands, any mode. NotImplemented for arrays and strangers."""
    other = right if isinstance(left, Primitive.node_type) else left
    if not (isinstance(other, Primitive.node_type) or is_number(other)):
        known = (str, bytes, list, tuple, dict, set, numbers.Number, type(None))
        if not isinstance(other, known):
            # A sized array, say: let its own reflected operator try.
            return NotImplemented  # type: ignore[no-any-return]
    return Primitive.record(primitive, (left, right))
