"""export: a program as one source file for NumPy, JAX or PyTorch, which needs nothing of ours.

The file is functional: parameters and arguments go in, the loss and its gradients come out.
The way back is written out, with this engine's derivatives at kinks and edges; in JAX and
PyTorch it is handed to them as the loss's own derivative.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from ..primitives.table import Primitive
from .arrays import ArrayCode
from .columns import Ints
from .emit import slots_read
from .export_texts import HEADS, OF_NUMBERS, STACKED, TORCH_NAMES
from .groups import Elementwise, Group, Grouped, Pick, Sum, Wide
from .origins import Comment
from .symbols import CaptureError, Notes, Symbol, number_text, text_of
from .tracing import CompileError

NAMESPACES = ("numpy", "jax", "torch")


def export(program: Any, namespace: str) -> str:
    """The source of a file with the program's loss and gradients, for one namespace.

    ``CompileError`` if the program is more than a function of its arguments.
    """
    if namespace not in NAMESPACES:
        raise ValueError(f"export(namespace): one of {', '.join(NAMESPACES)}, not {namespace!r}")
    if program.left.size:
        raise CompileError(
            "export: Python code compared Values, and the file could not tell when it would go "
            "another way; use autograd.where, maximum or relu instead of `if`"
        )
    if program.assigned:
        raise CompileError(
            "export: the function changes a state (as batch normalisation in training does); "
            "export it in eval mode: model.eval()"
        )
    code = program.code
    if not isinstance(code, ArrayCode):
        found = ArrayCode.of(code.columns, program.count, ("latest",), "arrays")
        assert found is not None
        code = found
    # In the order of ``program.parameters``, wherever the array code has them.
    parameters = program.parameters
    place = {k: i for i, k in enumerate(program.code.parameters)}
    order = np.array([place[k] for k in code.parameters], np.intp)
    held = [value.data for value in program.held]
    writer = Writer(code, namespace, order, program.count, len(held))
    kept = [int(slot) for slot in code.kept]
    others = np.array(kept[1 : 1 + program.others.size], np.intp)
    return writer.file(
        kept[0], others, [p.data for p in parameters], [p.label for p in parameters], held
    )


class Writer:
    """Writes the statements: each group's numbers are one array, ``v1``, ``v2`` …

    A *block* is such an array, or the parameters ``p``, the arguments ``x``, the constants
    ``c``. What a statement reads is a part of a block, or gathered from one or several.
    """

    def __init__(
        self, code: ArrayCode, namespace: str, order: Ints, inputs: int, held: int
    ) -> None:
        grouped: Grouped = code.emitter.grouped
        self.code, self.namespace, self.grouped = code, namespace, grouped
        self.order = order  # where in p the parameters lie that the slots begin with
        self.needs_inputs = namespace != "numpy"
        self.used = 0
        self.constants: list[str] = []
        self.known: dict[Any, str] = {}
        self.forward: list[str] = []
        self.backward: list[str] = []
        count = grouped.parameters
        numbers = len(grouped.numbers)
        self.blocks = [
            ("p", 0, count),
            ("x", count, inputs + held),
            ("c", count + inputs + held, numbers),
        ]
        self.blocks += [(f"v{k}", g.base, g.size) for k, g in enumerate(grouped.groups, 1)]
        self.blocks.sort(key=lambda block: (block[1], block[2]))
        self.place = {name: k for k, (name, _, _) in enumerate(self.blocks)}
        self.bases = np.array([base for _, base, _ in self.blocks])
        self.needs = np.zeros(grouped.slots, bool)
        self.needs[:count] = True
        self.needs[count : count + inputs] = self.needs_inputs
        self.shares: dict[int, list[str]] = {}  # block: texts of what flows into it
        self.masked = any(
            isinstance(g, Elementwise) and g.primitive.name == "where" for g in grouped.groups
        )

    def file(
        self, root: int, others: Ints, start: list[float], labels: list[str], held: list[float]
    ) -> str:
        """The whole file."""
        ways_back: list[Callable[[str], None]] = []
        for k, group in enumerate(self.grouped.groups, 1):
            self.needs[group.base : group.base + group.size] = self.needs[slots_read(group)].any()
            self.forward.append(self.code.noted(Comment.about(f"# {what(group)}", group)).strip())
            ways_back.append(self.group(group, f"v{k}"))
        value = self.read(np.array(root))
        outputs = self.read(others) if len(others) else ""
        forward = list(self.forward)
        self.pass_on(np.array([root]), "np.ones(1)" if self.namespace != "torch" else "ones(1)")
        for k in range(len(ways_back) - 1, -1, -1):
            group, block = self.grouped.groups[k], self.place[f"v{k + 1}"]
            if block in self.shares and self.needs[group.base]:
                name = self.name("d")
                self.backward.append(f"# {what(group)}")
                self.backward.append(f"{name} = {' + '.join(self.shares[block])}")
                ways_back[k](name)
        gradients = [
            " + ".join(self.shares.get(self.place[name], [f"0.0 * {name}"])) for name in "px"
        ]
        if not self.needs_inputs:
            gradients[1] = "None"
        head = HEADS[self.namespace]
        constants = ", ".join(map(number_text, self.grouped.numbers.tolist()))
        nodes = self.code.nodes
        kind = ", dtype=DTYPE" if self.namespace == "torch" else ""
        lines = [
            f'"""A loss of {len(start)} parameters, and its gradients: {nodes} scalar nodes.',
            "",
            *head.about,
            '"""',
            "",
            *head.imports,
            "",
            f"PARAMETERS = {len(start)}",
            f"INITIAL = {start!r}",
            *([f"LABELS = {labels!r}"] if any(labels) else []),
            f"HELD = {held!r}",
            *head.helpers,
            f"c = {head.array}([{constants}]{kind})",
            *self.constants,
            "",
            "",
            "def forward(p, x):",
            *[f"    {line}" for line in forward],
            f"    return {value}, {outputs or 'None'}",
            "",
            "",
            "def forward_and_backward(p, x):",
            *[f"    {line}" for line in self.forward],
            *[f"    {line}" for line in self.backward],
            f"    return {value}, {gradients[0]}, {gradients[1]}",
            *head.tail,
            *(head.outputs if outputs else []),
        ]
        source = "\n".join(lines) + "\n"
        if self.namespace == "torch":
            check_names(source)
        return source

    # --- groups: each writes its numbers, and returns what writes the way back ------------

    def group(self, group: Group, out: str) -> Callable[[str], None]:
        if isinstance(group, Sum):
            return self.sum(group, out)
        if isinstance(group, Pick):
            return self.pick(group, out)
        if isinstance(group, Wide) or group.primitive.name in STACKED:
            return self.wide(group, out)
        return self.elementwise(group, out)

    def elementwise(self, group: Elementwise, out: str) -> Callable[[str], None]:
        texts = [self.read(column) for column in group.operands]
        notes = FileNotes(self.name)
        named = [Symbol(notes, name=text) for text in texts]
        try:
            value = Symbol.apply_primitive(named[0], group.primitive, tuple(named))
            group.primitive.partials(Symbol(notes, name=out), *named)  # can it be written?
        except (CaptureError, AttributeError, TypeError, ValueError) as reason:
            raise self.impossible(group.primitive, str(reason)) from None
        line = f"{out} = {value.expression}"
        self.forward += [*notes.lines(line), line]

        def back(d: str) -> None:
            notes = FileNotes(self.name)
            slopes = group.primitive.partials(
                Symbol(notes, name=out), *[Symbol(notes, name=text) for text in texts]
            )
            for column, slope in zip(group.operands, slopes, strict=True):
                share = self.chain(notes, d, slope)
                if share and self.needs[column].any():
                    self.backward += [
                        line for line in notes.lines(share) if line not in self.backward
                    ]
                    self.pass_on(column, share)

        return back

    def chain(self, notes: Notes, d: str, slope: Any) -> str:
        """The text of gradient × slope; "" where nothing flows."""
        if slope is None or (not isinstance(slope, Symbol) and slope == 0.0):
            return ""
        upstream = Symbol(notes, name=d)
        if not isinstance(slope, Symbol) and slope == 1.0:
            return d
        product = notes.call("multiply", upstream, slope)
        if self.masked and isinstance(slope, Symbol):  # 0·inf is 0 in a branch not chosen
            product = notes.call("where", notes.call("equal", upstream, 0.0), 0.0, product)
        return product.text()

    def wide(self, group: Wide | Elementwise, out: str) -> Callable[[str], None]:
        form = STACKED.get(group.primitive.name)
        if form is None:
            raise self.impossible(group.primitive, "it has no form for whole arrays")
        rows, slopes = self.name("r"), self.name("s")
        operands = np.array(group.operands)
        self.forward.append(f"{rows} = {self.read(operands)}")
        self.forward.append(f"{out}, {slopes} = {form}({rows})")

        def back(d: str) -> None:
            if group.primitive.name != "shift":
                self.pass_on(operands, f"{d} * {slopes}")

        return back

    def pick(self, group: Pick, out: str) -> Callable[[str], None]:
        hits = self.name("h")
        length = len(group.table)
        self.forward.append(f"{hits} = chosen({self.read(group.index)}, {length})")
        table = self.read(group.table)
        self.forward.append(f"{out} = np.where({hits}, {table}, 0.0).sum(0)")

        def back(d: str) -> None:
            self.pass_on(group.table, f"np.where({hits}, {d}, 0.0)")

        return back

    def sum(self, group: Sum, out: str) -> Callable[[str], None]:
        terms: list[str] = []
        ways_back: list[Callable[[str], None]] = []
        for factors in group.matrix.factors if group.matrix is not None else ():
            assert group.matrix is not None
            ways_back.append(self.matmul(factors, group.matrix.transposed, terms))
        for left, right in group.terms:
            ways_back.append(self.products(left, right, terms))
        self.forward.append(f"{out} = {' + '.join(terms)}")

        def back(d: str) -> None:
            for way_back in ways_back:
                way_back(d)

        return back

    def matmul(
        self, factors: tuple[Ints, Ints], transposed: bool, terms: list[str]
    ) -> Callable[[str], None]:
        left, right = reversed(factors) if transposed else factors
        if len(left) == 1:
            left, right = left[0], right[0]
        a, b = (
            f"full({text}, {index.shape})" if is_number(text) else text
            for index, text in ((left, self.named(left)), (right, self.named(right)))
        )
        terms.append(f"({a} @ {b}{TURNED}).reshape(-1)")
        shape = (*left.shape[:-1], right.shape[-2])

        def back(d: str) -> None:
            g = self.name("t")
            self.backward.append(f"{g} = {d}.reshape({shape})")
            if self.needs[left].any():
                self.pass_on(left, f"({g} @ {b})")
            if self.needs[right].any():
                self.pass_on(right, f"({g}{TURNED} @ {a})")

        return back

    def products(self, left: Ints, right: Ints | None, terms: list[str]) -> Callable[[str], None]:
        """Σₖ left[:, k]·right[:, k], or Σₖ left[:, k]."""
        a = self.named(left)
        b = "" if right is None else self.named(right)
        text = f"{a} * {b}" if b else a
        terms.append(f"full({text}, {left.shape}).sum(-1)")

        def back(d: str) -> None:
            across = f"{d}[:, None]"
            for mine, other in ((left, b), (right, a)):
                if mine is not None and self.needs[mine].any():
                    share = f"{across} * {other}" if other and right is not None else across
                    self.pass_on(mine, f"full({share}, {left.shape})")

        return back

    def impossible(self, primitive: Primitive, why: str) -> CompileError:
        return CompileError(f"export: {primitive.name} cannot be written down, because {why}")

    # --- reading, and its reverse ----------------------------------------------------------

    def name(self, prefix: str) -> str:
        self.used += 1
        return f"{prefix}_{self.used}"

    def named(self, index: Ints) -> str:
        """What is read, under a name of its own."""
        key = ("named", index.shape, index.tobytes())
        if key not in self.known:
            text = self.read(index)
            if text.isidentifier() or is_number(text):
                return text
            self.known[key] = self.name("a")
            self.forward.append(f"{self.known[key]} = {text}")
        return self.known[key]

    def read(self, index: Ints) -> str:
        """The text of an array with the numbers in these slots, of the shape of ``index``."""
        of = np.searchsorted(self.bases, index, side="right") - 1
        blocks = np.unique(of)
        if len(blocks) == 1:
            block, _, size = self.blocks[blocks[0]]
            local = self.local(index, of)
            if block == "c":
                numbers = self.grouped.numbers[local]
                if (numbers == numbers.flat[0]).all():
                    return number_text(float(numbers.flat[0]))
            return self.part(block, local, size)
        starts, at = {}, 0
        for k in blocks.tolist():
            starts[k] = at
            at += self.blocks[k][2]
        shift = np.zeros(len(self.blocks), np.int64)
        shift[list(starts)] = list(starts.values())
        joined = ", ".join(self.blocks[k][0] for k in starts)
        indices = self.indices(self.local(index, of) + shift[of])
        return f"np.concatenate([{joined}])[{indices}]"

    def local(self, index: Ints, of: Ints) -> Ints:
        """The places of these slots in their blocks."""
        local: Ints = index - self.bases[of]
        is_parameter = of == self.place["p"]
        if is_parameter.any():
            local = np.where(is_parameter, self.order[np.where(is_parameter, local, 0)], local)
        return local

    def part(self, block: str, local: Ints, size: int) -> str:
        """A part of one block."""
        if local.ndim == 0:
            return f"{block}[{int(local)}]"
        flat = local.ravel()
        if (len(flat) > 1 and (np.diff(flat) == 1).all()) or len(flat) == 1:
            first, last = int(flat[0]), int(flat[-1]) + 1
            text = block if (first, last) == (0, size) else f"{block}[{first}:{last}]"
            return text if local.ndim == 1 else f"{text}.reshape({local.shape})"
        if local.ndim == 2 and (np.diff(local.T.ravel()) == 1).all():
            first, last = int(local[0, 0]), int(local[-1, -1]) + 1
            return f"{block}[{first}:{last}].reshape({local.T.shape}).T"
        return f"{block}[{self.indices(local)}]"

    def indices(self, local: Ints) -> str:
        """The name of a constant array of indices."""
        key = (local.shape, local.tobytes())
        if key not in self.known:
            self.known[key] = name = self.name("i")
            head = HEADS[self.namespace]
            self.constants.append(f"{name} = {head.integers}({local.tolist()!r})")
        return self.known[key]

    def pass_on(self, index: Ints, share: str) -> None:
        """Add a share, of the shape of ``index``, to the gradients of what was read there."""
        for axis in range(index.ndim):
            if index.shape[axis] > 1 and (index == index.take([0], axis=axis)).all():
                total = f"({share}).sum({axis})" if index.ndim == 1 else None
                if total is None:
                    total = f"({share}).sum({axis}).reshape({index.take([0], axis=axis).shape})"
                else:
                    total += ".reshape(1)"
                index, share = index.take([0], axis=axis), total
        of = np.searchsorted(self.bases, index, side="right") - 1
        whole = self.name("t")
        self.backward.append(f"{whole} = ({share}).reshape(-1)")
        flat, of = index.ravel(), of.ravel()
        for k in np.unique(of).tolist():
            size = self.blocks[k][2]
            mine = of == k
            if not self.needs[flat[mine]].any():
                continue
            local = self.local(flat[mine], of[mine])
            part = whole if mine.all() else f"{whole}[{self.indices(np.flatnonzero(mine))}]"
            if len(local) == size and (local == np.arange(size)).all():
                text = part
            else:
                text = f"scatter({size}, {self.indices(local)}, {part})"
            name = self.name("g")
            self.backward.append(f"{name} = {text}")
            self.shares.setdefault(k, []).append(name)


class FileNotes(Notes):
    """Notes for a file, which has functions of its own for what NumPy lacks."""

    def primitive(self, primitive: Primitive, operands: tuple[Any, ...]) -> Symbol:
        if primitive.name not in OF_NUMBERS:
            raise CaptureError("it has no array form")
        return Symbol(self, primitive.name, tuple(map(text_of, operands)))


TURNED = ".swapaxes(-1, -2)"


def what(group: Group) -> str:
    """What a group is, in words."""
    if isinstance(group, Sum):
        return f"{'matrix product' if group.matrix else 'sum'}: {group.size} at once"
    name = "pick" if isinstance(group, Pick) else group.primitive.name
    return f"{name.encode('unicode_escape').decode()}: {group.size} at once"


def is_number(text: str) -> bool:
    """True for the text of a number."""
    return text[0] in "-0123456789" or text.startswith(("np.inf", "np.nan"))


def check_names(source: str) -> None:
    """``CompileError`` if PyTorch has no counterpart of a function."""
    for name in sorted(set(re.findall(r"\bnp\.(\w+)", source))):
        if name not in TORCH_NAMES.split():
            raise CompileError(f'export("torch"): there is no counterpart of numpy.{name}')
