"""One program: a trace made into NumPy statements, bound to its arrays, and run."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..scopes import values_in
from ..value import Value
from .collapse import Sums, collapse
from .columns import PARAMETER, Ints, read
from .emit import Emitter
from .groups import Grouper
from .runtime import Array
from .schedule import edges, levels
from .tracing import Trace

HOLE = object()


class GuardError(Exception):
    """The numbers of this call would have taken another branch in the Python code."""


class Program:
    """A trace, compiled. ``run`` computes the value and the gradients of its parameters.

    ``parameters`` are the Values whose gradients it computes; their numbers are the first
    of ``U``, their gradients the first of ``D``.
    """

    def __init__(self, trace: Trace, schedules: tuple[str, ...] = ("latest", "earliest")) -> None:
        self.aside, others = without_values(trace.aside), list(values_in((trace.aside,)))
        watched = [v for pair in trace.compared for v in pair if isinstance(v, Value)]
        watched += others
        columns = read(trace.root, trace.inputs, watched)
        self.nodes = len(columns.op)
        sums = collapse(columns)
        dependences = edges(sums)
        emitters = [
            self.build(sums, levels(sums, when, dependences), len(trace.inputs) + len(columns.held))
            for when in schedules
        ]
        emitter = min(emitters, key=lambda e: len(e.forward) + len(e.backward))
        self.emitter = emitter
        slot = emitter.grouped.slot
        self.root = int(slot[columns.kept[0]])
        self.U: Array = emitter.U
        self.D: Array = emitter.D
        count = len(columns.parameters)
        # In the order in which they lie in U, which is that of the matrices they belong to.
        lies = slot[: self.nodes][columns.op == PARAMETER]
        in_graph = columns.order[columns.op == PARAMETER]
        self.parameters = [columns.parameters[k] for k in in_graph[np.argsort(lies)]]
        self.inputs = slice(count, count + len(trace.inputs))
        self.held = columns.held
        self.constants = slice(self.inputs.stop, self.inputs.stop + len(self.held))
        place = {id(v): int(slot[k]) for v, k in zip(watched, columns.kept[1:], strict=True)}
        self.others = np.array([place[id(v)] for v in others], np.intp)
        self.draws = trace.draws
        self.left = np.array([place[id(a)] for a, _ in trace.compared], np.intp)
        self.right = np.array(
            [place[id(b)] if isinstance(b, Value) else 0 for _, b in trace.compared], np.intp
        )
        self.fixed = np.array([np.nan if isinstance(b, Value) else b for _, b in trace.compared])
        self.is_fixed = np.array([not isinstance(b, Value) for _, b in trace.compared], bool)
        self.source = self.write()
        namespace = dict(emitter.environment)
        exec(compile(self.source, "<compiled by autograd>", "exec"), namespace)
        self.forward, self.backward = namespace["forward"], namespace["backward"]
        self.load(trace.inputs)
        with np.errstate(all="ignore"):
            self.forward()
        self.branch = self.compare()

    @staticmethod
    def build(sums: Sums, level: Ints, inputs: int) -> Emitter:
        grouped = Grouper(sums, inputs).run(level)
        return Emitter(grouped, int(grouped.slot[sums.columns.kept[0]]))

    def write(self) -> str:
        """The program as source text. ``U`` and ``D`` and index arrays are given to it."""
        count = len(self.parameters)
        lines = [
            f"# {self.nodes} scalar nodes; U: numbers, D: gradients.",
            f"# U[0:{count}] are the parameters,",
            f"# U[{self.inputs.start}:{self.inputs.stop}] the arguments.",
            *self.emitter.setup,
            "",
            "",
            "def forward():",
            *[f"    {line}" for line in self.emitter.forward],
            f"    return U[{self.root}]",
            "",
            "",
            "def backward():",
            *[f"    {line}" for line in self.emitter.backward],
            f"    return D[0:{count}]",
        ]
        shared = assigned(self.emitter.forward)
        if shared:
            lines.insert(lines.index("def forward():") + 1, f"    global {', '.join(shared)}")
        return "\n".join(lines) + "\n"

    def load(self, inputs: list[Value]) -> None:
        """Take over the present data of parameters and inputs."""
        self.U[: len(self.parameters)] = [p.data for p in self.parameters]
        self.U[self.inputs] = [value.data for value in inputs]
        self.U[self.constants] = [value.data for value in self.held]

    def run(
        self, inputs: list[float], parameters: Array | list[float] | None = None
    ) -> tuple[float, Array]:
        """The value and the gradients of the parameters, for their present data.

        ``parameters`` are their numbers, if they lie elsewhere. ``inputs`` may lack what is
        drawn anew. Raises ``GuardError`` if the Python code would have gone another way.
        """
        if parameters is None:
            parameters = [p.data for p in self.parameters]
        self.U[: len(self.parameters)] = parameters
        if self.draws and len(inputs) < self.inputs.stop - self.inputs.start:
            inputs = [*inputs, *[draw() for draw in self.draws]]
        self.U[self.inputs] = inputs
        if self.held:
            self.U[self.constants] = [value.data for value in self.held]
        with np.errstate(all="ignore"):
            value = float(self.forward())
            if len(self.left) and self.compare() != self.branch:
                raise GuardError
            return value, self.backward()

    def outputs(self) -> Any:
        """What the function returns beside its loss, with the numbers of the last run."""
        numbers = iter(self.U[self.others].tolist())

        def filled(structure: Any) -> Any:
            if structure is HOLE:
                return next(numbers)
            return [filled(i) for i in structure] if isinstance(structure, list) else structure

        return filled(self.aside)

    def compare(self) -> bytes:
        """How all comparisons of the Python code came out."""
        left = self.U[self.left]
        right = np.where(self.is_fixed, self.fixed, self.U[self.right])
        outcomes: bytes = ((left < right) + 2 * (left > right) + 4 * (left == right)).tobytes()
        return outcomes

    def explain(self) -> str:
        """What became of the scalar nodes, in a few lines."""
        emitter = self.emitter
        statements = sum(not line.startswith("#") for line in emitter.forward + emitter.backward)
        counts = emitter.counts
        groups = f"{len(emitter.groups)} groups"
        lines = [
            f"{self.nodes} scalar nodes → {statements} array statements ({groups})",
            f"matrix products: {counts['matmul']} forward",
            f"gathers: {counts['gather']}",
            f"computed number by number: {counts['each']}",
        ]
        return "\n".join(lines + sorted(set(emitter.reasons)))


def without_values(structure: Any) -> Any:
    """Nested lists with holes in place of Values, which would keep the whole graph alive."""
    if isinstance(structure, (list, tuple)):
        return [without_values(item) for item in structure]
    return HOLE if isinstance(structure, Value) else structure


def assigned(lines: list[str]) -> list[str]:
    """Names that ``forward`` assigns and ``backward`` reads: gathers, slopes."""
    names = []
    for line in lines:
        target = line.split(" = ")[0]
        name = target.split(", ")[-1]
        if name.isidentifier() and not line.startswith("#"):
            names.append(name)
    return names
