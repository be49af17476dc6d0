"""``10 - a`` computes a − 10: for it, Python calls a.__rsub__(10), with the operands swapped."""

from correct import Value as Correct


class Value(Correct):
    def __rsub__(self, other):
        return self - other
