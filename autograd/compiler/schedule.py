"""Pass 3, schedule: which nodes can be computed at the same time.

Nodes of one level do not depend on each other. "latest" puts a node just before it is
needed (the logits of all time steps then fall into one level), "earliest" as soon as its
operands are there (the gates of an LSTM do). What nothing needs gets no level: −1.
"""

from __future__ import annotations

import numpy as np

from .collapse import Sums, spread
from .columns import Columns, Ints, Mask


def levels(sums: Sums, when: str, dependences: tuple[Ints, Ints] | None = None) -> Ints:
    """The level of each live node that an op made; the highest is computed first.

    ``dependences`` are those of ``edges(sums)``, if they are at hand.
    """
    user, used = dependences or edges(sums)
    n = len(sums.columns.op)
    level = [-1] * n
    for root in sums.columns.kept:
        level[root] = 0
    pairs = list(zip(user.tolist(), used.tolist(), strict=True))
    for i, x in reversed(pairs):
        if level[i] >= 0 and level[x] <= level[i]:
            level[x] = level[i] + 1
    if when == "latest":
        result = np.array(level)
    else:
        depth = [0] * n
        for i, x in pairs:
            if depth[i] <= depth[x]:
                depth[i] = depth[x] + 1
        live = np.array(level) >= 0
        depths = np.array(depth)
        result = np.where(live, depths.max() - depths, -1)
    # Look-ups in tables of parameters can all be done at once, before everything else.
    columns = sums.columns
    leafy = only_leaves(columns, columns.of("pick"))
    result[leafy & (result >= 0)] = result.max() + 1
    result[(columns.op < 0) | sums.gone] = -1
    return result


def only_leaves(columns: Columns, nodes: Ints) -> Mask:
    """Which of ``nodes`` have no operands but leaves, as a mask over all nodes."""
    arity = columns.arity()[nodes]
    where, _ = spread(columns.start[nodes], arity)
    owner = np.repeat(nodes, arity)
    made = np.zeros(len(columns.op), bool)
    made[owner[columns.op[columns.operands[where]] >= 0]] = True
    mask = np.zeros(len(columns.op), bool)
    mask[nodes] = ~made[nodes]
    return mask


def edges(sums: Sums) -> tuple[Ints, Ints]:
    """(user, used) for each dependence between nodes that ops made, users ascending."""
    columns = sums.columns
    arity = columns.arity()
    others = np.flatnonzero((columns.op >= 0) & ~sums.is_sum & ~sums.gone)
    count = arity[others]
    where, _ = spread(columns.start[others], count)
    product = sums.b >= 0
    user = np.concatenate([np.repeat(others, count), sums.owner, sums.owner[product]])
    used = np.concatenate([columns.operands[where], sums.a, sums.b[product]])
    inner = columns.op[used] >= 0
    n = np.int64(len(columns.op))
    both = np.sort(user[inner] * n + used[inner])
    both = both[np.append(True, both[1:] != both[:-1])] if len(both) else both
    return both // n, both % n
