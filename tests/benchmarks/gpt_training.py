"""The scalar GPT learns names: on our engine, compiled, and on slots and local gradients.

>>> tokens, following = documents(1)[0]
>>> tokens[0] == following[-1] == EDGE and tokens[1:] == following[:-1]
True
"""

from __future__ import annotations

import math
import random
import sys
import time
from pathlib import Path

import autograd
import nn

from . import local_gradients
from .scalar_gpt import GPT

CORPUS = Path(nn.__file__).parent / "corpora" / "names.txt"
LETTERS = "abcdefghijklmnopqrstuvwxyz_"
EDGE = len(LETTERS)  # the token before the first letter and after the last
LR = 0.01


def documents(count: int, longest: int = 15) -> list[tuple[list[int], ...]]:
    """Names of the corpus as (tokens, the tokens that follow), shuffled."""
    names = [
        name
        for name in CORPUS.read_text("utf-8").split("\n")
        if 0 < len(name) <= longest and set(name) <= set(LETTERS)
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


def ratio(documents_: list[tuple[list[int], ...]]) -> dict[str, float]:
    """Seconds a step of each, all programs being compiled: the sum over documents, in turns.

    The garbage collector is on. "compile" is what all compiled programs took together.
    """
    sys.setrecursionlimit(100_000)  # the reference sorts recursively
    compiled, eager, reference = Compiled(), Eager(), Reference()
    started = time.perf_counter()
    lengths = {len(tokens): (tokens, following) for tokens, following in documents_}
    with compiled.training:
        for document in lengths.values():
            compiled.step(document)
        seconds = {"compile": time.perf_counter() - started}
        for name, trained in (
            ("reference", reference),
            ("eager", eager),
            ("compiled", compiled),
        ):
            started = time.perf_counter()
            for document in documents_:
                trained.step(document)
            seconds[name] = (time.perf_counter() - started) / len(documents_)
    return seconds
