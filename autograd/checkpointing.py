"""checkpoint: forget the inside of a computation, and record it again when it is needed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from . import value as engine
from .effects import compiling
from .functional.fresh import StaleGraphError, same, shown
from .functional.linear import Part, Piece, recording
from .functional.rules import alias
from .functional.structures import flatten, rebuild
from .graph import sweep
from .inspector import Inspector
from .modes import during
from .primitives.origin import Record
from .value import Value


def checkpoint(fun: Callable[..., Any], *args: Any) -> Any:
    """``fun(*args)`` without keeping its graph: a backward pass runs fun again to record it.

    Memory for time: a chain of n steps, checkpointed in √n segments, holds the graph of one
    segment at a time instead of all n, for one more forward pass. The gradients are those
    of the plain call, for the arguments and for the Values that fun closes over, and sums
    are taken in the same order, so to the bit (where outputs of fun are used in another
    order than it returns them, up to rounding). Checkpoints nest, and work under
    ``backward()`` and under all transforms.

    fun takes and returns Values or nested lists, tuples and dicts of them. It must give the
    same result when it is called again: a random choice inside, or a loop variable that has
    moved on, is a ``RuntimeError`` in the backward pass; data that was changed in between,
    a ``StaleGraphError``. Such a graph cannot be replayed, copied or pickled.

    >>> from autograd import Value
    >>> w = Value(0.5)
    >>> y = checkpoint(lambda x: (w * x).tanh(), Value(2.0))
    >>> y.backward()
    >>> f"{w.grad:.6f}"
    '0.839949'
    """
    if not callable(fun):
        raise TypeError(f"checkpoint: fun must be a function, not {fun!r}")
    if not engine.grad_enabled.get() or compiling():  # a program needs no graph to go back
        return fun(*args)
    # New lists each time: the caller may change his, and the function its own.
    given = [x for _, x in flatten(args, "args")]
    form = rebuild(args, given)

    def run() -> Any:
        return fun(*rebuild(form, given))

    outer = engine.inspectors.get()
    inside = Inside()
    others = tuple(i for i in outer if not isinstance(i, Inside))
    with during(engine.inspectors, (*others, inside)):
        result = run()
    items = [x for _, x in flatten(result, "result")]
    places: dict[int, int] = {}
    for i, x in enumerate(items):
        if id(x) in inside.ids:
            places.setdefault(id(x), i)
    if not places:
        return result  # nothing was recorded that could be forgotten
    outputs = [items[i] for i in places.values()]
    cuts = cut(outputs, lambda x: id(x) in inside.ids)
    pieces = stand_ins(Segment(run, list(places.values()), outputs, cuts), cuts)
    ends = [
        alias_of(piece) for piece, part in zip(pieces, cuts, strict=True) if part.output is not None
    ]
    for inspector in outer:
        if isinstance(inspector, Inside):  # of a checkpoint around this one
            inspector.ids.update(map(id, [*pieces, *ends]))
    by_id = dict(zip(places, ends, strict=True))
    return rebuild(result, [by_id.get(id(x), x) for x in items])


class Inside(Inspector):
    """An inspector that notes the nodes which are made while it is active."""

    def __init__(self) -> None:
        self.ids: set[int] = set()

    def forward(self, node: Value) -> None:
        """A node was made."""
        self.ids.add(id(node))


class Cut(NamedTuple):
    """Nodes that a walk emits without a break, and what it met outside before it came to them."""

    outside: list[Value]
    nodes: list[Value]
    output: Value | None
    constants: list[Value]


def cut(outputs: list[Value], inside: Callable[[Value], bool]) -> list[Cut]:
    """The nodes inside, in the order in which ``backward()`` would meet them, cut in parts.

    A plain graph's walk leaves the inside for each Value outside that it meets: what it has
    emitted by then comes before all that lies below that Value, and so gets its gradient
    after it. With a cut there, sums of gradients are taken in the order of the plain call.
    There is one after each output, too.
    """
    cuts: list[Cut] = []
    part = Cut([], [], None, [])
    seen: set[int] = set()
    for output in outputs:
        path: list[tuple[Value, Iterator[Value]]] = []
        if id(output) not in seen:
            seen.add(id(output))
            path.append((output, iter(operands(output))))
        while path:
            node, below = path[-1]
            for operand in below:
                if id(operand) in seen:
                    continue
                seen.add(id(operand))
                if operand.a is None and operand.is_leaf:
                    (part.outside if operand.requires_grad else part.constants).append(operand)
                elif inside(operand):
                    path.append((operand, iter(operands(operand))))
                    break
                else:
                    if part.nodes:
                        cuts.append(part)
                        part = Cut([], [], None, [])
                    part.outside.append(operand)
            else:
                path.pop()
                part.nodes.append(node)
        cuts.append(part._replace(output=output))
        part = Cut([], [], None, [])
    return cuts


def operands(node: Value) -> tuple[Value, ...]:
    """The operands that a gradient flows to."""
    if node.a is not None or None not in node.partials:
        return node.parents
    pairs = zip(node.parents, node.partials, strict=True)
    return tuple([operand for operand, partial in pairs if partial is not None])


def stand_ins(segment: Segment, cuts: list[Cut]) -> list[Value]:
    """A node for each part, whose operands are the part before it and what lies outside.

    Its gradient is that of the output which the part ends in. When it is complete, a hook
    records the part again and sweeps it; nothing else flows through the edges.
    """
    pieces: list[Value] = []
    for index, part in enumerate(cuts):
        below = (*pieces[-1:], *part.outside)
        data = part.output.data if part.output is not None else 0.0
        forward = functools.partial(unchanged, data, [x.data for x in below])
        record = Record(Piece(segment, index, forward), below, (0.0,) * len(below))
        record.add_hook(functools.partial(segment.sweep, index))
        pieces.append(Value(data, record))
    return pieces


def unchanged(data: float, recorded: list[float], *numbers: float) -> float:
    """What a piece computes: what it did, as long as its operands hold what they did."""
    if not all(map(same, recorded, numbers)):
        raise StaleGraphError(
            "data below a checkpoint() was changed after it ran: such a graph cannot be "
            "replayed, because its inside was not kept; build it again"
        )
    return data


def alias_of(piece: Value) -> Value:
    """The node that users hold: it has the gradient of the output, and takes hooks."""
    return Value(piece.data, alias, piece, None, 1.0)


class Segment:
    """What a checkpoint keeps instead of a graph: how to run it again, and some numbers.

    It holds none of the nodes that stand for it, so nothing forms a cycle.
    """

    def __init__(
        self, run: Callable[[], Any], places: list[int], outputs: list[Value], cuts: list[Cut]
    ) -> None:
        self.run = run
        self.places = places  # of the outputs, in the flattened result
        self.outside = [x for part in cuts for x in part.outside]
        self.numbers = [x.data for x in self.outside]
        self.results = [x.data for x in outputs]
        self.sizes = [len(part.nodes) for part in cuts]
        # In a backward pass: the parts still to be swept, and if the output above is used. A
        # pass that was broken off leaves parts behind; the next one comes with a higher index.
        self.pending: list[Cut] = []
        self.is_used = True

    def record_again(self) -> list[Part]:
        """The parts, recorded again."""
        return [Part(part.nodes, part.output) for part in self.run_again()]

    def run_again(self) -> list[Cut]:
        """Run the function again and record it, held against what the first run gave."""
        for x, number in zip(self.outside, self.numbers, strict=True):
            if not same(x.data, number):
                raise StaleGraphError(
                    f"checkpoint: {shown(x)} was {number!r} when the function ran, so that it "
                    "cannot be run again: set it back, or build the graph again"
                )
        with recording():
            items = [x for _, x in flatten(self.run(), "result")]
        if len(items) <= self.places[-1]:
            raise self.another_result(f"{len(items)} numbers")
        outputs = [items[i] for i in self.places]
        if not all(isinstance(x, Value) for x in outputs):
            raise self.another_result(f"{outputs[:4]}")
        known = set(map(id, self.outside))
        cuts = cut(outputs, lambda x: id(x) not in known)
        sizes = [len(part.nodes) for part in cuts]
        if sizes != self.sizes or not all(map(same, [x.data for x in outputs], self.results)):
            found = [x.data for x in outputs[:4]]
            raise self.another_result(f"{found} from {sum(sizes)} operations")
        return cuts

    def another_result(self, found: str) -> RuntimeError:
        """The error for a function that does not repeat itself."""
        return RuntimeError(
            f"checkpoint: the function was run again and gave {found}, not {self.results[:4]} "
            f"from {sum(self.sizes)} operations as before. It must not draw random numbers, nor "
            "read variables that have changed since (the index of a loop: pass it as an argument)"
        )

    def sweep(self, index: int, gradient: float) -> float:
        """The hook of a piece: pass the gradient of its output on through the part.

        Pieces come in reverse, and each after those above it, so the first of a pass knows
        how many there are. Returns 0, so that nothing flows through the piece's own edges.
        """
        first = len(self.pending) != index + 1
        if first:
            self.pending = self.run_again()[: index + 1]
        part = self.pending.pop()
        if part.output is not None:
            # A piece is also reached from the next one; then 0 says that its output is not used.
            self.is_used = first or gradient != 0.0
            part.output.grad += gradient
        if self.is_used:
            sweep(part.nodes)
        else:  # some nodes are above the outputs of other parts, which have passed theirs on
            for node in reversed(part.nodes):
                if node.grad != 0.0:
                    sweep([node])
        for x in part.constants:
            x.grad = 0.0
        return 0.0


__all__ = ["checkpoint"]
