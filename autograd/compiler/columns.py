"""Pass 1, read: a recorded graph as columns of integers, one row per node, operands first."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, compress, repeat
from operator import attrgetter, is_not
from typing import Any

import numpy as np

from ..graph import next_mark, walk
from ..primitives.origin import CONSTANT, Record
from ..primitives.table import Primitive
from ..value import Value
from .origins import Calls
from .tracing import Recipe

# What a node without an op is, in the column of ops.
PARAMETER, INPUT, NUMBER = -3, -2, -1

A, B, DATA, MARK, ORIGIN = map(attrgetter, ("a", "b", "data", "mark", "origin"))

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
    calls: Calls | None = None  # the module calls that made the nodes, if there were any

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
    root: Value,
    inputs: Sequence[Value],
    guards: Sequence[Value] = (),
    recipes: list[Recipe] | None = None,
) -> Columns:
    """The graph below ``root`` (and below ``guards``) as columns.

    ``inputs`` are the leaves that stand for arguments; all others that require a gradient
    are parameters. ``recipes`` say how constants were computed from constants; those that
    are of no use are dropped from it.
    """
    recipes = [] if recipes is None else recipes
    nodes = number_nodes([root, *guards], recipes)
    n = len(nodes)
    made_of = {~constant.mark: operands for constant, _, operands in recipes}
    origins: list[Any] = list(map(ORIGIN, nodes))
    for constant, primitive, _ in recipes:
        origins[~constant.mark] = primitive
    kinds = {origin: k for k, origin in enumerate(dict.fromkeys(origins))}
    kind = np.fromiter(map(kinds.__getitem__, origins), np.int64, n)
    origins = list(kinds)
    records = [k for k, origin in enumerate(origins) if type(origin) is Record]
    makers = list(origins)
    for k in records:
        makers[k] = origins[k].primitive
    primitives = [maker for maker in dict.fromkeys(makers) if isinstance(maker, Primitive)]
    codes = {primitive: i for i, primitive in enumerate(primitives)} | {CONSTANT: NUMBER}
    op = np.array([codes.get(maker, PARAMETER) for maker in makers], np.int64)[kind]

    # Operands: one or two in the slots of a node, or any number in its record.
    made = op >= 0
    in_record = marked(records, len(kinds))[kind] & made
    in_record[in_record] = ~present(map(A, compress(nodes, in_record)))
    is_wide = in_record.copy()
    is_wide[list(made_of)] = True
    has_first = made & ~is_wide
    wide = [
        made_of.get(i) or origins[k].parents
        for i, k in zip(np.flatnonzero(is_wide).tolist(), kind[is_wide].tolist(), strict=True)
    ]
    second = list(map(B, compress(nodes, has_first)))
    is_second = present(second)
    count = has_first.astype(np.int64)
    count[has_first] += is_second
    count[is_wide] = list(map(len, wide))
    start = np.concatenate([[0], np.cumsum(count)])
    operands = np.empty(start[-1], np.int64)
    operands[np.repeat(is_wide, count)] = numbers(chain.from_iterable(wide))
    at = start[:-1][has_first]
    operands[at] = numbers(map(A, compress(nodes, has_first)))
    operands[at[is_second] + 1] = numbers(compress(second, is_second))
    del second, wide, at
    if not ((operands >= 0) & (operands < np.repeat(np.arange(n), count))).all():
        raise RuntimeError("compile: another thread walked this graph while it was being read")
    scopes = {k: origins[k].scope for k in records if origins[k].scope is not None}
    calls = None
    if scopes:
        results = np.flatnonzero(marked(list(scopes), len(kinds))[kind])
        of_results = [scopes[k] for k in kind[results].tolist()]
        calls = Calls(list(zip(results.tolist(), of_results, strict=True)), nodes, start, operands)

    order = np.full(n, -1)
    for i, value in enumerate(inputs):
        place = ~value.mark
        if 0 <= place < n and nodes[place] is value:
            op[place], order[place] = INPUT, i
    leaves = np.flatnonzero(op == PARAMETER)
    order[leaves] = np.arange(len(leaves))
    constants = np.flatnonzero(op == NUMBER)
    number = np.zeros(n)
    number[constants] = np.fromiter(map(DATA, compress(nodes, op == NUMBER)), float)
    uses = np.bincount(operands, minlength=n)[constants]
    held = held_by_others(nodes, constants, uses)
    op[held] = INPUT
    order[held] = len(inputs) + np.arange(len(held))
    number[held] = 0.0
    for constant, _, _ in recipes:  # what depends on nothing that may change is a number
        i = ~constant.mark
        if (op[operands[start[i] : start[i + 1]]] == NUMBER).all():
            op[i], number[i] = NUMBER, constant.data
    return Columns(
        op,
        start,
        operands,
        number,
        order,
        primitives,
        [nodes[i] for i in leaves.tolist()],
        [nodes[i] for i in held],
        [~node.mark for node in (root, *guards)],
        calls,
    )


def number_nodes(roots: Sequence[Value], recipes: list[Recipe]) -> list[Value]:
    """All nodes below the roots, operands first; the ``mark`` of node i is ~i afterwards.

    What constants were made of comes first; recipes that are not needed are dropped. A
    negative mark is that of no walk. To read it takes a fraction of a look-up by identity.
    """
    mark = next_mark()
    nodes: list[Value] = []
    for root in roots:
        if root.mark != mark:
            leaves, made = walk(root, mark=mark)
            nodes += leaves
            nodes += made
    needed = []
    for recipe in reversed(recipes):
        constant, _, operands = recipe
        if constant.mark == mark:
            needed.append(recipe)
            for operand in operands:
                if operand.mark != mark:
                    operand.mark = mark
                    nodes.append(operand)
    recipes[:] = needed[::-1]
    if recipes:
        folded = {id(constant) for constant, _, _ in recipes}
        bases = [node for node in nodes if node.is_leaf and id(node) not in folded]
        rest = [node for node in nodes if not node.is_leaf]
        nodes = bases + [constant for constant, _, _ in recipes] + rest
    for mark, node in zip(range(-1, -1 - len(nodes), -1), nodes, strict=True):
        node.mark = mark
    return nodes


def present(values: Iterable[Value | None]) -> Mask:
    """Which of them are not None."""
    return np.fromiter(map(is_not, values, repeat(None)), bool)


def numbers(values: Iterable[Any]) -> Ints:
    """The places of nodes, from their marks."""
    places = np.fromiter(map(MARK, values), np.int64)
    return np.invert(places, out=places)


def marked(places: Sequence[int], count: int) -> Mask:
    """A mask that is True in these places."""
    mask = np.zeros(count, bool)
    mask[places] = True
    return mask


def held_by_others(nodes: list[Value], constants: Ints, uses: Ints) -> list[int]:
    """The constants that something outside the graph refers to: a buffer of a module, say.

    Their numbers may change between two runs, so they are read anew for each. (Some may be
    held only by a scope: to read those anew is no mistake.)
    """
    counts = map(sys.getrefcount, map(nodes.__getitem__, constants.tolist()))
    [own] = map(sys.getrefcount, map([object()].__getitem__, [0]))  # the list, and the call
    found = np.fromiter(counts, np.int64, len(constants)) > uses + own
    held: list[int] = constants[found].tolist()
    return held
