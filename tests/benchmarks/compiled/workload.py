"""What a workload is: one model written four ways, and what its compiled form must reach."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass
class Workload:
    """One training step of a model on fixed data.

    ``scalars()`` makes the model anew (the same numbers each time): its loss, the loss's
    arguments, and its parameters as a list of matrices and vectors of Values. The others
    have the parameters as arrays of the same shapes, and the arguments as arrays, ``data``.
    """

    name: str
    what: str
    scalars: Callable[[], tuple[Callable[..., Any], tuple[Any, ...], list[Any]]]
    must: dict[str, float]  # the time of the compiled step over the peer's, at most
    data: Sequence[Array] = ()
    adam: bool = False
    batch: bool = False  # the loss is of one sample; all arguments are lists of samples
    # numpy(numbers, gradients, *data): both flat vectors; returns a function that puts the
    # gradients there and returns the loss
    numpy: Callable[..., Callable[[], Any]] | None = None
    torch: Callable[..., Any] | None = None  # torch(torch, parameters, *data): the loss
    jax: Callable[..., Any] | None = None  # jax(jax, parameters, *data): the loss
    native: float | None = None  # run by the vector machine: at most that, of NumPy's time
    shapes: list[tuple[int, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        _, _, parameters = self.scalars()
        self.shapes = [shape_of(p) for p in parameters]
        self.start: Array = np.array([v.data for p in parameters for v in flattened(p)])


def views(vector: Array, shapes: Sequence[tuple[int, ...]]) -> list[Array]:
    """The parts of a vector in these shapes, one after the other."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    parts = np.split(vector[: ends[-1]], ends[:-1])
    return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]


def flattened(nested: Any) -> list[Any]:
    """The items of nested lists, in order."""
    if not isinstance(nested, list):
        return [nested]
    return [item for part in nested for item in flattened(part)]


def shape_of(nested: Any) -> tuple[int, ...]:
    """The shape of nested lists."""
    return (len(nested), *shape_of(nested[0])) if isinstance(nested, list) else ()
