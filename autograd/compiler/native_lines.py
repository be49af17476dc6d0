"""Irregular graphs natively: what a line of Python would do, as lines for the machine in C.

Node i has its number at place i and its gradient at place n + i of one long row; behind
them lie constants and results in between. The lines of all nodes of an op are copies of one
template, so that they are made by a few array operations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._build import executor
from ..primitives.picking import is_place, no_element
from .columns import INPUT, PARAMETER, Columns, Ints, Mask
from .runtime import Array
from .sorting import ordered, spread, unique
from .symbols import CaptureError
from .templates import Template, template

Block = tuple[Ints, Template | None]  # nodes that do the same; no template: they pick


class NativeLines:
    """``forward`` and ``backward`` of a program, number by number."""

    def __init__(self, module: Any, columns: Columns, blocks: list[Block]) -> None:
        self.columns, self.codes = columns, module.OPERATIONS
        n = self.n = len(columns.op)
        used = [same for _, same in blocks if same is not None]
        constants = [same.constants.view(np.int64) for same in used]
        self.constants = unique(np.concatenate([np.zeros(0, np.int64), *constants]))  # as bits
        self.between = 2 * n + len(self.constants)
        length = self.between + max([same.between for same in used], default=0)
        self.numbers: Array = np.zeros(length)
        self.numbers[:n] = columns.number
        self.numbers[2 * n : self.between] = self.constants.view(np.float64)
        self.U, self.D = self.numbers[:n], self.numbers[n : 2 * n]
        self.root = columns.kept[0]
        leaves, self.inputs = (np.flatnonzero(columns.op == op) for op in (PARAMETER, INPUT))
        self.parameters = leaves[np.argsort(columns.order[leaves])]
        self.which = columns.order[self.inputs]
        gets = reached(module, columns, blocks)
        ahead = self.lines(blocks, np.ones(n, bool), 1)
        back = self.lines(blocks, gets, -1)
        target = back[:, 1]
        of_gradient = (target >= n) & (target < 2 * n)
        back = back[~of_gradient | gets[np.where(of_gradient, target - n, 0)]]
        self.count = len(ahead) + len(back)
        self.picks = ahead[ahead[:, 0] == self.codes["gather"]]
        below = columns.operands if len(self.picks) else columns.operands[:0]
        tables = np.concatenate([below, below + n]).astype(np.int32)
        self.run = [module.Lines(lines, tables, length).run for lines in (ahead, back)]

    def lines(self, blocks: list[Block], of: Mask, direction: int) -> Any:
        """The lines of some of the nodes, from the first node to the last, or (−1) back."""
        count = np.zeros(self.n, np.int64)
        for nodes, same in blocks:
            count[nodes] = 1 if same is None else len(same.rows(direction))
        count[~of] = 0
        first = np.cumsum(count) - count if direction > 0 else count.sum() - np.cumsum(count)
        lines = np.zeros((count.sum(), 5), np.int32)
        for nodes, same in blocks:
            nodes = nodes[of[nodes]]
            if same is None:
                lines[first[nodes]] = self.picks_of(nodes, direction)
                continue
            rows = same.rows(direction)
            if len(rows):
                at = first[nodes][:, None] + np.arange(len(rows))
                lines[at, 0] = rows[:, 0]
                lines[at, 1:] = self.frames(nodes, same)[:, rows[:, 1:]]
        return lines

    def frames(self, nodes: Ints, same: Template) -> Any:
        """For each node a row: the places of what its template speaks of."""
        below = self.columns.operands[self.columns.start[nodes][:, None] + np.arange(same.arity)]
        between = self.between + np.arange(same.between)
        constants = 2 * self.n + np.searchsorted(self.constants, same.constants.view(np.int64))
        fixed = np.concatenate([between, constants])
        shared = np.broadcast_to(fixed, (len(nodes), len(fixed)))
        node = nodes[:, None]
        parts = [below, below + self.n, node, node + self.n, shared]
        return np.concatenate(parts, axis=1, dtype=np.int32, casting="same_kind")

    def picks_of(self, nodes: Ints, direction: int) -> Ints:
        """The lines of look-ups. Their tables are the operands, and the operands' gradients."""
        start, end = self.columns.start[nodes], self.columns.start[nodes + 1]
        code = self.codes["gather" if direction > 0 else "scatter_add"]
        place = nodes if direction > 0 else nodes + self.n
        table = start if direction > 0 else start + len(self.columns.operands)
        index = self.columns.operands[end - 1]
        return np.stack([np.full(len(nodes), code), place, table, end - 1 - start, index], axis=1)

    def forward(self, parameters: Sequence[float] | Array, inputs: Sequence[float]) -> float:
        """Compute all numbers; the value."""
        self.U[self.parameters] = parameters
        if len(self.inputs):
            self.U[self.inputs] = np.asarray(inputs)[self.which]
        if self.run[0](self.numbers) >= 0:
            for _, _, _, count, index in self.picks.tolist():
                if not is_place(self.U[index], count):
                    raise no_element(count, float(self.U[index]))
        return float(self.U[self.root])

    def backward(self) -> Array:
        """The gradients of the parameters, after ``forward``."""
        self.D.fill(0.0)
        self.D[self.root] = 1.0
        self.run[1](self.numbers)
        return self.D.take(self.parameters)

    @property
    def note(self) -> str:
        """What runs where, in one line."""
        return f"executor: native, {self.count} instructions"


