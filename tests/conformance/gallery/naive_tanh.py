"""Differentiates tanh as 1 − tanh²: at x = 20 that is 1 − 1, and the slope is gone."""

import math

from correct import Value as Correct


class Value(Correct):
    def tanh(self):
        t = math.tanh(self.data)
        return self.result(t, (self,), (1 - t * t,))
