"""Initialisation in place, with PyTorch's names: ``nn.init.xavier_uniform_(weights, rng=0)``.

``tensor`` is a list of Values, or lists of them, laid out as PyTorch's where fans are asked
for: outputs, then inputs, then the kernel. The options follow, by place or name; ``rng`` is
a ``random.Random``, a seed or None. The tensor comes back.

>>> from autograd import Value
>>> weights = [[Value(0.0) for _ in range(3)] for _ in range(2)]
>>> constant_(weights, 0.5)[1][2]
Value(0.5)
"""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

from autograd import Value

from .initialisers import (
    Initialiser,
    constant,
    generator,
    kaiming_normal,
    kaiming_uniform,
    lecun_normal,
    lecun_uniform,
    matrix,
    normal,
    orthogonal,
    xavier_normal,
    xavier_uniform,
)


def in_place(draw: Initialiser, *, needs_fans: bool = True) -> Callable[..., Any]:
    """The function ``fill(tensor, *options, rng=None)`` for an initialiser of single weights."""

    @functools.wraps(draw)
    def fill(
        tensor: Any, *options: Any, rng: random.Random | int | None = None, **named: Any
    ) -> Any:
        fans = calculate_fans(tensor) if needs_fans else (1, 1)
        chance = generator(rng)
        numbers = [draw(*fans, chance, *options, **named) for _ in values(tensor)]
        return _put(tensor, numbers)

    return fill


def orthogonal_(tensor: Any, gain: float = 1.0, rng: random.Random | int | None = None) -> Any:
    """An orthogonal matrix; inputs and kernel together are its columns. See ``orthogonal``."""
    rows, columns = len(tensor), len(list(values(tensor[0])))
    drawn = matrix(functools.partial(orthogonal, gain=gain), rows, columns, rng)
    return _put(tensor, list(itertools.chain(*drawn)))


def _uniform(
    fan_in: int, fan_out: int, rng: random.Random, a: float = 0.0, b: float = 1.0
) -> float:
    """Uniform on [a, b], as PyTorch's defaults are."""
    return rng.uniform(a, b)


constant_ = in_place(constant, needs_fans=False)
normal_ = in_place(normal, needs_fans=False)
uniform_ = in_place(_uniform, needs_fans=False)
zeros_ = in_place(lambda i, o, rng: 0.0, needs_fans=False)
ones_ = in_place(lambda i, o, rng: 1.0, needs_fans=False)
xavier_uniform_ = in_place(xavier_uniform)
xavier_normal_ = in_place(xavier_normal)
kaiming_uniform_ = in_place(kaiming_uniform)
kaiming_normal_ = in_place(kaiming_normal)
lecun_uniform_ = in_place(lecun_uniform)
lecun_normal_ = in_place(lecun_normal)


def calculate_fans(tensor: Any) -> tuple[int, int]:
    """``(fan_in, fan_out)``: how many inputs a weight's output has, and the other way round.

    >>> kernel = [[[[Value(0.0)] * 3] * 3] * 2] * 4  # 4 outputs, 2 inputs, 3 × 3
    >>> calculate_fans(kernel)
    (18, 36)
    """
    if not isinstance(tensor, list) or not tensor or not isinstance(tensor[0], list):
        raise ValueError(
            "init: fans need a list of lists of Values, a row for each output; for biases use "
            f"zeros_ or uniform_; this is {tensor!r}"
        )
    outputs, inputs = len(tensor), len(tensor[0])
    field = len(list(values(tensor[0][0])))
    return inputs * field, outputs * field


def values(tensor: Any) -> Iterator[Value]:
    """The Values in nested lists, in order; ``TypeError`` for anything else."""
    if isinstance(tensor, Value):
        yield tensor
    elif isinstance(tensor, (list, tuple)):
        for row in tensor:
            yield from values(row)
    else:
        raise TypeError(f"init: there must be Values in nested lists, not {tensor!r}")


def _put(tensor: Any, numbers: list[float]) -> Any:
    for value, number in zip(values(tensor), numbers, strict=True):
        value.data = number
    return tensor
