"""A function written for one sample, run for many: the graph of one sample, repeated.

What depends on no sample, such as a penalty on the weights, stays single. The result is
the mean of the samples' losses. From here on nothing distinguishes it from the graph of a
loop over the samples, except that nobody had to trace one.
"""

from __future__ import annotations

import copy
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..primitives.table import lookup
from .arguments import flatten, signature
from .columns import INPUT, Columns, Ints
from .tracing import CompileError, Trace


@dataclass
class Batch:
    """How many samples there are, and where the numbers of each are among all inputs."""

    count: int
    numbers: list[float]  # the inputs of this call: arguments, then what is drawn at random
    first: Ints  # of each input of the traced sample: its place among ``numbers``
    step: Ints  # and how far on the same number of the next sample is; 0 if they share it


def samples_in(args: tuple[Any, ...], batched: Sequence[bool]) -> int:
    """How many samples the batched arguments hold; ``ValueError`` if they do not agree."""
    if len(batched) != len(args):
        raise ValueError(
            f"compile(batch): says which of {len(batched)} arguments are batched, "
            f"but there are {len(args)}"
        )
    counts = {}
    for i, (argument, many) in enumerate(zip(args, batched, strict=True)):
        if not many:
            continue
        if not (isinstance(argument, (list, tuple)) or getattr(argument, "ndim", 0) > 0):
            raise TypeError(
                f"compile(batch): argument {i} must be a list or an array of samples, not "
                f"{argument!r}; where all samples share it, say so: batch=(True, False)"
            )
        counts[i] = len(argument)
        kinds = {signature(sample) for sample in argument}
        if len(kinds) > 1:
            raise ValueError(
                f"compile(batch): the samples in argument {i} have different shapes; "
                "a batch needs samples of one shape (pad them, or sort them by length)"
            )
    if len(set(counts.values())) != 1 or not all(counts.values()):
        raise ValueError(
            "compile(batch): all batched arguments need equally many samples, at least one; "
            f"they have {', '.join(map(str, counts.values()))}"
        )
    return next(iter(counts.values()))


def sample(args: tuple[Any, ...], batched: Sequence[bool], i: int) -> tuple[Any, ...]:
    """The arguments of one sample."""
    return tuple(a[i] if many else a for a, many in zip(args, batched, strict=True))


def batch_of(traced: Trace, args: tuple[Any, ...], batched: Sequence[bool]) -> Batch:
    """The layout of a call's numbers; those drawn at random are drawn for the other samples."""
    if traced.assigned:
        raise CompileError(
            "compile(batch=True): the function assigns a state (as batch normalisation does), "
            "which has no meaning for each sample; write it for a whole batch"
        )
    count = samples_in(args, batched)
    given = array("d")
    first: list[int] = []
    step: list[int] = []
    for argument, many in zip(args, batched, strict=True):
        here = len(given)
        flatten(argument, given)
        width = (len(given) - here) // (count if many else 1)
        first += range(here, here + width)
        step += [width if many else 0] * width
    numbers = given.tolist()
    draws = len(traced.draws)
    first += range(len(numbers), len(numbers) + draws)
    step += [draws] * draws
    numbers += [v.data for v in traced.inputs[len(traced.inputs) - draws :]]
    numbers += [draw() for _ in range(count - 1) for draw in traced.draws]
    return Batch(count, numbers, np.array(first, np.int64), np.array(step, np.int64))


def repeated(columns: Columns, batch: Batch) -> Columns:
    """The graph for all samples. Kept are its root, then what was kept, sample by sample."""
    n, count = len(columns.op), batch.count
    own = own_nodes(columns, batch)
    shared, mine = np.flatnonzero(~own), np.flatnonzero(own)
    place = np.empty(n, np.int64)
    place[shared] = np.arange(len(shared))
    place[mine] = len(shared) + np.arange(len(mine))

    # All columns: first what is shared, then what each sample has of its own, then the mean.
    samples = np.repeat(np.arange(count), len(mine))
    rows = np.concatenate([shared, np.tile(mine, count)])
    arity = columns.arity()[rows]
    where = np.repeat(columns.start[rows], arity)
    where += np.arange(len(where)) - np.repeat(np.cumsum(arity) - arity, arity)
    shift = np.repeat(np.concatenate([np.zeros_like(shared), samples]), arity) * len(mine)
    operands = columns.operands[where]
    operands = place[operands] + np.where(own[operands], shift, 0)
    order = columns.order[rows]
    given = (columns.op[rows] == INPUT) & (order < len(batch.first))
    which = order[given]
    moved = batch.first[which]
    moved += batch.step[which] * np.concatenate([np.zeros_like(shared), samples])[given]
    held = (columns.op[rows] == INPUT) & ~given
    order[held] += len(batch.numbers) - len(batch.first)
    order[given] = moved

    def of_samples(node: int) -> Ints:
        across = len(mine) if own[node] else 0
        return int(place[node]) + across * np.arange(count)

    primitives = list(columns.primitives)
    mean = lookup("mean")
    if mean not in primitives:
        primitives.append(mean)
    kept = np.array([of_samples(node) for node in columns.kept], np.int64).reshape(-1, count)
    total = len(rows)
    calls = copy.copy(columns.calls)
    if calls is not None:
        calls.rows = np.append(rows, -1)
    return Columns(
        np.append(columns.op[rows], primitives.index(mean)),
        np.concatenate([[0], np.cumsum(arity), [len(operands) + count]]),
        np.concatenate([operands, kept[0]]),
        np.append(columns.number[rows], 0.0),
        np.append(order, -1),
        primitives,
        columns.parameters,
        columns.held,
        [total, *kept[1:].T.ravel().tolist()],
        calls,
    )


def own_nodes(columns: Columns, batch: Batch) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which nodes each sample has of its own: those that depend on its numbers."""
    own = [False] * len(columns.op)
    start, operands = columns.start.tolist(), columns.operands.tolist()
    order = columns.order.tolist()
    for i, code in enumerate(columns.op.tolist()):
        if code == INPUT:
            own[i] = order[i] < len(batch.step) and bool(batch.step[order[i]])
        elif code >= 0:
            own[i] = any(own[x] for x in operands[start[i] : start[i + 1]])
    return np.array(own)
