"""Differentiates a/b by b as a/b²: the minus sign is missing."""

from correct import Value as Correct


class Value(Correct):
    def __truediv__(self, other):
        other = self.to_value(other)
        slopes = (1 / other.data, self.data / other.data**2)
        return self.result(self.data / other.data, (self, other), slopes)
