"""What an entry of the table is, and how an entry is applied.

``Value`` registers its own way to record an application here (``Primitive.record``), so
that the table builds graphs without importing the engine.
"""

from __future__ import annotations

import functools
import numbers
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from .. import collector
from .origin import Origin

if TYPE_CHECKING:
    from ..value import Value

Forward = Callable[..., float]
Partials = Callable[..., tuple[Any, ...]]

table: dict[str, Primitive] = {}
"""Every primitive by name, in the order of registration (those with a constant excepted)."""


def primitive(
    name: str,
    forward: Forward,
    partials: Partials,
    *,
    array: str | Callable[..., Any] | None = None,
    symbol: str = "",
    latex: str = "",
    doc: str = "",
) -> Primitive:
    """Register an op: a forward function on floats and its local-derivative closure.

    ``forward(*floats) -> float`` must not raise for any float: use ``autograd.numerics``.

    ``partials(out, *inputs) -> tuple`` returns ∂out/∂inputᵢ for every input. Write it with
    ``+ - *`` and the functions that ``autograd`` exports (``autograd.exp``,
    ``autograd.div``, ``autograd.where`` …), never with ``/``, ``**`` or ``if``: then it can
    be read on floats, on Values (for higher derivatives) and on arrays. A partial may be
    ``None``: no edge, nothing flows there.

    ``array`` is the forward function on NumPy arrays: the name of a ``numpy`` function or
    ``array(numpy, *arrays)``. ``symbol`` is what pictures show, ``latex`` a template with a
    ``%s`` for each operand (or for each several times).

    Raises ``ValueError`` if the name is taken.

    >>> import math
    >>> cube = primitive("cube (example)", lambda x: x * x * x, lambda out, x: (3.0 * x * x,))
    >>> cube(2.0)
    8.0
    >>> from autograd import Value
    >>> x = Value(2.0)
    >>> cube(x).backward()
    >>> x.grad
    12.0
    >>> del table["cube (example)"]
    """
    if name in table:
        raise ValueError(
            f"a primitive named {name!r} is registered already; choose another name, or "
            f"`del autograd.primitives.table[{name!r}]` first to redefine it"
        )
    if not callable(forward) or not callable(partials):
        raise TypeError(f"primitive({name!r}, …): forward and partials must be callable")
    entry = Primitive(name, forward, partials, array, symbol, latex, doc)
    table[name] = entry
    return entry


def lookup(name: str) -> Primitive:
    """The registered primitive of that name; ``KeyError`` that says what to do if there is none."""
    try:
        return table[name]
    except KeyError:
        raise KeyError(
            f"no primitive named {name!r} is registered here; a graph that uses it can be "
            "loaded after the module that registers it has been imported"
        ) from None


