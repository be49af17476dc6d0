"""Differentiates a − b as if it were a + b: b's slope should be −1."""

from correct import Value as Correct


class Value(Correct):
    def __sub__(self, other):
        other = self.to_value(other)
        return self.result(self.data - other.data, (self, other), (1.0, 1.0))
