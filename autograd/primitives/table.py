"""What an entry of the table is, and how an entry is applied.

``Value`` registers its own way to record an application here (``Primitive.record``), so
that the table builds graphs without importing the engine.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

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
    ``array(numpy, *arrays)``. ``symbol`` is what pictures show, ``latex`` a ``%s`` template.

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


class Origin:
    """Where a node came from. The bare ones are LEAF and CONSTANT."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def __reduce__(self) -> Any:
        return _bare_origin, (self.name,)


LEAF = Origin("leaf")
CONSTANT = Origin("constant")


def _bare_origin(name: str) -> Origin:
    return LEAF if name == "leaf" else CONSTANT


class Primitive(Origin):
    """One entry of the table. Call it on numbers, Values or arrays.

    On numbers it returns a float; if any operand is a ``Value``, a recorded ``Value``; on
    NumPy arrays, an array.
    """

    # Set by value.py: how an application to Values is recorded, and what a Value is.
    record: ClassVar[Callable[[Primitive, tuple[Any, ...]], Any]]
    node_type: ClassVar[type]

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
        self.family: tuple[Any, ...] | None = None  # (maker, constants) of an op with constants

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
            if hasattr(x, "__array_namespace__") and getattr(x, "ndim", 0):
                return self.on_arrays(*operands)
        try:
            return self.forward(*map(float, operands))
        except (TypeError, ValueError):
            for x in operands:
                if not isinstance(x, (int, float)):
                    raise TypeError(
                        f"{self.name} takes numbers, Values or arrays, not {type(x).__name__} "
                        f"({x!r})"
                    ) from None
            raise

    def on_arrays(self, *operands: Any) -> Any:
        """The forward function applied elementwise to NumPy arrays."""
        import numpy

        if self.array is None:
            return numpy.vectorize(self.forward, otypes=[float])(*operands)
        with numpy.errstate(all="ignore"):  # IEEE values, no warnings: as on floats
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


class Record(Origin):
    """What a node needs to say beyond two operands: more of them, a missing edge, a label, hooks.

    Rare nodes carry one as their origin and leave the fast slots ``a`` and ``b`` empty.
    """

    __slots__ = ("compared", "hooks", "label", "parents", "partials", "primitive", "scope")

    def __init__(
        self,
        primitive: Origin,
        parents: tuple[Value, ...] = (),
        partials: tuple[float | None, ...] = (),
        label: str = "",
    ) -> None:
        super().__init__(primitive.name)
        self.primitive = primitive  # a Primitive, LEAF or CONSTANT
        self.parents = parents
        self.partials = partials
        self.label = label
        self.hooks: dict[int, Callable[[float], float | None]] = {}
        self.scope: Any = None  # the module call that returned this node
        self.compared = False  # Python code has branched on this node's data

    def __reduce__(self) -> Any:
        # Hooks and scopes belong to the running program, not to the graph's mathematics.
        return Record, (self.primitive, self.parents, self.partials, self.label)


def with_constants(maker: Callable[..., Primitive]) -> Callable[..., Primitive]:
    """Cache the primitives that ``maker(*constants)`` builds, 512 at most.

    ``x ** 3`` is a primitive of one operand, a closure over its constant. The constants
    are made floats; the sign of a zero counts.
    """

    @functools.lru_cache(maxsize=512)
    def cached(*constants_and_signs: tuple[float, str]) -> Primitive:
        constants = tuple(c for c, _ in constants_and_signs)
        entry = maker(*constants)
        entry.family = (of, constants)
        return entry

    @functools.wraps(maker)
    def of(*constants: float) -> Primitive:
        return cached(*[(c, str(c)) for c in map(float, constants)])

    return of
