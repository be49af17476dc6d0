"""Models of characters: each tells, after every character of a text, the logits of the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import Value

from ..embedding import Embedding
from ..init import generator
from ..layers import MLP, Linear
from ..module import Module
from ..normalization import LayerNorm
from ..recurrent import GRU, LSTM, RNN, Recurrent
from ..transformer import TransformerEncoderLayer

LETTERS = "abcdefghijklmnopqrstuvwxyz_"
VOCABULARY = len(LETTERS) + 1  # token 0 is the edge: before the first letter and after the last


def encoded(name: str) -> list[int]:
    """The tokens of a name, with an edge on both sides.

    >>> encoded("ab")
    [0, 1, 2, 0]
    """
    return [0, *[LETTERS.index(letter) + 1 for letter in name], 0]


def decoded(tokens: Sequence[int]) -> str:
    """The letters of tokens, without the edges."""
    return "".join(LETTERS[token - 1] for token in tokens if token)


class Characters(Module):
    """Called with tokens; returns a list of logits for each: what may come after it."""

    title: str
    setting: str


class Window(Characters):
    """An MLP that sees the last five characters [Bengio, Ducharme, Vincent & Jauvin 2003]."""

    title, width = "An MLP of the last 5 characters", 5
    setting = "Embedding(28, 12), MLP(60, [64, 28])"

    def __init__(self, seed: int) -> None:
        rng = generator(seed)
        self.embedding = Embedding(VOCABULARY, 12, rng=rng)
        self.mlp = MLP(12 * self.width, [64, VOCABULARY], "tanh", init="xavier_uniform", rng=rng)

    def forward(self, tokens: Sequence[Any]) -> list[list[Value]]:
        vectors = [self.embedding(0)] * (self.width - 1) + self.embedding(list(tokens))
        windows = [vectors[i : i + self.width] for i in range(len(tokens))]
        return [self.mlp([v for vector in window for v in vector]) for window in windows]


class Memory(Characters):
    """A recurrent net: what it has read is in its state, however long ago."""

    def __init__(
        self, title: str, kind: type[Recurrent], embedding: int, hidden: int, seed: int
    ) -> None:
        rng = generator(seed)
        self.title = title
        self.embedding = Embedding(VOCABULARY, embedding, rng=rng)
        self.recurrent = kind(embedding, hidden, rng=rng)
        self.head = Linear(hidden, VOCABULARY, rng=rng)
        self.setting = ", ".join(
            part.describe() for part in (self.embedding, self.recurrent, self.head)
        )

    def forward(self, tokens: Sequence[Any]) -> list[list[Value]]:
        states, _ = self.recurrent(self.embedding(list(tokens)))
        return [self.head(state) for state in states]


class TinyGPT(Characters):
    """A transformer of one block: each character looks back at all before it."""

    title = "A transformer of one block"
    setting = "Embedding(28, 32) and positions, a block of 4 heads, Linear(32, 28)"

    def __init__(self, seed: int) -> None:
        rng = generator(seed)
        self.embedding = Embedding(VOCABULARY, 32, rng=rng)
        self.positions = Embedding(24, 32, rng=rng)
        for table in (self.embedding, self.positions):
            for row in table.weight:
                for weight in row:
                    weight.data *= 0.1
        self.block = TransformerEncoderLayer(32, 4, 64, dropout=0.0, norm_first=True, rng=rng)
        self.norm = LayerNorm(32)
        self.head = Linear(32, VOCABULARY, rng=rng)

    def forward(self, tokens: Sequence[Any]) -> list[list[Value]]:
        xs = [
            [a + b for a, b in zip(vector, self.positions(place), strict=True)]
            for place, vector in enumerate(self.embedding(list(tokens)))
        ]
        return [self.head(self.norm(x)) for x in self.block(xs, is_causal=True)]


MODELS = {
    "gru": lambda seed: Memory("A GRU of 32", GRU, 16, 32, seed),
    "gru-large": lambda seed: Memory("A GRU of 64", GRU, 24, 64, seed),
    "lstm": lambda seed: Memory("An LSTM of 32", LSTM, 16, 32, seed),
    "rnn": lambda seed: Memory("A plain RNN of 48", RNN, 16, 48, seed),
    "mlp": Window,
    "gpt": TinyGPT,
}
