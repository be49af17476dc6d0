"""Leaves exp to math.exp, which raises for large numbers: one of them, and training stops."""

import math

from correct import Value as Correct


class Value(Correct):
    def exp(self):
        out = math.exp(self.data)
        return self.result(out, (self,), (out,))
