"""Pass 5, emit: groups become NumPy statements, forward and, in reverse, backward.

All numbers lie in one long array ``U``, their gradients in ``D``. Operands of a group are
views of ``U`` wherever their slots run with constant strides, else they are gathered.
"""

from __future__ import annotations

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
        for group, way_back in zip(reversed(self.grouped.groups), reversed(ways_back), strict=True):
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
