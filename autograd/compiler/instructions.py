"""Instructions for the vector machine (``native/executor.c``), and what they refer to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

DIMS, PARTS = 4, 4


class UnsupportedError(Exception):
    """The machine has no instruction for it."""


class Area(NamedTuple):
    """Places of a base: offset + Σ iₖ·stridesₖ. ``kind``: d numbers, b truth values, i indices."""

    base: int
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    kind: str = "d"

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def ends(self) -> tuple[int, int]:
        """The lowest and the highest place."""
        steps = [(n - 1) * s for n, s in zip(self.shape, self.strides, strict=True)]
        low = sum(step for step in steps if step < 0)
        return self.offset + low, self.offset + sum(steps) - low

    def broadcast(self, shape: tuple[int, ...]) -> Area:
        """As NumPy does it, with strides of 0."""
        if shape == self.shape:
            return self
        missing = len(shape) - len(self.shape)
        if missing < 0:
            raise UnsupportedError("shapes that do not go together")
        strides = [0] * missing
        for have, want, stride in zip(self.shape, shape[missing:], self.strides, strict=True):
            if have not in (want, 1):
                raise UnsupportedError("shapes that do not go together")
            strides.append(stride if have == want else 0)
        return self._replace(shape=shape, strides=tuple(strides))

    def is_same(self, other: Area) -> bool:
        """True if both have the same places in the same order."""
        return (self.base, self.offset, self.shape) == (other.base, other.offset, other.shape) and (
            all(
                a == b
                for a, b, n in zip(self.strides, other.strides, self.shape, strict=True)
                if n > 1
            )
        )

    def meets(self, other: Area) -> bool:
        """True if they may have a place in common."""
        if self.base != other.base or not self.size or not other.size:
            return False
        (low, high), (first, last) = self.ends, other.ends
        return low <= last and first <= high

    def flat(self) -> Area | None:
        """As one row, if it lies in one piece."""
        if self.size and self.strides != row_major(self.shape):
            strides = row_major(self.shape)
            if any(
                a != b for a, b, n in zip(self.strides, strides, self.shape, strict=True) if n > 1
            ):
                return None
        return self._replace(shape=(self.size,), strides=(1,))

    def turned(self) -> Area:
        """With its last two axes swapped."""
        shape, strides = list(self.shape), list(self.strides)
        shape[-2:], strides[-2:] = shape[-1:-3:-1], strides[-1:-3:-1]
        return self._replace(shape=tuple(shape), strides=tuple(strides))


def row_major(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides of an array that lies in one piece."""
    return tuple(math.prod(shape[k + 1 :]) for k in range(len(shape)))


