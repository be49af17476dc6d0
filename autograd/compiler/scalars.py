"""Irregular graphs: straight-line Python on floats, where there is nothing to do at once.

When groups would be tiny, a NumPy statement for each would cost more than it saves. Such a
graph becomes one function with a line per node, forward and then backward, whose slopes
are the table's closures written out. Where there is the machine in C, it runs instead what the
lines say (``native_lines``), and Python need not compile them.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Sequence
from keyword import iskeyword
from typing import Any

import numpy as np

from ..primitives.table import Primitive
from .columns import INPUT, NUMBER, PARAMETER, Columns
from .native_lines import native_lines
from .runtime import Array
from .scalar_tables import Tables, picked
from .symbols import CaptureError, is_zero, number_text, plain

OPERATORS = {"+": "{0} + {1}", "-": "{0} - {1}", "*": "{0} * {1}", "neg": "-{0}", "detach": "{0}"}
LINEAR = {"sum", "mean", "dot"}  # of many operands, with slopes that are no larger than they
NAMES_OF_NUMBERS = re.compile(r"[a-z]\d*|program|parameters|inputs")
MASKED = {"where", "pick"}  # with operands to which nothing flows


class ScalarCode:
    """``function(parameters, inputs) -> (value, kept numbers, gradients)`` and its source."""

    def __init__(
        self,
        columns: Columns,
        why: str = "because little can be done at once",
        exact: bool = False,
    ) -> None:
        self.columns, self.why = columns, why
        self.masked = any(p.name in MASKED for p in columns.primitives)
        self.native = None if exact else native_lines(columns, self.masked)
        self.is_exact = self.warns = self.native is None
        self.environment: dict[str, Any] = {"inf": math.inf, "nan": math.nan, "pick": picked}
        self.templates: dict[tuple[int, int], tuple[str, list[str | None] | None]] = {}
        self.parameters = list(range(len(columns.parameters)))
        # The numbers of kept nodes are here in U:
        self.kept = list(range(len(columns.kept))) if self.native is None else columns.kept
        self.U: Array = np.zeros(len(columns.kept)) if self.native is None else self.native.U
        self.gradients: Array = np.zeros(len(columns.parameters))

    @functools.cached_property
    def function(self) -> Callable[..., Any]:
        """``program`` of the source, made only where Python runs it."""
        code = "\n".join(self.lines()) + "\n"
        exec(compile(code, "<compiled by autograd>", "exec"), self.environment)
        program: Callable[..., Any] = self.environment["program"]
        return program

    @property
    def summary(self) -> str:
        """How many lines, in a few words."""
        return f"{len(self.lines())} lines of scalar Python, {self.why}"

    @property
    def notes(self) -> list[str]:
        """What runs the program."""
        return [self.native.note if self.native is not None else "executor: Python"]

    @property
    def source(self) -> str:
        """The program as text, with the modules whose calls the numbers come from."""
        lines, calls, last = [], self.columns.calls, ""
        for line in self.lines():
            node = re.match(r"    v(\d+) = ", line)
            path = calls.path([int(node[1])]) if calls is not None and node else last
            if path != last:
                lines.append(f"    # {path}" if path else "    #")
            last = path
            lines.append(line)
        return "\n".join(lines) + "\n"

    def forward(self, parameters: Sequence[float] | Array, inputs: Sequence[float]) -> float:
        """Run the function, which computes gradients as well; the value."""
        if self.native is not None:
            return self.native.forward(parameters, inputs)
        numbers = parameters if isinstance(parameters, list) else list(map(float, parameters))
        value, self.U[:], self.gradients[:] = self.function(numbers, inputs)
        return float(value)

    def backward(self) -> Array:
        """The gradients of the parameters, after ``forward``."""
        return self.gradients if self.native is None else self.native.backward()

    @functools.cached_property
    def names(self) -> list[str]:
        """What each node is called in the source; numbers are not called anything else."""
        return [self.name(i) for i in range(len(self.columns.op))]

    def name(self, i: int) -> str:
        op = int(self.columns.op[i])
        if op == NUMBER:
            text = number_text(float(self.columns.number[i])).replace("np.", "")
            return f"({text})" if text.startswith("-") else text
        letter = {PARAMETER: "w", INPUT: "x"}.get(op)
        return f"{letter}{self.columns.order[i]}" if letter else f"v{i}"

    def lines(self) -> list[str]:
        columns = self.columns
        op, start, operands = columns.op.tolist(), columns.start.tolist(), columns.operands.tolist()
        below = [operands[start[i] : start[i + 1]] for i in range(len(op))]
        live, needs = self.reached(below)
        weights = [f"w{k}" for k in range(len(columns.parameters))]
        inputs = sorted({int(columns.order[i]) for i in range(len(op)) if op[i] == INPUT})
        lines = ["def program(parameters, inputs):"]
        if weights:
            lines.append(f"    {', '.join(weights)}, = parameters")
        lines += [f"    x{k} = inputs[{k}]" for k in inputs]
        picks = {i for i in live if op[i] >= 0 and self.columns.primitives[op[i]].name == "pick"}
        tables = Tables(tuple(below[i][:-1]) for i in sorted(picks))
        for i in live:
            if i in picks:
                table, index = tuple(below[i][:-1]), self.names[below[i][-1]]
                lines += tables.look_up(i, table, index, self.names)
            elif op[i] >= 0:
                forward, _ = self.template(op[i], len(below[i]))
                names = [self.names[x] for x in below[i]]
                lines.append(f"    v{i} = {forward.format(*names, ', '.join(names))}")
        root = columns.kept[0]
        gradient = {root}
        lines.append(f"    g{root} = 1.0")
        for i in reversed(live):
            if i in picks:
                table, index = tuple(below[i][:-1]), self.names[below[i][-1]]
                lines += tables.way_back(i, table, index, i in gradient and needs[i])
                for x, share in tables.shares(table):
                    if needs[x]:
                        lines.append(added(x, share, gradient))
            elif i in gradient and op[i] >= 0 and needs[i]:
                lines += self.way_back(i, op[i], below[i], needs, gradient)
        reached = {int(columns.order[i]): i for i in gradient if op[i] == PARAMETER}
        slopes = [f"g{reached[k]}" if k in reached else "0.0" for k in range(len(weights))]
        kept = ", ".join(self.names[i] for i in columns.kept)
        lines.append(f"    return {self.names[root]}, [{kept}], [{', '.join(slopes)}]")
        return lines

    def reached(self, below: list[list[int]]) -> tuple[list[int], list[bool]]:
        """What the kept nodes were computed from; and which of that depends on a parameter."""
        live = [False] * len(below)
        for i in self.columns.kept:
            live[i] = True
        for i in range(len(below) - 1, -1, -1):
            if live[i]:
                for x in below[i]:
                    live[x] = True
        needs: list[bool] = (self.columns.op == PARAMETER).tolist()
        for i, operands in enumerate(below):
            if operands:
                needs[i] = any(needs[x] for x in operands)
        return [i for i, is_live in enumerate(live) if is_live], needs

    def way_back(
        self, i: int, op: int, below: list[int], needs: list[bool], gradient: set[int]
    ) -> list[str]:
        """The lines that pass the gradient of node i on to its operands."""
        lines = []
        _, slopes = self.template(op, len(below))
        names = [self.names[x] for x in below]
        if slopes is None:  # known only as numbers
            primitive = self.columns.primitives[op]
            partials = self.bind(f"{primitive.name}_slopes", primitive.partials)
            lines.append(f"    s = {partials}(v{i}, {', '.join(names)})")
        for k, x in enumerate(below):
            if not needs[x]:
                continue
            if slopes is None:
                share = f"g{i} * s[{k}] if s[{k}] else 0.0"
            else:
                slope = slopes[k]
                if slope is None:
                    continue
                slope = slope.format(*names, f"v{i}")
                share = {"1.0": f"g{i}", "-1.0": f"-g{i}"}.get(slope, f"g{i} * {slope}")
                if self.masked and slope not in ("1.0", "-1.0"):
                    share += f" if g{i} else 0.0"  # in a branch not chosen, 0·inf is 0
            lines.append(added(x, share, gradient))
        return lines

    def template(self, op: int, arity: int) -> tuple[str, list[str | None] | None]:
        """An op's expression and the slopes', with {0}, {1} … for operands, {arity} for all."""
        if (op, arity) not in self.templates:
            primitive = self.columns.primitives[op]
            forward = OPERATORS.get(primitive.name)
            if forward is None:
                forward = self.bind(primitive.name, primitive.forward) + "({" + str(arity) + "})"
            slopes: list[str | None] | None = None
            if primitive.name not in MASKED and (arity <= 3 or primitive.name in LINEAR):
                slopes = self.slopes(primitive, arity)
            self.templates[op, arity] = forward, slopes
        return self.templates[op, arity]

    def slopes(self, primitive: Primitive, arity: int) -> list[str | None] | None:
        """The closure's slopes as expressions; None if they can only be computed."""
        symbols = [ScalarSymbol(self, "{" + str(k) + "}") for k in range(arity + 1)]
        try:
            slopes = primitive.partials(symbols[-1], *symbols[:-1])
        except (CaptureError, TypeError, ValueError, AttributeError):
            return None
        return [None if is_zero(slope) else scalar_text(slope) for slope in slopes]

    def bind(self, wanted: str, function: Any) -> str:
        """A name for a function that the program calls: the wanted one if it can be had."""
        for name, known in self.environment.items():
            if known is function:
                return name
        name = plain(wanted)
        is_free = name.isidentifier() and not iskeyword(name) and name not in self.environment
        if not is_free or NAMES_OF_NUMBERS.fullmatch(name):
            name = f"op_{name}_{len(self.environment)}"
        self.environment[name] = function
        return name


