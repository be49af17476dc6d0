"""Adds into its left operand: ``a + b`` changes a, and returns it instead of a new node.

Saves an object and loses the graph: afterwards nobody knows what a was.
"""

from correct import Value as Correct


class Value(Correct):
    def __add__(self, other):
        self.data += self.to_value(other).data
        return self
