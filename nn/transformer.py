"""A transformer block: attention between positions, then two layers at each of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from autograd import Value

from ._shapes import Vectors, vectors
from .activations import ACTIVATIONS
from .attention import MultiheadAttention
from .containers import added
from .dropout import Dropout
from .init import generator
from .layers import Linear
from .module import Module
from .normalization import LayerNorm


class TransformerEncoderLayer(Module):
    """A transformer block: positions look at each other, then each is worked on by itself.

    x ← norm1(x + attention(x)), x ← norm2(x + linear2(activation(linear1(x)))); with
    ``norm_first``, x ← x + attention(norm1(x)), x ← x + linear2(activation(linear1(norm2(x)))).

    Called with ``(src, src_mask=None, is_causal=False)``, src being a sequence of vectors of
    length ``d_model``; masks as for ``MultiheadAttention``: True blocks.

    Args:
        d_model: the length of the vectors.
        nhead: how many heads of attention.
        dim_feedforward: the width between linear1 and linear2.
        dropout: of attention weights, of the layer between, and of what is added to x.
        activation: a name in ``nn.activations.ACTIVATIONS``.
        layer_norm_eps: of norm1 and norm2.
        norm_first: see above.
        bias: False leaves all biases out.
        rng: a ``random.Random``, a seed, or None.

    >>> block = TransformerEncoderLayer(4, 2, dim_feedforward=8, dropout=0.0, rng=0)
    >>> [len(y) for y in block([[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]])]
    [4, 4]
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str = "relu",
        layer_norm_eps: float = 1e-5,
        norm_first: bool = False,
        bias: bool = True,
        *,
        rng: random.Random | int | None = None,
    ) -> None:
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation must be in {sorted(ACTIVATIONS)}, not {activation!r}")
        rng = generator(rng)
        self.activation, self.norm_first = activation, norm_first
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, rng=rng)
        self.linear1 = Linear(d_model, dim_feedforward, bias, rng=rng)
        self.linear2 = Linear(dim_feedforward, d_model, bias, rng=rng)
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.dropout = Dropout(dropout, rng=rng)

    def __call__(
        self,
        src: Vectors,
        src_mask: Sequence[Sequence[Any]] | None = None,
        is_causal: bool = False,
    ) -> list[list[Value]]:
        xs = vectors(self, "src", src, self.self_attn.embed_dim)
        result: list[list[Value]] = super().__call__(xs, src_mask, is_causal)
        return result

    def forward(
        self, src: list[list[Value]], src_mask: Any = None, is_causal: bool = False
    ) -> list[list[Value]]:
        def attend(xs: list[list[Value]]) -> list[list[Value]]:
            outputs: list[list[Value]] = self.dropout(
                self.self_attn(xs, xs, xs, src_mask, is_causal)[0]
            )
            return outputs

        def work(x: list[Value]) -> list[Value]:
            hidden = [ACTIVATIONS[self.activation](z) for z in self.linear1(x)]
            outputs: list[Value] = self.dropout(self.linear2(self.dropout(hidden)))
            return outputs

        if self.norm_first:
            xs = added(src, attend([self.norm1(x) for x in src]), self)
            return [added(x, work(self.norm2(x)), self) for x in xs]
        xs = [self.norm1(x) for x in added(src, attend(src), self)]
        return [self.norm2(added(x, work(x), self)) for x in xs]

    def describe(self) -> str:
        attention = self.self_attn
        return f"TransformerEncoderLayer({attention.embed_dim}, {attention.num_heads})"
