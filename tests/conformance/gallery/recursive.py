"""The textbook's recursive walk: Python allows about 1,000 nested calls, so no long chains."""

from correct import Value as Correct


class Value(Correct):
    def topological_order(self):
        order, visited = [], set()

        def visit(node):
            if node not in visited:
                visited.add(node)
                for operand in node.operands:
                    visit(operand)
                order.append(node)

        visit(self)
        return order
