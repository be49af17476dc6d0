"""Gives each operand the local derivative alone, not times the gradient that arrived.

Right for one operation, where a 1 arrives; wrong for every second one.
"""

from correct import Value as Correct


class Value(Correct):
    def pass_on(self):
        for operand, slope in zip(self.operands, self.slopes, strict=True):
            operand.grad += slope
