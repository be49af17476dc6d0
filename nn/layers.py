"""A neuron, a layer of neurons, a multi-layer perceptron: start reading here.

Then ``Linear``, PyTorch's form of a layer: a matrix of weights, and no activation.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from typing import Any

from autograd import Value, dot, linear

from . import init as initialisation
from ._shapes import as_values, uniform, width
from .activations import ACTIVATIONS
from .module import Module


class Neuron(Module):
    """activation(Σ wᵢxᵢ + b), a number from ``nin`` numbers.

    Args:
        nin: how many inputs, at least 1.
        activation: a name in ``ACTIVATIONS``, or None for a linear neuron.
        init: how weights start, a name or function of ``nn.init``; the bias starts at 0.
        rng: a ``random.Random``, a seed, or None.
        fan_out: how many neurons share the inputs (Xavier asks).

    >>> neuron = Neuron(2, activation=None, rng=0)
    >>> neuron.w[0].data, neuron.w[1].data, neuron.b.data = 2.0, -3.0, 1.0
    >>> neuron([1.0, 1.0])
    Value(0.0)
    """

    def __init__(
        self,
        nin: int,
        activation: str | None = "relu",
        *,
        init: str | initialisation.Initialiser = "he",
        rng: random.Random | int | None = None,
        fan_out: int = 1,
    ) -> None:
        check_activation(activation)
        self.nin = width("nin", nin)
        self.activation = activation
        [row] = initialisation.matrix(init, 1, nin, rng, fan_out=fan_out)
        self.w = [Value(w) for w in row]
        self.b = Value(0.0)

    def __call__(self, inputs: Iterable[Any]) -> Value:
        result: Value = super().__call__(as_values(inputs, self.nin, self))
        return result

    def forward(self, inputs: Sequence[Value]) -> Value:
        """The neuron's output for Values."""
        total: Value = dot(self.w, inputs, bias=self.b)
        return ACTIVATIONS[self.activation](total) if self.activation else total

    def describe(self) -> str:
        return f"Neuron({self.nin}, {self.activation or 'linear'})"


class Layer(Module):
    """``nout`` neurons side by side on the same ``nin`` inputs; a list of ``nout`` Values.

    Arguments as for ``Neuron``; with ``init="orthogonal"``, the neurons' weights are orthogonal
    to each other. The result is a list for every width, 1 included.

    >>> layer = Layer(2, 3, rng=0)
    >>> len(layer([1.0, 2.0]))
    3
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        activation: str | None = "relu",
        *,
        init: str | initialisation.Initialiser = "he",
        rng: random.Random | int | None = None,
    ) -> None:
        self.nin, self.nout = width("nin", nin), width("nout", nout)
        # All rows at once, for there are initialisers whose rows depend on each other.
        rng = initialisation.generator(rng)
        rows = initialisation.matrix(init, nout, nin, rng)
        self.neurons = [
            Neuron(nin, activation, init=lambda *_, row=row: [row], rng=rng) for row in rows
        ]

    def __call__(self, inputs: Iterable[Any]) -> list[Value]:
        result: list[Value] = super().__call__(as_values(inputs, self.nin, self))
        return result

    def forward(self, inputs: Sequence[Value]) -> list[Value]:
        """Every neuron's output for Values."""
        # As [neuron(inputs) for neuron in self.neurons], without a scope for each, which would
        # cost more than the neuron, and reading the inputs once.
        totals = linear(inputs, [n.w for n in self.neurons], [n.b for n in self.neurons])
        activation = self.neurons[0].activation
        return list(map(ACTIVATIONS[activation], totals)) if activation else totals

    def describe(self) -> str:
        return f"Layer({self.nin}, {self.nout}, {self.neurons[0].activation or 'linear'})"


