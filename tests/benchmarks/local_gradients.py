"""A reference to measure against: the Value of the published 200-line GPTs.

Written here in their style, for comparison only: four slots, two tuples per node (the
operands, the local derivatives), a recursive topological sort with a set of visited nodes.
"""

from __future__ import annotations

import builtins
import math
from typing import Any


class Value:
    """A number, its gradient, its operands and the derivatives with respect to them."""

    __slots__ = ("children", "data", "grad", "local_grads")

    def __init__(
        self,
        data: float,
        children: tuple[Value, ...] = (),
        local_grads: tuple[float, ...] = (),
    ) -> None:
        self.data = data
        self.grad = 0.0
        self.children = children
        self.local_grads = local_grads

    def __add__(self, other: Any) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Any) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, exponent: float) -> Value:
        slope = exponent * self.data ** (exponent - 1)
        return Value(self.data**exponent, (self,), (slope,))

    def __neg__(self) -> Value:
        return self * -1.0

    def __sub__(self, other: Any) -> Value:
        return self + other * -1.0

    def __truediv__(self, other: Any) -> Value:
        return self * other**-1

    __radd__, __rmul__ = __add__, __mul__

    def exp(self) -> Value:
        power = math.exp(self.data)
        return Value(power, (self,), (power,))

    def log(self) -> Value:
        return Value(math.log(self.data), (self,), (1.0 / self.data,))

    def relu(self) -> Value:
        return Value(builtins.max(self.data, 0.0), (self,), (float(self.data > 0.0),))

    def backward(self) -> None:
        ordered: list[Value] = []
        visited: set[Value] = set()

        def visit(node: Value) -> None:
            if node not in visited:
                visited.add(node)
                for child in node.children:
                    visit(child)
                ordered.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(ordered):
            for child, local_grad in zip(node.children, node.local_grads):  # noqa: B905 (as they have it)
                child.grad += local_grad * node.grad


def max(values: list[Value]) -> float:
    """The largest number, as they subtract it in a softmax: no gradient goes through it."""
    return builtins.max(value.data for value in values)


def pick(table: list[Any], index: int) -> Any:
    """table[index]."""
    return table[index]
