"""The native executor: a program's statements run by the vector machine in C.

``native/executor.c`` is built with the package where there is a C compiler. Without it, or
with ``AUTOGRAD_PURE=1``, NumPy runs the statements.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .._build import executor
from .emit import Emitter
from .instructions import Area
from .lowering import Lowering, assigned
from .runtime import checked


class Native:
    """``forward`` and ``backward`` of a program, as tables with Python in between."""

    def __init__(self, module: Any, emitter: Emitter) -> None:
        areas = {
            name: Area("UD".index(array), offset, shape, strides)
            for name, (array, offset, shape, strides) in emitter.specs.items()
        }
        lengths = len(emitter.U), len(emitter.D)
        self.lowering = Lowering(module, lengths, areas, emitter.environment)
        parts = [self.parts(emitter.forward), self.parts(emitter.backward)]
        self.bases = (emitter.U, emitter.D, *self.lowering.to.buffers())
        self.namespace = dict(emitter.environment)
        for name, area in self.lowering.areas.items():
            if name not in self.namespace and area.base < len(self.bases):
                self.namespace[name] = self.view(area)
        self.native = sum(count for part in parts for _, count, _ in part)
        self.python = [line for part in parts for _, _, lines in part for line in lines]
        self.steps = [[self.step(module, *piece) for piece in part] for part in parts]

    def parts(self, lines: list[str]) -> list[tuple[range, int, list[str]]]:
        """Pieces in turns: (instructions, how many statements they are, []) or Python lines."""
        pieces: list[tuple[range, int, list[str]]] = []
        lines = [line for line in lines if not line.startswith("#")]
        parsed = ast.parse("\n".join(lines)).body  # together, which takes half the time
        for line, statement in zip(lines, parsed, strict=True):
            before = len(self.lowering.to.records)
            if self.lowering.statement(line, statement):
                after = len(self.lowering.to.records)
                if pieces and pieces[-1][1]:
                    span, count, _ = pieces[-1]
                    pieces[-1] = range(span.start, after), count + 1, []
                else:
                    pieces.append((range(before, after), 1, []))
            elif pieces and not pieces[-1][1]:
                pieces[-1][2].append(line)
            else:
                pieces.append((range(0), 0, [line]))
        return pieces

    def view(self, area: Area) -> Any:
        base = self.bases[area.base]
        strides = [8 * stride for stride in area.strides]
        return as_strided(base[min(area.offset, len(base) - 1) :], area.shape, strides)

    def step(self, module: Any, span: range, count: int, lines: list[str]) -> Callable[[], Any]:
        """One piece, as a function."""
        if not count:
            names = sorted({name for line in lines for name in assigned(line)})
            head = [f"global {', '.join(names)}"] if names else []
            text = "\n    ".join(["def piece():", *head, *lines])
            exec(compile(text, "<compiled by autograd>", "exec"), self.namespace)
            piece: Callable[[], Any] = self.namespace["piece"]
            return piece
        to = self.lowering.to
        run = to.table(module.Table, to.records[span.start : span.stop]).run
        buffers = self.bases
        checks = {k - span.start: check for k, check in self.lowering.checks.items() if k in span}

        def table() -> None:
            stopped = run(*buffers)
            if stopped >= 0:
                if stopped in checks:
                    area, length = checks[stopped]
                    with np.errstate(all="ignore"):
                        checked(self.view(area), length)  # raises what NumPy's program raises
                raise IndexError("compile: an index leads outside of its table")

        return table

    def forward(self) -> None:
        for step in self.steps[0]:
            step()

    def backward(self) -> None:
        for step in self.steps[1]:
            step()

    @property
    def note(self) -> str:
        """Which statements run where, in one line."""
        whole = self.native + len(self.python)
        return f"executor: native, {self.native} of {whole} statements"


def native_of(emitter: Emitter) -> Native | None:
    """The native form of a program, if there can be one."""
    module = executor()
    return Native(module, emitter) if module is not None else None


__all__ = ["Native", "executor", "native_of"]
