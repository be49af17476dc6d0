"""Initialisers: the bounds and deviations that they draw with, gains, orthogonal matrices."""

from __future__ import annotations

import random
from typing import Any
from unittest import mock

import nn
from autograd import Value

from . import Case, Vectors

CASES: list[Case] = []
SHAPES = [(4, 3), (1, 1), (2, 7), (2, 5, 3), (4, 2, 3, 3)]


class Recorder(random.Random):
    """Draws nothing, but remembers between which bounds it should have."""

    def __init__(self) -> None:
        super().__init__(0)
        self.asked: tuple[float, ...] = ()

    def uniform(self, a: float, b: float) -> float:
        self.asked = (a, b)
        return 0.0

    def gauss(self, mu: float = 0.0, sigma: float = 1.0) -> float:
        self.asked = (mu, sigma)
        return 0.0


def tensor(shape: tuple[int, ...]) -> Any:
    return [tensor(shape[1:]) for _ in range(shape[0])] if shape else Value(0.0)


def asked(name: str, shape: tuple[int, ...], options: dict[str, Any]) -> Vectors:
    rng = Recorder()
    getattr(nn.init, name)(tensor(shape), **options, rng=rng)
    return {"asked": list(rng.asked)}


def their_asked(name: str, shape: tuple[int, ...], options: dict[str, Any]) -> Vectors:
    import torch

    calls = []

    def note(self: Any, a: float, b: float, **rest: Any) -> Any:
        calls.append([a, b])
        return self

    with mock.patch.multiple(torch.Tensor, uniform_=note, normal_=note):
        getattr(torch.nn.init, name)(torch.empty(shape), **options)
    return {"asked": calls[-1]}


for name, variants in {
    "uniform_": [{}, {"a": -2.0, "b": 0.5}],
    "normal_": [{}, {"mean": 1.0, "std": 0.1}],
    "xavier_uniform_": [{}, {"gain": 2.0}],
    "xavier_normal_": [{}, {"gain": 2.0}],
    "kaiming_uniform_": [
        {},
        {"a": 5**0.5},
        {"mode": "fan_out", "nonlinearity": "relu"},
        {"nonlinearity": "tanh"},
    ],
    "kaiming_normal_": [{}, {"a": 0.2, "mode": "fan_out"}, {"nonlinearity": "selu"}],
}.items():
    for shape in SHAPES + ([(5,)] if name in ("uniform_", "normal_") else []):
        for options in variants:
            CASES.append(
                Case(
                    name,
                    ", ".join([str(shape), *(f"{key}={x}" for key, x in options.items())]),
                    lambda args=(name, shape, options): asked(*args),
                    lambda args=(name, shape, options): their_asked(*args),
                )
            )


def their_gain(*arguments: Any) -> Vectors:
    import torch

    return {"gain": [torch.nn.init.calculate_gain(*arguments)]}


GAINS = ("linear", "conv1d", "conv_transpose3d", "sigmoid", "tanh", "relu", "leaky_relu", "selu")
for arguments in [*((name,) for name in GAINS), ("leaky_relu", 0.3)]:
    CASES.append(
        Case(
            "calculate_gain",
            str(arguments),
            lambda args=arguments: {"gain": [nn.init.calculate_gain(*args)]},
            lambda args=arguments: their_gain(*args),
        )
    )


# --- orthogonal: from the same normal numbers, the same matrix ------------------------------------


def numbers(shape: tuple[int, ...]) -> list[float]:
    rng, count = random.Random(7), 1
    for n in shape:
        count *= n
    return [rng.gauss(0.0, 1.0) for _ in range(count)]


def our_orthogonal(shape: tuple[int, ...], gain: float) -> Vectors:
    values = tensor(shape)
    nn.init.orthogonal_(values, gain, rng=random.Random(7))
    return {"matrix": [v.data for v in nn.init.in_place.values(values)]}


def their_orthogonal(shape: tuple[int, ...], gain: float) -> Vectors:
    import torch

    def fill(self: Any, *arguments: Any, **rest: Any) -> Any:
        return self.copy_(torch.tensor(numbers(shape)).reshape(self.shape))

    with mock.patch.object(torch.Tensor, "normal_", fill):
        matrix = torch.nn.init.orthogonal_(torch.empty(shape), gain)
    return {"matrix": matrix.reshape(-1).tolist()}


for shape in [(3, 3), (2, 5), (5, 2), (1, 4), (4, 1), (8, 8), (3, 2, 2), (2, 2, 2, 2)]:
    for gain in (1.0, 1.5):
        CASES.append(
            Case(
                "orthogonal_",
                f"{shape}, gain {gain}",
                lambda args=(shape, gain): our_orthogonal(*args),
                lambda args=(shape, gain): their_orthogonal(*args),
            )
        )
