"""The scalar GPT learns names: on our engine, compiled, and on slots and local gradients."""

from __future__ import annotations

import math
import random
from pathlib import Path

import autograd
import nn

from . import local_gradients
from .scalar_gpt import GPT

CORPUS = Path(nn.__file__).parent / "corpora" / "names.txt"
LETTERS = "abcdefghijklmnopqrstuvwxyz_"
EDGE = len(LETTERS)  # the token before the first letter and after the last
LR = 0.01


def documents(count: int, lengths: tuple[int, ...] = (6, 7, 8)) -> list[tuple[list[int], ...]]:
    """Names of these lengths as (tokens, the tokens that follow), shuffled.

    The lengths are few because each gets a compiled program of its own.
    """
    names = [
        name
        for name in CORPUS.read_text("utf-8").split("\n")
        if len(name) in lengths and set(name) <= set(LETTERS)
    ]
    random.Random(0).shuffle(names)
    found = []
    for name in names[:count]:
        tokens = [EDGE, *map(LETTERS.index, name), EDGE]
        found.append((tokens[:-1], tokens[1:]))
    return found


class Eager:
    """Training on our engine."""

    def __init__(self) -> None:
        self.gpt = GPT(autograd, vocabulary=EDGE + 1)
        self.optimizer = nn.Adam(self.gpt.parameters(), lr=LR)

    def step(self, document: tuple[list[int], ...]) -> float:
        """Forward, backward, Adam; the loss before it."""
        self.optimizer.zero_grad()
        loss = self.gpt.loss(*document)
        loss.backward()
        self.optimizer.step()
        number: float = loss.data
        return number


class Compiled:
    """The same on compiled programs, one for each length."""

    def __init__(self) -> None:
        gpt = GPT(autograd, vocabulary=EDGE + 1)
        self.training = nn.CompiledStep(gpt.loss, nn.Adam(gpt.parameters(), lr=LR))

    def step(self, document: tuple[list[int], ...]) -> float:
        """Forward, backward, Adam; the loss before it."""
        return self.training(*document)


class Reference:
    """The same on the Value of the published programs, with their loop for Adam."""

    def __init__(self) -> None:
        self.gpt = GPT(local_gradients, vocabulary=EDGE + 1)
        self.parameters = self.gpt.parameters()
        self.m, self.v = [0.0] * len(self.parameters), [0.0] * len(self.parameters)
        self.steps = 0

    def step(self, document: tuple[list[int], ...]) -> float:
        """Forward, backward, Adam; the loss before it."""
        loss = self.gpt.loss(*document)
        loss.backward()
        self.steps += 1
        m, v = self.m, self.v
        c, s = 1 - 0.9**self.steps, 1 - 0.999**self.steps
        for i, p in enumerate(self.parameters):
            m[i] = 0.9 * m[i] + 0.1 * p.grad
            v[i] = 0.999 * v[i] + 0.001 * p.grad**2
            p.data -= LR * (m[i] / c) / (math.sqrt(v[i] / s) + 1e-8)
            p.grad = 0.0
        number: float = loss.data
        return number
