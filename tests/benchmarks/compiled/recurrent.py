"""W3: a character RNN, hidden 32, vocabulary 27, 16 steps of backpropagation through time, SGD.

W3b is the same for one sequence.
"""

# ruff: noqa: B905 (zip as learners write it)

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from tests.compiler.programs import by_dot, by_zip, matrix, vector

from .workload import Array, Workload, views

VOCABULARY, EMBEDDING, HIDDEN, STEPS = 27, 16, 32, 16
SHAPES = [(27, 16), (32, 16), (32, 32), (32,), (27, 32), (27,)]


def data(batch: int) -> tuple[list[list[int]], list[list[int]]]:
    rng = random.Random(1)
    draw = lambda: [[rng.randrange(VOCABULARY) for _ in range(STEPS)] for _ in range(batch)]  # noqa: E731
    return draw(), draw()


def scalars(batch: int, layer: Callable[..., Any]) -> tuple[Any, Any, list[Any]]:
    rng = random.Random(0)
    E = matrix(VOCABULARY, EMBEDDING, rng, 0.5)
    Wx, Wh = matrix(HIDDEN, EMBEDDING, rng), matrix(HIDDEN, HIDDEN, rng)
    b = vector(HIDDEN, rng)
    Wo, bo = matrix(VOCABULARY, HIDDEN, rng), vector(VOCABULARY, rng)

    def one(tokens: Any, targets: Any) -> Any:
        h: list[Any] = [0.0] * HIDDEN
        losses = []
        for token, target in zip(tokens, targets):
            from_input = layer(Wx, b, autograd.pick(E, token))
            from_state = layer(Wh, [0.0] * HIDDEN, h)
            h = [(u + v).tanh() for u, v in zip(from_input, from_state)]
            logits = layer(Wo, bo, h)
            losses.append(autograd.logsumexp(logits) - autograd.pick(logits, target))
        return autograd.mean(losses)

    def loss(tokens: Any, targets: Any) -> Any:
        return autograd.mean([one(a, b) for a, b in zip(tokens, targets)])

    return loss, data(batch), [E, Wx, Wh, b, Wo, bo]


def numpy(numbers: Array, gradients: Array, tokens: Array, targets: Array) -> Any:
    (E, Wx, Wh, bh, Wo, bo), g = views(numbers, SHAPES), views(gradients, SHAPES)
    T, B = tokens.shape
    tokens, targets, rows = tokens.ravel(), targets.ravel(), np.arange(T * B)

    def forward_and_backward() -> Any:
        X = E[tokens]
        projected = (X @ Wx.T + bh).reshape(T, B, 32)
        H = np.zeros((T + 1, B, 32))
        WhT = Wh.T
        for t in range(T):
            H[t + 1] = np.tanh(projected[t] + H[t] @ WhT)
        flat_h = H[1:].reshape(-1, 32)
        logits = flat_h @ Wo.T + bo
        logits -= logits.max(1, keepdims=True)
        e = np.exp(logits)
        s = e.sum(1, keepdims=True)
        loss = (np.log(s[:, 0]) - logits[rows, targets]).mean()
        d = e / s
        d[rows, targets] -= 1
        d /= T * B
        g[4][...], g[5][...] = d.T @ flat_h, d.sum(0)
        dH = (d @ Wo).reshape(T, B, 32)
        dP, dh = 1 - H[1:] ** 2, 0.0
        for t in range(T - 1, -1, -1):
            dP[t] *= dH[t] + dh
            dh = dP[t] @ Wh
        dP = dP.reshape(-1, 32)
        g[1][...], g[2][...] = dP.T @ X, dP.T @ H[:-1].reshape(-1, 32)
        g[3][...], g[0][...] = dP.sum(0), 0
        np.add.at(g[0], tokens, dP @ Wx)
        return loss

    return forward_and_backward


def torch(torch: Any, p: Any, tokens: Any, targets: Any) -> Any:
    E, Wx, Wh, bh, Wo, bo = p
    T, B = tokens.shape
    projected = torch.nn.functional.linear(E[tokens.reshape(-1)], Wx, bh).view(T, B, 32)
    h, hs = torch.zeros(B, 32, dtype=E.dtype), []
    for t in range(T):
        h = torch.tanh(projected[t] + h @ Wh.T)
        hs.append(h)
    logits = torch.nn.functional.linear(torch.stack(hs).view(-1, 32), Wo, bo)
    return torch.nn.functional.cross_entropy(logits, targets.reshape(-1))


def jax(jax: Any, p: Any, tokens: Any, targets: Any) -> Any:
    jnp = jax.numpy
    E, Wx, Wh, bh, Wo, bo = p
    T, B = tokens.shape
    projected = (E[tokens.ravel()] @ Wx.T + bh).reshape(T, B, 32)
    h, hs = jnp.zeros((B, 32)), []
    for t in range(T):
        h = jnp.tanh(projected[t] + h @ Wh.T)
        hs.append(h)
    logits = jnp.stack(hs).reshape(-1, 32) @ Wo.T + bo
    log_total = jax.nn.logsumexp(logits, axis=1)
    return (log_total - logits[jnp.arange(T * B), targets.ravel()]).mean()


def sequences(batch: int) -> Workload:
    """A batch of 32 is traced with a node for each neuron, one sequence with all its products."""
    many = batch > 1
    return Workload(
        "W3" if many else "W3b",
        f"character RNN, 16 steps, batch {batch}, SGD",
        lambda: scalars(batch, by_dot if many else by_zip),
        {"NumPy": 1.15, "torch f64": 0.4, "jax.jit": 1.6}
        if many
        else {"NumPy": 1.3, "torch f64": 0.25, "jax.jit": 1.5},
        [np.array(a).T.copy() for a in data(batch)],  # time first
        numpy=numpy,
        torch=torch,
        jax=jax,
        native=0.7 if many else 0.25,
    )
