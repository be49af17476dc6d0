"""W4: a scalar GPT of one layer: width 16, 4 heads, vocabulary 27, one document a step, Adam."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

import autograd
from tests.benchmarks.scalar_gpt import GPT

from .workload import Array, Workload, views


def data(positions: int) -> tuple[list[int], list[int]]:
    rng = random.Random(1)
    document = [rng.randrange(27) for _ in range(positions + 1)]
    return document[:-1], document[1:]


def scalars(positions: int) -> tuple[Any, Any, list[Any]]:
    gpt = GPT(autograd)
    return gpt.loss, data(positions), gpt.matrices


def scaled(x: Array) -> tuple[Array, Array]:
    """The RMS norm of rows, and its factor."""
    s = (np.square(x).mean(-1, keepdims=True) + 1e-5) ** -0.5
    return x * s, s


def scaled_back(dy: Array, x: Array, s: Array) -> Array:
    return s * dy - x * (s**3 * ((dy * x).sum(-1, keepdims=True) / 16))


def numpy(numbers: Array, gradients: Array, tokens: Array, targets: Array) -> Any:
    # query, key and value lie next to each other: one matrix
    shapes = [(27, 16), (16, 16), (27, 16), (48, 16), (16, 16), (64, 16), (16, 64)]
    (wte, wpe, head, qkv, wo, up, down), g = views(numbers, shapes), views(gradients, shapes)
    T = len(tokens)
    rows, mask = np.arange(T), np.triu(np.full((T, T), -np.inf), 1)

    def forward_and_backward() -> Any:
        x0 = wte[tokens] + wpe[:T]
        x1, s0 = scaled(x0)
        x2, s1 = scaled(x1)
        q, k, v = (x2 @ qkv.T).reshape(T, 3, 4, 4).transpose(1, 2, 0, 3)
        S = q @ k.transpose(0, 2, 1) * 0.5 + mask
        S -= S.max(-1, keepdims=True)
        A = np.exp(S)
        A /= A.sum(-1, keepdims=True)
        seen = (A @ v).transpose(1, 0, 2).reshape(T, 16)
        x3 = seen @ wo.T + x1
        x4, s3 = scaled(x3)
        h = np.maximum(x4 @ up.T, 0)
        x5 = h @ down.T + x3
        logits = x5 @ head.T
        logits -= logits.max(1, keepdims=True)
        e = np.exp(logits)
        e /= e.sum(1, keepdims=True)
        loss = -np.log(e[rows, targets]).mean()

        e[rows, targets] -= 1
        e /= T
        g[2][...] = e.T @ x5
        d5 = e @ head
        g[6][...] = d5.T @ h
        dh = (d5 @ down) * (h > 0)
        g[5][...] = dh.T @ x4
        d3 = d5 + scaled_back(dh @ up, x3, s3)
        g[4][...] = d3.T @ seen
        dO = (d3 @ wo).reshape(T, 4, 4).transpose(1, 0, 2)
        dA = dO @ v.transpose(0, 2, 1)
        dS = A * (dA - (dA * A).sum(-1, keepdims=True)) * 0.5
        parts = np.stack((dS @ k, dS.transpose(0, 2, 1) @ q, A.transpose(0, 2, 1) @ dO))
        d_qkv = parts.transpose(2, 0, 1, 3).reshape(T, 48)
        g[3][...] = d_qkv.T @ x2
        d1 = d3 + scaled_back(d_qkv @ qkv, x1, s1)
        d0 = scaled_back(d1, x0, s0)
        g[0][...] = 0
        np.add.at(g[0], tokens, d0)
        g[1][:T] = d0
        return loss

    return forward_and_backward


def torch(torch: Any, p: Any, tokens: Any, targets: Any) -> Any:
    wte, wpe, head, wq, wk, wv, wo, up, down = p
    T = len(tokens)
    mask = torch_mask(torch, T, wte.dtype)

    def rms(x: Any) -> Any:
        return x * ((x * x).mean(-1, keepdim=True) + 1e-5) ** -0.5

    x1 = rms(wte[tokens] + wpe[:T])
    x2 = rms(x1)
    q, k, v = ((x2 @ w.T).view(T, 4, 4).transpose(0, 1) for w in (wq, wk, wv))
    A = torch.softmax(q @ k.transpose(1, 2) * 0.5 + mask, -1)
    x3 = (A @ v).transpose(0, 1).reshape(T, 16) @ wo.T + x1
    x5 = torch.relu(rms(x3) @ up.T) @ down.T + x3
    return torch.nn.functional.cross_entropy(x5 @ head.T, targets)


masks: dict[Any, Any] = {}


def torch_mask(torch: Any, T: int, dtype: Any) -> Any:
    """−inf where a position would look ahead; made once."""
    if (T, dtype) not in masks:
        masks[T, dtype] = torch.triu(torch.full((T, T), -np.inf, dtype=dtype), 1)
    return masks[T, dtype]


def jax(jax: Any, p: Any, tokens: Any, targets: Any) -> Any:
    wte, wpe, head, wq, wk, wv, wo, up, down = p
    T = len(tokens)
    mask = np.triu(np.full((T, T), -np.inf), 1)

    def rms(x: Any) -> Any:
        return x * ((x * x).mean(-1, keepdims=True) + 1e-5) ** -0.5

    x1 = rms(wte[tokens] + wpe[:T])
    x2 = rms(x1)
    q, k, v = ((x2 @ w.T).reshape(T, 4, 4).transpose(1, 0, 2) for w in (wq, wk, wv))
    A = jax.nn.softmax(q @ k.transpose(0, 2, 1) * 0.5 + mask, -1)
    x3 = (A @ v).transpose(1, 0, 2).reshape(T, 16) @ wo.T + x1
    x5 = jax.nn.relu(rms(x3) @ up.T) @ down.T + x3
    logits = x5 @ head.T
    return (jax.nn.logsumexp(logits, axis=1) - logits[jax.numpy.arange(T), targets]).mean()


def document(positions: int = 8) -> Workload:
    return Workload(
        "W4" if positions == 8 else f"W4, {positions} positions",
        f"scalar GPT of one layer, a document of {positions} tokens, Adam",
        lambda: scalars(positions),
        {"NumPy": 1.2, "torch f64": 0.25, "jax.jit": 1.0},
        [np.array(a) for a in data(positions)],
        adam=True,
        numpy=numpy,
        torch=torch,
        jax=jax,
        native=0.45,
    )
