"""relu by ``max(0.0, x)``, which is 0.0 for nan: a mistake somewhere before goes unseen."""

from correct import Value as Correct


class Value(Correct):
    def relu(self):
        out = super().relu()
        out.data = max(0.0, self.data)
        return out
