"""Pass 3, schedule: which nodes can be computed at the same time.

Nodes of one level do not depend on each other. "latest" puts a node just before it is
needed (the logits of all time steps then fall into one level), "earliest" as soon as its
operands are there (the gates of an LSTM do). What nothing needs gets no level: −1.
"""

from __future__ import annotations

import numpy as np

from .collapse import Sums
from .columns import Columns, Ints, Mask
from .sorting import ordered, spread, starts

FRONT = 200  # edges that can be walked one by one in the time that a front takes


class Schedule:
    """The levels of a graph's nodes, for either way to choose them."""

    def __init__(self, sums: Sums) -> None:
        self.sums = sums
        self.user, self.used = edges(sums)
        roots = np.zeros(len(sums.columns.op), bool)
        roots[sums.columns.kept] = True
        # Counted from the root, users come before what they use.
        last = len(roots) - 1
        reached = longest_paths(last - self.user[::-1], last - self.used[::-1], roots[::-1])
        self.from_root = reached[::-1]
        self.depth = int(self.from_root.max(initial=0)) + 1

    def levels(self, when: str) -> Ints:
        """The level of each live node that an op made; the highest is computed first."""
        columns, result = self.sums.columns, self.from_root.copy()
        if when != "latest":
            everywhere = np.ones(len(result), bool)
            depth = longest_paths(*ordered(self.used, self.user), everywhere)
            result = np.where(result >= 0, depth.max() - depth, -1)
        # Look-ups in tables of parameters can all be done at once, before everything else.
        leafy = only_leaves(columns, columns.of("pick"))
        result[leafy & (result >= 0)] = result.max() + 1
        result[(columns.op < 0) | self.sums.gone] = -1
        return result


def longest_paths(tail: Ints, head: Ints, sources: Mask) -> Ints:
    """The number of edges of the longest path from a source to each node; −1 without one.

    Each edge leads from a lower number to a higher; tails ascend. Front by front: a node is
    in a front when all edges to it have been followed, which takes a few array operations a
    front. A graph of many narrow fronts is walked edge by edge instead.
    """
    n = len(sources)
    first = starts(tail, n)
    degree = np.diff(first)
    waiting, place = np.bincount(head, minlength=n), np.empty(n, np.int64)
    length = np.where(sources, 0, -1)
    front = np.flatnonzero((waiting == 0) & (degree > 0))
    rounds = followed = 0
    while len(front):
        to = head[spread(first[front], degree[front])]
        reached = np.repeat(length[front], degree[front])
        np.maximum.at(length, to, np.where(reached >= 0, reached + 1, -1))
        np.subtract.at(waiting, to, 1)
        done = to[(waiting[to] == 0) & (degree[to] > 0)]
        place[done] = np.arange(len(done))  # of a node that occurs several times, one is kept
        front = done[place[done] == np.arange(len(done))]
        rounds, followed = rounds + 1, followed + len(to)
        if FRONT * rounds > followed + len(tail) // 4:  # too much lost to narrow fronts
            return edge_by_edge(tail, head, sources)
    return length


def edge_by_edge(tail: Ints, head: Ints, sources: Mask) -> Ints:
    """The same, one edge after the other."""
    length = np.where(sources, 0, -1).tolist()
    for a, b in zip(tail.tolist(), head.tolist(), strict=True):
        if length[a] >= 0 and length[b] <= length[a]:
            length[b] = length[a] + 1
    return np.array(length)


def only_leaves(columns: Columns, nodes: Ints) -> Mask:
    """Which of ``nodes`` have no operands but leaves, as a mask over all nodes."""
    arity = columns.arity()[nodes]
    where = spread(columns.start[nodes], arity)
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
    where = spread(columns.start[others], count)
    made = columns.op >= 0
    parts = [
        (user[inner], used[inner])
        for user, used, inner in (
            (np.repeat(others, count), columns.operands[where], made[columns.operands[where]]),
            (sums.owner, sums.a, made[sums.a]),
            (sums.owner, sums.b, made[sums.b] & (sums.b >= 0)),
        )
    ]
    user, used = ordered(*[np.concatenate(column) for column in zip(*parts, strict=True)])
    fresh = np.ones(len(user), bool)
    fresh[1:] = (user[1:] != user[:-1]) | (used[1:] != used[:-1])
    return user[fresh], used[fresh]
