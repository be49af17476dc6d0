"""Differentiates a/b by b as −a/b²: right on paper; for b = 1e-200, b² is 0 as a float."""

from correct import Value as Correct


class Value(Correct):
    def __truediv__(self, other):
        other = self.to_value(other)
        slopes = (1 / other.data, -self.data / (other.data * other.data))
        return self.result(self.data / other.data, (self, other), slopes)
