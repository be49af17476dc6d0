"""Differentiates aⁿ as n·aⁿ: the exponent should go down by one."""

from correct import Value as Correct


class Value(Correct):
    def __pow__(self, n):
        power = self.data**n
        return self.result(power, (self,), (n * power,))
