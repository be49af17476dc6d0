"""Pass 5, emit: groups become NumPy statements, forward and, in reverse, backward.

All numbers lie in one long array ``U``, their gradients in ``D``. Operands of a group are
views of ``U`` wherever their slots run with constant strides, else they are gathered.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from .additions import Additions
from .columns import Ints
from .groups import Group, Grouped, Pick, Sum, Wide
from .operations import Operations
from .origins import Comment, printable


class Emitter(Operations, Additions):
    """Writes the statements of a program, and what they need to be bound to."""

    def __init__(self, grouped: Grouped, root: int) -> None:
        super().__init__(grouped)
        self.run(root)

    def run(self, root: int) -> None:
        ways_back = []
        for group in self.grouped.groups:
            reads = slots_read(group)
            self.needs[group.base : group.base + group.size] = self.needs[reads].any()
            self.comment(self.forward, group)
            ways_back.append(self.group(group))
        self.touched[root] = True
        self.backward.append(f"D[{root}] = 1.0")
        for group, way_back in self.in_turn(ways_back):
            mine = slice(group.base, group.base + group.size)
            if self.needs[group.base] and self.touched[mine].any():
                self.to_clear[mine] |= ~self.touched[mine]
                self.comment(self.backward, group)
                way_back()
        self.pass_on_deferred()
        parameters = slice(0, self.grouped.parameters)
        self.to_clear[parameters] |= ~self.touched[parameters]
        unset = np.flatnonzero(self.to_clear)
        if len(unset):
            runs = np.split(unset, np.flatnonzero(np.diff(unset) > 1) + 1)
            if len(runs) > 4:
                runs = [unset[[0, -1]]]
            clear = [f"D[{run[0]}:{run[-1] + 1}] = 0.0" for run in runs]
            self.backward[:0] = clear

    def in_turn(self, ways_back: list[Any]) -> Iterator[tuple[Group, Any]]:
        """Groups with their ways back, from the last to the first.

        A pick passes gradients to a few slots of a table: it comes as late as it may, when
        others have written to all of them, so that it does not have to set the rest to 0.
        """
        late: list[tuple[Pick, Any]] = []
        for group, way_back in zip(reversed(self.groups), reversed(ways_back), strict=True):
            base, end = group.base, group.base + group.size
            due = [((pick.table >= base) & (pick.table < end)).any() for pick, _ in late]
            yield from itertools.compress(late, due)
            late = [pick for pick, now in zip(late, due, strict=True) if not now]
            if isinstance(group, Pick):
                late.append((group, way_back))
            else:
                yield group, way_back
        yield from late

    def comment(self, lines: list[str], group: Group) -> None:
        if isinstance(group, Sum):
            what = "matrix product" if group.matrix else "sum"
        elif isinstance(group, Pick):
            what = "pick"
        else:
            what = group.primitive.name
        lines.append(Comment.about(f"# {printable(what)}: {group.size} at once", group))

    def group(self, group: Group) -> Any:
        if isinstance(group, Sum):
            return self.sum(group)
        if isinstance(group, Wide):
            return self.wide(group)
        if isinstance(group, Pick):
            return self.pick(group)
        return self.elementwise(group)


def slots_read(group: Group) -> Ints:
    """All slots that a group reads."""
    if isinstance(group, Sum):
        parts = [x.ravel() for pair in group.terms for x in pair if x is not None]
        if group.matrix is not None:
            parts += [x.ravel() for pair in group.matrix.factors for x in pair]
        return np.concatenate(parts)
    if isinstance(group, Wide):
        return group.operands.ravel()
    if isinstance(group, Pick):
        return group.table.ravel()
    return np.concatenate(group.operands)
