"""Normalisation: numbers brought to mean 0 and variance 1, then scaled and shifted as learned.

``BatchNorm1d`` and ``BatchNorm2d`` normalise each channel over a batch, ``LayerNorm`` and
``RMSNorm`` the numbers of one sample.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any

from autograd import Value, assign, dot, mean, redrawn, sqrt

from ._shapes import (
    as_value,
    as_values,
    constants,
    flat,
    mapped,
    parameters,
    refilled,
    shape_of,
    width,
)
from .module import Module


class BatchNorm1d(Module):
    """(x − mean)/√(variance + eps)·weight + bias, for each channel over a batch.

    Called with a batch, a list of samples, also in eval mode (``norm([x])[0]`` for one); a
    sample is a list of ``num_features`` channels, each a number or a list of numbers.

    While training, mean and (biased) variance are the batch's, and the running statistics
    move towards them: ``running = (1 − momentum)·running + momentum·batch``, with the unbiased
    variance. In eval mode the running statistics are used. They are buffers: kept in
    ``state_dict()``, without gradients.

    Args:
        num_features: how many channels.
        eps: added to the variance.
        momentum: the weight of the newest batch; None for the average over all batches.
        affine: learn a weight (from 1) and a bias (from 0) for each channel.
        track_running_stats: False uses the batch's statistics in eval mode, too.

    While training there must be more than one number per channel: ``ValueError``.

    >>> norm = BatchNorm1d(1, eps=0.0)
    >>> norm([[1.0], [3.0]])
    [[Value(-1.0)], [Value(1.0)]]
    >>> norm.running_mean, norm.running_var
    ([Value(0.2)], [Value(1.1)])
    """

    batchwise = True
    depths: tuple[int, ...] = (0, 1)  # how deep the lists of a channel may be nested

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
    ) -> None:
        self.num_features = width("num_features", num_features)
        self.eps, self.momentum = eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        if affine:
            self.weight: list[Value] = parameters(lambda: 1.0, num_features)
            self.bias: list[Value] = parameters(lambda: 0.0, num_features)
        if track_running_stats:
            self.running_mean = constants(0.0, num_features)
            self.running_var = constants(1.0, num_features)
            self.num_batches_tracked = Value(0.0, requires_grad=False)

    def __call__(self, batch: Sequence[Any]) -> list[Any]:
        result: list[Any] = super().__call__(self._checked(batch))
        return result

    def forward(self, batch: Sequence[Any]) -> list[Any]:
        channels = [self._normalised(c, [s[c] for s in batch]) for c in range(self.num_features)]
        if self.training and self.track_running_stats:
            assign(self.num_batches_tracked, lambda: self.num_batches_tracked.data + 1.0)
        return [list(sample) for sample in zip(*channels, strict=True)]

    def _normalised(self, c: int, channel: list[Any]) -> list[Any]:
        """Channel ``c`` of every sample."""
        xs: list[Value] = list(flat(channel))
        if self.training or not self.track_running_stats:
            centre = mean(xs)
            centred = [x - centre for x in xs]
            variance = dot(centred, centred) / len(xs)
            if self.training and self.track_running_stats:
                self._track(c, centre, variance * (len(xs) / (len(xs) - 1)))
        else:
            centred = [x - self.running_mean[c] for x in xs]
            variance = self.running_var[c]
        scale = 1.0 / sqrt(variance + self.eps)
        ys = [x * scale for x in centred]
        if self.affine:
            ys = [y * self.weight[c] + self.bias[c] for y in ys]
        normalised: list[Any] = refilled(channel, ys)
        return normalised

    def _track(self, c: int, batch_mean: Value, batch_variance: Value) -> None:
        """Move the running statistics towards the batch's."""
        new = redrawn(self._share) if self.momentum is None else self.momentum
        for running, batch in (
            (self.running_mean[c], batch_mean),
            (self.running_var[c], batch_variance),
        ):
            assign(running, (1.0 - new) * running + new * batch)

    def _share(self) -> float:
        """What this batch counts among all so far."""
        return 1.0 / (self.num_batches_tracked.data + 1.0)

    def _checked(self, batch: Sequence[Any]) -> list[Any]:
        form = f"{self.describe()} takes a batch, a list of samples of {self.num_features} channels"
        samples = mapped(as_value, batch)
        shapes = [shape_of(s) for s in samples] if isinstance(samples, list) else []
        if not shapes:
            raise ValueError(f"{form}, not {'an empty list' if samples == [] else repr(batch)}")
        for i, shape in enumerate(shapes):
            if not shape or shape[0] != self.num_features or len(shape) - 1 not in self.depths:
                found = "is ragged" if shape is None else f"has the shape {shape}"
                raise ValueError(f"{form}, but sample {i} {found}")
        count = sum(math.prod((shape or ())[1:]) for shape in shapes)
        if self.training and count < 2:
            raise ValueError(
                f"{self.describe()}: while training there must be more than one number per "
                "channel, not 1; call eval() to use the running statistics"
            )
        return list(samples)

    def describe(self) -> str:
        return f"{type(self).__name__}({self.num_features})"


