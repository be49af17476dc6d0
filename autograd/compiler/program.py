"""One program: a trace made into code, bound to its numbers, and run."""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .. import collector
from .arrays import ArrayCode
from .batching import Batch, repeated
from .columns import Columns, Ints
from .display import bundle
from .reading import HOLE, Reading
from .runtime import Array, quiet
from .scalars import MASKED, ScalarCode
from .tracing import CompileError

MANY = 100_000  # nodes: their memory is needed more for the program than for other nodes


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
        reading: Reading,
        schedules: tuple[str, ...] = ("latest", "earliest"),
        form: str | None = None,
        batch: Batch | None = None,
    ) -> None:
        self.surroundings: Any = None  # of the function; see there
        self.stale = ""  # why the program does not hold any more
        columns = reading.columns
        if len(columns.op) >= MANY:
            collector.give_back()  # what the graph needed: the program needs as much
        self.samples = batch.count if batch else 0  # 0: not a program for a batch
        if batch is not None:
            columns = repeated(columns, batch)
        self.nodes = len(columns.op)
        self.held, self.draws = columns.held, reading.draws * (self.samples or 1)
        numbers = batch.numbers if batch else reading.inputs
        self.count = len(numbers)
        arrays = None if form == "scalars" else ArrayCode.of(columns, self.count, schedules, form)
        self.masked = any(primitive.name in MASKED for primitive in columns.primitives)
        # What ``exact`` is made of; not kept where it is never wanted, because it is large.
        self.columns = columns if self.masked or reading.left else None
        self.aside, self.fixed = reading.aside, np.array(reading.fixed)
        self.is_fixed = np.array([k < 0 for k in reading.right], bool)
        self.branch = outcomes(*np.array(reading.compared).reshape(-1, 2).T).tobytes()
        why = "as asked for" if form == "scalars" else "because little can be done at once"
        self.bind(arrays or ScalarCode(columns, why), columns, reading)
        if self.left.size and not self.code.is_exact:
            numbers = [*numbers, *[value.data for value in self.held]]
            with np.errstate(all="ignore"):
                self.code.forward([p.data for p in self.parameters], numbers)
            if self.compare() != self.branch:  # by a rounding error: keep to the engine's order
                self.bind(self.exact, columns, reading)

    def bind(self, code: ArrayCode | ScalarCode, columns: Columns, reading: Reading) -> None:
        """Take the code, and note where in its numbers the watched values lie."""
        self.code = code
        self.parameters = [columns.parameters[k] for k in code.parameters]
        # Where the watched values lie, in a row for each sample.
        lies = np.array(code.kept[1:], np.intp).reshape(self.samples or 1, -1)
        self.others = lies[:, reading.others]
        self.assigned = [
            (constant, int(lies[0, v]) if isinstance(v, int) else v)
            for constant, v in reading.assigned
        ]
        self.left = lies[:, reading.left]
        self.right = np.zeros_like(self.left)
        self.right[:, ~self.is_fixed] = lies[:, [k for k in reading.right if k >= 0]]

    @functools.cached_property
    def exact(self) -> ScalarCode:
        """The same in lines of Python, which round as the engine does, and mask as it does."""
        assert self.columns is not None
        why = "because a rounding error decides what Python compares"
        return ScalarCode(self.columns, why, exact=True)

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
        gradients = self.code.backward()
        if self.masked and math.isfinite(value) and not np.isfinite(gradients).all():
            gradients = self.exact_gradients(parameters, inputs)
        return value, gradients

    quietly = quiet(compute)

    @quiet
    def exact_gradients(self, parameters: Array | list[float], inputs: Sequence[float]) -> Array:
        """The gradients where a product of matrices would multiply inf or nan by 0.

        That is what a branch that ``where`` did not choose may hold; nothing flows into it.
        """
        if self.code is not self.exact:
            numbers = np.empty(len(parameters))
            numbers[self.code.parameters] = parameters
            self.exact.forward(numbers, inputs)
        return self.exact.backward()[self.code.parameters]

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
            if isinstance(structure, dict):
                return {key: filled(item) for key, item in structure.items()}
            return [filled(i) for i in structure] if isinstance(structure, list) else structure

        return filled(self.aside)

    def compare(self) -> bytes:
        """How all comparisons of the Python code came out."""
        left = self.code.U[self.left]
        right = np.where(self.is_fixed, self.fixed, self.code.U[self.right])
        found = outcomes(left, right)
        if self.samples and (found != found[0]).any():
            raise CompileError(
                "compile(batch=True): a Python comparison comes out differently for different "
                "samples of one batch; use autograd.where, maximum or relu instead of `if`, or "
                "write the function for the whole batch (batch=False)"
            )
        branch: bytes = found[0].tobytes()
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


def outcomes(left: Array, right: Array) -> Ints:
    """How numbers compare: 1 for less, 2 for greater, 4 for equal, 0 for none of these."""
    found: Ints = (left < right) + 2 * (left > right) + 4 * (left == right)
    return found