def added(x: int, share: str, gradient: set[int]) -> str:
    """The line that adds a share to the gradient of node x, or is the first to set it."""
    sign = "+=" if x in gradient else "="
    gradient.add(x)
    return f"    g{x} {sign} {share}"


class ScalarSymbol:
    """A float that will exist when the program runs; arithmetic on it writes expressions."""

    ndim = 1

    def __init__(self, code: ScalarCode, text: str) -> None:
        self.code, self.text = code, text

    def apply_primitive(self, primitive: Primitive, operands: tuple[Any, ...]) -> ScalarSymbol:
        """What ``primitive(*operands)`` is on floats: a call of its forward function."""
        function = self.code.bind(primitive.name, primitive.forward)
        return ScalarSymbol(self.code, f"{function}({', '.join(map(scalar_text, operands))})")

    def _infix(self, left: Any, sign: str, right: Any) -> ScalarSymbol:
        return ScalarSymbol(self.code, f"({scalar_text(left)} {sign} {scalar_text(right)})")

    def __add__(self, other: Any) -> Any:
        return self._infix(self, "+", other)

    def __radd__(self, other: Any) -> Any:
        return self._infix(other, "+", self)

    def __sub__(self, other: Any) -> Any:
        return self._infix(self, "-", other)

    def __rsub__(self, other: Any) -> Any:
        return self._infix(other, "-", self)

    def __mul__(self, other: Any) -> Any:
        return self._infix(self, "*", other)

    def __rmul__(self, other: Any) -> Any:
        return self._infix(other, "*", self)

    def __neg__(self) -> Any:
        return ScalarSymbol(self.code, f"(-{self.text})")

    def __bool__(self) -> bool:
        raise CaptureError("it branches on its operands")

    def __float__(self) -> float:
        raise CaptureError("it needs its operands as Python floats")

    def __lt__(self, other: Any) -> Any:
        raise CaptureError("it compares its operands")

    __le__ = __gt__ = __ge__ = __lt__


def scalar_text(x: Any) -> str:
    """A symbol or a number as source text."""
    if isinstance(x, ScalarSymbol):
        return x.text
    if isinstance(x, (int, float)):
        return number_text(float(x)).replace("np.", "")
    raise CaptureError(f"an operand of type {type(x).__name__}")
