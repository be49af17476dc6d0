"""Activations as modules, for ``Sequential`` and as options of layers: PyTorch's names.

The functions, with their slopes, are ``autograd``'s; ``nn.Tanh()(x)`` is ``autograd.tanh`` on
every number of x, a Value or nested lists of them.

>>> Tanh()([Value(0.0), [Value(0.0)]])
[Value(0.0), [Value(0.0)]]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd
from autograd import Value, where

from ._shapes import as_value, mapped, width
from .module import Module

ACTIVATIONS: dict[str, Callable[[Value], Value]] = {
    "relu": Value.relu,
    "tanh": Value.tanh,
    "sigmoid": Value.sigmoid,
    "leaky_relu": Value.leaky_relu,
    "elu": Value.elu,
    "gelu": Value.gelu,
    "silu": Value.silu,
    "softplus": Value.softplus,
}
"""By name, for ``Neuron``, ``Layer``, ``MLP`` and ``TransformerEncoderLayer``."""


class Elementwise(Module):
    """The base of activations that treat each number by itself: they define ``function``."""

    def forward(self, x: Any) -> Any:
        """The function of a Value, or of every one in nested lists."""
        return mapped(lambda element: self.function(as_value(element)), x)

    def function(self, x: Value) -> Any:
        """The activation of one Value."""
        raise NotImplementedError(f"{type(self).__name__} must define function(x)")

    def describe(self) -> str:
        settings = ", ".join(f"{k}={v!r}" for k, v in vars(self).items() if k in self.SETTINGS)
        return f"{type(self).__name__}({settings})"

    SETTINGS: tuple[str, ...] = ()


class ReLU(Elementwise):
    """max(x, 0)."""

    def function(self, x: Value) -> Any:
        return autograd.relu(x)


class ReLU6(Elementwise):
    """x held between 0 and 6."""

    def function(self, x: Value) -> Any:
        return autograd.relu6(x)


class LeakyReLU(Elementwise):
    """x above 0, negative_slope·x below."""

    SETTINGS = ("negative_slope",)

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    def function(self, x: Value) -> Any:
        return autograd.leaky_relu(x, self.negative_slope)


class PReLU(Module):
    """x above 0, a·x below, where a is learned: one, or one for each channel.

    With ``num_parameters`` > 1, x is a list of so many channels.
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25) -> None:
        self.num_parameters = width("num_parameters", num_parameters)
        self.weight = [Value(init) for _ in range(num_parameters)]

    def forward(self, x: Any) -> Any:
        if self.num_parameters == 1:
            return _leaky_all(x, self.weight[0])
        if len(x) != self.num_parameters:
            raise ValueError(f"{self.describe()} takes {self.num_parameters} inputs, not {len(x)}")
        return [_leaky_all(channel, a) for channel, a in zip(x, self.weight, strict=True)]

    def describe(self) -> str:
        return f"PReLU({self.num_parameters})"


class ELU(Elementwise):
    """x above 0, alpha·(eˣ − 1) below."""

    SETTINGS = ("alpha",)

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def function(self, x: Value) -> Any:
        return autograd.elu(x, self.alpha)


class CELU(Elementwise):
    """x above 0, alpha·(e^(x/alpha) − 1) below."""

    SETTINGS = ("alpha",)

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def function(self, x: Value) -> Any:
        return autograd.celu(x, self.alpha)


class SELU(Elementwise):
    """λx above 0, λα(eˣ − 1) below: keeps mean 0 and variance 1 from layer to layer."""

    def function(self, x: Value) -> Any:
        return autograd.selu(x)


class GELU(Elementwise):
    """x·Φ(x); ``approximate="tanh"`` for the form of the first GPTs."""

    SETTINGS = ("approximate",)

    def __init__(self, approximate: str = "none") -> None:
        self.approximate = approximate
        autograd.gelu(0.0, approximate)  # refuses other words now, not at the first call

    def function(self, x: Value) -> Any:
        return autograd.gelu(x, self.approximate)