class BatchNorm2d(BatchNorm1d):
    """``BatchNorm1d`` for images: a sample is channels × height × width."""

    depths = (2,)


class LayerNorm(Module):
    """(x − mean)/√(variance + eps)·weight + bias over the numbers of one sample.

    Args:
        normalized_shape: how many numbers; or the lengths of nested lists, outside first.
        eps: added to the (biased) variance.
        elementwise_affine: learn a weight (from 1) and a bias (from 0) for each number.
        bias: False leaves the bias out.

    >>> LayerNorm(2, eps=0.0)([1.0, 3.0])
    [Value(-1.0), Value(1.0)]
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        self.normalized_shape = _lengths(normalized_shape)
        self.eps = eps
        self.weight: list[Any] | None = None
        self.bias: list[Any] | None = None
        if elementwise_affine:
            self.weight = parameters(lambda: 1.0, *self.normalized_shape)
            self.bias = parameters(lambda: 0.0, *self.normalized_shape) if bias else None

    def __call__(self, inputs: Sequence[Any]) -> Any:
        return super().__call__(_sample(inputs, self.normalized_shape, self))

    def forward(self, inputs: Sequence[Any]) -> Any:
        xs: list[Value] = list(flat(inputs))
        centre = mean(xs)
        centred = [x - centre for x in xs]
        scale = 1.0 / sqrt(dot(centred, centred) / len(xs) + self.eps)
        ys = [x * scale for x in centred]
        if self.weight is not None:
            ys = [y * w for y, w in zip(ys, flat(self.weight), strict=True)]
        if self.bias is not None:
            ys = [y + b for y, b in zip(ys, flat(self.bias), strict=True)]
        return refilled(inputs, ys)

    def describe(self) -> str:
        return f"LayerNorm({', '.join(map(str, self.normalized_shape))})"


class RMSNorm(Module):
    """x/√(mean of x² + eps)·weight over the numbers of one sample: no mean is taken away.

    Args:
        normalized_shape: as for ``LayerNorm``.
        eps: added to the mean square; None for the distance from 1 to the next float.
        elementwise_affine: learn a weight (from 1) for each number.

    >>> RMSNorm(2, eps=0.0, elementwise_affine=False)([3.0, -3.0])
    [Value(1.0), Value(-1.0)]
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
    ) -> None:
        self.normalized_shape = _lengths(normalized_shape)
        self.eps = sys.float_info.epsilon if eps is None else eps
        self.weight: list[Any] | None = (
            parameters(lambda: 1.0, *self.normalized_shape) if elementwise_affine else None
        )

    def __call__(self, inputs: Sequence[Any]) -> Any:
        return super().__call__(_sample(inputs, self.normalized_shape, self))

    def forward(self, inputs: Sequence[Any]) -> Any:
        xs: list[Value] = list(flat(inputs))
        scale = 1.0 / sqrt(dot(xs, xs) / len(xs) + self.eps)
        ys = [x * scale for x in xs]
        if self.weight is not None:
            ys = [y * w for y, w in zip(ys, flat(self.weight), strict=True)]
        return refilled(inputs, ys)

    def describe(self) -> str:
        return f"RMSNorm({', '.join(map(str, self.normalized_shape))})"


def _lengths(normalized_shape: int | Sequence[int]) -> tuple[int, ...]:
    lengths = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if not lengths:
        raise ValueError("normalized_shape must have at least one length, not none")
    return tuple(width("normalized_shape", n) for n in lengths)


def _sample(inputs: Sequence[Any], shape: tuple[int, ...], module: Module) -> list[Any]:
    if len(shape) == 1:
        return as_values(inputs, shape[0], module)
    sample = mapped(as_value, inputs)
    if shape_of(sample) != shape:
        raise ValueError(f"{module.describe()} takes the shape {shape}, not {shape_of(sample)}")
    return list(sample)
