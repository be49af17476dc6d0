"""Each node hands its share down at once, along every path: right, and exponentially slow.

In n steps of ``y = y + y`` there are 2ⁿ paths, through n nodes.
"""

from correct import Value as Correct


class Value(Correct):
    def backward(self, gradient=1.0):
        self.grad += gradient
        for operand, slope in zip(self.operands, self.slopes, strict=True):
            operand.backward(gradient * slope)
