"""Pass 2, collapse: chains and trees of additions become wide sums of products.

``w1*x1 + w2*x2 + b``, ``sum(w*x for …)`` and ``dot(w, x, b)`` all come out as one sum whose
terms are the products; that is what a matrix product is made of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .columns import NUMBER, Columns, Ints, Mask
from .sorting import ordered, spread, starts, unique


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
    minus_one, zero = len(columns.op), len(columns.op) + 1
    columns, owner, a, b = terms_of(columns)
    start, operands, n = columns.start, columns.operands, len(columns.op)
    uses = np.bincount(operands, minlength=n)
    uses[columns.kept] += 2
    is_sum = np.bincount(owner, minlength=n) > 0

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
    empty = np.flatnonzero(is_sum & ~gone & (np.bincount(owner, minlength=n) == 0))
    owner, place = ordered(np.concatenate([owner, empty]))
    left = np.concatenate([left, np.full(len(empty), zero)])[place]
    right = np.concatenate([right, np.full(len(empty), -1)])[place]
    return Sums(columns, is_sum, gone, owner, left, right, starts(owner, n), np.arange(n))


def terms_of(columns: Columns) -> tuple[Columns, Ints, Ints, Ints]:
    """The columns with the numbers that sums need; the terms (owner, a, b) in their order.

    The numbers are −1, 0, −∞, ∞, and what means divide by: each is a sum of products with
    1/count.
    """
    plus, minus, mean, dot = (columns.of(name) for name in ("+", "-", "mean", "dot"))
    wide = columns.of("sum")
    start, operands, arity = columns.start, columns.operands, columns.arity()
    counts = unique(arity[mean])
    minus_one, shares = len(columns.op), len(columns.op) + 4
    columns = with_numbers(columns, [-1.0, 0.0, -np.inf, np.inf, *(1.0 / counts).tolist()])
    terms = np.zeros(len(columns.op), np.int64)
    terms[plus] = terms[minus] = 2
    terms[wide], terms[mean] = arity[wide], arity[mean]
    terms[dot] = (arity[dot] + 1) // 2
    at = np.cumsum(terms) - terms
    owner = np.repeat(np.arange(len(columns.op)), terms)
    a, b = np.empty(len(owner), np.int64), np.full(len(owner), -1)
    a[at[plus]], a[at[plus] + 1] = operands[start[plus]], operands[start[plus] + 1]
    a[at[minus]], b[at[minus] + 1] = operands[start[minus]], operands[start[minus] + 1]
    a[at[minus] + 1] = minus_one
    a[spread(at[wide], arity[wide])] = operands[spread(start[wide], arity[wide])]
    place = spread(at[mean], arity[mean])
    a[place] = np.repeat(shares + np.searchsorted(counts, arity[mean]), arity[mean])
    b[place] = operands[spread(start[mean], arity[mean])]
    half = arity[dot] // 2
    place, where = spread(at[dot], half), spread(start[dot], half)
    a[place], b[place] = operands[where], operands[where + np.repeat(half, half)]
    biased = dot[arity[dot] % 2 == 1]
    a[at[biased] + arity[biased] // 2] = operands[start[biased + 1] - 1]
    return columns, owner, a, b


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
