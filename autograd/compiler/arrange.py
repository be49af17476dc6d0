"""Where groups and parameters lie: what is used together lies together, in the order of use.

A statement over neighbours is a slice; over scattered slots it has to gather them first.
"""

from __future__ import annotations

import numpy as np

from .columns import Ints
from .groups import Group, Grouped, Pick, Sum, Wide


def order_parameters(grouped: Grouped, count: int) -> None:
    """Renumber the parameters such that each weight matrix is contiguous, then each vector.

    ``grouped.slot`` of the parameters says afterwards where each of them lies.
    """
    matrices, columns = [], []
    for group in grouped.groups:
        if isinstance(group, Sum):
            if group.matrix is not None:
                matrices += [x.ravel() for pair in group.matrix.factors for x in pair]
            columns += [x.ravel() for pair in group.terms for x in pair if x is not None]
        elif isinstance(group, Pick):
            by_row = len(group.index) > 1 and group.index[0] == group.index[1]
            matrices.append((group.table if by_row else group.table.T).ravel())
        elif isinstance(group, Wide):
            columns.append(group.operands.T.ravel())
        else:
            columns += group.operands
    seen = np.concatenate([*matrices, *columns, np.arange(count)])
    seen = seen[seen < count]
    first = np.empty(count, np.int64)
    first[seen[::-1]] = np.arange(len(seen))[::-1]  # of those written, the last one stays
    order = np.argsort(first)
    renumbered = np.arange(grouped.slots)
    renumbered[order] = np.arange(count)

    renumber(grouped, renumbered)


def order_families(grouped: Grouped, first_made: int) -> None:
    """Put groups that are alike, the steps of a loop, next to one another."""
    families: dict[object, list[Group]] = {}
    for group in grouped.groups:
        families.setdefault(likeness(group), []).append(group)
    renumbered = np.arange(grouped.slots)
    at = first_made
    for family in families.values():
        for group in family:
            renumbered[group.base : group.base + group.size] = np.arange(at, at + group.size)
            at += group.size
    renumber(grouped, renumbered)


def likeness(group: Group) -> object:
    """What groups have in common that are steps of one loop."""
    if isinstance(group, Sum):
        matrix = group.matrix
        shapes = [a.shape + b.shape for a, b in matrix.factors] if matrix else []
        terms = [(left.shape, right is not None) for left, right in group.terms]
        return ("sum", group.size, tuple(shapes), tuple(terms))
    if isinstance(group, Pick):
        return ("pick", group.size, group.table.shape)
    return (id(group.primitive), group.size, len(group.operands))


def renumber(grouped: Grouped, renumbered: Ints) -> None:
    """Give every slot its new number, in all groups."""
    for group in grouped.groups:
        group.base = int(renumbered[group.base])
        if isinstance(group, Sum):
            if group.matrix is not None:
                group.matrix.factors = [
                    (renumbered[a], renumbered[b]) for a, b in group.matrix.factors
                ]
            group.terms = [
                (renumbered[a], renumbered[b] if b is not None else None) for a, b in group.terms
            ]
        elif isinstance(group, Pick):
            group.table, group.index = renumbered[group.table], renumbered[group.index]
        elif isinstance(group, Wide):
            group.operands = renumbered[group.operands]
        else:
            group.operands = [renumbered[column] for column in group.operands]
    made = grouped.slot >= 0
    grouped.slot[made] = renumbered[grouped.slot[made]]
