"""Defines ``==`` by the number, and so takes two nodes with the same number for one.

``node in visited`` asks __eq__. Dataclasses define it unasked.
"""

from correct import Value as Correct


class Value(Correct):
    def __eq__(self, other):
        return self.data == other.data

    def __hash__(self):
        return hash(self.data)
