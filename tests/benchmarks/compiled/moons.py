"""W1: the moons demo: MLP 2-16-16-1, 100 samples in a Python loop, hinge loss and L2, SGD."""

# ruff: noqa: B905 (zip as learners write it)

from __future__ import annotations

import random
from typing import Any

import numpy as np

import nn
from tests.compiler.programs import by_zip, matrix, vector

from .workload import Array, Workload, views

SIZES = ((2, 16), (16, 16), (16, 1))


def data(samples: int) -> tuple[list[list[float]], list[float]]:
    points, labels = nn.make_moons(samples, noise=0.1, rng=1)
    return points, [2.0 * label - 1.0 for label in labels]


def scalars(samples: int = 100, single: bool = False) -> tuple[Any, Any, list[Any]]:
    """The loss of all samples, or of a single one."""
    rng = random.Random(0)
    layers = [(matrix(n_out, n_in, rng), vector(n_out, rng)) for n_in, n_out in SIZES]
    parameters = [p for W, b in layers for row, bias in zip(W, b) for p in (*row, bias)]

    def score(x: list[Any]) -> Any:
        for k, (W, b) in enumerate(layers):
            x = by_zip(W, b, x)
            if k < 2:
                x = [v.relu() for v in x]
        return x[0]

    def l2() -> Any:
        return 1e-4 * sum(p * p for p in parameters)

    def of_one(x: Any, target: Any) -> Any:
        return (1 + -target * score(x)).relu() + l2()

    def of_all(X: Any, y: Any) -> Any:
        losses = [(1 + -target * score(x)).relu() for x, target in zip(X, y)]
        return sum(losses) * (1.0 / len(losses)) + l2()

    loss = of_one if single else of_all
    return loss, data(samples), [part for layer in layers for part in layer]


def numpy(numbers: Array, gradients: Array, X: Array, y: Array) -> Any:
    shapes = [shape for n_in, n_out in SIZES for shape in ((n_out, n_in), (n_out,))]
    p, g = views(numbers, shapes), views(gradients, shapes)
    W1, b1, W2, b2, W3, b3 = p

    def forward_and_backward() -> Any:
        z1 = X @ W1.T + b1
        a1 = np.maximum(z1, 0)
        z2 = a1 @ W2.T + b2
        a2 = np.maximum(z2, 0)
        margin = 1 - y * ((a2 @ W3.T)[:, 0] + b3)
        loss = np.maximum(margin, 0).mean() + 1e-4 * sum((a * a).sum() for a in p)
        ds = np.where(margin > 0, -y / 100, 0.0)[:, None]
        d2 = (ds @ W3) * (z2 > 0)
        d1 = (d2 @ W2) * (z1 > 0)
        parts = (d1.T @ X, d1.sum(0), d2.T @ a1, d2.sum(0), ds.T @ a2, ds.sum(0))
        for gradient, part, a in zip(g, parts, p):
            np.multiply(a, 2e-4, out=gradient)
            gradient += part
        return loss

    return forward_and_backward


def torch(torch: Any, p: Any, X: Any, y: Any) -> Any:
    linear = torch.nn.functional.linear
    a = torch.relu(linear(X, p[0], p[1]))
    a = torch.relu(linear(a, p[2], p[3]))
    s = linear(a, p[4], p[5])[:, 0]
    return torch.relu(1 - y * s).mean() + 1e-4 * sum((q * q).sum() for q in p)


def jax(jax: Any, p: Any, X: Any, y: Any) -> Any:
    a = jax.nn.relu(X @ p[0].T + p[1])
    a = jax.nn.relu(a @ p[2].T + p[3])
    s = (a @ p[4].T)[:, 0] + p[5]
    return jax.nn.relu(1 - y * s).mean() + 1e-4 * sum((q * q).sum() for q in p)


def whole() -> Workload:
    return workload("W1", "moons: MLP 2-16-16-1, 100 samples in a loop, SGD", scalars)


def single() -> Workload:
    what = "moons: traced for one sample, run on a batch of 100, SGD"
    return workload("W1b", what, lambda: scalars(single=True), batch=True)


def workload(name: str, what: str, scalars: Any, batch: bool = False) -> Workload:
    return Workload(
        name,
        what,
        scalars,
        {"NumPy": 1.1, "torch f64": 0.25, "jax.jit": 1.2},
        [np.array(a) for a in data(100)],
        batch=batch,
        numpy=numpy,
        torch=torch,
        jax=jax,
        native=0.55,
    )
