"""Visits nodes in the order in which a walk down from the result meets them.

A node may be met, and pass its gradient on, before another of its users had its turn. (The
classic: putting a node into the list *before* its operands, and not reversing it.)
"""

from correct import Value as Correct


class Value(Correct):
    def topological_order(self):
        met, visited, stack = [], set(), [self]
        while stack:
            node = stack.pop()
            if node not in visited:
                visited.add(node)
                met.append(node)
                stack += reversed(node.operands)
        return met[::-1]
