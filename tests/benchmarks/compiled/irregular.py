"""W5: nothing to do at once: a random graph of 12,000 operations, and an equation of motion."""

from __future__ import annotations

import random
from typing import Any

import autograd
from autograd import Value

from .workload import Workload

MUST = {"ns per node": 160.0}


def random_graph() -> tuple[Any, Any, list[Any]]:
    """Every node reads two of the thousand before it."""
    draw = random.Random(0).uniform
    parameters = [Value(draw(-1, 1)) for _ in range(200)]

    def loss(inputs: Any) -> Any:
        rng = random.Random(1)
        made = [*parameters, *inputs]
        for _ in range(12_000):
            recent = len(made) - min(len(made), 1000)
            a, b = made[rng.randrange(recent, len(made))], made[rng.randrange(recent, len(made))]
            kind = rng.random()
            if kind < 0.35:
                made.append(a + b * 0.5)
            elif kind < 0.7:
                made.append(a * b)
            elif kind < 0.85:
                made.append(autograd.tanh(a))
            else:
                made.append(autograd.relu(a * 0.7 + b * 0.3))
        return sum(autograd.tanh(v) for v in made[-500:]) * (1 / 500)

    return loss, ([draw(-1, 1) for _ in range(50)],), [parameters]


def equation_of_motion() -> tuple[Any, Any, list[Any]]:
    """The Lorenz system, 200 steps of Runge and Kutta's fourth order; where does it get to?"""
    parameters = [Value(10.0), Value(28.0), Value(8 / 3)]

    def slope(state: list[Any]) -> list[Any]:
        (x, y, z), (sigma, rho, beta) = state, parameters
        return [sigma * (y - x), x * (rho - z) - y, x * y - beta * z]

    def along(state: list[Any], k: list[Any], h: float) -> list[Any]:
        return [s + h * d for s, d in zip(state, k, strict=True)]

    def loss(start: Any) -> Any:
        state, h = list(start), 0.005
        for _ in range(200):
            k1 = slope(state)
            k2 = slope(along(state, k1, h / 2))
            k3 = slope(along(state, k2, h / 2))
            k4 = slope(along(state, k3, h))
            state = [
                s + (h / 6) * (a + 2 * b + 2 * c + d)
                for s, a, b, c, d in zip(state, k1, k2, k3, k4, strict=True)
            ]
        return sum(s * s for s in state)

    return loss, ([1.0, 1.0, 1.0],), [parameters]


def graph() -> Workload:
    return Workload("W5", "a random graph of 12,000 operations, SGD", random_graph, MUST)


def motion() -> Workload:
    return Workload("W5b", "the Lorenz equations, 200 steps of RK4, SGD", equation_of_motion, MUST)
