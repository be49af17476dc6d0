"""The chain rule on arrays: a gradient times a slope, added to the gradients of the operands."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np

from .columns import Ints
from .deferred import Share, ViewSpec, stack
from .layout import is_injective, strides_of
from .places import Access, Places
from .symbols import Notes, Symbol

COPY = re.compile(r"(d\w*)\[\.\.\.\] = (t\d+)")


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
        if not self.masked:
            return self.times(notes, upstream, slope)
        product = notes.call("multiply", upstream, slope)
        # 0·inf is 0 where `where` did not choose the branch
        return notes.call("where", notes.call("equal", upstream, 0.0), 0.0, product)

    def times(self, notes: Notes, upstream: Symbol, slope: Symbol) -> Symbol:
        """gradient × slope; of the quotient out = a/b: g/b, and −(g/b)·out with the same g/b."""
        match slope.function, slope.operands:
            case "np.negative", (positive,):
                return notes.call("negative", self.times(notes, upstream, notes.named(positive)))
            case "np.divide", ("1.0", under):
                return notes.call("divide", upstream, Symbol(notes, name=under))
            case "np.divide", (over, under):
                share = notes.known.get(("divide", (upstream.name, under)))
                if share is not None:
                    return notes.call("multiply", share, Symbol(notes, name=over))
        return notes.call("multiply", upstream, slope)

    def pass_on(self, operands: list[Access], shares: list[Symbol | None], notes: Notes) -> None:
        """Add each operand's share to its gradient."""
        lines: list[str] = []
        for operand, share in zip(operands, shares, strict=True):
            if share is not None and not self.defer(operand, share):
                self.accumulate(operand, share, lines)
        written = [*notes.lines(" ".join(lines)), *lines]
        self.backward += in_their_places(written) if apart(operands) else written

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
        positive, minus = contribution.without_sign()
        if axes:
            notes = contribution.notes
            positive = notes.total(positive, f"axis={axes}", "keepdims=True")
            contribution = notes.call("negative", positive) if minus else positive
        if access.affine is not None:
            offset, strides = access.affine
            target = self.view("D", offset, index.shape, strides)
            if fresh:
                lines.append(contribution.into(target))
            else:
                function = "np.subtract" if minus else "np.add"
                lines.append(f"{function}({target}, {positive.expression}, out={target})")
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
        positive, minus = contribution.without_sign()
        runs = f"np.add.reduceat(np.ravel({positive.expression}), {self.indices(first)})"
        signed = f"np.negative({runs})" if minus else runs
        if fresh and affine is not None:
            lines.append(f"{signed[:-1]}, out={target})")
        elif affine is not None:
            function = "np.subtract" if minus else "np.add"
            lines.append(f"{function}({target}, {runs}, out={target})")
        else:
            lines.append(f"{target} {'=' if fresh else '+='} {signed}")

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


def apart(accesses: list[Access]) -> bool:
    """True if no two of them can have a slot in common."""
    ends = sorted((int(a.index.min()), int(a.index.max())) for a in accesses)
    return all(high < low for (_, high), (low, _) in itertools.pairwise(ends))


def in_their_places(lines: list[str]) -> list[str]:
    """The statements without ``d[...] = t``: t is computed in d, and read from there."""
    for copy in filter(None, map(COPY.fullmatch, lines)):
        place, name = copy.groups()
        made = [line for line in lines if line.startswith(f"{name} = ")]
        if len(made) == 1:
            written = Symbol.text_into(made[0].partition(" = ")[2], place)
            lines = [written if line is made[0] else line for line in lines if line != copy[0]]
            lines = [re.sub(rf"\b{name}\b", place, line) for line in lines]
    return lines