class MLP(Module):
    """A multi-layer perceptron: layers one after the other, the last one linear.

    Args:
        nin: how many inputs.
        nouts: the width of each layer; the last is the number of outputs.
        activation: of all layers but the last.
        init, rng: as for ``Neuron``.

    Returns a list of Values; **if the last width is 1, the Value itself**.

    >>> MLP(2, [16, 16, 1], rng=0)
    MLP(2, [16, 16, 1])  (337 parameters)
    ├─ layers.0: Layer(2, 16, relu)  (48)
    │  └─ neurons.0 … neurons.15: 16 × Neuron(2, relu)  (48)
    ├─ layers.1: Layer(16, 16, relu)  (272)
    │  └─ neurons.0 … neurons.15: 16 × Neuron(16, relu)  (272)
    └─ layers.2: Layer(16, 1, linear)  (17)
       └─ neurons.0: Neuron(16, linear)  (17)
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: str | None = "relu",
        *,
        init: str | initialisation.Initialiser = "he",
        rng: random.Random | int | None = None,
    ) -> None:
        if not isinstance(nouts, Sequence) or isinstance(nouts, str) or not nouts:
            raise ValueError(f"nouts must be a list of at least one width, not {nouts!r}")
        check_activation(activation)
        self.nin, self.nouts = nin, list(nouts)
        rng = initialisation.generator(rng)
        last = len(nouts) - 1
        self.layers = [
            Layer(fan_in, fan_out, activation if i < last else None, init=init, rng=rng)
            for i, (fan_in, fan_out) in enumerate(zip([nin, *nouts], nouts, strict=False))
        ]

    def __call__(self, inputs: Iterable[Any]) -> Any:
        return super().__call__(as_values(inputs, self.nin, self))

    def forward(self, inputs: Sequence[Value]) -> Any:
        """The last layer's outputs; its only output if there is one."""
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs[0] if len(inputs) == 1 else inputs

    def describe(self) -> str:
        return f"MLP({self.nin}, {self.nouts})"


class Linear(Module):
    """Wx + b, ``out_features`` numbers from ``in_features``: PyTorch's layer.

    ``weight[j][i]`` leads from input i to output j. Weights and biases start uniform on
    ±1/√in_features, as PyTorch's do.

    Args:
        in_features, out_features: how many inputs and outputs.
        bias: False leaves b out (``bias`` is then None).
        rng: a ``random.Random``, a seed, or None.

    >>> layer = Linear(2, 1, rng=0)
    >>> layer.load_state_dict({"weight.0.0": 2.0, "weight.0.1": -1.0, "bias.0": 0.5})
    >>> layer([1.0, 3.0])
    [Value(-0.5)]
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        rng: random.Random | int | None = None,
    ) -> None:
        self.in_features = width("in_features", in_features)
        self.out_features = width("out_features", out_features)
        rng, bound = initialisation.generator(rng), 1.0 / math.sqrt(in_features)
        self.weight: list[list[Value]] = uniform(bound, rng, out_features, in_features)
        self.bias: list[Value] | None = uniform(bound, rng, out_features) if bias else None

    def __call__(self, inputs: Iterable[Any]) -> list[Value]:
        result: list[Value] = super().__call__(as_values(inputs, self.in_features, self))
        return result

    def forward(self, inputs: Sequence[Value]) -> list[Value]:
        """The outputs for Values."""
        return weighted_sums(inputs, self.weight, self.bias)

    def describe(self) -> str:
        bias = "" if self.bias else ", bias=False"
        return f"Linear({self.in_features}, {self.out_features}{bias})"


def weighted_sums(
    inputs: Sequence[Value], weight: Sequence[Sequence[Value]], bias: Sequence[Value] | None
) -> list[Value]:
    """Σᵢ weightⱼᵢ·inputᵢ + biasⱼ for every j, one node for each; the bias may be None."""
    if bias is None:
        return [dot(row, inputs) for row in weight]
    return linear(inputs, weight, bias)


def check_activation(activation: str | None) -> None:
    """``ValueError`` for what is no activation's name."""
    if activation is None:
        return
    if not isinstance(activation, str) or activation not in ACTIVATIONS:
        raise ValueError(
            f"activation must be None or one of {sorted(ACTIVATIONS)}, not {activation!r}"
        )
