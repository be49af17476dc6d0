"""Knows ``a * 3`` but not ``3 * a``: without __rmul__, Python has nobody to ask."""

from correct import Value as Correct


class Value(Correct):
    def __rmul__(self, other):
        return NotImplemented  # what Python assumes where no method is