class Primitive(Origin):
    """One entry of the table. Call it on numbers, Values or arrays.

    On numbers it returns a float; if any operand is a ``Value``, a recorded ``Value``; on
    NumPy arrays, an array.
    """

    # Set by value.py: how an application to Values is recorded, and what a Value is.
    record: ClassVar[Callable[[Primitive, tuple[Any, ...]], Value]]
    node_type: ClassVar[type[Value]]

    def __init__(
        self,
        name: str,
        forward: Forward,
        partials: Partials,
        array: str | Callable[..., Any] | None = None,
        symbol: str = "",
        latex: str = "",
        doc: str = "",
    ) -> None:
        super().__init__(name)
        self.forward = forward
        self.partials = partials
        self.array = array
        self.symbol = symbol or name
        self.latex = latex
        self.__doc__ = doc or None
        collector.defined(forward, partials)
        self.family: tuple[Any, ...] | None = None  # (maker, constants) of an op with constants
        # For an op whose graphs are large: forward and partials on floats in one go.
        self.both: Callable[[list[float]], tuple[float, tuple[float, ...]]] | None = None
        # For an op of many operands: stacked(numpy, array of shape (operands, …)) gives the
        # results and the slopes, of the shape of the array (or None: no slope).
        self.stacked: Callable[..., tuple[Any, Any]] | None = None
        # Where its closures would be slow on arrays: slopes(numpy, out, *arrays), a tuple. If
        # it consists of calls of NumPy alone, these are what a compiled program says.
        self.slopes: Callable[..., tuple[Any, ...]] | None = None
        # The same in ops of two operands, for those who want to see inside: parts(*operands).
        self.parts: Callable[..., Any] | None = None
        # An operand that changes nothing, with which rows of unequal length can be filled up.
        self.neutral: float | None = None

    def __call__(self, *operands: Any) -> Any:
        for x in operands:
            if type(x) is not float:
                break
        else:
            return self.forward(*operands)
        for x in operands:
            if isinstance(x, Primitive.node_type):
                return Primitive.record(self, operands)
        for x in operands:
            if getattr(x, "ndim", 0):
                own_way = getattr(x, "apply_primitive", None)  # the compiler's symbols
                return own_way(self, operands) if own_way else self.on_arrays(*operands)
        return self.forward(*[real(x, self.name) for x in operands])

    def on_arrays(self, *operands: Any) -> Any:
        """The forward function applied elementwise to NumPy arrays, of numbers or of Values."""
        import numpy

        if any(getattr(getattr(x, "dtype", None), "kind", "") == "O" for x in operands):
            return numpy.frompyfunc(self, len(operands), 1)(*operands)
        with numpy.errstate(all="ignore"):  # IEEE values, no warnings: as on floats
            if self.array is None:
                return numpy.vectorize(self.forward, otypes=[float])(*operands)
            if isinstance(self.array, str):
                return getattr(numpy, self.array)(*operands)
            return self.array(numpy, *operands)

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __reduce__(self) -> Any:
        if self.family is not None:
            maker, constants = self.family
            return maker, constants
        return lookup, (self.name,)


def real(x: Any, name: str = "operand") -> float:
    """A real number as a float; ``TypeError`` for anything else, ``OverflowError`` if too large."""
    if type(x) is float:
        return x
    if is_number(x):
        try:
            return float(x)
        except OverflowError:
            raise OverflowError(
                f"{name}: this {type(x).__name__} is too large for a float"
            ) from None
    if isinstance(x, Primitive.node_type):
        raise TypeError(
            f"{name} must be a number, not a Value: use value.detach() for a constant copy, "
            "value.item() for the number"
        )
    raise TypeError(
        f"{name} must be a real number, not {type(x).__name__} ({x!r}); if it stands for one, "
        "convert it with float(…)"
    )


def wrong_count(primitive: Primitive, partials: Any, count: int) -> ValueError:
    """The error for a primitive that does not return a partial for each of its operands."""
    return ValueError(
        f"the partials of the primitive {primitive.name!r} must be a tuple of {count}, one for "
        f"each operand (None where nothing flows), not {partials!r}"
    )


def is_number(x: Any) -> bool:
    """True for what counts as a real number: Python's, NumPy's scalars and 0-d arrays."""
    if type(x) is float or type(x) is int or isinstance(x, numbers.Real):  # the last is slow
        return True
    kind = getattr(getattr(x, "dtype", None), "kind", None)
    return kind in ("b", "i", "u", "f") and getattr(x, "ndim", None) == 0


def with_constants(maker: Callable[..., Primitive]) -> Callable[..., Primitive]:
    """Cache the primitives that ``maker(*constants)`` builds, 512 at most.

    ``x ** 3`` is a primitive of one operand, a closure over its constant. The constants
    are made floats; the sign of a zero counts.
    """

    name = maker.__name__.removesuffix("_constant")

    @functools.lru_cache(maxsize=512)
    def cached(*constants_and_signs: tuple[float, str]) -> Primitive:
        constants = tuple(c for c, _ in constants_and_signs)
        entry = maker(*constants)
        entry.family = (of, constants)
        return entry

    @functools.wraps(maker)
    def of(*constants: float) -> Primitive:
        return cached(*[(c, str(c)) for c in [real(c, name) for c in constants]])

    return of
