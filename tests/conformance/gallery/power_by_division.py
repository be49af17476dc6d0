"""Differentiates xⁿ as n·out/x, which saves a power and divides by 0 at x = 0."""

from correct import Value as Correct


class Value(Correct):
    def __pow__(self, n):
        power = self.data**n
        return self.result(power, (self,), (n * power / self.data,))
