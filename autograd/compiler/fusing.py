"""fused: a rule in generic arithmetic as NumPy statements that write into its arrays.

An optimiser's rule is written once, on single numbers. Called with symbols in their place it
notes down what it does; the statements then need no new arrays, and no look-ups.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from typing import Any

import numpy as np

from .runtime import Array
from .scalar import Ledger, Scalar, text
from .symbols import CaptureError, Notes, Symbol

NAMES = re.compile(r"\b[at]\d+\b")
BOOLEAN = re.compile(r"np\.(less|greater|equal|not_equal|logical|isnan|isinf|isfinite)")


def fused(rule: Callable[..., tuple[Any, ...]], into: Sequence[int]) -> Fused:
    """``rule`` as a function on arrays whose results replace some of its operands.

    ``rule(*numbers, **options)`` returns a tuple and is written in generic arithmetic: with
    operators and functions of ``autograd``, without a branch on its operands. The fused
    function takes float64 arrays of one shape; result i goes to operand ``into[i]``.
    Options may be anything; numbers among them may change from call to call, and a branch
    on one of them is noticed. A rule that cannot be written down is called on the arrays.

    >>> import numpy as np
    >>> momentum = fused(lambda p, g, v, lr: (p - lr * (0.9 * v + g), 0.9 * v + g), into=(0, 2))
    >>> p, g, v = np.array([1.0, 2.0]), np.array([0.5, 0.5]), np.zeros(2)
    >>> momentum(p, g, v, lr=0.1)
    >>> p, v
    (array([0.95, 1.95]), array([0.5, 0.5]))
    >>> print(momentum.source)
    def update(a0, a1, a2, lr):
        np.multiply(0.9, a2, out=a2)
        np.add(a2, a1, out=a2)
        np.multiply(lr, a2, out=b1)
        np.subtract(a0, b1, out=a0)
    """
    return Fused(rule, tuple(into))


class Fused:
    """What ``fused`` returns. ``source`` is the program that ran last."""

    def __init__(self, rule: Callable[..., tuple[Any, ...]], into: tuple[int, ...]) -> None:
        self.rule, self.into = rule, into
        self.programs: dict[Any, list[Callable[..., bool]]] = {}  # by shape and fixed options
        self.source = ""

    def __call__(self, *arrays: Array, **options: Any) -> None:
        numbers: list[float] = []
        fixed = [arrays[0].shape, *options]
        for option in options.values():
            kind = type(option)
            if kind is float or kind is int:  # the usual cases, quickly
                numbers.append(option)
                fixed.append(float)
            elif kind is bool:
                fixed.append(option)
            else:
                fixed.append(flat(option, numbers))
        key = tuple(fixed)
        with np.errstate(all="ignore"):
            for program in self.programs.get(key, ()):
                if program(*arrays, *numbers):
                    return
            program = self.write(arrays, options, numbers) or self.unfused(len(arrays), options)
            self.programs.setdefault(key, []).append(program)
            program(*arrays, *numbers)

    def unfused(self, count: int, options: dict[str, Any]) -> Callable[..., bool]:
        """The rule itself, on the arrays."""

        def run(*operands: Any) -> bool:
            arrays, given = operands[:count], iter(operands[count:])
            now = {name: filled(x, given) for name, x in options.items()}
            for place, result in zip(self.into, self.rule(*arrays, **now), strict=True):
                arrays[place][...] = result
            return True

        self.source = "# the rule itself, called on the arrays\n"
        return run

    def write(
        self, arrays: Sequence[Array], options: dict[str, Any], numbers: list[float]
    ) -> Callable[..., bool] | None:
        """The program for these options; None if there is none that is right."""
        counter = iter(range(1, 1000))
        notes = Notes(lambda prefix: f"{prefix}{next(counter)}")
        ledger = Ledger()
        operands = [Symbol(notes, name=f"a{i}") for i in range(len(arrays))]
        names = [usable(name, i) for i, name in enumerate(names_in(options))]
        scalars = iter(map(Scalar, numbers, names, repeat(ledger)))
        traced = {name: filled(x, scalars) for name, x in options.items()}
        try:
            results = self.rule(*operands, **traced)
            texts = [r.text() if isinstance(r, Symbol) else text(r) for r in results]
        except (CaptureError, AttributeError, TypeError, ValueError):
            return None
        body, buffers = in_place(notes, texts, [f"a{i}" for i in self.into])
        body = [*ledger.lines, *body]
        arguments = ", ".join([*(f"a{i}" for i in range(len(arrays))), *names])
        source = "\n    ".join([f"def update({arguments}):", *body])
        scratch = {f"b{i}": np.empty(arrays[0].shape) for i in range(1, buffers + 1)}
        namespace: dict[str, Any] = {"np": np, **scratch}
        exec(compile(f"{source}\n    return True\n", "<fused by autograd>", "exec"), namespace)
        program: Callable[..., bool] = namespace["update"]
        if not self.agrees(program, arrays, options, numbers):
            return None
        self.source = source
        return program

    def agrees(
        self,
        program: Callable[..., bool],
        arrays: Sequence[Array],
        options: dict[str, Any],
        numbers: list[float],
    ) -> bool:
        """True if the rule itself does the same, for these numbers and for others."""
        for factor in (1.0, 0.75):
            changed = [x * factor for x in numbers]
            copies = [a.copy() for a in arrays]
            if not program(*copies, *changed):
                continue  # another branch
            given = iter(changed)
            now = {name: filled(x, given) for name, x in options.items()}
            for place, result in zip(self.into, self.rule(*arrays, **now), strict=True):
                if not np.allclose(copies[place], result, rtol=1e-12, atol=0.0, equal_nan=True):
                    return False
        return True


def flat(option: Any, numbers: list[float]) -> Any:
    """Collect the numbers of an option; what is fixed of it."""
    if isinstance(option, (tuple, list)):
        return tuple([flat(x, numbers) for x in option])
    if isinstance(option, (int, float)) and not isinstance(option, bool):
        numbers.append(float(option))
        return float
    return option


def names_in(options: dict[str, Any]) -> list[str]:
    """A name for each of these numbers."""
    names: list[str] = []
    for name, option in options.items():
        if isinstance(option, (tuple, list)):
            names += names_in({f"{name}_{i}": x for i, x in enumerate(option)})
        elif isinstance(option, (int, float)) and not isinstance(option, bool):
            names.append(name)
    return names


def filled(option: Any, numbers: Iterator[Any]) -> Any:
    """The option with the next of ``numbers`` in place of each of its own."""
    if isinstance(option, (tuple, list)):
        return tuple(filled(x, numbers) for x in option)
    if isinstance(option, (int, float)) and not isinstance(option, bool):
        return next(numbers)
    return option


def usable(name: str, i: int) -> str:
    """The name of an option, if it can be that of a variable and is none of the program's."""
    taken = keyword.iskeyword(name) or re.fullmatch(r"np|update|[abct]\d+", name)
    return name if name.isidentifier() and name.isascii() and not taken else f"option_{i}"


