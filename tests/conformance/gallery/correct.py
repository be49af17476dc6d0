"""A small engine without a mistake: the one that each engine of the gallery spoils in one place.

It passes every stage. A result remembers its operands and, at the same moment, the local
derivative by each of them; ``backward()`` visits nodes in reverse topological order and adds
``node.grad × slope`` to each operand.
"""

import math


class Value:
    """A number that remembers how it was computed."""

    def __init__(self, data, operands=(), slopes=()):
        self.data = data
        self.grad = 0.0
        self.operands = operands
        self.slopes = slopes

    def result(self, data, operands, slopes):
        """A new node; plain numbers among the operands become Values by ``to_value`` before."""
        return type(self)(data, operands, slopes)

    def to_value(self, other):
        return other if isinstance(other, Value) else type(self)(float(other))

    # --- operators ---------------------------------------------------------------------------

    def __add__(self, other):
        other = self.to_value(other)
        return self.result(self.data + other.data, (self, other), (1.0, 1.0))

    def __sub__(self, other):
        other = self.to_value(other)
        return self.result(self.data - other.data, (self, other), (1.0, -1.0))

    def __mul__(self, other):
        other = self.to_value(other)
        return self.result(self.data * other.data, (self, other), (other.data, self.data))

    def __truediv__(self, other):
        other = self.to_value(other)
        quotient = self.data / other.data
        return self.result(quotient, (self, other), (1.0 / other.data, -quotient / other.data))

    def __pow__(self, n):
        power = self.data**n
        if isinstance(power, complex):
            return self.result(math.nan, (self,), (math.nan,))
        return self.result(power, (self,), (n * self.data ** (n - 1) if n else 0.0,))

    def __neg__(self):
        return self.result(-self.data, (self,), (-1.0,))

    def __radd__(self, other):
        return self + other

    def __rsub__(self, other):
        return self.to_value(other) - self

    def __rmul__(self, other):
        return self * other

    def __rtruediv__(self, other):
        return self.to_value(other) / self

    # --- functions ---------------------------------------------------------------------------

    def relu(self):
        # nan is not below 0 and passes.
        out = 0.0 if self.data < 0 else self.data
        return self.result(out, (self,), (0.0 if self.data <= 0 else 1.0,))

    def tanh(self):
        e = math.exp(-2 * abs(self.data))
        return self.result(math.tanh(self.data), (self,), (4 * e / (1 + e) ** 2,))

    def exp(self):
        try:
            out = math.exp(self.data)
        except OverflowError:
            out = math.inf
        return self.result(out, (self,), (out,))

    def log(self):
        return self.result(math.log(self.data), (self,), (1 / self.data,))

    def sigmoid(self):
        e = math.exp(-abs(self.data))
        out = (1.0 if self.data >= 0 else e) / (1 + e)
        return self.result(out, (self,), (e / (1 + e) ** 2,))

    # --- the backward pass -------------------------------------------------------------------

    def backward(self):
        order = self.topological_order()
        for node in order:
            if node.operands:  # leaves collect over several passes, results start afresh
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            node.pass_on()

    def pass_on(self):
        """The chain rule at one node."""
        for operand, slope in zip(self.operands, self.slopes, strict=True):
            operand.grad += self.grad * slope

    def topological_order(self):
        """Every node below, operands before results."""
        order, visited, stack = [], set(), [(self, False)]
        while stack:
            node, operands_done = stack.pop()
            if operands_done:
                order.append(node)
            elif node not in visited:
                visited.add(node)
                stack.append((node, True))
                stack += [(operand, False) for operand in node.operands]
        return order