def native_lines(columns: Columns, masked: bool) -> NativeLines | None:
    """The native form of a program, if there can be one. ``masked``: see ``Template``."""
    module = executor()
    if module is None:
        return None
    try:
        return NativeLines(module, columns, blocks_of(columns, masked))
    except CaptureError:
        return None


def blocks_of(columns: Columns, masked: bool) -> list[Block]:
    """Nodes of the same op with equally many operands, with their template."""
    made = np.flatnonzero(columns.op >= 0)
    arity = columns.arity()[made]
    most = int(arity.max(initial=0)) + 1
    key, nodes = ordered(columns.op[made] * most + arity, made)
    blocks: list[Block] = []
    for block in np.split(nodes, np.flatnonzero(np.diff(key)) + 1) if len(nodes) else []:
        primitive = columns.primitives[int(columns.op[block[0]])]
        count = int(columns.start[block[0] + 1] - columns.start[block[0]])
        picks = primitive.name == "pick"
        blocks.append((block, None if picks else template(primitive, count, masked)))
    return blocks


def reached(module: Any, columns: Columns, blocks: list[Block]) -> Mask:
    """The nodes to which a gradient flows that a parameter will get a part of."""
    n, start = len(columns.op), columns.start
    flows = np.zeros(len(columns.operands), bool)
    for nodes, same in blocks:
        if same is None:
            flows[spread(start[nodes], start[nodes + 1] - 1 - start[nodes])] = True
        else:
            flows[start[nodes][:, None] + np.arange(same.arity)] = same.slopes
    user, used = np.repeat(np.arange(n), columns.arity()), columns.operands
    needs = carried(module, columns.op == PARAMETER, used, user)
    flows &= needs[used]
    root = np.zeros(n, bool)
    root[columns.kept[0]] = needs[columns.kept[0]]
    return carried(module, root, user[flows][::-1], used[flows][::-1])


def carried(module: Any, mask: Mask, tail: Ints, head: Ints) -> Mask:
    """The mask carried along edges, one after the other: the machine can do that too."""
    numbers = mask.astype(float)
    lines = np.zeros((len(tail), 5), np.int32)
    lines[:, 0] = module.OPERATIONS["maximum"]
    lines[:, 1], lines[:, 2], lines[:, 3] = head, head, tail
    module.Lines(lines, np.zeros(0, np.int32), len(mask)).run(numbers)
    return numbers > 0.0