class SiLU(Elementwise):
    """x·sigmoid(x), also called swish."""

    def function(self, x: Value) -> Any:
        return autograd.silu(x)


class Mish(Elementwise):
    """x·tanh(softplus(x))."""

    def function(self, x: Value) -> Any:
        return autograd.mish(x)


class Softplus(Elementwise):
    """ln(1 + e^(beta·x))/beta, a smooth relu.

    PyTorch returns x itself where beta·x exceeds a threshold, against overflow; here nothing
    overflows, and there is no threshold.
    """

    SETTINGS = ("beta",)

    def __init__(self, beta: float = 1.0) -> None:
        self.beta = beta

    def function(self, x: Value) -> Any:
        return autograd.softplus(x * self.beta) / self.beta


class Softsign(Elementwise):
    """x/(1 + |x|)."""

    def function(self, x: Value) -> Any:
        return autograd.softsign(x)


class Tanh(Elementwise):
    """tanh x, in (−1, 1)."""

    def function(self, x: Value) -> Any:
        return autograd.tanh(x)


class Sigmoid(Elementwise):
    """1/(1 + e⁻ˣ), in (0, 1)."""

    def function(self, x: Value) -> Any:
        return autograd.sigmoid(x)


class LogSigmoid(Elementwise):
    """ln sigmoid(x)."""

    def function(self, x: Value) -> Any:
        return autograd.logsigmoid(x)


class Hardtanh(Elementwise):
    """x held between two constants."""

    SETTINGS = ("min_val", "max_val")

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0) -> None:
        self.min_val, self.max_val = min_val, max_val

    def function(self, x: Value) -> Any:
        return autograd.hardtanh(x, self.min_val, self.max_val)


class Hardsigmoid(Elementwise):
    """(x + 3)/6 held between 0 and 1."""

    def function(self, x: Value) -> Any:
        return autograd.hardsigmoid(x)


class Hardswish(Elementwise):
    """x·hardsigmoid(x)."""

    def function(self, x: Value) -> Any:
        return autograd.hardswish(x)


class Tanhshrink(Elementwise):
    """x − tanh x."""

    def function(self, x: Value) -> Any:
        return x - autograd.tanh(x)


class Softshrink(Elementwise):
    """x moved towards 0 by lambd, and 0 within it."""

    SETTINGS = ("lambd",)

    def __init__(self, lambd: float = 0.5) -> None:
        self.lambd = lambd

    def function(self, x: Value) -> Any:
        return autograd.relu(x - self.lambd) - autograd.relu(-x - self.lambd)


class Hardshrink(Elementwise):
    """x where |x| > lambd, else 0."""

    SETTINGS = ("lambd",)

    def __init__(self, lambd: float = 0.5) -> None:
        self.lambd = lambd

    def function(self, x: Value) -> Any:
        return where(abs(x) - self.lambd, x, 0.0)


class Softmax(Module):
    """eˣⁱ/Σeˣʲ along the innermost lists: PyTorch's ``dim=-1``."""

    def forward(self, x: Any) -> Any:
        return _along_rows(autograd.softmax, x)


class LogSoftmax(Module):
    """xᵢ − ln Σeˣʲ along the innermost lists: PyTorch's ``dim=-1``."""

    def forward(self, x: Any) -> Any:
        return _along_rows(autograd.log_softmax, x)


def _leaky_all(nested: Any, slope: Value) -> Any:
    def leaky(x: Value) -> Any:
        return where(x, x, slope * x)

    return mapped(lambda element: leaky(as_value(element)), nested)


def _along_rows(function: Callable[[Any], list[Any]], x: Any) -> Any:
    if x and isinstance(x[0], (list, tuple)):
        return [_along_rows(function, row) for row in x]
    return function([as_value(element) for element in x])
