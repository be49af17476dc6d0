"""Takes it for granted that the other operand is a Value, so ``a + 1`` finds no ``(1).data``."""

from correct import Value as Correct


class Value(Correct):
    def to_value(self, other):
        return other
