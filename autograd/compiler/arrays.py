"""Regular graphs: the array statements of a program, compiled and bound to their arrays."""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .collapse import collapse
from .columns import PARAMETER, Columns, Ints
from .emit import Emitter
from .grouping import Grouper
from .groups import Grouped
from .hoist import hoist
from .irregular import DOUBT, EACH_WAY, WORTH, fewest_kinds, outlook
from .native import native_of
from .origins import Comment
from .runtime import Array
from .schedule import Schedule

# Without the global lock, Python shares constants, and needs to hash them: arrays cannot be.
FREE_THREADED = "free-threading" in sys.version


class ArrayCode:
    """``forward`` and ``backward`` on two long arrays: ``U``, the numbers, ``D``, the gradients.

    The parameters come first in both (``parameters`` says which, in the order of the matrices
    they belong to), then, in ``U``, the inputs. ``kept`` are the slots of the kept nodes.
    """

    is_exact = False  # it rounds otherwise than the engine

    @classmethod
    def of(
        cls, columns: Columns, inputs: int, schedules: Sequence[str], form: str | None
    ) -> ArrayCode | None:
        """The code; None if groups are so small that scalar code is better."""
        affordable = len(columns.operands) / WORTH if form is None else math.inf  # statements
        hopeless = DOUBT * affordable
        sums = collapse(columns)
        schedule = Schedule(sums)
        if EACH_WAY * schedule.depth > hopeless:
            return None
        level = fewest_kinds(sums, map(schedule.levels, schedules))
        kinds, for_each = outlook(sums, level, hopeless)
        if kinds * for_each > hopeless:
            return None
        hoisted, level = hoist(sums, level)
        grouped = Grouper(hoisted, inputs + len(columns.held)).run(level)
        if len(grouped.groups) * for_each > hopeless:
            return None
        emitter = Emitter(grouped, int(grouped.slot[columns.kept[0]]))
        return cls(columns, emitter, inputs) if statements(emitter) <= affordable else None

    def __init__(self, columns: Columns, emitter: Emitter, inputs: int) -> None:
        self.emitter = emitter
        self.U: Array = emitter.U
        self.D: Array = emitter.D
        grouped = emitter.grouped
        slot = grouped.slot
        self.kept: list[int] = slot[columns.kept].tolist()
        self.count = len(columns.parameters)
        is_parameter = columns.op == PARAMETER
        lies = slot[: len(columns.op)][is_parameter]
        self.parameters: list[int] = columns.order[is_parameter][np.argsort(lies)].tolist()
        self.inputs = slice(self.count, self.count + inputs + len(columns.held))
        self.given = self.U[: self.count], self.U[self.inputs]
        self.nodes = len(columns.op)
        self.calls = columns.calls
        self.node_in = node_in(grouped) if self.calls is not None else slot[:0].copy()
        grouped.slot = grouped.place = slot[:0].copy()  # a number for each node is not small
        self.native = native_of(emitter)
        self.warns = self.native is None or bool(self.native.python)  # of nan and inf, as NumPy

    def forward(self, parameters: Sequence[float] | Array, inputs: Sequence[float]) -> float:
        """Compute all numbers; the value."""
        self.given[0][...] = parameters
        self.given[1][...] = inputs
        if self.native is not None:
            self.native.forward()
            return float(self.U[self.kept[0]])
        return float(self.functions[0]())

    def backward(self) -> Array:
        """The gradients of the parameters, after ``forward``."""
        if self.native is not None:
            self.native.backward()
            return self.D[: self.count]
        gradients: Array = self.functions[1]()
        return gradients

    @functools.cached_property
    def functions(self) -> tuple[Callable[[], Any], Callable[[], Any]]:
        """``forward`` and ``backward`` of the source, made only where NumPy runs them."""
        namespace = dict(self.emitter.environment)
        exec(compile(self.write(), "<compiled by autograd>", "exec"), namespace)
        return prepared(namespace["forward"]), prepared(namespace["backward"])

    @property
    def source(self) -> str:
        """The program as text, its comments with the modules whose calls the numbers come from."""
        return self.write(self.noted)

    def noted(self, line: str) -> str:
        """A line; if it is a comment on a group, with the module call that the group is of."""
        if self.calls is None or not isinstance(line, Comment):
            return line
        first, last = line.base, line.base + line.size - 1
        nodes = self.node_in[[first, (first + last) // 2, last]]
        where = self.calls.path(nodes[nodes >= 0].tolist())
        return f"{line} ({where})" if where else line

    def write(self, noted: Callable[[str], str] = str) -> str:
        """The program as source text. ``U`` and ``D`` and index arrays are given to it."""
        lines = [
            f"# {self.nodes} scalar nodes; U: numbers, D: gradients.",
            f"# U[0:{self.count}] are the parameters,",
            f"# U[{self.inputs.start}:{self.inputs.stop}] the arguments.",
            *self.emitter.setup,
            "",
            "",
            "def forward():",
            *[f"    {noted(line)}" for line in self.emitter.forward],
            f"    return U[{self.kept[0]}]",
            "",
            "",
            "def backward():",
            *[f"    {noted(line)}" for line in self.emitter.backward],
            f"    return D[0:{self.count}]",
        ]
        shared = assigned(self.emitter.forward)
        if shared:
            lines.insert(lines.index("def forward():") + 1, f"    global {', '.join(shared)}")
        return "\n".join(lines) + "\n"

    @property
    def summary(self) -> str:
        """How many statements, in a few words."""
        count = statements(self.emitter)
        return f"{count} array statements ({len(self.emitter.groups)} groups)"

    @property
    def notes(self) -> list[str]:
        """What became a matrix product, what did not become array code, and why."""
        counts = self.emitter.counts
        return [
            self.native.note if self.native is not None else "executor: NumPy",
            f"matrix products: {counts['matmul']} forward",
            f"gathers: {counts['gather']}",
            f"computed number by number: {counts['each']}",
            *sorted(set(self.emitter.reasons)),
        ]


def node_in(grouped: Grouped) -> Ints:
    """The node whose number lies in each slot, or −1."""
    found = np.full(grouped.slots, -1)
    nodes = np.flatnonzero(grouped.slot >= 0)
    found[grouped.slot[nodes]] = grouped.place[nodes]
    return found


def prepared(function: Any) -> Any:
    """The function with arrays for its numbers: NumPy would make them anew at each call."""
    if FREE_THREADED:
        return function
    code = function.__code__
    constants = (np.array(c) if isinstance(c, float) else c for c in code.co_consts)
    function.__code__ = code.replace(co_consts=tuple(constants))
    return function


def statements(emitter: Emitter) -> int:
    """How many there are, forward and backward."""
    return sum(not line.startswith("#") for line in emitter.forward + emitter.backward)


def assigned(lines: list[str]) -> list[str]:
    """Names that ``forward`` assigns and ``backward`` reads: gathers, slopes."""
    names = []
    for line in lines:
        target = line.split(" = ")[0]
        name = target.split(", ")[-1]
        if name.isidentifier() and not line.startswith("#"):
            names.append(name)
    return names
