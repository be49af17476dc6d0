"""Embedding: a learned vector for each index."""

from __future__ import annotations

import operator
import random
from typing import Any

from autograd import Value, pick

from ._shapes import parameters, width
from .init import generator
from .module import Module


class Embedding(Module):
    """The row ``weight[index]``; for (nested) lists of indices, lists of rows.

    The row's parameters themselves come back, so rows that are not used get no gradient.
    Rows start from the standard normal distribution, as PyTorch's do.

    Args:
        num_embeddings: how many rows.
        embedding_dim: the length of each.
        padding_idx: a row that is not trained: it starts at 0 and comes back as constants.
        rng: a ``random.Random``, a seed, or None.

    ``IndexError`` for an index that is out of range, ``TypeError`` for what is no index.

    >>> embedding = Embedding(3, 2, rng=0)
    >>> embedding(1) == embedding.weight[1], len(embedding([0, 2, 2]))
    (True, 3)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        *,
        rng: random.Random | int | None = None,
    ) -> None:
        self.num_embeddings = width("num_embeddings", num_embeddings)
        self.embedding_dim = width("embedding_dim", embedding_dim)
        rng = generator(rng)
        self.weight: list[list[Value]] = parameters(
            lambda: rng.gauss(0.0, 1.0), num_embeddings, embedding_dim
        )
        self.padding_idx: int | None = None
        if padding_idx is not None:
            if not -num_embeddings <= padding_idx < num_embeddings:
                raise ValueError(
                    f"padding_idx must be an index of {num_embeddings} rows, not {padding_idx}"
                )
            self.padding_idx = padding_idx % num_embeddings
            for value in self.weight[self.padding_idx]:
                value.data = 0.0

    def forward(self, index: Any) -> Any:
        if isinstance(index, (list, tuple)) or getattr(index, "ndim", False):
            return [self.forward(each) for each in index]
        if isinstance(index, Value) and self.padding_idx is None:
            return pick(self.weight, index)  # a token of a program that is being compiled
        row = self.weight[self._checked(index)]
        return [v.detach() for v in row] if index == self.padding_idx else list(row)

    def _checked(self, index: Any) -> int:
        if isinstance(index, bool) or not hasattr(index, "__index__"):
            raise TypeError(f"{self.describe()} takes an index, an int, not {index!r}")
        i = operator.index(index)
        if not 0 <= i < self.num_embeddings:
            raise IndexError(
                f"{self.describe()}: index {index!r} is not in 0 … {self.num_embeddings - 1}"
            )
        return i

    def describe(self) -> str:
        return f"Embedding({self.num_embeddings}, {self.embedding_dim})"
