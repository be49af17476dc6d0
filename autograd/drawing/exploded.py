"""Wide nodes taken apart: a dot as products and sums, with the gradients that these have.

The picture is of a copy of the graph. What an op consists of says its entry in the table
(``Primitive.parts``). Since only ``+`` and ``×`` come in between, every other gradient stays as
it was: a neuron is one node or many, and learns the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..modes import enable_grad
from ..primitives.origin import Record
from ..primitives.table import Primitive
from ..scopes import Scope, scope_of
from ..value import Value
from .names import Names
from .options import Options

Twins = dict[int, Value]
LARGEST = 200_000  # nodes of a copy: some seconds, and even folded nobody learns more from more


def exploded(order: list[Value]) -> tuple[list[Value], Twins]:
    """A copy of a graph with its wide nodes taken apart, and each node's twin in it, by id.

    Both graphs are in topological order and share their leaves. ``ValueError`` if the copy would
    be too large to be worth the wait.
    """
    size = sum(map(size_apart, order))
    if size > LARGEST:
        raise ValueError(
            f"draw(…, explode=True): taken apart, this graph would have about {size:,} nodes, and "
            f"more than {LARGEST:,} would take long and tell little; draw it without explode, or "
            "the loss of fewer samples or time steps"
        )
    twins: Twins = {}
    scopes: dict[int, Scope] = {}
    made: list[Value] = []
    with enable_grad():
        for node in order:
            if node.is_leaf:
                twins[id(node)] = node
                made.append(node)
                continue
            operands = tuple(twins[id(parent)] for parent in node.parents)
            new = taken_apart(node, operands)
            twin = new[-1]
            twin.data, twin.grad = node.data, node.grad
            record = as_record(twin)
            record.label, record.scope = node.label, moved(scope_of(node), twins, scopes)
            twin.origin = record
            pass_on(new)
            twins[id(node)] = twin
            made += new
    return made, twins


def size_apart(node: Value) -> int:
    """About how many nodes a node is taken apart into: products and sums of n operands are n."""
    if node.a is not None:
        return 1
    primitive = node.primitive
    wide = isinstance(primitive, Primitive) and primitive.parts is not None
    return max(1, len(node.parents)) if wide else 1


def taken_apart(node: Value, operands: tuple[Value, ...]) -> list[Value]:
    """What a node consists of, operands before results; of most, a copy of itself alone."""
    primitive = node.primitive
    assert isinstance(primitive, Primitive)
    if primitive.parts is not None and len(operands) > 1:
        result = primitive.parts(*operands)
        new = inside(result, set(map(id, operands)))
        if new:
            return new
    return [Value(node.data, Record(primitive, operands, node.partials))]


def inside(result: Value, operands: set[int]) -> list[Value]:
    """The nodes between operands and a result, in topological order; constants among them."""
    found: list[Value] = []
    seen = set(operands)
    pending = [(result, False)]
    while pending:
        node, complete = pending.pop()
        if complete:
            found.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            pending.append((node, True))
            pending += [(parent, False) for parent in reversed(node.parents)]
    return found


def as_record(node: Value) -> Record:
    """A node's origin with room for a label and a scope; its operands leave the fast slots."""
    if isinstance(node.origin, Record) and node.origin.parents:
        return node.origin
    record = Record(node.primitive, node.parents, node.partials)
    node.a = node.b = None
    return record


def pass_on(new: list[Value]) -> None:
    """The chain rule within what one node was taken apart into: its operands have theirs."""
    within = set(map(id, new))
    for node in reversed(new):
        for parent, partial in zip(node.parents, node.partials, strict=True):
            if id(parent) in within and partial is not None:
                parent.grad += node.grad * partial


def moved(scope: Scope | None, twins: Twins, scopes: dict[int, Scope]) -> Scope | None:
    """The scope of the copies: its inputs are the twins of the scope's inputs."""
    if scope is None:
        return None
    chain = []
    while scope is not None and id(scope) not in scopes:
        chain.append(scope)
        scope = scope.outer
    outer = scopes[id(scope)] if scope is not None else None
    for inner in reversed(chain):
        inputs = tuple(twins.get(id(value), value) for value in inner.inputs)
        outer = scopes[id(inner)] = Scope(inner.name, inputs, outer, inner.source)
    return outer


def with_twins(options: Options, names: Names, twins: Twins) -> Options:
    """The options, in which every Value is replaced by its twin; names are taken over too."""

    def twin(given: Any) -> Any:
        if isinstance(given, Value):
            return twins.get(id(given), given)
        if given is None or not hasattr(given, "__iter__"):
            return given
        return [twin(value) for value in given]

    names.take_over(twins)
    return replace(
        options,
        mark=twin(options.mark),
        unfold=twin(options.unfold),
        focus=twin(options.focus),
        path_from=twin(options.path_from),
    )
