"""fused: a rule in generic arithmetic as NumPy statements that write into its arrays.

An optimiser's rule is written once, on single numbers. Called with symbols in their place it
notes down what it does; the statements then need no new arrays, and no look-ups.
"""

from __future__ import annotations

import keyword
import re
import struct
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .native_rule import native_lines
from .runtime import Array, quiet
from .scalar import Ledger, Scalar, text
from .symbols import CaptureError, Notes, Symbol, mentions

NAMES = re.compile(r"\b[at]\d+\b")
TAKEN = r"np|update|table_\w+|options|names_|plain_|number_|type|len|fixed_\d+|[abct]\d+"
KEPT = 16  # programs of a rule for arrays of one shape
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
        self.programs: dict[Any, list[Callable[..., bool]]] = {}  # by the arrays' shape
        self.source = ""

    def __call__(self, *arrays: Array, **options: Any) -> None:
        shape = arrays[0].shape
        for program in self.programs.get(shape, ()):
            if program(*arrays, options):
                return
        with np.errstate(all="ignore"):
            program = self.write(arrays, options) or self.unfused(len(arrays), options)
            self.programs[shape] = [program, *self.programs.get(shape, ())][:KEPT]
            program(*arrays, options)

    def unfused(self, count: int, options: dict[str, Any]) -> Callable[..., bool]:
        """The rule itself, on the arrays."""
        fixed = {name: kind_of(option) for name, option in options.items()}

        def run(*operands: Any) -> bool:
            arrays, options = operands[:count], operands[count]
            if fixed != {name: kind_of(option) for name, option in options.items()}:
                return False
            with np.errstate(all="ignore"):
                for place, result in zip(self.into, self.rule(*arrays, **options), strict=True):
                    arrays[place][...] = result
            return True

        self.source = "# the rule itself, called on the arrays\n"
        return run

    def write(self, arrays: Sequence[Array], options: dict[str, Any]) -> Callable[..., bool] | None:
        """The program for these options; None if there is none that is right."""
        counter = iter(range(1, 1000))
        notes = Notes(lambda prefix: f"{prefix}{next(counter)}")
        operands = [Symbol(notes, name=f"a{i}") for i in range(len(arrays))]
        unpacked = Unpacked(options)
        try:
            results = self.rule(*operands, **unpacked.traced)
            texts = [r.text() if isinstance(r, Symbol) else text(r) for r in results]
        except (CaptureError, AttributeError, TypeError, ValueError):
            return None
        body, buffers = in_place(notes, texts, [f"a{i}" for i in self.into])
        scalars = [*unpacked.names, *unpacked.ledger.known.values()]
        run, given = native_lines(body, arrays, buffers, scalars)
        native = bool(run)
        if not native:
            run, given = lines_on_arrays(body, scalars)
        run = [*unpacked.ledger.lines, *run]
        body = [*unpacked.ledger.lines, *body]
        places = ", ".join(f"a{i}" for i in range(len(arrays)))
        scratch = {f"b{i}": np.empty(arrays[0].shape) for i in range(1, buffers + 1)}
        namespace: dict[str, Any] = {"np": np, **scratch, **unpacked.fixed, **given}
        lines = [f"def update({places}, options):", *unpacked.lines, *run, "return True"]
        exec(compile("\n    ".join(lines), "<fused by autograd>", "exec"), namespace)
        update = namespace["update"]
        program: Callable[..., bool] = update if native else quiet(update)
        if not self.agrees(program, arrays, options):
            return None
        arguments = ", ".join([places, *unpacked.names])
        self.source = "\n    ".join([f"def update({arguments}):", *body])
        return program

    def agrees(
        self, program: Callable[..., bool], arrays: Sequence[Array], options: dict[str, Any]
    ) -> bool:
        """True if the rule itself does the same, for these numbers and for others."""
        for factor in (1.0, 0.75):
            changed = {name: scaled(option, factor) for name, option in options.items()}
            copies = [a.copy() for a in arrays]
            if not program(*copies, changed):
                continue  # another branch
            for place, result in zip(self.into, self.rule(*arrays, **changed), strict=True):
                if not np.allclose(copies[place], result, rtol=1e-12, atol=0.0, equal_nan=True):
                    return False
        return True


class Unpacked:
    """The options of a rule: numbers, which may change, and all else, which may not.

    ``lines`` are the statements at the head of a program that take the numbers out of
    ``options``, each under its name, and return False if anything else is different now.
    ``traced`` are the options with symbols in place of numbers.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        self.ledger = Ledger()
        self.names: list[str] = []
        self.fixed: dict[str, Any] = {
            "names_": frozenset(options),
            "plain_": (float, int),
            "number_": is_number,
        }
        self.lines = ["if options.keys() != names_: return False"]
        self.traced = {
            name: self.unpack(option, f"options[{name!r}]", name)
            for name, option in options.items()
        }

    def unpack(self, option: Any, source: str, name: str) -> Any:
        """One option, or one part of it."""
        if is_number(option):
            name = usable(name, len(self.names))
            self.names.append(name)
            self.lines.append(f"{name} = {source}")
            self.lines.append(
                f"if type({name}) not in plain_ and not number_({name}): return False"
            )
            return Scalar(option, name, self.ledger)
        if isinstance(option, (tuple, list)):
            whole = self.keep(type(option))
            self.lines.append(
                f"if type({source}) is not {whole} or len({source}) != {len(option)}: return False"
            )
            return tuple(
                self.unpack(part, f"{source}[{i}]", f"{name}_{i}") for i, part in enumerate(option)
            )
        if isinstance(option, (bool, type(None))):
            self.lines.append(f"if {source} is not {option}: return False")
        else:
            same = self.keep(option)
            self.lines.append(f"if {source} is not {same} and {source} != {same}: return False")
        return option

    def keep(self, thing: Any) -> str:
        """A name for something that does not change."""
        name = f"fixed_{len(self.fixed)}"
        self.fixed[name] = thing
        return name


def is_number(option: Any) -> bool:
    """True for a float or an int; a bool is none here."""
    return isinstance(option, (float, int)) and not isinstance(option, bool)


def kind_of(option: Any) -> Any:
    """An option without its numbers."""
    if isinstance(option, (tuple, list)):
        return [type(option), *map(kind_of, option)]
    return float if is_number(option) else (option,)


def scaled(option: Any, factor: float) -> Any:
    """An option with other numbers."""
    if isinstance(option, (tuple, list)):
        return type(option)(scaled(part, factor) for part in option)
    return float(option) * factor if is_number(option) else option


def usable(name: str, i: int) -> str:
    """The name of an option, if it can be that of a variable and is none of the program's."""
    taken = keyword.iskeyword(name) or re.fullmatch(TAKEN, name)
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


def lines_on_arrays(body: list[str], scalars: Sequence[str]) -> tuple[list[str], dict[str, Any]]:
    """The statements with the numbers among their operands in arrays, and what they refer to.

    NumPy would make an array of a number at each call, which takes as long as 1,000 additions.
    """
    used = [name for name in scalars if any(mentions(line, name) for line in body)]
    numbers = bytearray(8 * len(used))
    given: dict[str, Any] = {
        "table_pack": struct.Struct(f"{len(used)}d").pack_into,
        "table_bytes": numbers,
    }
    for i, name in enumerate(used):
        given[f"table_{i}"] = np.frombuffer(numbers, float, 1, 8 * i).reshape(())
        body = [re.sub(rf"\b{name}\b", f"table_{i}", line) for line in body]
    return [f"table_pack({', '.join(['table_bytes', '0', *used])})", *body], given


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
