"""Look-ups in lines of plain Python: one tuple, and one list of gradients, for each table.

Without them, each look-up would pass a gradient, mostly 0, on to every element of its table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ..primitives.picking import is_place, no_element

Table = tuple[int, ...]  # the nodes that are its elements


class Tables:
    """The tables of a program, given once for each look-up in them."""

    def __init__(self, looked_up: Iterable[Table]) -> None:
        self.to_come = Counter(looked_up)  # look-ups, on the way back
        self.place = {table: k for k, table in enumerate(self.to_come)}
        self.made: set[Table] = set()
        self.open: set[Table] = set()  # those with a list of gradients

    def look_up(self, i: int, table: Table, index: str, names: Sequence[str]) -> list[str]:
        """The lines that compute node i: the element that the index names."""
        k, lines = self.place[table], []
        if table not in self.made:
            self.made.add(table)
            lines.append(f"    t{k} = ({', '.join(names[x] for x in table)},)")
        return [*lines, f"    v{i} = pick(t{k}, {index})"]

    def way_back(self, i: int, table: Table, index: str, has_gradient: bool) -> list[str]:
        """The lines that add the gradient of node i, if it has one, to the table's list."""
        self.to_come[table] -= 1
        if not has_gradient:
            return []
        k, lines = self.place[table], []
        if table not in self.open:
            self.open.add(table)
            lines.append(f"    d{k} = [0.0] * {len(table)}")
        return [*lines, f"    d{k}[int({index})] += g{i}"]

    def shares(self, table: Table) -> list[tuple[int, str]]:
        """(node, its gradient) for all elements, once nothing is to come; before that, none."""
        if self.to_come[table] or table not in self.open:
            return []
        return [(x, f"d{self.place[table]}[{j}]") for j, x in enumerate(table)]


def picked(table: Sequence[float], index: float) -> float:
    """The element that the index names; ``IndexError`` if there is none."""
    if not is_place(index, len(table)):
        raise no_element(len(table), index)
    return table[int(index)]
