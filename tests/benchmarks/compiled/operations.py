"""How many scalar operations a traced function stands for."""

from __future__ import annotations

import numpy as np

from autograd.compiler.batching import batch_of, repeated, sample
from autograd.compiler.columns import Columns
from autograd.compiler.reading import Reading
from autograd.compiler.tracing import trace

from .workload import Workload


def operations_in(workload: Workload) -> int:
    """The scalar operations of one forward pass."""
    loss, args, _ = workload.scalars()
    if not workload.batch:
        return count(Reading(trace(loss, args)).columns)
    batched = [True] * len(args)
    traced = trace(loss, sample(args, batched, 0))
    return count(repeated(Reading(traced).columns, batch_of(traced, args, batched)))


def count(columns: Columns) -> int:
    """A dot of n products is 2n, a look-up 1, what else has n operands n − 1, but at least 1."""
    arity = columns.arity()
    each = np.where(columns.op >= 0, np.maximum(arity - 1, 1), 0)
    each[columns.of("dot")] = 2 * (arity[columns.of("dot")] // 2)
    each[columns.of("pick")] = 1
    return int(each.sum())
