"""Never says that ∂out/∂out = 1. Every gradient is a multiple of this first one: all are 0."""

from correct import Value as Correct


class Value(Correct):
    def backward(self):
        for node in reversed(self.topological_order()):
            node.pass_on()
