"""Find the matrix products in a group of sums of products.

Row m of the group is Σₖ A[m, k]·B[m, k]. If the distinct rows of A and those of B meet in
all combinations, the group is A·Bᵀ; if they fall into blocks that each do so, a batch of
such products.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .columns import Ints
from .layout import distinct_rows, storage_order
from .sorting import unique

FILL = 0.4  # how much of a matrix must be wanted for it to be worth computing


@dataclass
class MatrixProduct:
    """A batch of Σ A·Bᵀ: each A is (batch, rows, k), each B (batch, columns, k), all of slots."""

    factors: list[tuple[Ints, Ints]]
    place: Ints  # where row m of the group lies in (batch, rows, columns), or transposed
    transposed: bool  # stored as (batch, columns, rows), because the trace ran that way

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape in which results are stored."""
        batch, rows, _ = self.factors[0][0].shape
        columns = self.factors[0][1].shape[1]
        return (batch, columns, rows) if self.transposed else (batch, rows, columns)


def matrix_product(
    segments: list[tuple[Ints, Ints, Ints]],
    first_made: int = 0,
) -> MatrixProduct | list[Ints] | None:
    """The group as a sum of matrix products; or the parts which may be one each; or None.

    A segment is (a, b, counts): a and b are (M, K), and counts says how many products each
    row really has; the rest is padding (a slot that holds 0). Slots from ``first_made`` on
    hold what was computed: rows of these are put in the order in which they lie.
    """
    padded = [pad(*segment) for segment in segments]
    a = np.concatenate([left for left, _ in padded], axis=1)
    b = np.concatenate([right for _, right in padded], axis=1)
    m, k = a.shape
    parts = np.cumsum([left.shape[1] for left, _ in padded])[:-1]
    first_a, row = distinct_rows(a)
    first_b, column = distinct_rows(b)
    rows, columns = len(first_a), len(first_b)
    if m == 1:
        if k < 8:
            return None
        return MatrixProduct(split(a[None], b[None], parts), np.zeros(1, np.int64), False)
    if rows * columns == m or rows == 1 or columns == 1:
        block_a, block_b = np.zeros(rows, np.int64), np.zeros(columns, np.int64)
        blocks = 1
    else:
        block_a, block_b, blocks = components(row, column, rows, columns)
    if blocks == m:
        return None
    tall, broad = np.bincount(block_a, minlength=blocks), np.bincount(block_b, minlength=blocks)
    if blocks == 1 and min(rows, columns) == 1 and k < 3:
        return None
    thin = blocks > 1 and (tall.max() == 1 or broad.max() == 1)
    if thin and k * max(int(tall.max()), int(broad.max())) < 16:
        return None  # a batch of tiny matrices with vectors: elementwise products are faster
    if (tall != tall[0]).any() or (broad != broad[0]).any():
        shapes = tall * 1_000_003 + broad
        kinds = unique(shapes)
        if len(kinds) > 4 or m < FILL * int((tall * broad).sum()):
            return None
        of_row = shapes[block_a[row]]
        return [np.flatnonzero(of_row == kind) for kind in kinds]
    height, width = int(tall[0]), int(broad[0])
    if m < FILL * blocks * height * width:
        return None
    by_block_a = in_order(block_a, a[first_a], first_made)
    by_block_b = in_order(block_b, b[first_b], first_made)
    rank_a, rank_b = np.empty(rows, np.int64), np.empty(columns, np.int64)
    rank_a[by_block_a] = np.arange(rows) % height
    rank_b[by_block_b] = np.arange(columns) % width
    block, i, j = block_a[row], rank_a[row], rank_b[column]
    transposed = height > 1 and bool(i[1] != i[0])
    place = (block * width + j) * height + i if transposed else (block * height + i) * width + j
    return MatrixProduct(
        split(
            a[first_a[by_block_a]].reshape(blocks, height, k),
            b[first_b[by_block_b]].reshape(blocks, width, k),
            parts,
        ),
        place,
        transposed,
    )


def in_order(block: Ints, rows: Ints, first_made: int) -> Ints:
    """An order of the rows, block by block."""
    by_block = np.argsort(block, kind="stable")
    if rows.min() >= first_made and not block.any():
        order = storage_order(rows[:, 0])
        if order is not None:
            return order
    return by_block


def split(a: Ints, b: Ints, parts: Ints) -> list[tuple[Ints, Ints]]:
    """The factors of each of the products that were laid side by side."""
    return list(zip(np.split(a, parts, axis=2), np.split(b, parts, axis=2), strict=True))


def pad(a: Ints, b: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Both sides, the padding of one replaced where that makes fewer distinct rows."""
    if (counts < a.shape[1]).any():
        a, b = a.copy(), b.copy()
        _ = extend_prefixes(b, counts) or extend_prefixes(a, counts)
    return a, b


def components(row: Ints, column: Ints, rows: int, columns: int) -> tuple[Ints, Ints, int]:
    """The connected blocks of the graph in which rows and columns meet."""
    block_a, block_b = np.arange(rows), np.full(columns, rows)
    while True:
        new_b, new_a = block_b.copy(), block_a.copy()
        np.minimum.at(new_b, column, block_a[row])
        np.minimum.at(new_a, row, new_b[column])
        if (new_a == block_a).all() and (new_b == block_b).all():
            break
        block_a, block_b = new_a, new_b
    kinds, block_a = np.unique(block_a, return_inverse=True)
    return block_a, np.searchsorted(kinds, block_b), len(kinds)


def extend_prefixes(side: Ints, counts: Ints) -> bool:
    """Fill the padding of short rows from a longer row that they begin; False if one begins none.

    The other side is 0 there, so the result is the same: this makes the ragged rows of
    causal attention the rows of one matrix.
    """
    longest = side.shape[1]
    full = np.ascontiguousarray(side[counts == longest])
    filled = side.copy()
    for count in unique(counts)[:-1]:
        starts = {row[:count].tobytes(): row for row in full}
        for i in np.flatnonzero(counts == count):
            row = starts.get(np.ascontiguousarray(side[i, :count]).tobytes())
            if row is None:
                return False
            filled[i] = row
    side[:] = filled
    return True