def in_place(notes: Notes, results: list[str], targets: list[str]) -> tuple[list[str], int]:
    """The statements such that each result ends in its target, and how many buffers they need.

    A statement writes to the target of its result if nothing after it reads what the target
    held, else to a place that is free by then: a target that waits for its result, or a buffer.
    """
    parts = depth_first(
        dict(line.split(" = ", 1) for line in notes.lines(" ".join(results))), results
    )
    names = [name for name, _ in parts]
    last: dict[str, int] = {}  # the last statement that reads it
    for i, (_, expression) in enumerate(parts):
        last |= dict.fromkeys(NAMES.findall(expression), i)
    last |= dict.fromkeys(results, len(parts))
    due = {
        target: names.index(result)
        for result, target in zip(results, targets, strict=True)
        if result in names
    }
    lies: dict[str, str] = {}  # where a result in between is
    body, buffers = [], 0
    for i, (name, expression) in enumerate(parts):
        written = NAMES.sub(lambda match: lies.get(match[0], match[0]), expression)
        if BOOLEAN.match(expression):
            body.append(f"{name} = {written}")
            continue
        taken = {place for t, place in lies.items() if last[t] > i}
        waiting = [
            target
            for target, line in due.items()
            if last.get(target, -1) <= i <= line
            and target not in taken
            and (line == i or last[name] <= line)
        ]
        if name in results:
            waiting = [t for t in waiting if due[t] == i]
        free = waiting or [f"b{k}" for k in range(1, buffers + 1) if f"b{k}" not in taken]
        if not free:
            free = [f"b{(buffers := buffers + 1)}"]
        lies[name] = free[0]
        body.append(Symbol.text_into(written, lies[name]))
    for result, target in zip(results, targets, strict=True):
        if lies.get(result, result) != target:
            body.append(f"{target}[...] = {lies.get(result, result)}")
    return body, buffers


def depth_first(expressions: dict[str, str], results: list[str]) -> list[tuple[str, str]]:
    """The statements in an order that needs few results in between at a time."""
    ordered: dict[str, str] = {}
    stack = results[::-1]
    while stack:
        name = stack[-1]
        needed = NAMES.findall(expressions.get(name, ""))
        missing = [t for t in needed if t in expressions and t not in ordered]
        if missing:
            stack.append(missing[0])
        else:
            stack.pop()
            if name in expressions:
                ordered[name] = expressions[name]
    return list(ordered.items())
