"""A translator: one GRU in both directions reads, another writes and looks at what was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd import Value, dot, softmax

from ..cells import GRUCell
from ..embedding import Embedding
from ..init import generator
from ..layers import Linear
from ..module import Module
from ..unrolling import unroll

FAR_BELOW = 1e9
"""Taken from the score of a token that is not there: its weight is 0 then."""


class Translator(Module):
    """Encoder, attention, decoder [Bahdanau, Cho & Bengio 2014; Luong, Pham & Manning 2015].

    Called with ``(tokens, mask, before)``: a sequence, its mask (1.0 for tokens, 0.0 for
    padding), and what has been written before each step. Returns for each step the logits of
    what to write next, and the weight of each token in it; without ``attention`` no weights,
    and all that the decoder knows of the sequence is the state that the encoder ended with.

    Args:
        tokens: how many there are to read.
        symbols: how many there are to write.
        embedding: the length of the vector of each.
        encoder: the length of the state that reads, in either direction.
        decoder: the length of the state that writes.
        attention: whether it may look back.
        rng: a ``random.Random``, a seed, or None.
    """

    def __init__(
        self,
        tokens: int,
        symbols: int,
        embedding: int,
        encoder: int,
        decoder: int,
        *,
        attention: bool = True,
        rng: Any = None,
    ) -> None:
        rng = generator(rng)
        self.tokens = Embedding(tokens, embedding, rng=rng)
        self.forth = GRUCell(embedding, encoder, rng=rng)
        self.back = GRUCell(embedding, encoder, rng=rng)
        self.bridge = Linear(2 * encoder, decoder, rng=rng)
        self.symbols = Embedding(symbols, embedding, rng=rng)
        self.decoder = GRUCell(embedding, decoder, rng=rng)
        self.query = Linear(decoder, 2 * encoder, bias=False, rng=rng) if attention else None
        self.head = Linear(decoder + (2 * encoder if attention else 0), symbols, rng=rng)

    def forward(
        self, tokens: Sequence[Any], mask: Sequence[Any], before: Sequence[Any]
    ) -> tuple[list[list[Value]], list[list[Value]]]:
        states, start = self.encode(tokens, mask)
        written = unroll(self.decoder, self.symbols(list(before)), start)
        if self.query is None:
            return [self.head(state) for state in written], []
        weights = [self.look(state, states, mask) for state in written]
        seen = [[dot(w, column) for column in zip(*states, strict=True)] for w in weights]
        return [self.head([*h, *s]) for h, s in zip(written, seen, strict=True)], weights

    def encode(
        self, tokens: Sequence[Any], mask: Sequence[Any]
    ) -> tuple[list[list[Value]], list[Value]]:
        """The state at each token, of both directions, and the state to begin writing with."""
        inputs = list(zip(self.tokens(list(tokens)), mask, strict=True))
        forth = unroll(masked(self.forth), inputs, self.forth.initial())
        back = unroll(masked(self.back), inputs, self.back.initial(), reverse=True)
        states = [[*f, *b] for f, b in zip(forth, back, strict=True)]
        return states, [x.tanh() for x in self.bridge([*forth[-1], *back[0]])]

    def look(
        self, state: Sequence[Value], states: Sequence[Sequence[Value]], mask: Sequence[Any]
    ) -> list[Value]:
        """How much of each token's state is seen from this one; nothing of the padding."""
        assert self.query is not None
        query = self.query(state)
        scores = [
            dot(query, key) - FAR_BELOW * (1.0 - m) for key, m in zip(states, mask, strict=True)
        ]
        weights: list[Value] = softmax(scores)
        return weights


def masked(cell: GRUCell) -> Callable[[Any, Any], list[Value]]:
    """The cell as a function of (x, m) and the state, which stays as it is where m is 0."""

    def step(x_and_mask: tuple[Any, Any], state: Sequence[Any]) -> list[Value]:
        x, m = x_and_mask
        return [m * new + (1.0 - m) * old for new, old in zip(cell(x, state), state, strict=True)]

    return step
