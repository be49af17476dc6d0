"""Pass 3, schedule: which nodes can be computed at the same time.

Nodes of one level do not depend on each other. "latest" puts a node just before it is
needed (the logits of all time steps then fall into one level), "earliest" as soon as its
operands are there (the gates of an LSTM do). What nothing needs gets no level: −1.
"""

from __future__ import annotations

import numpy as np

from .collapse import Sums, spread
from .columns import Columns, Ints, Mask

FRONTS, NARROW = 64, 200  # every so many fronts: fewer edges in each than pays for arrays?


def levels(sums: Sums, when: str, dependences: tuple[Ints, Ints] | None = None) -> Ints:
    """The level of each live node that an op made; the highest is computed first.

    ``dependences`` are those of ``edges(sums)``, if they are at hand.
    """
    user, used = dependences or edges(sums)
    n = len(sums.columns.op)
    roots = np.zeros(n, bool)
    roots[sums.columns.kept] = True
    last = n - 1  # counted from the root, users come before what they use
    result = longest_paths(last - user, last - used, roots[::-1])[::-1]
    if when != "latest":
        depth = longest_paths(used, user, np.ones(n, bool))
        result = np.where(result >= 0, depth.max() - depth, -1)
    else:
        result = result.copy()
    # Look-ups in tables of parameters can all be done at once, before everything else.
    columns = sums.columns
    leafy = only_leaves(columns, columns.of("pick"))
    result[leafy & (result >= 0)] = result.max() + 1
    result[(columns.op < 0) | sums.gone] = -1
    return result


def longest_paths(tail: Ints, head: Ints, sources: Mask) -> Ints:
    """The number of edges of the longest path from a source to each node; −1 without one.

    Each edge leads from a lower number to a higher. Front by front: a node is in a front
    when all edges to it have been followed, which takes a few array operations a front. A
    graph of many narrow fronts is walked edge by edge instead.
    """
    n = len(sources)
    in_order = np.argsort(tail, kind="stable")
    tail, head = tail[in_order], head[in_order]
    first = np.searchsorted(tail, np.arange(n + 1))
    degree = np.diff(first)
    waiting = np.bincount(head, minlength=n)
    length = np.where(sources, 0, -1)
    front = np.flatnonzero((waiting == 0) & (degree > 0))
    rounds = followed = 0
    while len(front):
        where, _ = spread(first[front], degree[front])
        to = head[where]
        reached = np.repeat(length[front], degree[front])
        np.maximum.at(length, to, np.where(reached >= 0, reached + 1, -1))
        np.subtract.at(waiting, to, 1)
        done = to[waiting[to] == 0]
        front = np.unique(done[degree[done] > 0])
        rounds, followed = rounds + 1, followed + len(to)
        if rounds == FRONTS:
            if followed < NARROW * FRONTS:
                return edge_by_edge(tail, head, sources)
            rounds = followed = 0
    return length


def edge_by_edge(tail: Ints, head: Ints, sources: Mask) -> Ints:
    """The same for edges in ascending order of their tails, one after the other."""
    length = np.where(sources, 0, -1).tolist()
    for a, b in zip(tail.tolist(), head.tolist(), strict=True):
        if length[a] >= 0 and length[b] <= length[a]:
            length[b] = length[a] + 1
    return np.array(length)


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
