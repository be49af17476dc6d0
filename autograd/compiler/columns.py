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
from ..scopes import Scope
from ..value import Value
from .origins import Calls, is_in
from .tracing import CompileError, Recipe

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
    kind, origins = origins_of(nodes, recipes)
    refuse_hooks(nodes, kind, origins)
    op, primitives = ops_of(kind, origins)
    start, operands = operands_of(nodes, op >= 0, kind, origins, recipes)
    scopes = {k: o.scope for k, o in enumerate(origins) if type(o) is Record and o.scope}
    calls = None
    if scopes:
        results = np.flatnonzero(marked(list(scopes), len(origins))[kind])
        of_results = [scopes[k] for k in kind[results].tolist()]
        calls = Calls(list(zip(results.tolist(), of_results, strict=True)), nodes, start, operands)

    order = np.full(n, -1)
    for i, value in enumerate(inputs):
        place = ~value.mark
        if 0 <= place < n and nodes[place] is value:
            op[place], order[place] = INPUT, i
    uses = np.bincount(operands, minlength=n)
    uses += references_in_scopes(list(scopes.values()), nodes)
    np.add.at(uses, kept[:1], 1)  # in the trace
    np.add.at(uses, kept[1:], 2)  # in ``guards``, and in what they were gathered from
    leaves = np.flatnonzero(op == PARAMETER)
    op[leaves[~held_by_others(nodes, leaves, uses)]] = NUMBER
    leaves = np.flatnonzero(op == PARAMETER)
    order[leaves] = np.arange(len(leaves))
    constants = np.flatnonzero(op == NUMBER)
    number = np.zeros(n)
    number[constants] = np.fromiter(map(DATA, compress(nodes, op == NUMBER)), float)
    held = constants[held_by_others(nodes, constants, uses)]
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
        [nodes[i] for i in held.tolist()],
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
    for mark, node in zip(range(-1, -1 - len(nodes), -1), nodes, strict=True):
        node.mark = mark
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


def origins_of(nodes: list[Value], recipes: list[Recipe]) -> tuple[Ints, list[Any]]:
    """The origin of each node as a small number, and the origins that these stand for."""
    origins: list[Any] = list(map(ORIGIN, nodes))
    for constant, primitive, _ in recipes:
        origins[~constant.mark] = primitive
    kinds = {origin: k for k, origin in enumerate(dict.fromkeys(origins))}
    return np.fromiter(map(kinds.__getitem__, origins), np.int64, len(nodes)), list(kinds)


def refuse_hooks(nodes: list[Value], kind: Ints, origins: list[Any]) -> None:
    """``CompileError`` for a node with a hook."""
    for k, origin in enumerate(origins):
        if type(origin) is Record and origin.hooks:
            raise CompileError(
                f"compile: {nodes[int(np.argmax(kind == k))]!r} has a hook (register_hook), which "
                "a program would not call. Remove it, or change gradients after the call: they "
                "are in .grad"
            )


def ops_of(kind: Ints, origins: list[Any]) -> tuple[Ints, list[Primitive]]:
    """The column of ops, without inputs as yet, and the primitives in it."""
    makers = [origin.primitive if type(origin) is Record else origin for origin in origins]
    primitives = [maker for maker in dict.fromkeys(makers) if isinstance(maker, Primitive)]
    codes = {primitive: i for i, primitive in enumerate(primitives)} | {CONSTANT: NUMBER}
    return np.array([codes.get(maker, PARAMETER) for maker in makers], np.int64)[kind], primitives


def operands_of(
    nodes: list[Value], made: Mask, kind: Ints, origins: list[Any], recipes: list[Recipe]
) -> tuple[Ints, Ints]:
    """Where the operands of each node start, and all operands.

    One or two are in the slots of a node, or any number in its record; those of a constant are
    in its recipe.
    """
    made_of = {~constant.mark: operands for constant, _, operands in recipes}
    records = [k for k, origin in enumerate(origins) if type(origin) is Record]
    is_wide = marked(records, len(origins))[kind] & made
    is_wide[is_wide] = ~present(map(A, compress(nodes, is_wide)))
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
    if not ((operands >= 0) & (operands < np.repeat(np.arange(len(nodes)), count))).all():
        raise RuntimeError("compile: another thread walked this graph while it was being read")
    return start, operands


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


def held_by_others(nodes: list[Value], places: Ints, uses: Ints) -> Mask:
    """Which of these leaves and constants something outside the graph refers to: a module, say.

    Then its number may change between two runs, so it is read anew for each; and its
    gradient may be asked for. Nobody can do either to what nobody else refers to.
    """
    counts = map(sys.getrefcount, map(nodes.__getitem__, places.tolist()))
    [own] = map(sys.getrefcount, map([object()].__getitem__, [0]))  # the list, and the call
    return np.fromiter(counts, np.int64, len(places)) > uses[places] + own
