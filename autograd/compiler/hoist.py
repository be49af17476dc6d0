"""Pass 3b, hoist: what a recurrent sum gets from outside the recurrence is summed beforehand.

In ``h[t+1] = tanh(Wx·x[t] + Wh·h[t] + b)`` the part Wx·x[t] + b waits for nobody. As a sum
of its own, at the very beginning, it is one matrix product for all steps together.
"""

from __future__ import annotations

import numpy as np

from .collapse import Sums, with_numbers
from .columns import Ints, Mask
from .schedule import only_leaves
from .sorting import starts, unique

ENOUGH = 4  # products per sum, below which a separate sum is not worth its statement


def hoist(sums: Sums, level: Ints) -> tuple[Sums, Ints]:
    """Sums with both early and late products, each split in two; and their levels.

    Early is what consists of leaves and of look-ups in tables of leaves. Sums of nothing
    else, such as those of the first time step, are computed together with them.
    """
    columns = sums.columns
    n = len(columns.op)
    early_node = (columns.op < 0) | only_leaves(columns, columns.of("pick"))
    product = sums.b >= 0
    early = early_node[sums.a] & (~product | early_node[sums.b])
    products = np.bincount(sums.owner[product], minlength=n)
    early_products = np.bincount(sums.owner[early & product], minlength=n)
    late_products = products - early_products
    live = level >= 0
    split = live & (early_products >= ENOUGH) & (late_products >= ENOUGH)
    if len(unique(level[split])) < 3:  # no recurrence
        return sums, level
    late = np.diff(sums.first) - np.bincount(sums.owner[early], minlength=n)
    alone = live & sums.is_sum & (early_products >= ENOUGH) & (late == 0)

    owners = np.flatnonzero(split)
    new = np.full(n, -1)
    new[owners] = np.arange(n, n + len(owners))
    moved = early & split[sums.owner]
    at = starts(sums.owner[~moved], n)[owners + 1]  # behind what stays in each of them

    def parted(column: Ints, link: Ints, of_new: Ints) -> Ints:
        return np.concatenate([np.insert(column[~moved], at, link), of_new])

    owner = parted(sums.owner, owners, new[sums.owner[moved]])
    a = parted(sums.a, new[owners], sums.a[moved])
    b = parted(sums.b, np.full_like(owners, -1), sums.b[moved])

    more = with_numbers(columns, [0.0] * len(owners))
    more.op[n:] = columns.op[owners]
    first = int(level.max()) + 1  # above it are only the look-ups
    level = np.concatenate([level, np.full(len(owners), first)])
    level[:n][alone] = first
    level[:n][early_node & (columns.op >= 0) & live] = first + 1
    return (
        Sums(
            more,
            joined(sums.is_sum, True, len(owners)),
            joined(sums.gone, False, len(owners)),
            owner,
            a,
            b,
            starts(owner, n + len(owners)),
            np.concatenate([sums.place, owners]),
        ),
        level,
    )


def joined(mask: Mask, value: bool, count: int) -> Mask:
    """The mask with more places at its end."""
    return np.concatenate([mask, np.full(count, value)])
