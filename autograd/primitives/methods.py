"""The table as operators and methods: ``x / y`` for ``div(x, y)``, ``x.tanh()`` for ``tanh(x)``.

Each names its entry. They live apart from ``Value`` so that the page on which a learner
meets the graph stays short.
"""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any, Self

from . import activations, arithmetic, elementary, rounding, selection, smooth, trigonometric
from .origin import CONSTANT
from .table import Primitive, is_number, real

if TYPE_CHECKING:
    from ..value import Value


SMALL = 20  # nodes of a graph that is shown wherever its root is


class Methods:
    """What ``Value`` inherits: operators, and a method per function of one or two numbers."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows: the line that ``repr`` is and, of a small graph, its picture."""
        bundle = {"text/plain": repr(self)}
        try:  # a display must not raise, whatever the reason
            import autograd  # pictures are loaded when the first is wanted

            if 1 < nodes_below(self, SMALL + 1) <= SMALL:
                bundle["image/svg+xml"] = autograd.draw(self).svg  # type: ignore[arg-type]
        except Exception:
            return bundle
        return bundle

    def __truediv__(self, other: Any) -> Value | Any:
        return operate(arithmetic.div, self, other)

    def __floordiv__(self, other: Any) -> Value | Any:
        return operate(rounding.floor_divide, self, other)

    def __mod__(self, other: Any) -> Value | Any:
        return operate(rounding.remainder, self, other)

    def __pow__(self, exponent: Any) -> Value | Any:
        if is_number(exponent):  # one operand: no slope for the exponent
            return Primitive.record(elementary.power_of(exponent), (self,))
        return operate(elementary.pow, self, exponent)

    def __radd__(self, other: Any) -> Value | Any:
        if type(other) is float or type(other) is int:
            return node_of(other) + self
        return operate(arithmetic.add, other, self)

    def __rsub__(self, other: Any) -> Value | Any:
        if type(other) is float or type(other) is int:
            return node_of(other) - self
        return operate(arithmetic.sub, other, self)

    def __rmul__(self, other: Any) -> Value | Any:
        if type(other) is float or type(other) is int:
            return node_of(other) * self
        return operate(arithmetic.mul, other, self)

    def __rtruediv__(self, other: Any) -> Value | Any:
        return operate(arithmetic.div, other, self)

    def __rfloordiv__(self, other: Any) -> Value | Any:
        return operate(rounding.floor_divide, other, self)

    def __rmod__(self, other: Any) -> Value | Any:
        return operate(rounding.remainder, other, self)

    def __rpow__(self, base: Any) -> Value | Any:
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

    def expm1(self) -> Value:
        """eˣ − 1; see ``autograd.expm1``."""
        return Primitive.record(elementary.expm1, (self,))

    def log(self) -> Value:
        """ln x; see ``autograd.log``."""
        return Primitive.record(elementary.log, (self,))

    def log1p(self) -> Value:
        """ln(1 + x); see ``autograd.log1p``."""
        return Primitive.record(elementary.log1p, (self,))

    def log2(self) -> Value:
        """log₂ x; see ``autograd.log2``."""
        return Primitive.record(elementary.log2, (self,))

    def log10(self) -> Value:
        """log₁₀ x; see ``autograd.log10``."""
        return Primitive.record(elementary.log10, (self,))

    def sqrt(self) -> Value:
        """√x; see ``autograd.sqrt``."""
        return Primitive.record(elementary.sqrt, (self,))

    def cbrt(self) -> Value:
        """∛x; see ``autograd.cbrt``."""
        return Primitive.record(elementary.cbrt, (self,))

    def sin(self) -> Value:
        """sin x; see ``autograd.sin``."""
        return Primitive.record(trigonometric.sin, (self,))

    def cos(self) -> Value:
        """cos x; see ``autograd.cos``."""
        return Primitive.record(trigonometric.cos, (self,))

    def tan(self) -> Value:
        """tan x; see ``autograd.tan``."""
        return Primitive.record(trigonometric.tan, (self,))

    def asin(self) -> Value:
        """arcsin x; see ``autograd.asin``."""
        return Primitive.record(trigonometric.asin, (self,))

    def acos(self) -> Value:
        """arccos x; see ``autograd.acos``."""
        return Primitive.record(trigonometric.acos, (self,))

    def atan(self) -> Value:
        """arctan x; see ``autograd.atan``."""
        return Primitive.record(trigonometric.atan, (self,))

    def sinh(self) -> Value:
        """sinh x; see ``autograd.sinh``."""
        return Primitive.record(trigonometric.sinh, (self,))

    def cosh(self) -> Value:
        """cosh x; see ``autograd.cosh``."""
        return Primitive.record(trigonometric.cosh, (self,))

    def tanh(self) -> Value:
        """tanh x; see ``autograd.tanh``."""
        return Primitive.record(trigonometric.tanh, (self,))

    def asinh(self) -> Value:
        """arsinh x; see ``autograd.asinh``."""
        return Primitive.record(trigonometric.asinh, (self,))

    def acosh(self) -> Value:
        """arcosh x; see ``autograd.acosh``."""
        return Primitive.record(trigonometric.acosh, (self,))

    def atanh(self) -> Value:
        """artanh x; see ``autograd.atanh``."""
        return Primitive.record(trigonometric.atanh, (self,))

    def erf(self) -> Value:
        """The error function; see ``autograd.erf``."""
        return Primitive.record(smooth.erf, (self,))

    def floor(self) -> Value:
        """The largest whole number up to x; see ``autograd.floor``."""
        return Primitive.record(rounding.floor, (self,))

    def ceil(self) -> Value:
        """The smallest whole number from x; see ``autograd.ceil``."""
        return Primitive.record(rounding.ceil, (self,))

    def round(self) -> Value:
        """The nearest whole number; see ``autograd.round``."""
        return Primitive.record(rounding.round, (self,))

    def sign(self) -> Value:
        """−1, 0 or 1; see ``autograd.sign``."""
        return Primitive.record(selection.sign, (self,))

    def sigmoid(self) -> Value:
        """1/(1 + e⁻ˣ); see ``autograd.sigmoid``."""
        return Primitive.record(smooth.sigmoid, (self,))

    def softplus(self) -> Value:
        """ln(1 + eˣ); see ``autograd.softplus``."""
        return Primitive.record(smooth.softplus, (self,))

    def logsigmoid(self) -> Value:
        """ln sigmoid(x); see ``autograd.logsigmoid``."""
        return Primitive.record(smooth.logsigmoid, (self,))

    def silu(self) -> Value:
        """x·sigmoid(x); see ``autograd.silu``."""
        return Primitive.record(smooth.silu, (self,))

    def gelu(self, approximate: str = "none") -> Value:
        """x·Φ(x); see ``autograd.gelu``."""
        return Primitive.record(smooth.gelu_form(approximate), (self,))

    def mish(self) -> Value:
        """x·tanh(softplus(x)); see ``autograd.mish``."""
        return Primitive.record(smooth.mish, (self,))

    def softsign(self) -> Value:
        """x/(1 + |x|); see ``autograd.softsign``."""
        return Primitive.record(smooth.softsign, (self,))

    def relu6(self) -> Value:
        """x held between 0 and 6; see ``autograd.relu6``."""
        return Primitive.record(activations.relu6, (self,))

    def selu(self) -> Value:
        """The self-normalizing elu; see ``autograd.selu``."""
        return Primitive.record(activations.selu, (self,))

    def hardsigmoid(self) -> Value:
        """(x + 3)/6 held between 0 and 1; see ``autograd.hardsigmoid``."""
        return Primitive.record(activations.hardsigmoid, (self,))

    def hardswish(self) -> Value:
        """x·hardsigmoid(x); see ``autograd.hardswish``."""
        return Primitive.record(activations.hardswish, (self,))

    def leaky_relu(self, negative_slope: Any = 0.01) -> Value:
        """x above 0, negative_slope·x below; see ``autograd.leaky_relu``."""
        return Primitive.record(activations.leaky_relu_constant(negative_slope), (self,))

    def elu(self, alpha: Any = 1.0) -> Value:
        """x above 0, alpha·(eˣ − 1) below; see ``autograd.elu``."""
        return Primitive.record(activations.elu_constant(alpha), (self,))

    def celu(self, alpha: Any = 1.0) -> Value:
        """x above 0, alpha·(e^(x/alpha) − 1) below; see ``autograd.celu``."""
        return Primitive.record(activations.celu_constant(alpha), (self,))

    def hardtanh(self, min_val: Any = -1.0, max_val: Any = 1.0) -> Value:
        """x held between two constants; see ``autograd.hardtanh``."""
        return Primitive.record(activations.hardtanh_constant(min_val, max_val), (self,))

    def clip(self, min: Any = None, max: Any = None) -> Value:
        """x held between two constants; see ``autograd.clip``."""
        return Primitive.record(activations.clip_between(min, max), (self,))

    def clamp(self, min: Any = None, max: Any = None) -> Value:
        """The same as ``clip``."""
        return self.clip(min, max)

    def atan2(self, other: Any) -> Value:
        """The angle of the point (other, self); see ``autograd.atan2``."""
        return Primitive.record(trigonometric.atan2, (self, other))

    def hypot(self, other: Any) -> Value:
        """√(x² + y²); see ``autograd.hypot``."""
        return Primitive.record(elementary.hypot, (self, other))

    def xlogy(self, other: Any) -> Value:
        """x·ln y; see ``autograd.xlogy``."""
        return Primitive.record(elementary.xlogy, (self, other))

    def floor_divide(self, other: Any) -> Value:
        """⌊a/b⌋; see ``autograd.floor_divide``."""
        return Primitive.record(rounding.floor_divide, (self, other))

    def remainder(self, other: Any) -> Value:
        """a − b⌊a/b⌋; see ``autograd.remainder``."""
        return Primitive.record(rounding.remainder, (self, other))

    def fmod(self, other: Any) -> Value:
        """a − b·trunc(a/b); see ``autograd.fmod``."""
        return Primitive.record(rounding.fmod, (self, other))

    def maximum(self, other: Any) -> Value:
        """The larger of two; see ``autograd.maximum``."""
        return Primitive.record(selection.maximum, (self, other))

    def minimum(self, other: Any) -> Value:
        """The smaller of two; see ``autograd.minimum``."""
        return Primitive.record(selection.minimum, (self, other))


def node_of(number: float) -> Any:
    """A plain number as a constant: with a node, ``Value``'s own operators take their short way."""
    return Primitive.node_type(real(number), CONSTANT)


def operate(primitive: Primitive, left: Any, right: Any) -> Value | Any:
    """An operator's long way: any operands, any mode. NotImplemented for arrays and strangers."""
    other = right if isinstance(left, Primitive.node_type) else left
    if not (isinstance(other, Primitive.node_type) or is_number(other)):
        known = (str, bytes, list, tuple, dict, set, numbers.Number, type(None))
        if not isinstance(other, known):
            # A sized array, say: let its own reflected operator try.
            return NotImplemented
    return Primitive.record(primitive, (left, right))


def nodes_below(root: Any, most: int) -> int:
    """How many nodes a graph has, itself included; no more than about ``most`` are looked at."""
    seen = {id(root): root}
    for node in (pending := [root]):  # which grows
        if len(seen) >= most:
            break
        new = {id(parent): parent for parent in node.parents[:most] if id(parent) not in seen}
        seen |= new
        pending += new.values()
    return len(seen)
