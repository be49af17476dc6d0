"""Groups of the table's functions as statements: elementwise, over many operands, look-ups."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from .gradients import Gradients
from .groups import Elementwise, Pick, Wide
from .places import Access
from .runtime import each, each_partials, stacked
from .symbols import CaptureError, Notes, Symbol


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

    def pick(self, group: Pick) -> Any:
        """Elements of tables: their slots are computed from the indices when the program runs."""
        length = len(group.table)
        index = self.access(group.index)
        out, grad = (self.result(array, group.base, (group.size,)) for array in "UD")
        picked = self.new_name("p")
        table = np.ascontiguousarray(group.table, np.intp)
        number = f"checked({index.text}, {length})"
        strides = np.unique(np.diff(table, axis=0))
        if len(strides) == 1:  # all tables run with the same stride
            first = self.bind("i", table[0])
            self.forward.append(f"{picked} = {first} + {strides[0]} * {number}")
        else:
            columns = self.bind("i", np.arange(group.size))
            self.forward.append(f"{picked} = {self.bind('i', table)}[{number}, {columns}]")
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
