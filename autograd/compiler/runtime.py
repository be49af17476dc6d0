"""What an emitted program calls besides NumPy."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..primitives.picking import no_element
from ..primitives.table import Primitive

Array = np.ndarray[Any, np.dtype[np.float64]]


def view(array: Array, offset: int, shape: Sequence[int], strides: Sequence[int]) -> Array:
    """The places offset + Σ iₖ·stridesₖ of a long array, as an array of that shape."""
    item = array.itemsize
    return as_strided(array[offset:], tuple(shape), tuple(stride * item for stride in strides))


def checked(index: Array, length: int) -> Any:
    """Indices into a table of that length as integers; ``IndexError`` for one that is none."""
    index = np.asarray(index, float)
    whole = index.astype(np.intp)
    if count(length).take(whole, mode="clip").tobytes() == index.tobytes():
        return whole  # each is one of 0, 1, …, length − 1: the usual case, quickly
    wrong = (whole != index) | (whole < 0) | (whole >= length)
    if wrong.any():
        raise no_element(length, float(index[wrong][0]))
    return whole


@functools.lru_cache(64)
def count(length: int) -> Array:
    """0.0, 1.0, … as many numbers as that."""
    return np.arange(float(length))


def quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, without a warning of nan or inf from NumPy."""

    def quietly(*args: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(*args)

    # As a decorator it takes half the time; in NumPy 1 it would not nest.
    return quietly if np.__version__ < "2" else np.errstate(all="ignore")(function)


def each(primitive: Primitive) -> Callable[..., Any]:
    """The forward function, number by number: for primitives without an array form."""

    def apply(*operands: Any) -> Any:
        arrays = np.broadcast_arrays(*operands)
        numbers = [array.ravel().tolist() for array in arrays]
        return np.array(list(map(primitive.forward, *numbers))).reshape(arrays[0].shape)

    return apply


def each_partials(primitive: Primitive) -> Callable[..., Any]:
    """The local derivatives, number by number; a missing edge is 0."""

    def apply(*operands: Any) -> Any:
        arrays = np.broadcast_arrays(*operands)
        rows = [
            [0.0 if slope is None else slope for slope in primitive.partials(*numbers)]
            for numbers in zip(*[array.ravel().tolist() for array in arrays], strict=True)
        ]
        return np.array(rows).T.reshape(-1, *arrays[0].shape)

    return apply


def stacked(primitive: Primitive) -> Callable[[Array], tuple[Any, Any]]:
    """(results, slopes) of a primitive of many operands, which are the rows of one array."""
    if primitive.stacked is not None:
        own = primitive.stacked

        def whole(rows: Array) -> tuple[Any, Any]:
            return own(np, rows)

        whole.primitive = primitive  # type: ignore[attr-defined]
        return whole
    forward, partials = each(primitive), each_partials(primitive)

    def apply(rows: Array) -> tuple[Any, Any]:
        out = forward(*rows)
        return out, partials(out, *rows)

    return apply


def slopes(primitive: Primitive) -> Callable[..., Any]:
    """The local derivatives on arrays: one array, or as many as there are operands."""
    own = primitive.slopes
    assert own is not None

    def apply(out: Any, *operands: Any) -> Any:
        found = own(np, out, *operands)
        return found[0] if len(found) == 1 else found

    apply.primitive = primitive  # type: ignore[attr-defined]
    return apply
