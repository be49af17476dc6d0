"""Value: one number that remembers how it was computed.

>>> from autograd import Value
>>> x = Value(3.0, label="x")
>>> y = x * x + 2 * x
>>> y.data
15.0
>>> y.backward()      # dy/dx = 2x + 2
>>> x.grad
8.0
"""

from __future__ import annotations

import numbers
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from . import graph
from .primitives import activations, arithmetic, elementary, selection
from .primitives.table import CONSTANT, LEAF, Origin, Primitive, Record

# True while any thread is inside a mode (modes.py); operators then take the long way,
# which asks the two variables below. One global read is all that modes cost otherwise.
busy = False
grad_enabled: ContextVar[bool] = ContextVar("grad_enabled", default=True)
inspectors: ContextVar[tuple[Any, ...]] = ContextVar("inspectors", default=())

add, sub, mul, relu = arithmetic.add, arithmetic.sub, arithmetic.mul, activations.relu


class Value:
    """One node of a computation graph: a number, its gradient, and how it was made.

    ``Value(3.0)`` is a leaf: a variable whose gradient ``backward()`` accumulates.
    Operators and functions on Values make new Values which record their operands and, at
    the same moment, the local derivatives ∂out/∂operand.

    Args:
        data: the number (int, bool, float, Fraction, NumPy real scalar); kept as a float.
        label: a name for pictures.
        requires_grad: False makes a constant, whose ``grad`` stays 0.

    The parameters in between are for the engine. Raises ``TypeError`` for anything that is
    not a real number, ``OverflowError`` for an int that no float can hold.

    >>> Value(2.0, label="w")
    Value(2.0, label='w')
    """

    # Few objects per node, because the cyclic garbage collector visits each of them: the
    # operands `a`, `b` and their local derivatives `da`, `db` are slots, not tuples. A node
    # with more to say (more operands, a missing edge, a label, hooks) has a Record as its
    # `origin`, and `a` is None. `mark` is the number of the last walk that came by.
    __slots__ = ("a", "b", "da", "data", "db", "grad", "mark", "origin")

    def __init__(
        self,
        data: Any,
        origin: Origin | None = None,
        a: Value | None = None,
        b: Value | None = None,
        da: float = 0.0,
        db: float = 0.0,
        label: str = "",
        requires_grad: bool = True,
    ) -> None:
        self.data: float = data
        self.grad: float = 0.0
        self.origin: Origin
        self.a = a
        self.b = b
        self.da = da
        self.db = db
        self.mark: int = 0
        if origin is not None:
            self.origin = origin
        else:
            self.data = real(data, "Value(data)")
            self.origin = LEAF if requires_grad else CONSTANT
            if label:
                self.label = label

    # --- arithmetic: +, - and × inline what their entries in the table say ---------------

    def __add__(self, other: Any) -> Value:
        if busy or type(other) is not Value or (self.origin is CONSTANT and other.origin is CONSTANT):
            return operate(add, self, other)
        return Value(self.data + other.data, add, self, other, 1.0, 1.0)

    def __sub__(self, other: Any) -> Value:
        if busy or type(other) is not Value or (self.origin is CONSTANT and other.origin is CONSTANT):
            return operate(sub, self, other)
        return Value(self.data - other.data, sub, self, other, 1.0, -1.0)

    def __mul__(self, other: Any) -> Value:
        if busy or type(other) is not Value or (self.origin is CONSTANT and other.origin is CONSTANT):
            return operate(mul, self, other)
        x = self.data
        y = other.data
        return Value(x * y, mul, self, other, y, x)

    def __truediv__(self, other: Any) -> Value:
        return operate(arithmetic.div, self, other)

    def __pow__(self, exponent: Any) -> Value:
        if isinstance(exponent, numbers.Real):  # one operand: no slope for the exponent
            return record(arithmetic.pow_constant(real(exponent)), (self,))
        return operate(elementary.pow, self, exponent)

    def __radd__(self, other: Any) -> Value:
        return operate(add, other, self)

    def __rsub__(self, other: Any) -> Value:
        return operate(sub, other, self)

    def __rmul__(self, other: Any) -> Value:
        return operate(mul, other, self)

    def __rtruediv__(self, other: Any) -> Value:
        return operate(arithmetic.div, other, self)

    def __rpow__(self, base: Any) -> Value:
        return operate(elementary.pow, base, self)

    def __neg__(self) -> Value:
        return record(arithmetic.neg, (self,))

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return record(elementary.abs, (self,))

    # --- functions: each names its entry in the table ------------------------------------

    def relu(self) -> Value:
        """max(x, 0); see ``autograd.relu``."""
        if busy or self.origin is CONSTANT:
            return record(relu, (self,))
        x = self.data
        return Value(0.0, relu, self) if x <= 0.0 else Value(x, relu, self, None, 1.0)

    def abs(self) -> Value:
        """|x|; see ``autograd.abs``."""
        return record(elementary.abs, (self,))

    def exp(self) -> Value:
        """eˣ; see ``autograd.exp``."""
        return record(elementary.exp, (self,))

    def log(self) -> Value:
        """ln x; see ``autograd.log``."""
        return record(elementary.log, (self,))

    def sqrt(self) -> Value:
        """√x; see ``autograd.sqrt``."""
        return record(elementary.sqrt, (self,))

    def sin(self) -> Value:
        """sin x; see ``autograd.sin``."""
        return record(elementary.sin, (self,))

    def cos(self) -> Value:
        """cos x; see ``autograd.cos``."""
        return record(elementary.cos, (self,))

    def tanh(self) -> Value:
        """tanh x; see ``autograd.tanh``."""
        return record(elementary.tanh, (self,))

    def sigmoid(self) -> Value:
        """1/(1 + e⁻ˣ); see ``autograd.sigmoid``."""
        return record(activations.sigmoid, (self,))

    def softplus(self) -> Value:
        """ln(1 + eˣ); see ``autograd.softplus``."""
        return record(activations.softplus, (self,))

    def silu(self) -> Value:
        """x·sigmoid(x); see ``autograd.silu``."""
        return record(activations.silu, (self,))

    def gelu(self) -> Value:
        """x·Φ(x); see ``autograd.gelu``."""
        return record(activations.gelu, (self,))

    def leaky_relu(self, negative_slope: float = 0.01) -> Value:
        """x above 0, negative_slope·x below; see ``autograd.leaky_relu``."""
        return record(activations.leaky_relu_constant(negative_slope), (self,))

    def elu(self, alpha: float = 1.0) -> Value:
        """x above 0, alpha·(eˣ − 1) below; see ``autograd.elu``."""
        return record(activations.elu_constant(alpha), (self,))

    def clip(self, min: float | None = None, max: float | None = None) -> Value:
        """x held between two constants; see ``autograd.clip``."""
        clipped: Value = activations.clip(self, min, max)
        return clipped

    clamp = clip

    def maximum(self, other: Any) -> Value:
        """The larger of two; see ``autograd.maximum``."""
        return record(selection.maximum, (self, other))

    def minimum(self, other: Any) -> Value:
        """The smaller of two; see ``autograd.minimum``."""
        return record(selection.minimum, (self, other))

    # --- the backward pass and the graph -------------------------------------------------

    def backward(self, gradient: float = 1.0) -> None:
        """Add ∂self/∂leaf, times ``gradient``, to the ``grad`` of every leaf below.

        Nodes in between get their ``grad`` set afresh; leaves accumulate, so a second call
        doubles them. ``RuntimeError`` if nothing below requires a gradient.

        >>> x = Value(2.0)
        >>> (x * x).backward()
        >>> x.grad
        4.0
        """
        check = inspectors.get() if busy else ()
        graph.backward(self, real(gradient, "backward(gradient)"), check)

    def zero_grad(self) -> None:
        """Set ``grad`` to 0 here and in everything that this value was computed from."""
        for node in graph.topological_order(self):
            node.grad = 0.0

    def replay(self) -> float:
        """Recompute the graph in place from its leaves' present data; see ``autograd.replay``."""
        return graph.replay(self)

    def register_hook(self, hook: Callable[[float], float | None]) -> Callable[[], None]:
        """Call ``hook(grad)`` in each backward pass, when this node's gradient is complete.

        On a leaf, ``grad`` is this pass's total. A number that the hook returns replaces it.
        Returns a function that removes the hook.

        >>> x = Value(3.0)
        >>> remove = x.register_hook(lambda grad: min(grad, 1.0))
        >>> (x * 5).backward()
        >>> x.grad
        1.0
        """
        if not callable(hook):
            raise TypeError(f"register_hook(hook): hook must be callable, not {hook!r}")
        hooks = self.to_record().hooks
        key = max(hooks, default=0) + 1
        hooks[key] = hook
        return lambda: hooks.pop(key, None) and None

    def detach(self) -> Value:
        """The same number as a constant: nothing flows back through it."""
        return Value(self.data, CONSTANT)

    def item(self) -> float:
        """The number itself, a float."""
        return self.data

    @property
    def parents(self) -> tuple[Value, ...]:
        """The operands, in order."""
        if self.a is not None:
            return (self.a,) if self.b is None else (self.a, self.b)
        return self.origin.parents if isinstance(self.origin, Record) else ()

    @property
    def partials(self) -> tuple[float | None, ...]:
        """The local derivatives ∂self/∂parent, in order; None where no edge is."""
        if self.a is not None:
            return (self.da,) if self.b is None else (self.da, self.db)
        return self.origin.partials if isinstance(self.origin, Record) else ()

    @property
    def primitive(self) -> Origin:
        """The table's entry that made this node; ``LEAF`` or ``CONSTANT`` if none did."""
        return self.origin.primitive if isinstance(self.origin, Record) else self.origin

    @property
    def op(self) -> str:
        """The name of the op that made this node, "" for a leaf or constant."""
        return self.primitive.name if isinstance(self.primitive, Primitive) else ""

    @property
    def is_leaf(self) -> bool:
        """True if no op made this node."""
        return not isinstance(self.primitive, Primitive)

    @property
    def requires_grad(self) -> bool:
        """False for a constant."""
        return self.primitive is not CONSTANT

    @property
    def label(self) -> str:
        """A name for pictures; "" if there is none."""
        return self.origin.label if isinstance(self.origin, Record) else ""

    @label.setter
    def label(self, label: str) -> None:
        if not isinstance(label, str):
            raise TypeError(f"label must be a str, not {type(label).__name__} ({label!r})")
        self.to_record().label = label

    def to_record(self) -> Record:
        """This node's Record, made from its fast slots if it has none yet."""
        if not isinstance(self.origin, Record):
            self.origin = Record(self.origin, self.parents, self.partials)
            self.a = self.b = None
        return self.origin

    # --- as a number ---------------------------------------------------------------------

    def __lt__(self, other: Any) -> bool:
        return self.data < comparable(self, other)

    def __le__(self, other: Any) -> bool:
        return self.data <= comparable(self, other)

    def __gt__(self, other: Any) -> bool:
        return self.data > comparable(self, other)

    def __ge__(self, other: Any) -> bool:
        return self.data >= comparable(self, other)

    def __eq__(self, other: object) -> bool:
        return self is other or self.data == comparable(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        return self.data != comparable(self, 0.0)

    def __float__(self) -> float:
        raise TypeError(
            "float(value) would silently cut the graph (as math.exp(value) and friends do): use "
            "autograd.exp, autograd.sin … to stay in the graph, value.item() to leave it"
        )

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        grad = f", grad={self.grad!r}" if self.grad else ""
        return f"Value({self.data!r}{grad}{label})"

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self)}

    def __reduce_ex__(self, protocol: Any) -> Any:
        return graph.reduce(self, Value)


