"""Pass 1, read: a recorded graph as columns of integers, one row per node, operands first."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, compress, repeat
from operator import attrgetter, is_, is_not
from typing import Any

import numpy as np

from ..graph import next_mark, walk
from ..primitives.origin import CONSTANT, Record
from ..primitives.table import Primitive
from ..scopes import Scope
from ..value import Value
from .origins import Calls, is_in
from .tracing import CompileError, Recipe

# What a node without an op is, in the column of ops.
PARAMETER, INPUT, NUMBER = -3, -2, -1

A, B, MARK, ORIGIN = (attrgetter(slot) for slot in ("a", "b", "mark", "origin"))

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
    are parameters, but for those that the function made for itself (``total = Value(0.0)``),
    which are numbers. ``recipes`` say how constants were made; those that are of no use are
    dropped from it.
    """
    recipes = [] if recipes is None else recipes
    roots = [root, *guards]
    nodes = number_nodes(roots, recipes)
    kept = numbers(roots)
    del root, roots  # references are counted further below
    n = len(nodes)
    first, second = list(map(A, nodes)), list(map(B, nodes))
    has_first, has_second = present(first, n), present(second, n)
    origins: list[Any] = list(map(ORIGIN, nodes))
    is_record = np.fromiter(map(is_, map(type, origins), repeat(Record)), bool, n)
    made_of = {~constant.mark: operands for constant, _, operands in recipes}
    is_wide = is_record & ~has_first
    is_wide[list(made_of)] = True
    wide = [made_of.get(i) or origins[i].parents for i in np.flatnonzero(is_wide).tolist()]
    results = []
    for i in np.flatnonzero(is_record).tolist():
        if origins[i].scope is not None:
            results.append((i, origins[i].scope))
        if origins[i].hooks:
            raise CompileError(
                f"compile: {nodes[i]!r} has a hook (register_hook), which a program would not "
                "call. Remove it, or change gradients after the call: they are in .grad"
            )
        origins[i] = origins[i].primitive
    for constant, primitive, _ in recipes:
        origins[~constant.mark] = primitive
    code, kinds = coded(origins)

    # Operands: one or two in the slots of a node, or any number in its record.
    count = has_first.astype(np.int64) + has_second
    count[is_wide] = list(map(len, wide))
    start = np.concatenate([[0], np.cumsum(count)])
    operands = np.empty(start[-1], np.int64)
    operands[np.repeat(is_wide, count)] = numbers(chain.from_iterable(wide))
    operands[start[:-1][has_first]] = numbers(compress(first, has_first))
    operands[start[:-1][has_second] + 1] = numbers(compress(second, has_second))
    if not ((operands >= 0) & (operands < np.repeat(np.arange(n), count))).all():
        raise RuntimeError("compile: another thread walked this graph while it was being read")
    calls = Calls(results, nodes, start, operands) if results else None
    del first, second, wide, made_of

    order = np.full(n, -1)
    primitives = [kind for kind in kinds if isinstance(kind, Primitive)]
    renumbered = [
        primitives.index(k) if isinstance(k, Primitive) else NUMBER if k is CONSTANT else PARAMETER
        for k in kinds
    ]
    op = np.array(renumbered, np.int64)[code]
    for i, value in enumerate(inputs):
        place = ~value.mark
        if 0 <= place < n and nodes[place] is value:
            op[place], order[place] = INPUT, i
    uses = np.bincount(operands, minlength=n)
    uses += references_in_scopes([scope for _, scope in results], nodes)
    np.add.at(uses, kept[:1], 1)  # in the trace
    np.add.at(uses, kept[1:], 2)  # in ``guards``, and in what they were gathered from
    leaves = np.flatnonzero(op == PARAMETER)
    own = [i for i in leaves.tolist() if not held_by_others(nodes, i, int(uses[i]))]
    op[own] = NUMBER
    leaves = np.flatnonzero(op == PARAMETER)
    order[leaves] = np.arange(len(leaves))
    constants = np.flatnonzero(op == NUMBER)
    number = np.zeros(n)
    number[constants] = [nodes[i].data for i in constants.tolist()]
    held = [i for i in constants.tolist() if held_by_others(nodes, i, int(uses[i]))]
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
        kept.tolist(),
        calls,
    )


def number_nodes(roots: Sequence[Value], recipes: list[Recipe]) -> list[Value]:
    """All nodes below the roots, operands first; the ``mark`` of node i is ~i afterwards.

    What constants were made of is below them; recipes that are not needed are dropped. A
    negative mark is that of no walk. To read it takes a fraction of a look-up by identity.
    """
    mark = next_mark()
    nodes = below(roots, mark)
    needed = []
    for recipe in reversed(recipes):
        constant, _, operands = recipe
        if constant.mark == mark:
            needed.append(recipe)
            below(operands, mark)
    recipes[:] = needed[::-1]
    if recipes:  # in the order of time: what a constant was made of, and then the constant
        mark, nodes = next_mark(), []
        for constant, _, operands in recipes:
            nodes += below(operands, mark)
            nodes.append(constant)
            constant.mark = mark
        nodes += below(roots, mark)
    for i, node in enumerate(nodes):
        node.mark = ~i
    return nodes


def below(roots: Sequence[Value], mark: int) -> list[Value]:
    """The roots and what they were computed from, operands first, but for what has ``mark``."""
    nodes: list[Value] = []
    for root in roots:
        if root.mark != mark:
            leaves, made = walk(root, mark=mark)
            nodes += leaves
            nodes += made
    return nodes


def present(values: Sequence[Value | None], count: int) -> Mask:
    """Which of them are not None."""
    return np.fromiter(map(is_not, values, repeat(None)), bool, count)


def numbers(values: Iterable[Any]) -> Ints:
    """The places of nodes, from their marks."""
    return ~np.fromiter(map(MARK, values), np.int64)


def coded(things: list[Any]) -> tuple[Ints, list[Any]]:
    """Each thing as a small number, and what the numbers stand for, in order of appearance."""
    identity = np.fromiter(map(id, things), np.int64, len(things))
    _, first, inverse = np.unique(identity, return_index=True, return_inverse=True)
    appearance = np.argsort(first)
    rank = np.empty_like(appearance)
    rank[appearance] = np.arange(len(first))
    return rank[inverse.ravel()], [things[i] for i in first[appearance].tolist()]


def references_in_scopes(scopes: Sequence[Scope], nodes: list[Value]) -> Ints:
    """How often each node is among what went into a call of a module."""
    count = np.zeros(len(nodes), np.int64)
    seen: set[int] = set()
    for scope in scopes:
        inner: Scope | None = scope
        while inner is not None and id(inner) not in seen:
            seen.add(id(inner))
            for value in inner.inputs:
                if is_in(nodes, value):
                    count[~value.mark] += 1
            inner = inner.outer
    return count


def held_by_others(nodes: list[Value], i: int, uses: int) -> bool:
    """True if something outside the graph refers to leaf or constant i: a module, say.

    Then its number may change between two runs, so it is read anew for each; and its
    gradient may be asked for. Nobody can do either to what nobody else refers to.
    """
    return sys.getrefcount(nodes[i]) > uses + 2  # ``nodes``, and the call
