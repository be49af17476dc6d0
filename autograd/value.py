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

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from . import collector, copying, graph, replaying
from .primitives import activations, arithmetic
from .primitives.methods import Methods, operate
from .primitives.origin import CONSTANT, LEAF, Origin, Record, folded
from .primitives.table import Primitive, real, wrong_count

# True while any thread is inside a mode (modes.py); operators then take the long way,
# which asks the two variables below. One global read is all that modes cost otherwise.
busy = False
grad_enabled: ContextVar[bool] = ContextVar("grad_enabled", default=True)
inspectors: ContextVar[tuple[Any, ...]] = ContextVar("inspectors", default=())

add, sub, mul, relu = arithmetic.add, arithmetic.sub, arithmetic.mul, activations.relu


class Value(Methods):
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
    # `origin`, and `a` is None; where only a scope is to be said, nodes share a Record and
    # keep their slots. `mark` is the number of the last walk that came by.
    __slots__ = ("a", "b", "da", "data", "db", "grad", "mark", "origin")

    def __init__(
        self,
        data: Any,
        origin: Any = None,  # an Origin: said to be Any, so that the check below is compiled
        a: Value | None = None,
        b: Value | None = None,
        da: float = 0.0,
        db: float = 0.0,
        label: str = "",
        requires_grad: bool = True,
    ) -> None:
        self.grad: float = 0.0
        self.a = a
        self.b = b
        self.da = da
        self.db = db
        self.mark: int = 0
        if a is not None or origin is CONSTANT or isinstance(origin, Origin):
            self.data: float = data
            self.origin: Origin = origin
        elif origin is not None:
            raise TypeError(f"Value(data, label=…, requires_grad=…) by name, not {origin!r}")
        else:
            self.data = real(data, "Value(data)")
            self.origin = LEAF if requires_grad else CONSTANT
            if label:
                self.label = label

    # --- +, -, × and relu inline what their entries in the table say; see Methods for the rest.

    def __add__(self, other: Any) -> Value | Any:
        if busy or type(other) is not Value or (self.a is other.a and constants(self, other)):
            if type(other) is float or type(other) is int:
                return self + constant(other)
            return operate(add, self, other)
        return Value(self.data + other.data, add, self, other, 1.0, 1.0)

    def __sub__(self, other: Any) -> Value | Any:
        if busy or type(other) is not Value or (self.a is other.a and constants(self, other)):
            if type(other) is float or type(other) is int:
                return self - constant(other)
            return operate(sub, self, other)
        return Value(self.data - other.data, sub, self, other, 1.0, -1.0)

    def __mul__(self, other: Any) -> Value | Any:
        if busy or type(other) is not Value or (self.a is other.a and constants(self, other)):
            if type(other) is float or type(other) is int:
                return self * constant(other)
            return operate(mul, self, other)
        return Value(self.data * other.data, mul, self, other, other.data, self.data)

    def relu(self) -> Value:
        """max(x, 0); see ``autograd.relu``."""
        if busy or (self.a is None and self.primitive is CONSTANT):
            return record(relu, (self,))
        x = self.data
        return Value(0.0, relu, self) if x <= 0.0 else Value(x, relu, self, None, 1.0)

    # --- the backward pass and the graph -------------------------------------------------

    def backward(self, gradient: Any = 1.0) -> None:
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
        return replaying.replay(self)

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
        collector.show_new()  # the hook may lead back to this node
        return self.to_record().add_hook(hook)

    def detach(self) -> Value:
        """The same number as a constant: nothing flows back through it."""
        constant = Value(self.data, CONSTANT)
        for inspector in inspectors.get():
            inspector.detached(self, constant)
        return constant

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

    @requires_grad.setter
    def requires_grad(self, requires_grad: bool) -> None:
        raise AttributeError(
            "requires_grad is said when a Value is made: Value(data, requires_grad=False). "
            "To keep a parameter as it is, leave it out of what the optimizer is given"
        )

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
        """This node's own Record, made from its fast slots if it has none yet."""
        if self.a is not None or not isinstance(self.origin, Record):
            scope = self.origin.scope if isinstance(self.origin, Record) else None
            self.origin = Record(self.primitive, self.parents, self.partials, scope=scope)
            self.a = self.b = None
        return self.origin

    # --- as a number ---------------------------------------------------------------------

    # The other side stands first, because it may be an array, which compares elementwise.

    def __lt__(self, other: Any) -> bool | Any:
        return comparable(self, other) > self.data

    def __le__(self, other: Any) -> bool | Any:
        return comparable(self, other) >= self.data

    def __gt__(self, other: Any) -> bool | Any:
        return comparable(self, other) < self.data

    def __ge__(self, other: Any) -> bool | Any:
        return comparable(self, other) <= self.data

    def __eq__(self, other: Any) -> bool | Any:
        return comparable(self, other) == self.data

    def __ne__(self, other: Any) -> bool | Any:
        return comparable(self, other) != self.data

    def __hash__(self) -> int:
        return object.__hash__(self)

    def __bool__(self) -> bool:
        return bool(self.data != comparable(self, 0.0))

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

    def __reduce_ex__(self, protocol: Any) -> Any:
        return copying.reduce(self, Value)


def constant(x: Any, name: str = "operand") -> Value:
    """A number as a constant node; a Value as it is."""
    return x if isinstance(x, Value) else Value(real(x, name), CONSTANT)


def record(primitive: Primitive, operands: tuple[Any, ...]) -> Value:
    """Apply a primitive to operands of which at least one is a Value, and record it."""
    values = operands
    numbers = [v.data for v in values if type(v) is Value]
    if len(numbers) < len(values):
        values = tuple([constant(x, primitive.name) for x in operands])
        numbers = [v.data for v in values]
    for v in values:
        if v.origin is LEAF or v.primitive is not CONSTANT:
            break
    else:
        return folded(primitive, values, constant(primitive.forward(*numbers)), inspectors.get())
    if busy and not grad_enabled.get():
        made = Value(primitive.forward(*numbers), CONSTANT)
        return folded(primitive, values, made, inspectors.get())
    slopes: Any = primitive.partials  # what they are in an op of the user's need not be a tuple
    found: Any
    if primitive.both is not None:
        data, found = primitive.both(numbers)
    else:
        data = primitive.forward(*numbers)
        found = slopes(data, *numbers)
    if type(found) is not tuple or len(found) != len(values):
        raise wrong_count(primitive, found, len(values))
    partials: tuple[Any, ...] = found
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


def constants(a: Value, b: Value) -> bool:
    """True if neither operand requires a gradient: then an op on them leaves no graph."""
    return a.origin is not LEAF and a.primitive is CONSTANT and b.primitive is CONSTANT


def comparable(value: Value, other: Any) -> float | Any:
    """The other side of a comparison. Notes what Python code may branch on, for ``replay``."""
    for inspector in inspectors.get():
        inspector.compared(value, other)
    value.to_record().compared = value.data
    if isinstance(other, Value):
        other.to_record().compared = other.data
        return other.data
    return other


Primitive.record = record
Primitive.node_type = Value
