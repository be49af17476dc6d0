"""The two programs that every engine runs, written once.

Both train the classic 2-16-16-1 network on two moons. ``RawProgram`` writes every neuron
out as ``+`` and ``*``; ``MoonsDemo`` uses the engine's own ``nn.MLP``.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from typing import Any

SIZES = (2, 16, 16, 1)
OPS_PER_SAMPLE = 644  # 304 products, 304 sums, 32 relu; then the hinge: 4


class RawProgram:
    """A network of scalars, a hinge loss, no library but the number type.

    Args:
        number: makes a variable of the engine out of a float.
        relu: the engine's max(x, 0).
        samples: the ops of a step are 644 times as many.
    """

    def __init__(
        self,
        number: Callable[[float], Any],
        relu: Callable[[Any], Any],
        samples: int = 100,
        sizes: tuple[int, ...] = SIZES,
    ) -> None:
        draw = random.Random(0).uniform
        self.relu = relu
        self.layers = [
            [
                ([number(draw(-1, 1)) for _ in range(fan_in)], number(draw(-1, 1)))
                for _ in range(fan_out)
            ]
            for fan_in, fan_out in itertools.pairwise(sizes)
        ]
        points, signs = moons(samples)
        self.points = [[number(x) for x in point] for point in points]
        self.signs = [number(sign) for sign in signs]
        self.one = number(1.0)
        self.parameters = [p for layer in self.layers for ws, b in layer for p in (*ws, b)]

    def forward(self) -> Any:
        """The loss: Σ relu(1 − sign·score) over all samples."""
        relu, one, layers, last = self.relu, self.one, self.layers, self.layers[-1]
        total = None
        for point, sign in zip(self.points, self.signs, strict=True):
            activations = point
            for layer in layers:
                outputs = []
                for weights, bias in layer:
                    out = bias
                    for w, x in zip(weights, activations, strict=True):
                        out = out + w * x
                    outputs.append(out if layer is last else relu(out))
                activations = outputs
            loss = relu(one - sign * activations[0])
            total = loss if total is None else total + loss
        return total

    def step(self) -> float:
        """Forward, backward, and the graph is freed; the loss. Gradients are in the parameters."""
        for p in self.parameters:
            p.grad = 0.0
        loss = self.forward()
        loss.backward()
        number: float = loss.data
        return number

    def gradients(self) -> list[float]:
        """∂loss/∂parameter of the last step."""
        return [p.grad for p in self.parameters]


class MoonsDemo:
    """micrograd's demo notebook: hinge loss, L2 with alpha 1e-4, full batch, plain SGD.

    Args:
        number: the engine's Value.
        mlp: its ``nn.MLP(nin, nouts)``; the initial weights are set here, the same for all.
    """

    def __init__(
        self, number: Callable[[float], Any], mlp: Callable[..., Any], samples: int = 100
    ) -> None:
        draw = random.Random(0).uniform
        self.number = number
        self.points, self.signs = moons(samples)
        self.model = mlp(SIZES[0], list(SIZES[1:]))
        self.parameters = self.model.parameters()
        for p in self.parameters:
            p.data = draw(-1, 1)

    def step(self) -> float:
        """Forward, backward, update; the loss."""
        model, parameters, number = self.model, self.parameters, self.number
        inputs = [[number(x) for x in point] for point in self.points]
        scores = [model(x) for x in inputs]
        losses = [
            (1 + -sign * score).relu() for sign, score in zip(self.signs, scores, strict=True)
        ]
        data_loss = sum(losses) * (1.0 / len(losses))
        loss = data_loss + 1e-4 * sum([p * p for p in parameters])
        for p in parameters:
            p.grad = 0.0
        loss.backward()
        for p in parameters:
            p.data -= 0.1 * p.grad
        result: float = loss.data
        return result

    def gradients(self) -> list[float]:
        """∂loss/∂parameter of the last step."""
        return [p.grad for p in self.parameters]


def moons(samples: int) -> tuple[list[list[float]], list[float]]:
    """Points on two interleaved half circles with a little noise; +1 or −1 for which."""
    noise = random.Random(1).gauss
    points, signs = [], []
    for i in range(samples):
        angle = math.pi * i / samples
        upper = i % 2 == 0
        x, y = (
            (math.cos(angle), math.sin(angle))
            if upper
            else (1 - math.cos(angle), 0.5 - math.sin(angle))
        )
        points.append([x + noise(0, 0.1), y + noise(0, 0.1)])
        signs.append(1.0 if upper else -1.0)
    return points, signs
