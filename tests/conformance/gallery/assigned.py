"""Writes ``grad =`` where ``grad +=`` is needed: of several uses, the last one wins."""

from correct import Value as Correct


class Value(Correct):
    def pass_on(self):
        for operand, slope in zip(self.operands, self.slopes, strict=True):
            operand.grad = self.grad * slope
