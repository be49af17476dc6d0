"""Convolution: one small linear layer, slid along a sequence or over an image.

A sequence is a list of channels, each a list of numbers; an image a list of channels, each a
list of rows. What is computed is, as everywhere in this field, a cross-correlation: the kernel
is not flipped.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any, NamedTuple

from autograd import Value

from ._shapes import as_channels, at_least, flat, uniform, width
from .init import generator
from .layers import weighted_sums
from .module import Module

Pair = tuple[int, int]


class Conv1d(Module):
    """outₒ[t] = biasₒ + Σ weight[o][c][k]·x_c[t·stride − padding + k·dilation].

    Weights and biases start uniform on ±1/√(number of weights per output), as PyTorch's do.

    Args:
        in_channels, out_channels: how many lists go in and come out.
        kernel_size: how many neighbours are weighed.
        stride: how far the kernel moves from one output to the next.
        padding: how many zeros are put at either end.
        dilation: the distance between the neighbours that are weighed.
        groups: into how many the channels are split; each output sees its group only.
        bias: False leaves the bias out.
        rng: a ``random.Random``, a seed, or None.

    Out come ⌊(length + 2·padding − dilation·(kernel_size − 1) − 1)/stride⌋ + 1 steps.

    >>> difference = Conv1d(1, 1, kernel_size=2, bias=False)
    >>> difference.load_state_dict({"weight.0.0.0": -1.0, "weight.0.0.1": 1.0})
    >>> difference([[1.0, 4.0, 9.0]])
    [[Value(3.0), Value(5.0)]]
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        padding: int = 0,
        dilation: int = 1,
        groups: int = 1,
        bias: bool = True,
        *,
        rng: random.Random | int | None = None,
    ) -> None:
        self.in_channels, self.out_channels = in_channels, out_channels
        self.groups = _groups(in_channels, out_channels, groups)
        self.kernel_size = width("kernel_size", kernel_size)
        self.stride, self.dilation = width("stride", stride), width("dilation", dilation)
        self.padding = at_least(0, "padding", padding)
        self.weight, self.bias = _start(out_channels, bias, rng, in_channels // groups, kernel_size)

    def __call__(self, x: Sequence[Any]) -> list[list[Value]]:
        result: list[list[Value]] = super().__call__(as_channels(x, self.in_channels, 1, self))
        return result

    def forward(self, x: Sequence[Sequence[Value]]) -> list[list[Value]]:
        channels = [padded(channel, self.padding, ZERO) for channel in x]
        windows = places(
            len(channels[0]), self.kernel_size, self.stride, self.dilation, "length", self
        )
        groups = _by_group(self)
        columns = [_weighed(groups, [channel[taps] for channel in channels]) for taps in windows]
        return [list(channel) for channel in zip(*columns, strict=True)]

    def describe(self) -> str:
        return _description(self)


class Conv2d(Module):
    """``Conv1d`` in two directions: a kernel of rows and columns, slid over an image.

    ``kernel_size``, ``stride``, ``padding`` and ``dilation`` are an int or a pair (for rows,
    for columns); the rest is as for ``Conv1d``. ``weight[o][c][row][column]``.

    >>> total = Conv2d(1, 1, kernel_size=2, bias=False)
    >>> total.load_state_dict({name: 1.0 for name in total.state_dict()})
    >>> total([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]])
    [[[Value(12.0), Value(16.0)]]]
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Pair,
        stride: int | Pair = 1,
        padding: int | Pair = 0,
        dilation: int | Pair = 1,
        groups: int = 1,
        bias: bool = True,
        *,
        rng: random.Random | int | None = None,
    ) -> None:
        self.in_channels, self.out_channels = in_channels, out_channels
        self.groups = _groups(in_channels, out_channels, groups)
        self.kernel_size = pair("kernel_size", kernel_size, 1)
        self.stride, self.dilation = pair("stride", stride, 1), pair("dilation", dilation, 1)
        self.padding = pair("padding", padding, 0)
        shape = (in_channels // groups, *self.kernel_size)
        self.weight, self.bias = _start(out_channels, bias, rng, *shape)

    def __call__(self, x: Sequence[Any]) -> list[list[list[Value]]]:
        result: list[list[list[Value]]] = super().__call__(
            as_channels(x, self.in_channels, 2, self)
        )
        return result

    def forward(self, x: Sequence[Sequence[Sequence[Value]]]) -> list[list[list[Value]]]:
        channels = [padded_image(channel, self.padding, ZERO) for channel in x]
        (kh, kw), (sh, sw), (dh, dw) = self.kernel_size, self.stride, self.dilation
        downwards = places(len(channels[0]), kh, sh, dh, "height", self)
        rightwards = places(len(channels[0][0]), kw, sw, dw, "width", self)
        groups = _by_group(self)
        outputs = [
            [
                _weighed(groups, [[row[columns] for row in channel[rows]] for channel in channels])
                for columns in rightwards
            ]
            for rows in downwards
        ]
        return [[[pixel[o] for pixel in row] for row in outputs] for o in range(self.out_channels)]

    def describe(self) -> str:
        return _description(self)


# --- the parts, which pooling shares ------------------------------------------------------------

# What stands beyond the edges; one for all, since it never changes and takes no gradient.
ZERO = Value(0.0, requires_grad=False)


def padded(row: Sequence[Value], padding: int, filling: Value) -> list[Value]:
    """A row with so many fillings at either end."""
    return [filling] * padding + list(row) + [filling] * padding


def padded_image(
    rows: Sequence[Sequence[Value]], padding: Pair, filling: Value
) -> list[list[Value]]:
    """Rows with fillings above and below (the first of the pair), left and right (the second)."""
    above, left = padding
    empty = [filling] * (len(rows[0]) + 2 * left)
    return [empty] * above + [padded(row, left, filling) for row in rows] + [empty] * above


def places(
    length: int, kernel: int, stride: int, dilation: int, name: str, module: Module
) -> list[slice]:
    """Where a kernel may lie along ``length`` positions, as slices.

    >>> places(5, 2, 2, 1, "length", Module())
    [slice(0, 2, 1), slice(2, 4, 1)]
    """
    span = dilation * (kernel - 1) + 1
    if length < span:
        raise ValueError(
            f"{module.describe()}: the kernel spans {span}, more than the input's {name} of "
            f"{length} (padding included)"
        )
    return [slice(at, at + span, dilation) for at in range(0, length - span + 1, stride)]


def pair(name: str, size: int | Pair, least: int) -> Pair:
    """An int as two of it; a pair as it is."""
    sizes = (size, size) if isinstance(size, int) else tuple(size)
    if len(sizes) != 2:
        raise ValueError(f"{name} must be an int or a pair, not {size!r}")
    return at_least(least, name, sizes[0]), at_least(least, name, sizes[1])


class _Group(NamedTuple):
    """The channels that a group sees, and for each of its outputs the kernel as one list."""

    inputs: slice
    kernels: list[list[Value]]
    bias: list[Value] | None


def _by_group(conv: Conv1d | Conv2d) -> list[_Group]:
    """The groups, made once for all places where the kernels will lie."""
    inputs, outputs = conv.in_channels // conv.groups, conv.out_channels // conv.groups
    groups = []
    for k in range(conv.groups):
        here = slice(k * outputs, (k + 1) * outputs)
        kernels = [list(flat(kernel)) for kernel in conv.weight[here]]
        bias = None if conv.bias is None else conv.bias[here]
        groups.append(_Group(slice(k * inputs, (k + 1) * inputs), kernels, bias))
    return groups


def _weighed(groups: Sequence[_Group], window: Sequence[Any]) -> list[Value]:
    """The outputs, one per output channel, for what lies under the kernel, by channel."""
    sums = []
    for group in groups:
        seen = list(flat(window[group.inputs]))
        sums += weighted_sums(seen, group.kernels, group.bias)
    return sums


def _start(
    outputs: int, bias: bool, rng: random.Random | int | None, *shape: int
) -> tuple[list[Any], list[Value] | None]:
    rng, bound = generator(rng), 1.0 / math.sqrt(math.prod(shape))
    return uniform(bound, rng, outputs, *shape), uniform(bound, rng, outputs) if bias else None


def _groups(in_channels: int, out_channels: int, groups: int) -> int:
    width("in_channels", in_channels), width("out_channels", out_channels)
    if in_channels % width("groups", groups) or out_channels % groups:
        raise ValueError(
            f"groups must divide in_channels and out_channels, but {groups} does not divide "
            f"{in_channels} and {out_channels}"
        )
    return groups


def _description(conv: Conv1d | Conv2d) -> str:
    text = f"{type(conv).__name__}({conv.in_channels}, {conv.out_channels}, {conv.kernel_size}"
    for name, usual in (("stride", 1), ("padding", 0), ("dilation", 1), ("groups", 1)):
        setting = getattr(conv, name)
        if setting not in (usual, (usual, usual)):
            text += f", {name}={setting}"
    return text + (")" if conv.bias is not None else ", bias=False)")
