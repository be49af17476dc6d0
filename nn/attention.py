"""Attention: each position takes a weighted mean of the others, the weights being learned.

A sequence is a list of vectors. Positions that a mask blocks are left out of the graph
altogether: a causal model's picture has no edge from the future.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

from autograd import Value, dot, mean, scoped, softmax

from ._shapes import Vectors, mapped, parameters, uniform, vectors, width
from .dropout import Dropout
from .init import generator
from .layers import Linear, weighted_sums
from .module import Module

Weights = list[dict[int, Value]]  # for each query, the weights of the keys that it sees


def scaled_dot_product_attention(
    query: Vectors,
    key: Vectors,
    value: Vectors,
    attn_mask: Sequence[Sequence[Any]] | None = None,
    is_causal: bool = False,
    scale: float | None = None,
) -> list[list[Value]]:
    """Σⱼ softmaxⱼ(qᵢ·kⱼ/√E)·vⱼ for every query qᵢ.

    Args:
        query: L vectors of length E.
        key: S vectors of length E.
        value: S vectors of any one length.
        attn_mask: L rows of S; True where query i **may look** at key j (so for this function
            in PyTorch; ``MultiheadAttention`` means the opposite), or numbers to be added to
            qᵢ·kⱼ/√E, −inf to block.
        is_causal: query i sees keys 0 … i only.
        scale: instead of 1/√E.

    ``ValueError`` if lengths do not fit, or a query may look at nothing.

    >>> q, k, v = [[0.0]], [[1.0], [2.0]], [[4.0], [6.0]]
    >>> scaled_dot_product_attention([[Value(0.0)]], k, v)
    [[Value(5.0)]]
    """
    name = "scaled_dot_product_attention"
    if len(value) != len(key):
        raise ValueError(f"{name}: there must be one value per key, {len(key)}, not {len(value)}")
    for which, vector in [("query", q) for q in query] + [("key", k) for k in key]:
        if len(vector) != len(query[0]):
            raise ValueError(
                f"{name}: queries and keys must be of one length, {len(query[0])} as the first "
                f"query, but a {which} has {len(vector)}"
            )
    weights = attention_weights(query, key, attn_mask, is_causal, scale)
    return weighted_means(weights, value)


def attention_weights(
    query: Vectors,
    key: Vectors,
    attn_mask: Sequence[Sequence[Any]] | None = None,
    is_causal: bool = False,
    scale: float | None = None,
) -> Weights:
    """For every query, the weight of each key that it may look at: a softmax of qᵢ·kⱼ/√E."""
    name = "scaled_dot_product_attention"
    if attn_mask is not None and is_causal:
        raise ValueError(f"{name}: give attn_mask or is_causal, not both")
    if attn_mask is not None:
        rows = [len(row) for row in attn_mask]
        if rows != [len(key)] * len(query):
            raise ValueError(
                f"{name}: attn_mask must have {len(query)} rows (queries) of {len(key)} (keys), "
                f"not rows of {rows}"
            )
    if scale is None:
        scale = 1.0 / math.sqrt(len(query[0])) if query else 1.0
    attn_mask = mapped(lambda m: m, attn_mask)  # a NumPy array as lists
    if attn_mask and {(type(m), m) for row in attn_mask for m in row} == {(int, 0), (int, 1)}:
        raise TypeError(
            f"{name}: attn_mask is of ints 0 and 1: say which keys count with True and False; "
            "numbers that are added to the scores are floats"
        )
    weights: Weights = []
    for i, q in enumerate(query):
        scores: dict[int, Any] = {}
        for j, k in enumerate(key):
            mask = j <= i if is_causal else True if attn_mask is None else attn_mask[i][j]
            if mask is True:
                scores[j] = dot(q, k) * scale
            elif mask is not False and mask != -math.inf:
                scores[j] = dot(q, k) * scale + mask
        if not scores:
            raise ValueError(f"{name}: query {i} may look at no key; unmask at least one")
        weights.append(dict(zip(scores, softmax(scores.values()), strict=True)))
    return weights


def weighted_means(weights: Weights, value: Vectors) -> list[list[Value]]:
    """Σⱼ weightᵢⱼ·valueⱼ for every row of weights, number by number."""
    return [
        [dot(row.values(), column) for column in zip(*[value[j] for j in row], strict=True)]
        for row in weights
    ]


class MultiheadAttention(Module):
    """Several attentions side by side, each on its own projection of the inputs.

    Called with ``(query, key, value, attn_mask=None, is_causal=False)``, sequences of vectors
    of length ``embed_dim``; returns the outputs and the weights, the mean over the heads, as
    ``weights[i][j]``. In ``attn_mask``, True **blocks** (as in PyTorch's module, unlike its
    function); numbers are added to the scores.

    Parameters as PyTorch's: ``in_proj_weight`` has the rows of the projections of query, key
    and value, one after the other; ``out_proj`` is a ``Linear``.

    Args:
        embed_dim: the length of the vectors.
        num_heads: how many heads; it divides embed_dim.
        dropout: of the weights, while training.
        bias: False leaves all biases out.
        rng: a ``random.Random``, a seed, or None.

    >>> attention = MultiheadAttention(4, 2, rng=0)
    >>> x = [[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]]
    >>> outputs, weights = attention(x, x, x, None, True)
    >>> weights[0]  # causal: the first sees itself only
    [Value(1.0), Value(0.0)]
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        *,
        rng: random.Random | int | None = None,
    ) -> None:
        self.embed_dim, self.num_heads = (
            width("embed_dim", embed_dim),
            width("num_heads", num_heads),
        )
        if embed_dim % num_heads:
            raise ValueError(f"num_heads must divide embed_dim, {embed_dim}, not {num_heads}")
        rng = generator(rng)
        bound = math.sqrt(6.0 / (embed_dim + 3 * embed_dim))  # Xavier's
        self.in_proj_weight: list[list[Value]] = uniform(bound, rng, 3 * embed_dim, embed_dim)
        self.in_proj_bias: list[Value] | None = (
            parameters(lambda: 0.0, 3 * embed_dim) if bias else None
        )
        self.out_proj = Linear(embed_dim, embed_dim, bias, rng=rng)
        for b in self.out_proj.bias or ():
            b.data = 0.0
        self.dropout = Dropout(dropout, rng=rng) if dropout else None

    def __call__(
        self,
        query: Vectors,
        key: Vectors,
        value: Vectors,
        attn_mask: Sequence[Sequence[Any]] | None = None,
        is_causal: bool = False,
    ) -> tuple[list[list[Value]], list[list[Value]]]:
        named = {"query": query, "key": key, "value": value}
        values = [vectors(self, name, xs, self.embed_dim) for name, xs in named.items()]
        if len(key) != len(value):
            raise ValueError(
                f"{self.describe()} takes as many values as keys, not {len(value)} values and "
                f"{len(key)} keys"
            )
        result: tuple[list[list[Value]], list[list[Value]]] = super().__call__(
            *values, attn_mask, is_causal
        )
        return result

    def forward(
        self,
        query: Vectors,
        key: Vectors,
        value: Vectors,
        attn_mask: Sequence[Sequence[Any]] | None = None,
        is_causal: bool = False,
    ) -> tuple[list[list[Value]], list[list[Value]]]:
        if attn_mask is not None:  # True blocks here, and lets through in the function
            attn_mask = mapped(lambda m: not m if isinstance(m, bool) else m, attn_mask)
        projected = [self._projection(i, xs) for i, xs in enumerate((query, key, value))]
        size = self.embed_dim // self.num_heads
        joined: list[list[Value]] = [[] for _ in query]
        seen: list[dict[int, list[Value]]] = [{} for _ in query]
        for h in range(self.num_heads):
            part = slice(h * size, (h + 1) * size)
            q, k, v = [[x[part] for x in xs] for xs in projected]
            outputs, weights = scoped(f"head={h}", self._head, q, k, v, attn_mask, is_causal)
            for i, output in enumerate(outputs):
                joined[i] += output
                for j, weight in weights[i].items():
                    seen[i].setdefault(j, []).append(weight)
        blocked = Value(0.0, requires_grad=False)
        average = [[mean(row[j]) if j in row else blocked for j in range(len(key))] for row in seen]
        return [self.out_proj(output) for output in joined], average

    def _projection(self, which: int, xs: Vectors) -> list[list[Value]]:
        """Queries (0), keys (1) or values (2), of all heads."""
        rows = slice(which * self.embed_dim, (which + 1) * self.embed_dim)
        bias = None if self.in_proj_bias is None else self.in_proj_bias[rows]
        return [weighted_sums(x, self.in_proj_weight[rows], bias) for x in xs]

    def _head(
        self, q: Vectors, k: Vectors, v: Vectors, mask: Any, is_causal: bool
    ) -> tuple[list[list[Value]], Weights]:
        weights = attention_weights(q, k, mask, is_causal)
        if self.dropout is not None and self.training:
            weights = [
                dict(zip(row, self.dropout(list(row.values())), strict=True)) for row in weights
            ]
        return weighted_means(weights, v), weights

    def describe(self) -> str:
        return f"MultiheadAttention({self.embed_dim}, {self.num_heads})"
