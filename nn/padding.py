"""Sequences of unequal length: filled up to a few common lengths, so that programs are shared.

A compiled program holds for arguments of one shape. With sequences padded to the lengths of
a few buckets there are as many programs as buckets, however many lengths there are.

>>> import autograd
>>> w = autograd.Value(0.5)
>>> def state(xs, last):  # an RNN that is asked for its state after xs[last]
...     states = [w * xs[0]]
...     for x in xs[1:]:
...         states.append((w * states[-1] + x).tanh())
...     return autograd.pick(states, last)
>>> program = autograd.compile(state)
>>> for xs in ([1.0, 2.0], [1.0, 2.0, 3.0], [1.0]):
...     length = bucket_length(len(xs), (4, 8))
...     [padded] = pad_sequence([xs], length=length)
...     assert abs(program(padded, len(xs) - 1) - state(xs, len(xs) - 1).item()) < 1e-12
>>> len(program.programs)
1
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ._shapes import mapped


def pad_sequence(
    sequences: Sequence[Sequence[Any]], padding_value: Any = 0.0, length: int | None = None
) -> list[list[Any]]:
    """All sequences as lists of one length, with ``padding_value`` at their ends.

    ``length`` is that of the longest, unless a larger one is given; ``ValueError`` for a
    smaller one. If items are vectors, a number pads with vectors of it; else
    ``padding_value`` is what an item is. (As ``torch.nn.utils.rnn.pad_sequence`` with
    ``batch_first=True``.)

    >>> pad_sequence([[1, 2, 3], [4]], padding_value=0)
    [[1, 2, 3], [4, 0, 0]]
    >>> pad_sequence([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0]]])
    [[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [0.0, 0.0]]]
    """
    sequences = list(sequences)
    longest = max(map(len, sequences), default=0)
    item = next((item for sequence in sequences for item in sequence), 0.0)
    if not hasattr(padding_value, "__len__"):
        number = padding_value
        padding_value = mapped(lambda _: number, item)
    length = longest if length is None else length
    if length < longest:
        raise ValueError(
            f"pad_sequence: length {length!r} is less than the longest sequence has, {longest}"
        )
    return [[*sequence, *[padding_value] * (length - len(sequence))] for sequence in sequences]


def sequence_mask(lengths: Sequence[int], length: int | None = None) -> list[list[float]]:
    """1.0 for the items of each sequence, 0.0 for the padding behind them.

    Multiplied with the loss of each item, it leaves only those that are there.

    >>> sequence_mask([3, 1])
    [[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]]
    """
    longest = max(lengths, default=0)
    length = longest if length is None else length
    if length < longest or min(lengths, default=0) < 0:
        raise ValueError(
            f"sequence_mask: lengths must be from 0 to {max(length, 0)}, not {lengths!r}"
        )
    return [[1.0] * n + [0.0] * (length - n) for n in lengths]


def bucket_length(length: int, buckets: Sequence[int]) -> int:
    """The smallest bucket that a sequence of this length fits into.

    ``ValueError`` if it fits into none. With buckets that double, at most half is padding.

    >>> [bucket_length(n, (4, 8, 16)) for n in (1, 4, 5, 16)]
    [4, 4, 8, 16]
    """
    fitting = [bucket for bucket in buckets if bucket >= length]
    if not fitting:
        raise ValueError(
            f"bucket_length: a sequence of {length} items fits into none of the buckets {buckets!r}"
        )
    return min(fitting)
