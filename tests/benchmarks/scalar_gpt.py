"""A GPT of one layer in scalars: lists, loops, and Values; no array library.

The program of the published 200-line GPTs: token and position embeddings, RMS norms, causal
attention with several heads over the keys so far, a perceptron of four times the width, two
residual connections, and softmax cross-entropy for the next token. It runs on any engine that
has ``Value``, ``pick`` (an element by a number) and ``max``; ``autograd`` is one.

>>> import autograd
>>> gpt = GPT(autograd, vocabulary=5, width=4, heads=2, block=3)
>>> loss = gpt.loss([0, 3, 1], [3, 1, 4])
>>> 1.3 < loss.data < 2.0  # knows nothing yet: about ln 5
True
"""

# ruff: noqa: B905 (zip as learners write it)

from __future__ import annotations

import random
from typing import Any


class GPT:
    """The parameters, and what is computed with them.

    Args:
        engine: a module with ``Value``, ``pick`` and ``max``.
        vocabulary: how many tokens there are; tokens are the integers below.
        width: numbers per token and position (the published ``n_embd``).
        heads: attention heads, each of ``width / heads`` numbers.
        block: the most tokens that a document may have.
        seed: of the initial weights.
    """

    def __init__(
        self,
        engine: Any,
        vocabulary: int = 27,
        width: int = 16,
        heads: int = 4,
        block: int = 16,
        seed: int = 0,
    ) -> None:
        draw = random.Random(seed).gauss

        def matrix(rows: int, columns: int) -> list[list[Any]]:
            return [[engine.Value(draw(0, 0.08)) for _ in range(columns)] for _ in range(rows)]

        self.engine, self.heads, self.size = engine, heads, width // heads
        self.tokens = matrix(vocabulary, width)  # a row for each token
        self.positions = matrix(block, width)
        self.head = matrix(vocabulary, width)
        self.query, self.key, self.value = (matrix(width, width) for _ in range(3))
        self.out = matrix(width, width)
        self.up, self.down = matrix(4 * width, width), matrix(width, 4 * width)

    @property
    def matrices(self) -> list[list[list[Any]]]:
        """All parameters, matrix by matrix."""
        attention = [self.query, self.key, self.value, self.out]
        return [self.tokens, self.positions, self.head, *attention, self.up, self.down]

    def parameters(self) -> list[Any]:
        """All parameters in one list."""
        return [p for matrix in self.matrices for row in matrix for p in row]

    def loss(self, tokens: Any, targets: Any) -> Any:
        """The mean of −log p(target), each target being what follows the tokens so far."""
        keys: list[Any] = []
        values: list[Any] = []
        losses = []
        for position, (token, target) in enumerate(zip(tokens, targets)):
            probabilities = self.softmax(self.logits(token, position, keys, values))
            losses.append(-self.engine.pick(probabilities, target).log())
        return sum(losses) * (1.0 / len(losses))

    def logits(self, token: Any, position: int, keys: list[Any], values: list[Any]) -> list[Any]:
        """A score for every token that may come next; the position's key and value are kept."""
        embedding = self.engine.pick(self.tokens, token)
        x = rms_norm([a + b for a, b in zip(embedding, self.positions[position])])
        x = add(x, self.attention(rms_norm(x), keys, values))
        x = add(x, self.perceptron(rms_norm(x)))
        return linear(self.head, x)

    def attention(self, x: list[Any], keys: list[Any], values: list[Any]) -> list[Any]:
        """Each head looks at all positions so far: Σₜ softmaxₜ(q·kₜ/√size)·vₜ."""
        q = linear(self.query, x)
        keys.append(linear(self.key, x))
        values.append(linear(self.value, x))
        seen = []
        for h in range(self.heads):
            mine = range(h * self.size, (h + 1) * self.size)
            scores = [sum(q[j] * k[j] for j in mine) * self.size**-0.5 for k in keys]
            weights = self.softmax(scores)
            seen += [sum(w * v[j] for w, v in zip(weights, values)) for j in mine]
        return linear(self.out, seen)

    def perceptron(self, x: list[Any]) -> list[Any]:
        """A hidden layer of four times the width."""
        return linear(self.down, [h.relu() for h in linear(self.up, x)])

    def softmax(self, scores: list[Any]) -> list[Any]:
        """exp(sᵢ)/Σexp(s), with the largest score subtracted so that nothing overflows."""
        largest = self.engine.max(scores)
        powers = [(score - largest).exp() for score in scores]
        total = sum(powers)
        return [power / total for power in powers]


def linear(W: list[list[Any]], x: list[Any]) -> list[Any]:
    """W x."""
    return [sum(w * xi for w, xi in zip(row, x)) for row in W]


def rms_norm(x: list[Any]) -> list[Any]:
    """x over the root of its mean square."""
    scale = (sum(v * v for v in x) * (1.0 / len(x)) + 1e-5) ** -0.5
    return [v * scale for v in x]


def add(x: list[Any], y: list[Any]) -> list[Any]:
    """The sum, number by number: a residual connection."""
    return [a + b for a, b in zip(x, y)]
