"""One program: a trace made into code, bound to its numbers, and run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..scopes import values_in
from ..value import Value
from .arrays import ArrayCode
from .batching import Batch, repeated
from .columns import read
from .display import bundle
from .runtime import Array, quiet
from .scalars import ScalarCode
from .tracing import CompileError, Trace

HOLE = object()


class GuardError(Exception):
    """The numbers of this call would have taken another branch in the Python code."""


class Program:
    """A trace, compiled. ``run`` computes the value and the gradients of its parameters.

    ``parameters`` are the Values whose gradients it computes, ``code`` what computes them:
    array statements, or, for a graph in which little can be done at once (or if
    ``form="scalars"``), plain Python. With ``batch``, the trace is that of one sample.
    """

    def __init__(
        self,
        trace: Trace,
        schedules: tuple[str, ...] = ("latest", "earliest"),
        form: str | None = None,
        batch: Batch | None = None,
    ) -> None:
        self.surroundings: Any = None  # of the function; see there
        self.stale = ""  # why the program does not hold any more
        self.aside, others = without_values(trace.aside), list(values_in((trace.aside,)))
        watched = [v for pair in trace.compared for v in pair if isinstance(v, Value)]
        watched += others
        computed = [v for _, v in trace.assigned if isinstance(v, Value)]
        watched += computed
        columns = read(trace.root, trace.inputs, watched, trace.recipes)
        self.samples = batch.count if batch else 0  # 0: not a program for a batch
        if batch is not None:
            columns = repeated(columns, batch)
        self.nodes = len(columns.op)
        self.held, self.draws = columns.held, trace.draws * (self.samples or 1)
        numbers = batch.numbers if batch else [value.data for value in trace.inputs]
        self.count = len(numbers)
        arrays = None if form == "scalars" else ArrayCode.of(columns, self.count, schedules, form)
        self.code: ArrayCode | ScalarCode = arrays or ScalarCode(columns)
        self.parameters = [columns.parameters[k] for k in self.code.parameters]
        # Where the watched values lie, in a row for each sample.
        lies = np.array(self.code.kept[1:], np.intp).reshape(self.samples or 1, -1)
        column = {id(value): i for i, value in enumerate(watched)}
        self.others = lies[:, [column[id(v)] for v in others]]
        self.assigned = [
            (constant, int(lies[0, column[id(v)]]) if isinstance(v, Value) else v)
            for constant, v in trace.assigned
        ]
        self.left = lies[:, [column[id(a)] for a, _ in trace.compared]]
        self.right = np.zeros_like(self.left)
        for i, (_, b) in enumerate(trace.compared):
            if isinstance(b, Value):
                self.right[:, i] = lies[:, column[id(b)]]
        self.fixed = np.array([np.nan if isinstance(b, Value) else b for _, b in trace.compared])
        self.is_fixed = np.array([not isinstance(b, Value) for _, b in trace.compared], bool)
        numbers = [*numbers, *[value.data for value in self.held]]
        with np.errstate(all="ignore"):
            self.code.forward([p.data for p in self.parameters], numbers)
        self.branch = self.compare()

    @property
    def source(self) -> str:
        """The program as text."""
        return self.code.source

    def run(
        self, inputs: Sequence[float], parameters: Array | list[float] | None = None
    ) -> tuple[float, Array]:
        """The value and the gradients of the parameters, for their present data.

        ``parameters`` are their numbers, if they lie elsewhere. ``inputs`` may lack what is
        drawn anew. Raises ``GuardError`` if the Python code would have gone another way.
        """
        if parameters is None:
            parameters = [p.data for p in self.parameters]
        if self.draws and len(inputs) < self.count:
            inputs = [*inputs, *[draw() for draw in self.draws]]
        if self.held:
            inputs = [*inputs, *[value.data for value in self.held]]
        return (self.quietly if self.code.warns else self.compute)(parameters, inputs)

    def compute(
        self, parameters: Array | list[float], inputs: Sequence[float]
    ) -> tuple[float, Array]:
        """Forward and backward; NumPy may warn of nan and inf."""
        value = self.code.forward(parameters, inputs)
        if self.left.size and self.compare() != self.branch:
            raise GuardError
        return value, self.code.backward()

    quietly = quiet(compute)

    def assign(self) -> None:
        """Change the constants that the function assigns, as the last run says."""
        for constant, number in self.assigned:
            new = number() if callable(number) else self.code.U[number]
            constant.data = float(new)

    def outputs(self) -> Any:
        """What the function returns beside its loss, with the numbers of the last run.

        A list of that, sample by sample, for a batch.
        """
        rows = np.asarray(self.code.U)[self.others].tolist()
        return list(map(self.filled, rows)) if self.samples else self.filled(rows[0])

    def filled(self, row: list[float]) -> Any:
        """Numbers in the place of the Values that the function returned."""
        numbers = iter(row)

        def filled(structure: Any) -> Any:
            if structure is HOLE:
                return next(numbers)
            return [filled(i) for i in structure] if isinstance(structure, list) else structure

        return filled(self.aside)

    def compare(self) -> bytes:
        """How all comparisons of the Python code came out."""
        left = self.code.U[self.left]
        right = np.where(self.is_fixed, self.fixed, self.code.U[self.right])
        outcomes = (left < right) + 2 * (left > right) + 4 * (left == right)
        if self.samples and (outcomes != outcomes[0]).any():
            raise CompileError(
                "compile(batch=True): a Python comparison comes out differently for different "
                "samples of one batch; use autograd.where, maximum or relu instead of `if`, or "
                "write the function for the whole batch (batch=False)"
            )
        branch: bytes = outcomes[0].tobytes()
        return branch

    def export(self, namespace: str = "numpy", path: str | os.PathLike[str] | None = None) -> str:
        """The program as one source file that needs only NumPy, JAX or PyTorch; see there."""
        from .export import export

        source = export(self, namespace)
        if path is not None:
            Path(path).write_text(source, "utf-8")
        return source

    def explain(self) -> str:
        """What became of the scalar nodes, in a few lines."""
        return "\n".join([f"{self.nodes} scalar nodes → {self.code.summary}", *self.code.notes])

    def __repr__(self) -> str:
        parameters, inputs = len(self.parameters), self.count
        return f"<program: {self.nodes} nodes, {parameters} parameters, {inputs} inputs>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows: what became of the scalar nodes, and the program."""
        return bundle(self)


def without_values(structure: Any) -> Any:
    """Nested lists with holes in place of Values, which would keep the whole graph alive."""
    if isinstance(structure, (list, tuple)):
        return [without_values(item) for item in structure]
    return HOLE if isinstance(structure, Value) else structure
