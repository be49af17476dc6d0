"""W2: MLP 64-32-10 on pictures of 8 × 8, softmax cross-entropy, batch 32, Adam."""

# ruff: noqa: B905 (zip as learners write it)

from __future__ import annotations

import random
from typing import Any

import numpy as np

import autograd
from tests.compiler.programs import by_dot, matrix, vector

from .workload import Array, Workload, views

BATCH = 32


def data() -> tuple[list[list[float]], list[int]]:
    """Grey values as the digits have them (0 to 16 sixteenths, most of them 0), any labels."""
    rng = random.Random(1)
    pictures = [[max(0, rng.randint(-16, 16)) / 16 for _ in range(64)] for _ in range(BATCH)]
    return pictures, [rng.randrange(10) for _ in range(BATCH)]


def scalars() -> tuple[Any, Any, list[Any]]:
    rng = random.Random(0)
    (W1, b1), (W2, b2) = ((matrix(b, a, rng), vector(b, rng)) for a, b in ((64, 32), (32, 10)))

    def loss(X: Any, labels: Any) -> Any:
        losses = []
        for x, label in zip(X, labels):
            logits = by_dot(W2, b2, [v.relu() for v in by_dot(W1, b1, x)])
            losses.append(autograd.logsumexp(logits) - autograd.pick(logits, label))
        return autograd.mean(losses)

    return loss, data(), [W1, b1, W2, b2]


def numpy(numbers: Array, gradients: Array, X: Array, y: Array) -> Any:
    shapes = [(32, 64), (32,), (10, 32), (10,)]
    (W1, b1, W2, b2), g = views(numbers, shapes), views(gradients, shapes)
    rows = np.arange(BATCH)

    def forward_and_backward() -> Any:
        z = X @ W1.T + b1
        a = np.maximum(z, 0)
        logits = a @ W2.T + b2
        logits -= logits.max(1, keepdims=True)
        e = np.exp(logits)
        s = e.sum(1, keepdims=True)
        loss = (np.log(s[:, 0]) - logits[rows, y]).mean()
        d = e / s
        d[rows, y] -= 1
        d /= BATCH
        dz = (d @ W2) * (z > 0)
        g[0][...], g[1][...], g[2][...], g[3][...] = dz.T @ X, dz.sum(0), d.T @ a, d.sum(0)
        return loss

    return forward_and_backward


def torch(torch: Any, p: Any, X: Any, y: Any) -> Any:
    linear = torch.nn.functional.linear
    a = torch.relu(linear(X, p[0], p[1]))
    return torch.nn.functional.cross_entropy(linear(a, p[2], p[3]), y)


def jax(jax: Any, p: Any, X: Any, y: Any) -> Any:
    logits = jax.nn.relu(X @ p[0].T + p[1]) @ p[2].T + p[3]
    return (jax.nn.logsumexp(logits, axis=1) - logits[jax.numpy.arange(BATCH), y]).mean()


def batch() -> Workload:
    return Workload(
        "W2",
        "digits: MLP 64-32-10, batch 32, Adam",
        scalars,
        {"NumPy": 1.1, "torch f64": 0.25, "jax.jit": 1.2},
        [np.array(a) for a in data()],
        adam=True,
        numpy=numpy,
        torch=torch,
        jax=jax,
        native=0.55,
    )
