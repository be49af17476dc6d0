"""Works slopes out when backward() comes by, from the data of then, as closures do.

Data that changed after the forward pass gives a mixture of two computations.
"""

from correct import Value as Correct


class Value(Correct):
    def __mul__(self, other):
        other = self.to_value(other)
        out = self.result(self.data * other.data, (self, other), ())

        def pass_on():
            self.grad += out.grad * other.data
            other.grad += out.grad * self.data

        out.pass_on = pass_on
        return out
