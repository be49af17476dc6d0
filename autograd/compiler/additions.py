"""Groups of sums as statements: matrix products, products, plain terms, reductions."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from .columns import Ints
from .gradients import Gradients
from .groups import Sum
from .layout import loop_nest
from .places import Access
from .products import MatrixProduct
from .symbols import Notes, Symbol


class Additions(Gradients):
    """Writes the groups of sums. Each method returns what writes the way back."""

    started = False  # something of the sum has been written
    waiting: tuple[Symbol, str] | None = None  # its first term, and where it shall go

    def sum(self, group: Sum) -> Any:
        products, reductions, terms = [], [], []
        if group.matrix is not None:
            products = [
                functools.partial(self.matmul, group, group.matrix, factors)
                for factors in group.matrix.factors
            ]
        for left, right in group.terms:
            if left.shape[1] > 3:
                reductions.append(functools.partial(self.reduction, group, left, right))
                continue
            for k in range(left.shape[1]):
                one, other = left[:, k], right[:, k] if right is not None else None
                if other is not None and self.number(other) == -1.0:
                    one, other = other, one
                terms.append((one, other))
        terms.sort(key=lambda term: self.turn(*term))
        columns = [x for term in terms for x in term if x is not None]
        shape = self.nest(columns) if len(terms) > 1 else None
        self.started, self.waiting = False, None
        ways_back = [part() for part in (*products, *reductions)]
        ways_back += [self.term(group, shape, *term) for term in terms]
        if self.waiting is not None:
            self.forward.append(self.waiting[0].into(self.waiting[1]))

        def back() -> None:
            for way_back in ways_back:
                way_back()

        return back

    def turn(self, left: Ints, right: Ints | None) -> int:
        """When a term is written: products first, then what is added to them, then subtracted."""
        number = self.number(left)
        if right is not None:
            return 3 if number == -1.0 else 0
        return 1 if number is None else 2

    def write(self, term: Symbol, out: str, minus: bool = False) -> None:
        """Write a term to ``out``, or add it to what is there.

        A first term that is there already waits for the second: both in one statement.
        """
        lines, left = [], out
        if self.waiting is not None:
            first, place = self.waiting
            if place == out:
                left = first.name
            else:
                lines.append(first.into(place))
            self.waiting = None
        if self.started:
            function = "subtract" if minus else "add"
            lines.append(f"np.{function}({left}, {term.expression}, out={out})")
        elif minus:
            lines.append(f"np.negative({term.expression}, out={out})")
        elif term.name:
            self.waiting = term, out
        else:
            lines.append(term.into(out))
        self.started = True
        self.forward += [*term.notes.lines(" ".join(lines)), *lines]

    def term(
        self, group: Sum, shape: tuple[int, ...] | None, left: Ints, right: Ints | None
    ) -> Any:
        """A plain term or a product, for all sums of the group."""
        shape, factors = self.together([left] if right is None else [left, right], shape)
        out, grad = self.result("U", group.base, shape), self.result("D", group.base, shape)
        notes = Notes(self.new_name)
        symbols = [Symbol(notes, name=factor.text) for factor in factors]
        if factors[0].text == "-1.0" and right is not None:
            self.write(symbols[1], out, minus=True)
        else:
            self.write(symbols[0] if right is None else notes.call("multiply", *symbols), out)

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

    def reduction(self, group: Sum, left: Ints, right: Ints | None) -> Any:
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
        self.write(notes.total(terms, f"axis={axes}"), out)

        def back() -> None:
            self.product_rule(factors, grad)

        return back

    def matmul(self, group: Sum, plan: MatrixProduct, factors: tuple[Ints, Ints]) -> Any:
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
        self.write(notes.call("matmul", *operands), out)

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
