"""Pooling: the largest or the mean of each window, so that less is left.

Sequences are lists of channels, images lists of channels of rows, as for convolutions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd import Value, mean
from autograd import max as largest  # type: ignore[attr-defined]  # (public, not in __all__)

from ._shapes import as_channels, at_least, width
from .convolution import ZERO, Pair, padded, padded_image, pair, places
from .module import Module


class MaxPool1d(Module):
    """The largest of each window, channel by channel.

    Where several are the largest, each takes its share of the slope (as ``autograd.max`` and
    PyTorch's ``amax``; PyTorch's own pooling gives all of it to the first).

    Args:
        kernel_size: how many neighbours a window holds.
        stride: from one window to the next; None for kernel_size.
        padding: how far windows reach beyond either end, half a window at most.

    >>> MaxPool1d(2)([[1.0, 5.0, 2.0, 3.0]])
    [[Value(5.0), Value(3.0)]]
    """

    def __init__(self, kernel_size: int, stride: int | None = None, padding: int = 0) -> None:
        self.kernel_size = width("kernel_size", kernel_size)
        self.stride = kernel_size if stride is None else width("stride", stride)
        self.padding = _half(at_least(0, "padding", padding), kernel_size)

    def forward(self, x: Sequence[Any]) -> list[list[Value]]:
        return _pooled_1d(self, x, _largest)

    def describe(self) -> str:
        return _description(self)


class AvgPool1d(Module):
    """The mean of each window, channel by channel.

    Args:
        kernel_size, stride, padding: as for ``MaxPool1d``.
        count_include_pad: count positions beyond the ends, as zeros.

    >>> AvgPool1d(2)([[1.0, 5.0, 2.0, 4.0]])
    [[Value(3.0), Value(3.0)]]
    """

    def __init__(
        self,
        kernel_size: int,
        stride: int | None = None,
        padding: int = 0,
        count_include_pad: bool = True,
    ) -> None:
        self.kernel_size = width("kernel_size", kernel_size)
        self.stride = kernel_size if stride is None else width("stride", stride)
        self.padding = _half(at_least(0, "padding", padding), kernel_size)
        self.count_include_pad = count_include_pad

    def forward(self, x: Sequence[Any]) -> list[list[Value]]:
        return _pooled_1d(self, x, mean if self.count_include_pad else _mean_inside)

    def describe(self) -> str:
        return _description(self)


class MaxPool2d(Module):
    """``MaxPool1d`` for images; sizes are an int or a pair (for rows, for columns).

    >>> MaxPool2d(2)([[[1.0, 2.0], [3.0, 4.0]]])
    [[[Value(4.0)]]]
    """

    def __init__(
        self, kernel_size: int | Pair, stride: int | Pair | None = None, padding: int | Pair = 0
    ) -> None:
        self.kernel_size = pair("kernel_size", kernel_size, 1)
        self.stride = self.kernel_size if stride is None else pair("stride", stride, 1)
        self.padding = _halves(pair("padding", padding, 0), self.kernel_size)

    def forward(self, x: Sequence[Any]) -> list[list[list[Value]]]:
        return _pooled_2d(self, x, _largest)

    def describe(self) -> str:
        return _description(self)


class AvgPool2d(Module):
    """``AvgPool1d`` for images; sizes are an int or a pair (for rows, for columns).

    >>> AvgPool2d(2)([[[1.0, 2.0], [3.0, 4.0]]])
    [[[Value(2.5)]]]
    """

    def __init__(
        self,
        kernel_size: int | Pair,
        stride: int | Pair | None = None,
        padding: int | Pair = 0,
        count_include_pad: bool = True,
    ) -> None:
        self.kernel_size = pair("kernel_size", kernel_size, 1)
        self.stride = self.kernel_size if stride is None else pair("stride", stride, 1)
        self.padding = _halves(pair("padding", padding, 0), self.kernel_size)
        self.count_include_pad = count_include_pad

    def forward(self, x: Sequence[Any]) -> list[list[list[Value]]]:
        return _pooled_2d(self, x, mean if self.count_include_pad else _mean_inside)

    def describe(self) -> str:
        return _description(self)


# --- the parts --------------------------------------------------------------------------------

Pooling = Callable[[list[Value]], Value]


def _largest(window: list[Value]) -> Value:
    result: Value = largest(_inside(window))
    return result


def _mean_inside(window: list[Value]) -> Value:
    result: Value = mean(_inside(window))
    return result


def _inside(window: list[Value]) -> list[Value]:
    """Without what stands beyond the edges: the very object ``ZERO``."""
    return [x for x in window if x is not ZERO]


def _pooled_1d(pool: MaxPool1d | AvgPool1d, x: Sequence[Any], reduce: Pooling) -> list[list[Value]]:
    channels = [padded(c, pool.padding, ZERO) for c in as_channels(x, len(x), 1, pool)]
    windows = places(len(channels[0]), pool.kernel_size, pool.stride, 1, "length", pool)
    return [[reduce(channel[taps]) for taps in windows] for channel in channels]


def _pooled_2d(
    pool: MaxPool2d | AvgPool2d, x: Sequence[Any], reduce: Pooling
) -> list[list[list[Value]]]:
    channels = [padded_image(c, pool.padding, ZERO) for c in as_channels(x, len(x), 2, pool)]
    (kh, kw), (sh, sw) = pool.kernel_size, pool.stride
    downwards = places(len(channels[0]), kh, sh, 1, "height", pool)
    rightwards = places(len(channels[0][0]), kw, sw, 1, "width", pool)
    return [
        [
            [reduce([x for row in channel[rows] for x in row[columns]]) for columns in rightwards]
            for rows in downwards
        ]
        for channel in channels
    ]


def _half(padding: int, kernel_size: int) -> int:
    """The padding, if every window then holds something."""
    if 2 * padding > kernel_size:
        raise ValueError(
            f"padding must be at most half of kernel_size, {kernel_size}, not {padding}"
        )
    return padding


def _halves(padding: Pair, kernel_size: Pair) -> Pair:
    return _half(padding[0], kernel_size[0]), _half(padding[1], kernel_size[1])


def _description(pool: Module) -> str:
    settings = vars(pool)
    text = f"{type(pool).__name__}({settings['kernel_size']}, stride={settings['stride']}"
    padding = settings["padding"]
    return f"{text})" if padding in (0, (0, 0)) else f"{text}, padding={padding})"
