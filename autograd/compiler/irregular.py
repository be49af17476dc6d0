"""Is it worth looking for arrays? Before any group is formed: how many statements there will be.

To form groups and write statements takes half a millisecond for each statement; a graph in
which little can be done at once would pay that for every few nodes, and for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from .collapse import Sums
from .columns import Ints, Mask
from .sorting import ordered, spread, unique

WORTH = 20  # operands per statement, below which a line for each node is faster, or soon enough
EACH_WAY = 2.5  # statements for what is of one level and one op, at least: forward and backward
SCATTERED = 5  # more of them for operands in no order: gathers, additions at places, groups
DOUBT = 1.3  # times as many statements may be expected as there will be


def fewest_kinds(sums: Sums, schedules: Iterable[Ints]) -> Ints:
    """Of several ways to schedule the graph that with the fewest groups; of equals the last.

    The statements of all ways could be written and counted, with the same result in nearly
    all cases, but for twice the time.
    """
    found = [(len(unique(kinds(sums, level))), level) for level in schedules]
    return min(reversed(found), key=lambda pair: pair[0])[1]


def kinds(sums: Sums, level: Ints) -> Ints:
    """For each live node a number: of those of one level and one op the same."""
    live = np.flatnonzero(level >= 0)
    ops = len(sums.columns.primitives)
    kind = level[live] * (ops + 1)
    kind += np.where(sums.is_sum[live], ops, sums.columns.op[live])
    return kind


def outlook(sums: Sums, level: Ints, affordable: float) -> tuple[int, float]:
    """How many groups there will be, about, and how many statements for each.

    Groups are split by what their operands are, which is the same in loops. The least that it
    can be is said where more would change nothing.
    """
    kind = kinds(sums, level)
    count = len(unique(kind))
    if EACH_WAY * count > affordable or (EACH_WAY + 2 * SCATTERED) * count < affordable:
        return count, EACH_WAY
    kind, nodes = ordered(kind, np.flatnonzero(level >= 0))
    group = np.append(0, np.cumsum(kind[1:] != kind[:-1]))
    below = 3 + sums.columns.op[first_operand(sums, nodes)]  # −3 is the least
    split = len(unique(kind * (3 + len(sums.columns.primitives)) + below))
    return split, EACH_WAY + SCATTERED * scattered(sums, nodes, group) / count


def first_operand(sums: Sums, nodes: Ints) -> Ints:
    """That of each node."""
    of_sum = np.append(sums.a, 0)[sums.first[nodes]]
    of_other = np.append(sums.columns.operands, 0)[sums.columns.start[nodes]]
    return np.where(sums.is_sum[nodes], of_sum, of_other)


def scattered(sums: Sums, nodes: Ints, group: Ints) -> float:
    """How many operands of groups lie in no order; at most two are counted for each group."""
    columns = sums.columns
    place = np.arange(len(columns.op))
    place[nodes] = len(place) + np.arange(len(nodes))  # about as their numbers will lie
    is_sum, groups = sums.is_sum[nodes], int(group[-1]) + 1
    found = np.zeros(groups)
    for mine, first, operands in (
        (~is_sum, columns.start, columns.operands),
        (is_sum, sums.first, sums.a),
        (is_sum, sums.first, sums.b),
    ):
        begin, size = first[nodes[mine]], first[nodes[mine] + 1] - first[nodes[mine]]
        operand, row = operands[spread(begin, size)], np.repeat(group[mine], size)
        jumps = in_no_order(place[operand], row, np.repeat(size, size)) & (operand >= 0)
        members = np.bincount(group[mine], minlength=groups)
        found += np.bincount(row, jumps, minlength=groups) / np.maximum(members, 1)
    return float(found.clip(0.0, 2.0).sum())


def in_no_order(place: Ints, row: Ints, size: Ints) -> Mask:
    """Which places do not go on as those before them did, in neither of two ways.

    From one operand of a node to the next, or from that of a node to that of the next node:
    nodes of a row have the operands of one after those of the other, ``size`` of each.
    """
    jumps = np.ones(len(place), bool)
    for lag in (size, np.ones_like(size)):
        once, twice = (np.maximum(np.arange(len(place)) - k * lag, 0) for k in (1, 2))
        known = (once - twice == lag) & (row[twice] == row)
        jumps &= known & (place - place[once] != place[once] - place[twice])
    return jumps
