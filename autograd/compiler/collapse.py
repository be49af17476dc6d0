"""Pass 2, collapse: chains and trees of additions become wide sums of products.

``w1*x1 + w2*x2 + b``, ``sum(w*x for …)`` and ``dot(w, x, b)`` all come out as one sum whose
terms are the products; that is what a matrix product is made of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .columns import NUMBER, Columns, Ints, Mask


@dataclass
class Sums:
    """The graph with wide sums. Term k of a sum is a·b, or just a where b is −1."""

    columns: Columns
    is_sum: Mask
    gone: Mask  # nodes that became terms of a sum
    owner: Ints  # the sum that each term belongs to, ascending
    a: Ints
    b: Ints
    first: Ints  # terms first[i]:first[i + 1] belong to node i
    place: Ints  # where each node stands in the trace


def collapse(columns: Columns) -> Sums:
    """Find the sums, absorb sums and products that have no other use, drop zeros."""
    columns = with_numbers(columns, [-1.0, 0.0, -np.inf, np.inf])
    n = len(columns.op)
    minus_one, zero = n - 4, n - 3
    start, operands = columns.start, columns.operands
    arity = columns.arity()
    uses = np.bincount(operands, minlength=n)
    uses[columns.kept] += 2
    plus, minus, mean, dot = (columns.of(name) for name in ("+", "-", "mean", "dot"))
    wide = columns.of("sum")
    is_sum = np.zeros(n, bool)
    for ids in (plus, minus, wide, mean, dot):
        is_sum[ids] = True

    # Raw terms of every sum, as (owner, place, a, b).
    rows: list[tuple[Ints, Ints, Ints, Ints]] = []

    def add(owner: Ints, place: Ints, a: Ints, b: Ints | int) -> None:
        rows.append((owner, place, a, np.broadcast_to(np.asarray(b, np.int64), a.shape)))

    for k in (0, 1):
        add(plus, np.full(len(plus), k), operands[start[plus] + k], -1)
    add(minus, np.zeros(len(minus), np.int64), operands[start[minus]], -1)
    add(
        minus,
        np.ones(len(minus), np.int64),
        np.full(len(minus), minus_one),
        operands[start[minus] + 1],
    )
    where, place = spread(start[wide], arity[wide])
    add(np.repeat(wide, arity[wide]), place, operands[where], -1)
    where, place = spread(start[mean], arity[mean])
    shares: dict[int, int] = {}
    if len(mean):
        counts = sorted(set(arity[mean].tolist()))
        columns = with_numbers(columns, [1.0 / count for count in counts])
        shares = {count: n + i for i, count in enumerate(counts)}
        grown = len(columns.op)
        is_sum = np.concatenate([is_sum, np.zeros(grown - n, bool)])
        uses = np.concatenate([uses, np.zeros(grown - n, np.int64)])
        n = grown
        share = np.array([shares[count] for count in arity[mean].tolist()])
        add(np.repeat(mean, arity[mean]), place, np.repeat(share, arity[mean]), operands[where])
    half = arity[dot] // 2
    where, place = spread(start[dot], half)
    add(np.repeat(dot, half), place, operands[where], operands[where + np.repeat(half, half)])
    biased = dot[arity[dot] % 2 == 1]
    add(biased, arity[biased], operands[start[biased + 1] - 1], -1)

    owner, place, a, b = (np.concatenate(column) for column in zip(*rows, strict=True))
    in_order = np.lexsort((place, owner))
    owner, a, b = owner[in_order], a[in_order], b[in_order]

    # A sum used once, as a plain term, becomes part of the sum that uses it.
    plain = b < 0
    once = plain & is_sum[a] & (uses[a] == 1)
    into = np.arange(n)
    into[a[once]] = owner[once]
    gone = np.zeros(n, bool)
    gone[a[once]] = True
    while True:  # sums in sums in sums: twice as far in every round
        further = into[into]
        if (further == into).all():
            break
        into = further
    keep = ~once & ~(plain & (columns.op[a] == NUMBER) & (columns.number[a] == 0.0))
    owner, a, b = into[owner[keep]], a[keep], b[keep]

    # A product used once, as a plain term, becomes a product term; so does a negation.
    product = np.zeros(n, bool)
    product[columns.of("*")] = True
    negation = np.zeros(n, bool)
    negation[columns.of("neg")] = True
    plain = b < 0
    single = plain & (uses[a] == 1)
    inlined, negated = single & product[a], single & negation[a]
    gone[a[inlined | negated]] = True
    left = a.copy()
    right = b.copy()
    left[inlined], right[inlined] = (
        operands[start[a[inlined]]],
        operands[start[a[inlined]] + 1],
    )
    left[negated], right[negated] = minus_one, operands[start[a[negated]]]

    # A product with a constant 0 adds nothing (the state before the first step of an RNN).
    nothing = (columns.op == NUMBER) & (columns.number == 0.0)
    keep = (right < 0) | ~(nothing[left] | nothing[right])
    owner, left, right = owner[keep], left[keep], right[keep]

    # A sum of nothing but zeros is still a sum.
    empty = np.flatnonzero(is_sum & ~gone)
    empty = empty[~np.isin(empty, owner)]
    owner = np.concatenate([owner, empty])
    left = np.concatenate([left, np.full(len(empty), zero)])
    right = np.concatenate([right, np.full(len(empty), -1)])
    in_order = np.argsort(owner, kind="stable")
    owner, left, right = owner[in_order], left[in_order], right[in_order]
    first = np.searchsorted(owner, np.arange(n + 1))
    return Sums(columns, is_sum, gone, owner, left, right, first, np.arange(n))


def with_numbers(columns: Columns, numbers: list[float]) -> Columns:
    """The same graph with more constants at its end."""
    more = len(numbers)
    return Columns(
        np.concatenate([columns.op, np.full(more, NUMBER)]),
        np.concatenate([columns.start, np.full(more, columns.start[-1])]),
        columns.operands,
        np.concatenate([columns.number, numbers]),
        np.concatenate([columns.order, np.full(more, -1)]),
        columns.primitives,
        columns.parameters,
        columns.held,
        columns.kept,
        columns.calls,
    )


def spread(starts: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """start, start + 1, …, start + count − 1 for each, in one column; and the place in each."""
    total = int(counts.sum())
    place = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(starts, counts) + place, place
