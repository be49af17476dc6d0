"""Groups of sums as statements: matrix products, products, plain terms, reductions."""

from __future__ import annotations

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
        self.write(notes.total(terms, f"axis={axes}"), out, started)

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
