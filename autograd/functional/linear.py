"""A recorded computation as what it is at its point: a linear map, read in either direction.

A graph's edges carry local derivatives. Tangents pushed forward along them give J·v, one
sweep for one direction of the inputs; cotangents pulled back give u·J, one sweep for one
output. Both read the same edges, as floats (those recorded by the forward pass) or as
Values (every primitive's closure applied again), and then the result can be differentiated
in turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol

from .. import value as engine
from ..graph import next_mark, walk
from ..primitives.origin import Record
from ..primitives.table import Primitive
from ..value import Value
from .fresh import closure_on_values


class Part(NamedTuple):
    """Nodes of a computation that was recorded again, and the output that they end in, if any."""

    nodes: list[Value]
    output: Value | None


class Again(Protocol):
    """A computation that can be recorded again (see ``checkpoint``)."""

    def record_again(self) -> list[Part]:
        """Its nodes in topological order, in as many parts as there are pieces."""


class Piece(Primitive):
    """Stands in a graph for a part of a computation whose nodes were not kept."""

    def __init__(self, whole: Again, index: int, forward: Any) -> None:
        super().__init__("checkpoint", forward, lambda out, *operands: (0.0,) * len(operands))
        self.whole = whole
        self.index = index

    def __reduce__(self) -> Any:
        raise TypeError(
            "a graph that goes through checkpoint() cannot be copied or pickled: part of it was "
            "not kept, only the function that makes it"
        )


class Linear:
    """The part of a graph that leads from inputs to outputs.

    Args:
        outputs, inputs: Values. Inputs that the outputs do not depend on are fine.
        stop: leave out what lies below the inputs. True if no input depends on another.
    """

    def __init__(self, outputs: list[Value], inputs: list[Value], *, stop: bool = True) -> None:
        self.outputs = outputs
        self.inputs = inputs
        self.wanted = set(map(id, inputs))
        self.needed = set(self.wanted)  # ids of the nodes that depend on an input
        self.partials_on_values: dict[int, tuple[Any, ...]] = {}
        mark = next_mark()
        if stop:
            for node in inputs:
                node.mark = mark
        self.leaves: list[Value] = []  # those that are not inputs
        nodes: list[Value] = []
        for root in outputs:
            if root.mark != mark:
                leaves, made = walk(root, live=True, mark=mark)
                self.leaves += leaves
                nodes += made
        self.nodes = dependent(nodes, self.needed)

    def has_pieces(self) -> bool:
        """True if part of the way is not recorded but will be recorded again."""
        return any(
            isinstance(node.origin, Record) and isinstance(node.origin.primitive, Piece)
            for node in self.nodes
        )

    def pull(self, cotangents: list[Any], on_values: bool) -> list[Any]:
        """u·J: for each input Σ uᵢ·∂outputᵢ/∂input. None where nothing flows, here and there.

        The chain rule from the outputs back, in the order in which ``backward()`` applies
        it, so that the sums have the same bits.
        """
        adjoints: dict[int, Any] = {}
        needed = self.needed
        again: dict[int, list[Part]] = {}
        for output, cotangent in zip(self.outputs, cotangents, strict=True):
            if cotangent is not None and id(output) in needed:
                add(adjoints, output, cotangent)
        pending = list(self.nodes)
        while pending:
            node = pending.pop()
            key = id(node)
            adjoint = adjoints.get(key) if key in self.wanted else adjoints.pop(key, None)
            if isinstance(node.primitive, Piece):
                if needed is self.needed:
                    needed = set(needed)
                part = take_last(node.primitive, again, needed)
                if adjoint is not None and part.output is not None and id(part.output) in needed:
                    add(adjoints, part.output, adjoint)
                pending += part.nodes
                continue
            if adjoint is not None:
                for parent, partial in self.edges(node, on_values):
                    if partial is not None and id(parent) in needed:
                        add(adjoints, parent, times(adjoint, partial))
            if needed is not self.needed and key not in self.needed:
                needed.discard(key)  # recorded again, and done: its id may be used anew
        return [adjoints.get(id(node)) for node in self.inputs]

    def push(self, tangents: list[Any], on_values: bool) -> list[Any]:
        """J·v: for each output Σ ∂output/∂inputᵢ·vᵢ. None where nothing flows, here and there.

        Forward mode: each node's tangent is the sum of its operands' tangents, each times
        the local derivative.
        """
        moved: dict[int, Any] = {}
        for node, tangent in zip(self.inputs, tangents, strict=True):
            if tangent is not None:
                add(moved, node, tangent)
        again: dict[int, list[Part]] = {}
        pending: list[Value | tuple[Value, Value]] = [*reversed(self.nodes)]
        while pending:
            step = pending.pop()
            if isinstance(step, tuple):  # a piece has been passed: its tangent is its output's
                piece, output = step
                if id(output) in moved:
                    moved[id(piece)] = moved[id(output)]
                continue
            if isinstance(step.primitive, Piece):
                whole = step.primitive.whole
                if id(whole) not in again:
                    again[id(whole)] = whole.record_again()
                part = again[id(whole)][step.primitive.index]
                if part.output is not None:
                    pending.append((step, part.output))
                pending += reversed(part.nodes)
                continue
            total = None
            for parent, partial in self.edges(step, on_values):
                tangent = moved.get(id(parent))
                if partial is not None and tangent is not None:
                    term = times(tangent, partial)
                    total = term if total is None else total + term
            if total is not None:
                moved[id(step)] = total
        return [moved.get(id(node)) for node in self.outputs]

    def edges(self, node: Value, on_values: bool) -> Iterator[tuple[Value, Any]]:
        """A node's operands, each with the local derivative, a float or a Value."""
        if not on_values:
            return zip(node.parents, node.partials, strict=True)
        partials = self.partials_on_values.get(id(node))
        if partials is None:
            partials = closure_on_values(node)
            if engine.grad_enabled.get() and id(node) in self.needed:
                self.partials_on_values[id(node)] = partials
        return zip(node.parents, partials, strict=True)


def dependent(nodes: list[Value], needed: set[int]) -> list[Value]:
    """Those of a topological order that depend on what is needed, which then are needed too."""
    found = []
    for node in nodes:
        for parent, partial in zip(node.parents, node.partials, strict=True):
            if partial is not None and id(parent) in needed:
                needed.add(id(node))
                found.append(node)
                break
    return found


def take_last(piece: Piece, again: dict[int, list[Part]], needed: set[int]) -> Part:
    """The nodes of a piece, recorded again together with those of the pieces before it.

    Pieces come in reverse; what is left of them waits in ``again``, as long as there are
    nodes in it.
    """
    whole = id(piece.whole)
    parts = again.pop(whole, None)
    if parts is None:
        parts = piece.whole.record_again()[: piece.index + 1]
        live = [dependent(part.nodes, needed) for part in parts]
        parts = [Part(nodes, part.output) for nodes, part in zip(live, parts, strict=True)]
    part = parts.pop()
    if any(part.nodes for part in parts):
        again[whole] = parts
    return part


def add(sums: dict[int, Any], node: Value, term: Any) -> None:
    """Add a term to what has reached a node."""
    key = id(node)
    sums[key] = sums[key] + term if key in sums else term


def times(x: Any, partial: Any) -> Any:
    """x·partial, without a node for a factor 1."""
    return x if type(partial) is float and partial == 1.0 else x * partial


@contextmanager
def recording() -> Iterator[None]:
    """Inside, ops are recorded, within a ``no_grad()`` too."""
    token = engine.grad_enabled.set(True)
    try:
        yield
    finally:
        engine.grad_enabled.reset(token)