def real(x: Any, name: str = "operand") -> float:
    """A real number as a float, or an error that says what was given and what to do."""
    if isinstance(x, numbers.Real) or getattr(getattr(x, "dtype", None), "kind", "") == "b":
        try:
            return float(x)
        except OverflowError:
            raise OverflowError(f"{name}: an int of this size does not fit a float") from None
    if isinstance(x, Value):
        raise TypeError(
            f"{name} must be a number, not a Value: use value.detach() for a constant copy, "
            "value.item() for the number"
        )
    if getattr(x, "ndim", None) == 0 and getattr(x.dtype, "kind", "") in "biuf":
        return float(x)
    if isinstance(x, numbers.Number):  # complex, Decimal: no lossless way to a float
        raise TypeError(f"{name} must be a real number, not {type(x).__name__} ({x!r}); convert it with float(…)")
    raise TypeError(f"{name} must be a real number, not {type(x).__name__} ({x!r})")


def constant(x: Any, name: str = "operand") -> Value:
    """A number as a constant node; a Value as it is."""
    return x if isinstance(x, Value) else Value(real(x, name), CONSTANT)


def operate(primitive: Primitive, left: Any, right: Any) -> Any:
    """An operator's long way: any operands, any mode. NotImplemented for arrays and strangers."""
    other = right if isinstance(left, Value) else left
    if not isinstance(other, (Value, numbers.Real)):
        known = (str, bytes, list, tuple, dict, set, numbers.Number, type(None))
        if getattr(other, "ndim", 0) or not (isinstance(other, known) or hasattr(other, "dtype")):
            return NotImplemented  # a sized array, say: let its own reflected operator try
    return record(primitive, (left, right))


def record(primitive: Primitive, operands: tuple[Any, ...]) -> Value:
    """Apply a primitive to operands of which at least one is a Value, and record it."""
    values = tuple([x if type(x) is Value else constant(x, primitive.name) for x in operands])
    numbers = [v.data for v in values]
    data = primitive.forward(*numbers)
    for v in values:
        if v.origin is not CONSTANT and v.primitive is not CONSTANT:
            break
    else:
        return Value(data, CONSTANT)
    if busy and not grad_enabled.get():
        return Value(data, CONSTANT)
    partials = primitive.partials(data, *numbers)
    if len(values) > 2 or None in partials:
        node = Value(data, Record(primitive, values, partials))
    elif len(values) == 2:
        node = Value(data, primitive, values[0], values[1], partials[0], partials[1])
    else:
        node = Value(data, primitive, values[0], None, partials[0])
    if busy:
        for inspector in inspectors.get():
            inspector.forward(node)
    return node


def comparable(value: Value, other: Any) -> Any:
    """The other side of a comparison. Notes that Python code may branch on these values."""
    value.to_record().compared = True
    if isinstance(other, Value):
        other.to_record().compared = True
        return other.data
    return other


Primitive.record = record  # type: ignore[assignment]
Primitive.node_type = Value
