"""Pass 1, read: a recorded graph as columns of integers, one row per node, operands first."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..graph import topological_order
from ..primitives.origin import CONSTANT, LEAF, Record
from ..primitives.table import Primitive
from ..value import Value

# What a node without an op is, in the column of ops.
PARAMETER, INPUT, NUMBER = -3, -2, -1

Ints = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass
class Columns:
    """A graph as plain data. Node i has the operands ``operands[start[i]:start[i + 1]]``."""

    op: Ints  # index into ``primitives``; PARAMETER, INPUT or NUMBER
    start: Ints
    operands: Ints
    number: np.ndarray[Any, np.dtype[np.float64]]  # the data of each NUMBER, else 0
    order: Ints  # of parameters and inputs: which one; else −1
    primitives: list[Primitive]
    parameters: list[Value]
    held: list[Value]  # constants that the program's user may change; after the inputs
    kept: list[int]  # nodes that must stay as they are: the root first, then guards

    def arity(self) -> Ints:
        """How many operands each node has."""
        return np.diff(self.start)

    def of(self, name: str) -> Ints:
        """The nodes made by the table's entry of that name."""
        for i, primitive in enumerate(self.primitives):
            if primitive.name == name:
                return np.flatnonzero(self.op == i)
        return np.empty(0, np.int64)


def read(
    root: Value, inputs: Sequence[Value], guards: Sequence[Value] = (), first: Sequence[Value] = ()
) -> Columns:
    """The graph below ``root`` (and below ``guards``) as columns.

    ``inputs`` are the leaves that stand for arguments; all others that require a gradient
    are parameters, those in ``first`` leading, in their order.
    """
    nodes = topological_order(root)
    number_of = {id(node): i for i, node in enumerate(nodes)}
    for guard in guards:
        for node in topological_order(guard):
            if id(node) not in number_of:
                number_of[id(node)] = len(nodes)
                nodes.append(node)
    which = {id(value): i for i, value in enumerate(inputs)}
    parameters = [p for p in first if id(p) in number_of]
    place = {id(p): i for i, p in enumerate(parameters)}
    codes: dict[int, int] = {}  # by the identity of the primitive
    primitives: list[Primitive] = []
    op, start, operands = [], [0], []
    number, order = [0.0] * len(nodes), [-1] * len(nodes)
    for i, node in enumerate(nodes):
        origin = node.origin
        entry = origin.primitive if isinstance(origin, Record) else origin
        if isinstance(entry, Primitive):
            code = codes.get(id(entry))
            if code is None:
                code = codes[id(entry)] = len(primitives)
                primitives.append(entry)
            op.append(code)
            if node.a is None:
                operands.extend([number_of[id(parent)] for parent in node.parents])
            else:
                operands.append(number_of[id(node.a)])
                if node.b is not None:
                    operands.append(number_of[id(node.b)])
        elif id(node) in which:
            op.append(INPUT)
            order[i] = which[id(node)]
        elif entry is CONSTANT:
            op.append(NUMBER)
            number[i] = node.data
        else:
            assert entry is LEAF
            op.append(PARAMETER)
            if id(node) not in place:
                place[id(node)] = len(parameters)
                parameters.append(node)
            order[i] = place[id(node)]
        start.append(len(operands))
    held = [nodes[i] for i in held_by_others(nodes, op, operands)]
    for k, constant in enumerate(held):
        op[number_of[id(constant)]] = INPUT
        order[number_of[id(constant)]] = len(inputs) + k
    return Columns(
        np.array(op, np.int64),
        np.array(start, np.int64),
        np.array(operands, np.int64),
        np.array(number),
        np.array(order, np.int64),
        primitives,
        parameters,
        held,
        [number_of[id(root)], *[number_of[id(guard)] for guard in guards]],
    )


def held_by_others(nodes: list[Value], op: list[int], operands: list[int]) -> list[int]:
    """The constants that something outside the graph refers to: a buffer of a module, say.

    Their numbers may change between two runs, so they are read anew for each. (Some may
    be held only by a scope: to read those anew is no mistake.)
    """
    uses = np.bincount(np.array(operands, np.int64), minlength=len(nodes)).tolist()
    constants = [i for i, code in enumerate(op) if code == NUMBER]
    # Besides its uses, a constant is referred to by ``nodes`` and, here, by the call.
    return [i for i in constants if sys.getrefcount(nodes[i]) > uses[i] + 2]
