"""The chain rule on arrays: a gradient times a slope, added to the gradients of the operands."""

from __future__ import annotations

from typing import Any

import numpy as np

from .columns import Ints
from .deferred import Share, ViewSpec, stack
from .layout import is_injective, strides_of
from .places import Access, Places
from .symbols import Notes, Symbol


class Gradients(Places):
    """Writes what a group passes back."""

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

    def pass_on(self, operands: list[Access], shares: list[Symbol | None], notes: Notes) -> None:
        """Add each operand's share to its gradient."""
        lines: list[str] = []
        for operand, share in zip(operands, shares, strict=True):
            if share is not None and not self.defer(operand, share):
                self.accumulate(operand, share, lines)
        self.backward += [*notes.lines(" ".join(lines)), *lines]

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
        if not is_injective(flat):
            slots = access.index.ravel()
            if (np.diff(slots) >= 0).all():
                self.add_runs(slots, contribution, lines)
            else:
                weights = f"np.ravel({contribution.expression})"
                self.count_into(slots, self.indices(slots - slots.min()), weights, lines)
            return
        untouched = flat[~self.touched[flat]]
        fresh = len(untouched) == len(flat)
        if not fresh:
            self.to_clear[untouched] = True
        self.touched[flat] = True
        if axes:
            notes = contribution.notes
            contribution = notes.total(contribution, f"axis={axes}", "keepdims=True")
        if access.affine is not None:
            offset, strides = access.affine
            target = self.view("D", offset, index.shape, strides)
            if fresh:
                lines.append(contribution.into(target))
            else:
                lines.append(f"np.add({target}, {contribution.expression}, out={target})")
        else:
            sign = "=" if fresh else "+="
            lines.append(f"D[{self.indices(index)}] {sign} {contribution.expression}")

    def count_into(self, slots: Ints, where: str, weights: str, lines: list[str]) -> None:
        """Add weights to slots of which some occur more than once.

        ``where`` is the source text of the slots, counted from the lowest of ``slots``.
        """
        low, high = int(slots.min()), int(slots.max()) + 1
        fresh = not self.touched[low:high].any()
        lines.append(
            f"D[{low}:{high}] {'=' if fresh else '+='} "
            f"np.bincount({where}, {weights}, minlength={high - low})"
        )
        if not fresh:
            self.to_clear[low:high] |= ~self.touched[low:high]
        self.touched[slots[self.needs[slots]]] = True

    def scatter_into(self, slots: Ints, where: str, weights: str, lines: list[str]) -> None:
        """Add weights to slots of which none occurs twice; ``where`` is their source text."""
        low, high = int(slots.min()), int(slots.max()) + 1
        fresh = not self.touched[low:high].any()
        if fresh:
            lines.append(f"D[{low}:{high}] = 0.0")
        else:
            self.to_clear[low:high] |= ~self.touched[low:high]
        lines.append(f"D[{where}] {'=' if fresh else '+='} {weights}")
        self.touched[slots[self.needs[slots]]] = True

    def add_runs(self, slots: Ints, contribution: Symbol, lines: list[str]) -> None:
        """Add a contribution to slots which it repeats, all repeats of one next to each other."""
        first = np.flatnonzero(np.diff(slots, prepend=-1))
        index = slots[first]
        live = index[self.needs[index]]
        fresh = not self.touched[live].any()
        if not fresh:
            self.to_clear[live[~self.touched[live]]] = True
        self.touched[live] = True
        affine = strides_of(index)
        if affine is not None:
            target = self.view("D", affine[0], index.shape, affine[1])
        else:
            target = f"D[{self.indices(index)}]"
        runs = f"np.add.reduceat(np.ravel({contribution.expression}), {self.indices(first)})"
        if fresh and affine is not None:
            lines.append(f"{runs[:-1]}, out={target})")
        elif affine is not None:
            lines.append(f"np.add({target}, {runs}, out={target})")
        else:
            lines.append(f"{target} {'=' if fresh else '+='} {runs}")

    def defer(self, access: Access, share: Symbol) -> bool:
        """Keep a share to parameters for the end, where those of all time steps come together."""
        names = (share.name,) if share.name else share.operands
        factors = tuple(self.specs[name] for name in names if name in self.specs)
        product = share.function == "np.matmul" and len(access.index.shape) == 2
        count = self.grouped.parameters
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
            access, stacked = shares[0].access, stack([s.factors for s in shares])
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
                total = notes.total(Symbol(notes, name=self.view(*stacked[0])), "axis=0")
            else:
                total = self.stacked_product(notes, *stacked)
            self.accumulate(access, total, lines)
            self.backward += [*notes.lines(" ".join(lines)), *lines]

    def stacked_product(self, notes: Notes, left: ViewSpec, right: ViewSpec) -> Symbol:
        """Σₜ Lₜ·Rₜ. Where the steps lie in one row, that is a matrix product itself."""
        (array, at, (steps, m, k), (far, down, across)) = left
        (other, place, (_, _, n), (further, below, beside)) = right
        if k == 1 or (far == k * across and further == k * below):
            if k == 1:
                across, below = far, further
            columns = self.view(array, at, (m, steps * k), (down, across))
            rows = self.view(other, place, (steps * k, n), (below, beside))
            return notes.call("matmul", Symbol(notes, name=columns), Symbol(notes, name=rows))
        each = notes.call(
            "matmul",
            Symbol(notes, name=self.view(*left)),
            Symbol(notes, name=self.view(*right)),
        )
        return notes.total(each, "axis=0")
