"""Pass 5, emit: groups become NumPy statements, forward and, in reverse, backward.

All numbers lie in one long array ``U``, their gradients in ``D``. Operands of a group are
views of ``U`` wherever their slots run with constant strides, else they are gathered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from .columns import Ints
from .deferred import Share, ViewSpec, stack
from .groups import Elementwise, Group, Grouped, Pick, Sum, Wide
from .layout import is_injective, loop_nest, strides_of
from .products import MatrixProduct
from .runtime import checked, each, each_partials, stacked, view
from .symbols import CaptureError, Notes, Symbol, number_text


@dataclass
class Access:
    """An array of slots that a statement reads, and how it is reached."""

    index: Ints
    affine: tuple[int, tuple[int, ...]] | None  # offset and strides of a view
    text: str


class Emitter:
    """Writes the statements of a program, and what they need to be bound to."""

    def __init__(self, grouped: Grouped, root: int) -> None:
        self.grouped = grouped
        self.groups = grouped.groups
        n = grouped.slots
        self.environment: dict[str, Any] = {"np": np}
        self.setup: list[str] = []
        self.forward: list[str] = []
        self.backward: list[str] = []
        self.reasons: list[str] = []  # why something did not become array code
        self.counts = {"matmul": 0, "gather": 0, "each": 0}
        self.names: dict[Any, str] = {}
        self.specs: dict[str, ViewSpec] = {}  # of each view, by its name
        self.deferred: dict[Any, list[Share]] = {}  # to parameters, by what they have in common
        self.used = 0
        self.needs = np.zeros(n, bool)  # slots that depend on a parameter
        self.needs[: len(grouped.sums.columns.parameters)] = True
        self.touched = np.zeros(n, bool)  # slots of D that hold a gradient by now
        self.to_clear = np.zeros(n, bool)
        self.U = np.zeros(n)
        self.D = np.zeros(n)
        first = grouped.first_number
        self.U[first : first + len(grouped.numbers)] = grouped.numbers
        self.constants = (first, first + len(grouped.numbers))
        self.masked = any(
            isinstance(g, Elementwise) and g.primitive.name == "where" for g in grouped.groups
        )
        self.environment |= {"U": self.U, "D": self.D, "view": view, "checked": checked}
        self.run(root)

    def run(self, root: int) -> None:
        ways_back = []
        for group in self.grouped.groups:
            reads = slots_read(group)
            self.needs[group.base : group.base + group.size] = self.needs[reads].any()
            self.comment(self.forward, group)
            ways_back.append(self.group(group))
        self.touched[root] = True
        self.backward.append(f"D[{root}] = 1.0")
        for group, way_back in zip(reversed(self.grouped.groups), reversed(ways_back), strict=True):
            mine = slice(group.base, group.base + group.size)
            if self.needs[group.base] and self.touched[mine].any():
                self.to_clear[mine] |= ~self.touched[mine]
                self.comment(self.backward, group)
                way_back()
        self.pass_on_deferred()
        parameters = slice(0, len(self.grouped.sums.columns.parameters))
        self.to_clear[parameters] |= ~self.touched[parameters]
        unset = np.flatnonzero(self.to_clear)
        if len(unset):
            runs = np.split(unset, np.flatnonzero(np.diff(unset) > 1) + 1)
            if len(runs) > 4:
                runs = [unset[[0, -1]]]
            clear = [f"D[{run[0]}:{run[-1] + 1}] = 0.0" for run in runs]
            self.backward[:0] = clear

    def comment(self, lines: list[str], group: Group) -> None:
        if isinstance(group, Sum):
            what = "matrix product" if group.matrix else "sum"
        elif isinstance(group, Pick):
            what = "pick"
        else:
            what = group.primitive.name
        printable = what.encode("unicode_escape").decode()
        lines.append(f"# {printable}: {group.size} at once")

    # --- names ---------------------------------------------------------------------------

    def new_name(self, prefix: str) -> str:
        self.used += 1
        return f"{prefix}{self.used}"

    def bind(self, prefix: str, thing: Any) -> str:
        """A name for something that the program finds ready."""
        name = self.new_name(prefix)
        self.environment[name] = thing
        return name

    def view(self, array: str, offset: int, shape: tuple[int, ...], strides: Any) -> str:
        """The name of a view of U or D, made once before the program runs."""
        strides = tuple(int(s) for s in strides)
        key = (array, offset, shape, strides)
        if key not in self.names:
            name = self.bind(
                self.letter(array, offset), view(self.environment[array], offset, shape, strides)
            )
            self.names[key] = name
            self.specs[name] = key
            self.setup.append(f"{name} = view({array}, {offset}, {shape}, {strides})")
        return self.names[key]

    def letter(self, array: str, offset: int) -> str:
        """w for a parameter, x for an argument, v for what was computed; d for gradients."""
        if array == "D":
            return "dw" if offset < len(self.grouped.sums.columns.parameters) else "d"
        if offset < len(self.grouped.sums.columns.parameters):
            return "w"
        return "x" if offset < self.constants[0] else "v"

    def indices(self, index: Ints) -> str:
        key = ("index", index.shape, index.tobytes())
        if key not in self.names:
            self.names[key] = self.bind("i", np.ascontiguousarray(index, np.intp))
        return self.names[key]

    # --- reading and accumulating --------------------------------------------------------

    def access(self, index: Ints) -> Access:
        """What the program reads to have the numbers in these slots."""
        low, high = self.constants
        if ((index >= low) & (index < high)).all():
            numbers = self.U[index]
            if (numbers == numbers.flat[0]).all():
                return Access(index, None, number_text(float(numbers.flat[0])))
            return Access(index, None, self.bind("c", numbers))
        affine = strides_of(index)
        if affine is not None:
            return Access(index, affine, self.view("U", affine[0], index.shape, affine[1]))
        return Access(index, None, self.gather(index))

    def gather(self, index: Ints) -> str:
        key = ("gather", index.shape, index.tobytes())
        if key not in self.names:
            name = self.names[key] = self.new_name("g")
            self.counts["gather"] += 1
            self.forward.append(f"{name} = np.take(U, {self.indices(index)})")
        return self.names[key]

    def together(self, columns: list[Ints]) -> tuple[tuple[int, ...], list[Access]]:
        """Columns of equal length, in the shape of a loop nest in which most of them are views."""
        size = len(columns[0])
        regular = [i for i, column in enumerate(columns) if loop_nest(column[:, None])]
        shape = loop_nest(np.stack([columns[i] for i in regular], 1)) if regular else None
        if shape is None and regular:
            shape = loop_nest(columns[regular[0]][:, None])
        if shape is None or (len(shape) > 1 and shape[-1] < 3 and size < 512):
            shape = (size,)
        return shape, [self.access(column.reshape(shape)) for column in columns]

    def result(self, array: str, base: int, shape: tuple[int, ...]) -> str:
        strides = [int(np.prod(shape[i + 1 :])) for i in range(len(shape))]
        return self.view(array, base, shape, strides)

    def accumulate(self, access: Access, contribution: Symbol, lines: list[str]) -> None:
        """Add a contribution, of the shape of the access, to the gradients of its slots."""
        index = access.index
        live = self.needs[index]
        if not live.any():
            return
        axes: tuple[int, ...] = ()
        if access.affine is not None:
            axes = tuple(
                k for k in range(index.ndim) if access.affine[1][k] == 0 and index.shape[k] > 1
            )
            for axis in axes:
                index = index.take([0], axis=axis)
        flat = index[self.needs[index]]
        untouched = flat[~self.touched[flat]]
        injective = is_injective(flat)
        fresh = len(untouched) == len(flat) and injective
        if not fresh:
            self.to_clear[untouched] = True
        self.touched[flat] = True
        if axes and injective:
            reduced = contribution.notes.call("add.reduce", contribution)
            reduced.operands = (*reduced.operands, f"axis={axes}", "keepdims=True")
            contribution = reduced
        elif axes:
            index = access.index
        if access.affine is not None and injective:
            offset, strides = access.affine
            target = self.view("D", offset, index.shape, strides)
            if fresh:
                lines.append(contribution.into(target))
            else:
                lines.append(f"np.add({target}, {contribution.expression}, out={target})")
        elif injective:
            sign = "=" if fresh else "+="
            lines.append(f"D[{self.indices(index)}] {sign} {contribution.expression}")
        else:
            low, high = int(index.min()), int(index.max()) + 1
            where = self.indices((index - low).ravel())
            weights = f"np.ravel({contribution.expression})"
            lines.append(
                f"D[{low}:{high}] += np.bincount({where}, {weights}, minlength={high - low})"
            )
            span = np.arange(low, high)
            self.to_clear[span[~self.touched[span]]] = True

    # --- groups --------------------------------------------------------------------------

    def group(self, group: Group) -> Any:
        if isinstance(group, Sum):
            return self.sum(group)
        if isinstance(group, Wide):
            return self.wide(group)
        if isinstance(group, Pick):
            return self.pick(group)
        return self.elementwise(group)

    def elementwise(self, group: Elementwise) -> Any:
        primitive = group.primitive
        shape, operands = self.together(group.operands)
        out, grad = self.result("U", group.base, shape), self.result("D", group.base, shape)
        notes = Notes(self.new_name)
        named = [Symbol(notes, name=operand.text) for operand in operands]
        try:
            value = Symbol.apply_primitive(named[0], primitive, tuple(named))
            primitive.partials(Symbol(notes, name=out), *named)  # can the way back be written?
            line = value.into(out)
            self.forward += [*notes.lines(line), line]
        except (CaptureError, AttributeError, TypeError, ValueError) as reason:
            return self.one_by_one(group, shape, operands, out, grad, reason)

        def back() -> None:
            notes = Notes(self.new_name)
            named = [Symbol(notes, name=operand.text) for operand in operands]
            slopes = primitive.partials(Symbol(notes, name=out), *named)
            self.pass_on(operands, [self.chain(notes, grad, slope) for slope in slopes], notes)

        return back

    def pass_on(self, operands: list[Access], shares: list[Symbol | None], notes: Notes) -> None:
        """Add each operand's share to its gradient."""
        lines: list[str] = []
        for operand, share in zip(operands, shares, strict=True):
            if share is not None and not self.defer(operand, share):
                self.accumulate(operand, share, lines)
        self.backward += [*notes.lines(" ".join(lines)), *lines]

    def defer(self, access: Access, share: Symbol) -> bool:
        """Keep a share to parameters for the end, where those of all time steps come together."""
        names = (share.name,) if share.name else share.operands
        factors = tuple(self.specs[name] for name in names if name in self.specs)
        product = share.function == "np.matmul" and len(access.index.shape) == 2
        count = len(self.grouped.sums.columns.parameters)
        if (
            not (share.name or product)
            or len(factors) != len(names)
            or access.affine is None
            or access.index.max() >= count
        ):
            return False
        shape = tuple(spec[2:] for spec in factors)
        key = (access.affine, access.index.shape, share.function, shape)
        self.deferred.setdefault(key, []).append(Share(access, factors, share))
        return True

    def pass_on_deferred(self) -> None:
        """The shares kept for the end: each kind as one statement or two, where it can be."""
        for shares in self.deferred.values():
            access, stacked = shares[0].access, stack(shares)
            notes = Notes(self.new_name)
            lines: list[str] = []
            if stacked is None:
                for share in shares:
                    self.accumulate(access, share.symbol, lines)
                    lines = [*share.symbol.notes.lines(" ".join(lines)), *lines]
                self.backward += lines
                continue
            self.backward.append(f"# {len(shares)} of a kind, kept until here")
            if len(stacked) == 1:
                total = notes.call("add.reduce", Symbol(notes, name=self.view(*stacked[0])))
                total.operands = (*total.operands, "axis=0")
            else:
                total = self.stacked_product(notes, *stacked)
            self.accumulate(access, total, lines)
            self.backward += [*notes.lines(" ".join(lines)), *lines]

    def stacked_product(self, notes: Notes, left: ViewSpec, right: ViewSpec) -> Symbol:
        """Σₜ Lₜ·Rₜ. Where each L is one column, and R one row, that is a matrix product itself."""
        if left[2][2] == 1:
            turned = self.view(left[0], left[1], (left[2][1], left[2][0]), (left[3][1], left[3][0]))
            rows = self.view(
                right[0], right[1], (right[2][0], right[2][2]), (right[3][0], right[3][2])
            )
            return notes.call("matmul", Symbol(notes, name=turned), Symbol(notes, name=rows))
        each = notes.call(
            "matmul",
            Symbol(notes, name=self.view(*left)),
            Symbol(notes, name=self.view(*right)),
        )
        total = notes.call("add.reduce", each)
        total.operands = (*total.operands, "axis=0")
        return total

    def chain(self, notes: Notes, grad: str, slope: Any) -> Symbol | None:
        """gradient × slope; None where nothing flows."""
        upstream = Symbol(notes, name=grad)
        if slope is None:
            return None
        if isinstance(slope, (int, float)):
            if slope == 0.0:
                return None
            if slope == 1.0:
                return upstream
            if slope == -1.0:
                return notes.call("negative", upstream)
            return notes.call("multiply", upstream, slope)
        product = notes.call("multiply", upstream, slope)
        if self.masked:  # 0·inf is 0 where `where` did not choose the branch
            product = notes.call("where", notes.call("equal", upstream, 0.0), 0.0, product)
        return product

    def one_by_one(
        self,
        group: Elementwise,
        shape: tuple[int, ...],
        operands: list[Access],
        out: str,
        grad: str,
        reason: Exception,
    ) -> Any:
        """A primitive whose closures can only be called on floats."""
        self.reasons.append(f"{group.primitive.name}: computed number by number, because {reason}")
        self.counts["each"] += 1
        texts = ", ".join(operand.text for operand in operands)
        function = self.bind("each_", each(group.primitive))
        slopes = self.bind("partials_", each_partials(group.primitive))
        self.forward.append(f"{out}[...] = {function}({texts})")

        def back() -> None:
            name = self.new_name("s")
            self.backward.append(f"{name} = {slopes}({out}, {texts})")
            notes = Notes(self.new_name)
            slopes_of = [Symbol(notes, name=f"{name}[{i}]") for i in range(len(operands))]
            shares = [self.chain(notes, grad, slope) for slope in slopes_of]
            self.pass_on(operands, shares, notes)

        return back

    def wide(self, group: Wide) -> Any:
        operands = self.access(group.operands)
        out = self.result("U", group.base, (group.size,))
        grad = self.view("D", group.base, group.operands.shape, (0, 1))
        text = operands.text
        if text not in self.names.values() and text not in self.environment:
            text = f"np.full({group.operands.shape}, {text})"
        plain = re.sub(r"\W", "_", group.primitive.name, flags=re.ASCII)
        function = self.bind(f"{plain}_", stacked(group.primitive))
        slopes = self.new_name("s")
        self.forward.append(f"{out}[...], {slopes} = {function}({text})")
        if group.primitive.stacked is None:
            self.counts["each"] += 1
            self.reasons.append(f"{group.primitive.name}: computed row by row (no stacked form)")

        def back() -> None:
            if group.primitive.name == "shift":
                return
            notes = Notes(self.new_name)
            share = self.chain(notes, grad, Symbol(notes, name=slopes))
            self.pass_on([operands], [share], notes)

        return back

    # --- sums ----------------------------------------------------------------------------

    def sum(self, group: Sum) -> Any:
        ways_back = []
        started = False
        if group.matrix is not None:
            for factors in group.matrix.factors:
                ways_back.append(self.matmul(group, group.matrix, factors, started))
                started = True
        for left, right in group.terms:
            if left.shape[1] <= 3:
                for k in range(left.shape[1]):
                    column = right[:, k] if right is not None else None
                    ways_back.append(self.term(group, left[:, k], column, started))
                    started = True
            else:
                ways_back.append(self.reduction(group, left, right, started))
                started = True

        def back() -> None:
            for way_back in ways_back:
                way_back()

        return back

    def write(self, symbol: Symbol, out: str, started: bool) -> None:
        line = f"np.add({out}, {symbol.expression}, out={out})" if started else symbol.into(out)
        self.forward += [*symbol.notes.lines(line), line]

    def term(self, group: Sum, left: Ints, right: Ints | None, started: bool) -> Any:
        """A plain term or a product, for all sums of the group."""
        shape, factors = self.together([left] if right is None else [left, right])
        out, grad = self.result("U", group.base, shape), self.result("D", group.base, shape)
        notes = Notes(self.new_name)
        if right is None:
            self.write(Symbol(notes, name=factors[0].text), out, started)
        elif factors[0].text == "-1.0":
            if started:
                self.forward.append(f"np.subtract({out}, {factors[1].text}, out={out})")
            else:
                self.forward.append(f"np.negative({factors[1].text}, out={out})")
        else:
            product = notes.call("multiply", *[Symbol(notes, name=f.text) for f in factors])
            self.write(product, out, started)

        def back() -> None:
            self.product_rule(factors, grad)

        return back

    def product_rule(self, factors: list[Access], grad: str) -> None:
        notes = Notes(self.new_name)
        upstream = Symbol(notes, name=grad)
        if len(factors) == 1:
            self.pass_on(factors, [upstream], notes)
            return
        shares: list[Symbol | None] = []
        for other in reversed(factors):
            if not self.needs[factors[len(shares)].index].any():
                shares.append(None)
            elif other.text == "1.0":
                shares.append(upstream)
            elif other.text == "-1.0":
                shares.append(notes.call("negative", upstream))
            else:
                shares.append(notes.call("multiply", upstream, Symbol(notes, name=other.text)))
        if (factors[0].index == factors[1].index).all() and shares[0] is not None:
            factors, shares = factors[:1], [notes.call("multiply", shares[0], 2.0)]
        self.pass_on(factors, shares, notes)

    def reduction(self, group: Sum, left: Ints, right: Ints | None, started: bool) -> Any:
        """Many terms to each sum, reduced along the last axes."""
        size, k = left.shape
        if size == 1:  # the order of terms is free: as they lie
            order = np.argsort(left[0], kind="stable")
            left, right = left[:, order], right[:, order] if right is not None else None
        columns = [left.ravel()] if right is None else [left.ravel(), right.ravel()]
        shape = loop_nest(np.stack(columns, 1), most=5)
        inner = 0
        if shape is not None:
            length = 1
            while length < k and inner < len(shape):
                inner += 1
                length *= shape[-inner]
            if length != k:
                shape = None
        if shape is None:
            shape, inner = (size, k), 1
        factors = [self.access(column.reshape(shape)) for column in columns]
        outer = shape[: len(shape) - inner] or (1,)
        axes = tuple(range(len(shape) - inner, len(shape)))
        out = self.result("U", group.base, outer)
        if len(shape) == inner:
            out = self.view("U", group.base, (), ())
        strides = [int(np.prod(outer[i + 1 :])) for i in range(len(outer))]
        if len(shape) == inner:
            strides = []
        grad = self.view("D", group.base, shape, (*strides, *[0] * inner))
        notes = Notes(self.new_name)
        terms = Symbol(notes, name=factors[0].text)
        if right is not None:
            terms = notes.call("multiply", terms, Symbol(notes, name=factors[1].text))
        if right is None and factors[0].affine is None and "g" not in factors[0].text[:1]:
            terms = Symbol(notes, name=f"np.broadcast_to({factors[0].text}, {shape})")
        total = notes.call("add.reduce", terms)
        total.operands = (*total.operands, f"axis={axes}")
        self.write(total, out, started)

        def back() -> None:
            self.product_rule(factors, grad)

        return back

    def matmul(
        self, group: Sum, plan: MatrixProduct, factors: tuple[Ints, Ints], started: bool
    ) -> Any:
        """One matrix product (or a batch of them), and the two of its way back."""
        left, right = reversed(factors) if plan.transposed else factors
        single = left.shape[0] == 1
        if single:
            left, right = left[0], right[0]
        a, _ = self.matrix(left)
        b, b_turned = self.matrix(right)
        shape = plan.shape[1:] if single else plan.shape
        out, grad = self.result("U", group.base, shape), self.result("D", group.base, shape)
        turned = (*shape[:-2], shape[-1], shape[-2])
        strides = [int(np.prod(shape[i + 1 :])) for i in range(len(shape))]
        strides[-1], strides[-2] = strides[-2], strides[-1]
        grad_turned = self.view("D", group.base, turned, strides)
        self.counts["matmul"] += 1
        notes = Notes(self.new_name)
        operands = Symbol(notes, name=a.text), Symbol(notes, name=b_turned)
        self.write(notes.call("matmul", *operands), out, started)

        def back() -> None:
            notes = Notes(self.new_name)
            shares: list[Symbol | None] = [
                notes.call("matmul", Symbol(notes, name=x), Symbol(notes, name=y))
                if self.needs[factor.index].any()
                else None
                for factor, x, y in ((a, grad, b.text), (b, grad_turned, a.text))
            ]
            self.pass_on([a, b], shares, notes)

        return back

    def pick(self, group: Pick) -> Any:
        """Elements of tables: their slots are computed from the indices when the program runs."""
        length = len(group.table)
        index = self.access(group.index)
        out, grad = (self.result(array, group.base, (group.size,)) for array in "UD")
        picked = self.new_name("p")
        table = self.bind("i", np.ascontiguousarray(group.table, np.intp))
        column = self.bind("i", np.arange(group.size))
        self.forward.append(f"{picked} = {table}[checked({index.text}, {length}), {column}]")
        self.forward.append(f"np.take(U, {picked}, out={out})")

        def back() -> None:
            slots = group.table
            self.to_clear[slots[self.needs[slots] & ~self.touched[slots]]] = True
            self.touched[slots] = True
            low, high = int(slots.min()), int(slots.max()) + 1
            self.backward.append(
                f"D[{low}:{high}] += np.bincount({picked} - {low}, {grad}, minlength={high - low})"
            )
            span = np.arange(low, high)
            self.to_clear[span[~self.touched[span]]] = True

        return back

    def matrix(self, index: Ints) -> tuple[Access, str]:
        """A factor of a matrix product, and the text of its transpose, ready for BLAS."""
        access = self.access(index)
        if access.affine is not None and blas_can_read(index.shape, access.affine[1]):
            offset, strides = access.affine
            shape = (*index.shape[:-2], index.shape[-1], index.shape[-2])
            turned = self.view("U", offset, shape, (*strides[:-2], strides[-1], strides[-2]))
            return access, turned
        if access.affine is not None:
            access = Access(index, access.affine, self.gather(index))
        elif access.text not in self.environment and not access.text.startswith("g"):
            access = Access(index, None, self.bind("c", np.full(index.shape, float(access.text))))
        return access, f"{access.text}.swapaxes(-1, -2)"


def blas_can_read(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    """True if a matrix has one unit stride and rows that do not overlap."""
    (rows, columns), (down, across) = shape[-2:], strides[-2:]
    if across == 1 and (rows == 1 or down >= columns):
        return True
    return down == 1 and (columns == 1 or across >= rows)


def slots_read(group: Group) -> Ints:
    """All slots that a group reads."""
    if isinstance(group, Sum):
        parts = [x.ravel() for pair in group.terms for x in pair if x is not None]
        if group.matrix is not None:
            parts += [x.ravel() for pair in group.matrix.factors for x in pair]
        return np.concatenate(parts)
    if isinstance(group, Wide):
        return group.operands.ravel()
    if isinstance(group, Pick):
        return group.table.ravel()
    return np.concatenate(group.operands)
