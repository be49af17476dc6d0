"""pick: an element of a table by a number that may be a Value, where ``table[index]`` cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import numerics
from .selection import edge, equal
from .table import Primitive, primitive, real


def pick(table: Sequence[Any], index: Any) -> Any:
    """table[index] for an index from 0 to n − 1; slope 1 to the element picked, else no edge.

    The index may be an int, or a Value that holds a whole number: an argument of a function
    that is being compiled, whose tokens and labels may change from call to call. If the
    table's elements are rows, a row is picked.

    Raises ``IndexError`` for an index outside the table or that is not a whole number.

    >>> pick([10.0, 20.0, 30.0], 1)
    20.0
    >>> from autograd import Value
    >>> pick([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]], Value(1))
    [Value(3.0), Value(4.0)]
    """
    table = tuple(table)
    number = index.data if isinstance(index, Primitive.node_type) else real(index, "pick(index)")
    if not is_place(number, len(table)):
        raise no_element(len(table), number)
    if not isinstance(index, Primitive.node_type):
        return table[int(number)]
    if isinstance(table[0], (list, tuple)):
        return [pick(column, index) for column in zip(*table, strict=True)]
    return Primitive.record(_pick, (*table, index))


def is_place(index: float, count: int) -> bool:
    """True if an index names one of ``count`` elements: a whole number from 0 to count − 1."""
    return 0.0 <= index < count and index == int(index)


def no_element(count: int, index: float) -> IndexError:
    """The error for an index that names none of ``count`` elements."""
    if not count:
        return IndexError("pick(table, index): the table is empty")
    return IndexError(
        f"pick(table, index): the index must be a whole number from 0 to {count - 1}, not {index!r}"
    )


def _picked(*operands: float) -> float:
    """The element at the place that the last operand names; nan where there is none."""
    index = operands[-1]
    return operands[int(index)] if is_place(index, len(operands) - 1) else numerics.nan


def _picked_and_masks(operands: list[float]) -> tuple[float, tuple[Any, ...]]:
    """The element picked and, as the partials, 1 in its place; None everywhere where there is none."""
    index, count = operands[-1], len(operands) - 1
    partials: list[float | None] = [None] * (count + 1)
    if is_place(index, count):
        partials[int(index)] = 1.0
    return _picked(*operands), tuple(partials)


def _masks(operands: tuple[Any, ...]) -> tuple[Any, ...]:
    index = operands[-1]
    return (*[edge(equal(index, i)) for i in range(len(operands) - 1)], None)


# fmt: off
_pick = primitive("pick", _picked, lambda out, *xs: _masks(xs),
    symbol="pick", latex=r"\operatorname{pick}(%s)")
# fmt: on
_pick.both = _picked_and_masks

__all__ = ["pick"]
