"""Groups of the table's functions as statements: elementwise, over many operands, look-ups."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

from ..primitives.table import Primitive
from .arrange import likeness
from .columns import Ints
from .deferred import stacks
from .gradients import Gradients
from .groups import Elementwise, Pick, Wide
from .layout import is_injective
from .places import Access
from .runtime import each, each_partials, slopes, stacked
from .sorting import unique
from .symbols import CaptureError, Notes, Numpy, Symbol, plain


class Operations(Gradients):
    """Writes the groups of functions. Each method returns what writes the way back."""

    def elementwise(self, group: Elementwise) -> Any:
        primitive = group.primitive
        shape, operands = self.together(group.operands)
        out, grad = self.result("U", group.base, shape), self.result("D", group.base, shape)
        notes = Notes(self.new_name)
        named = [Symbol(notes, name=operand.text) for operand in operands]
        try:
            value = Symbol.apply_primitive(named[0], primitive, tuple(named))
            # Can the way back be written?
            slopes = primitive.partials(Symbol(notes, name=out), *named)
        except (CaptureError, AttributeError, TypeError, ValueError) as reason:
            return self.one_by_one(group, shape, operands, out, grad, reason)
        line = value.into(out)
        lines = [*notes.lines(line), line]
        self.forward += lines
        given = {out, *[operand.text for operand in operands]}
        if any(isinstance(s, Symbol) and s.name not in given for s in slopes):
            self.steps.setdefault(likeness(group), {})[group.base] = (primitive, out, operands)
        known = notes.computed(lines)

        def back() -> None:
            notes = Notes(self.new_name, known)
            slopes = self.slopes_of_all_steps(group, notes)
            if slopes is None:
                slopes = self.slopes_of(primitive, notes, out, [o.text for o in operands])
            shares = [
                self.chain(notes, grad, slope) if self.needs[operand.index].any() else None
                for operand, slope in zip(operands, slopes, strict=True)
            ]
            self.pass_on(operands, shares, notes)

        return back

    def slopes_of(
        self, primitive: Primitive, notes: Notes, out: str, operands: list[str]
    ) -> tuple[Any, ...]:
        """The local derivatives as symbols."""
        arrays = all(text in self.environment or text.startswith("g") for text in operands)
        named = [Symbol(notes, name=text) for text in (out, *operands)]
        found: tuple[Any, ...]
        if primitive.slopes is None or not arrays:
            found = primitive.partials(*named)
            return found
        with contextlib.suppress(CaptureError, AttributeError, TypeError, ValueError):
            found = primitive.slopes(Numpy(notes), *named)
            return found
        function = self.bind(f"{plain(primitive.name)}_slopes_", slopes(primitive))
        names = [self.new_name("s") for _ in operands]
        self.backward.append(f"{', '.join(names)} = {function}({', '.join([out, *operands])})")
        return tuple(Symbol(notes, name=name) for name in names)

    def slopes_of_all_steps(self, group: Elementwise, notes: Notes) -> tuple[Any, ...] | None:
        """Those of this step of a loop, if what its steps read and write lies at equal distances.

        They are computed once, for all these steps, as arrays with one more axis.
        """
        key = likeness(group)
        if group.base not in self.steps.get(key, ()):
            return None
        if key not in self.slopes_together:
            self.slopes_together[key] = self.stacked_slopes(key)
        if group.base not in self.slopes_together[key]:
            return None
        step, together = self.slopes_together[key][group.base]
        return tuple(
            Symbol(notes, name=f"{slope.name}[{step}]") if isinstance(slope, Symbol) else slope
            for slope in together
        )

    def stacked_slopes(self, key: object) -> dict[int, tuple[int, tuple[Any, ...]]]:
        """For groups that are alike, by base: which step it is, and the slopes of all steps."""
        bases, rows = [], []
        for base in sorted(self.steps[key]):
            primitive, out, operands = self.steps[key][base]
            names = [out, *[operand.text for operand in operands]]
            if all(name in self.specs for name in names):
                bases.append(base)
                rows.append(tuple(self.specs[name] for name in names))
        found: dict[int, tuple[int, tuple[Any, ...]]] = {}
        for first, after, views in stacks(rows):
            self.backward.append(f"# the slopes of {after - first} steps")
            notes = Notes(self.new_name)
            out, *texts = [self.view(*spec) for spec in views]
            together = self.slopes_of(primitive, notes, out, texts)
            names = [slope.text() for slope in together if isinstance(slope, Symbol)]
            self.backward += notes.lines(" ".join(names))
            found |= {bases[i]: (i - first, together) for i in range(first, after)}
        return found

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
        function = self.bind(f"{plain(group.primitive.name)}_", stacked(group.primitive))
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

    def pick(self, group: Pick) -> Any:
        """Elements of tables: their slots are computed from the indices when the program runs."""
        if (rows := whole_rows(group.table, group.index)) is not None:
            return self.pick_rows(group, rows)
        length = len(group.table)
        index = self.access(group.index)
        out, grad = (self.result(array, group.base, (group.size,)) for array in "UD")
        picked = self.new_name("p")
        table = np.ascontiguousarray(group.table, np.intp)
        number = f"checked({index.text}, {length})"
        strides = unique(np.diff(table, axis=0))
        if len(strides) == 1:  # all tables run with the same stride
            first = self.bind("i", table[0])
            times = "" if strides[0] == 1 else f"{strides[0]} * "
            self.forward.append(f"{picked} = {first} + {times}{number}")
        else:
            columns = self.bind("i", np.arange(group.size))
            self.forward.append(f"{picked} = {self.bind('i', table)}[{number}, {columns}]")
        self.forward.append(f"U.take({picked}, out={out}, mode='clip')")

        def back() -> None:
            low = int(group.table.min())
            if is_injective(group.table.ravel()):  # whatever the indices, all slots differ
                self.scatter_into(group.table, picked, grad, self.backward)
            else:
                where = f"{picked} - {low}" if low else picked
                self.count_into(group.table, where, grad, self.backward)

        return back

    def pick_rows(self, group: Pick, rows: tuple[int, int, int]) -> Any:
        """Whole rows of one table, such as an embedding."""
        width, offset, stride = rows
        length, count = len(group.table), group.size // width
        index = self.access(group.index[::width])
        out = self.result("U", group.base, (count, width))
        grad = self.result("D", group.base, (group.size,))
        table = self.view("U", offset, (length, width), (stride, 1))
        picked, slots = self.new_name("p"), self.new_name("p")
        self.forward.append(f"{picked} = checked({index.text}, {length})")
        self.forward.append(f"{table}.take({picked}, axis=0, out={out}, mode='clip')")

        def back() -> None:
            across = self.bind("i", np.arange(width))
            times = "" if stride == 1 else f"{stride} * "
            self.backward.append(f"{slots} = np.add.outer({times}{picked}, {across}).ravel()")
            self.count_into(group.table, slots, grad, self.backward)

        return back


def whole_rows(table: Ints, index: Ints) -> tuple[int, int, int] | None:
    """(width, first slot, distance) if rows of one table are picked that lie in one piece each."""
    changes = np.flatnonzero(index != index[0])
    width = int(changes[0]) if len(changes) else len(index)
    if width < 2 or len(index) % width or len(table) < 2:
        return None
    by_row = index.reshape(-1, width)
    across = np.tile(np.arange(width), len(by_row))
    first, stride = int(table[0, 0]), int(table[1, 0] - table[0, 0])
    regular = first + stride * np.arange(len(table))[:, None] + across
    if stride < width or (by_row != by_row[:, :1]).any() or (table != regular).any():
        return None
    return width, first, stride