class Instructions:
    """The instructions so far, constants, and room for what lies in between.

    ``lengths`` are those of the arrays that the instructions work on, bases 0, 1, …; then come
    scratch numbers and scratch indices, then the numbers and indices that do not change.
    """

    def __init__(self, codes: dict[str, int], lengths: Sequence[int]) -> None:
        self.codes, self.lengths = codes, lengths
        n = len(lengths)
        self.SCRATCH, self.PLACES, self.CONSTANTS, self.INDICES = range(n, n + 4)
        self.records: list[list[int]] = []
        self.scratch = 0
        self.places = 0
        self.constants: list[float] = []
        self.known: dict[Any, Area] = {}
        self.indices: list[np.ndarray[Any, Any]] = []
        self.index_count = 0

    def room(self, shape: tuple[int, ...], kind: str = "d") -> Area:
        """A new area for a result."""
        if kind == "i":
            area = Area(self.PLACES, self.places, shape, row_major(shape), kind)
            self.places += area.size
            return area
        area = Area(self.SCRATCH, self.scratch, shape, row_major(shape), kind)
        self.scratch += -(-area.size // 8) * 8  # each begins a line of the cache
        return area

    def constant(self, value: Any) -> Area:
        """A number, or an array of numbers or indices, that is always the same."""
        array = np.ascontiguousarray(value)
        key = (array.dtype.str, array.shape, array.tobytes())
        if np.ndim(value) == 0:
            array = array.reshape(())
        if key not in self.known:
            if array.dtype.kind == "i":
                area = Area(
                    self.INDICES, self.index_count, array.shape, row_major(array.shape), "i"
                )
                self.indices.append(array.ravel().astype(np.int64))
                self.index_count += array.size
            elif array.dtype == np.float64:
                place = len(self.constants)
                area = Area(self.CONSTANTS, place, array.shape, row_major(array.shape))
                self.constants += array.ravel().tolist()
            else:
                raise UnsupportedError(f"constants of type {array.dtype}")
            self.known[key] = area
        return self.known[key]

    def add(self, name: str, shape: Sequence[int], parts: Sequence[Area], extra: int = 0) -> None:
        """One instruction; all parts have that many dimensions."""
        if len(shape) > DIMS:
            raise UnsupportedError("more than four dimensions")
        record = [self.codes[name], len(parts), len(shape), extra]
        record += [*shape, *[0] * (DIMS - len(shape))]
        for part in parts:
            record += [part.base, part.offset, *part.strides, *[0] * (DIMS - len(shape))]
        record += [0] * ((2 + DIMS) * (PARTS - len(parts)))
        self.records.append(record)

    def each(self, name: str, out: Area, operands: Sequence[Area]) -> None:
        """Number by number."""
        parts = [operand.broadcast(out.shape) for operand in operands]
        if any(part.meets(out) and not part.is_same(out) for part in parts):
            between = self.room(out.shape, out.kind)
            self.each(name, between, operands)
            self.each("copy", out, [between])
            return
        shape, parts = compact(out.shape, [out, *parts], 0)
        self.add(name, shape, parts)

    def reduce(self, out: Area, terms: Area, axes: Sequence[int]) -> None:
        """Add the sums of terms along the axes to ``out``, which has an axis of 1 for each."""
        if out.meets(terms):
            raise UnsupportedError("sums onto their own terms")
        strides = tuple(0 if k in axes else s for k, s in enumerate(out.strides))
        target = out._replace(shape=terms.shape, strides=strides)
        shape, parts = compact(terms.shape, [target, terms], 1)
        self.add("reduce", shape, parts)

    def matmul(self, out: Area, left: Area, right: Area, onto: bool = False) -> None:
        """The product of matrices, or of many; with ``onto`` it is added to what is there."""
        if min(len(left.shape), len(right.shape), len(out.shape)) < 2:
            raise UnsupportedError("products of vectors")
        if out.meets(left) or out.meets(right):
            between = self.room(out.shape)
            self.matmul(between, left, right)
            self.each("add" if onto else "copy", out, [out, between] if onto else [between])
            return
        (m, k), n = left.shape[-2:], right.shape[-1]
        if right.shape[-2] != k or out.shape[-2:] != (m, n):
            raise UnsupportedError("shapes that do not go together")
        many = out.shape[:-2]
        if len(many) > 1:
            raise UnsupportedError("products of matrices along several axes")
        left, right = (x.broadcast((*many, *x.shape[-2:])) if many else x for x in (left, right))
        first = many or (1,)
        far = [x.strides[0] if many else 0 for x in (out, left, right)]
        parts = [
            out._replace(strides=(far[0], *out.strides[-2:], 0)),
            left._replace(strides=(far[1], left.strides[-2], 0, left.strides[-1])),
            right._replace(strides=(far[2], 0, right.strides[-1], right.strides[-2])),
        ]
        self.add("matmul", (*first, m, n, k), parts, int(onto))

    def indexed(self, name: str, shape: Sequence[int], parts: Sequence[Area], extra: int) -> None:
        """Gather, scatter and arithmetic of indices."""
        shape, compacted = compact(tuple(shape), list(parts), -1)
        self.add(name, shape, compacted, extra)

    def buffers(self) -> tuple[Any, Any]:
        """Scratch numbers and indices, for as much as has been asked for."""
        return np.zeros(max(1, self.scratch)), np.zeros(max(1, self.places), np.int64)

    def table(self, make: Any, records: list[list[int]]) -> Any:
        """Some of the instructions, checked, ready to run."""
        lengths = np.array([*self.lengths, max(1, self.scratch), max(1, self.places)], np.int64)
        indices = np.concatenate([np.zeros(0, np.int64), *self.indices])
        numbers = np.array(records, np.int64).reshape(-1)
        kinds = "d" * len(self.lengths) + "di"
        return make(numbers, kinds, lengths, np.array(self.constants, float), indices)


def compact(
    shape: tuple[int, ...], parts: list[Area], leading: int
) -> tuple[tuple[int, ...], list[Area]]:
    """The same with as few axes as it takes, those of small strides of one part last."""
    axes = [k for k, n in enumerate(shape) if n != 1]
    if leading >= 0:
        axes.sort(key=lambda k: -abs(parts[leading].strides[k]))
    lengths: list[int] = []
    strides: list[list[int]] = []
    for k in axes:
        steps = [part.strides[k] for part in parts]
        if lengths and all(a == b * shape[k] for a, b in zip(strides[-1], steps, strict=True)):
            lengths[-1] *= shape[k]
            strides[-1] = steps
        else:
            lengths.append(shape[k])
            strides.append(steps)
    found = tuple(lengths)
    return found, [
        part._replace(shape=found, strides=tuple(step[i] for step in strides))
        for i, part in enumerate(parts)
    ]
