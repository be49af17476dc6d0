"""Trajectories of optimisers, 50 steps long, in two groups of parameters."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import nn
from autograd import Value

from . import Case, Vectors

START = [1.5, -2.0, 0.3, 4.0]
STEPS = 50
CASES: list[Case] = []


def gradient(x: list[float], step: int) -> list[float]:
    """Of a bowl with bumps, and some noise that depends on the step: signs turn, sizes vary."""
    return [
        (k + 1) * (xk - 0.5 * k)
        + math.sin(3.0 * xk + x[k - 1])
        + 0.3 * math.sin(17.0 * step + 5.0 * k)
        for k, xk in enumerate(x)
    ]


def trajectory(
    make: Callable[..., Any], leaf: Any, read: Any, write: Any, options: Any, second: Any
) -> Vectors:
    parameters = [leaf(x) for x in START]
    groups = [{"params": parameters[:2]}, {"params": parameters[2:], **second}]
    optimizer = make(groups if second else parameters, **options)
    places: list[float] = []
    for step in range(STEPS):
        for p, g in zip(parameters, gradient([read(p) for p in parameters], step), strict=True):
            write(p, g)
        optimizer.step()
        if step % 5 == 4:  # what goes wrong in between goes on to the next
            places += [read(p) for p in parameters]
    if type(optimizer).__name__ == "ASGD":
        return {"places": places, "averages": averages(optimizer, parameters)}
    return {"places": places}


def averages(optimizer: Any, parameters: list[Any]) -> list[float]:
    if isinstance(optimizer, nn.ASGD):
        return optimizer.averages
    return [optimizer.state[p]["ax"].item() for p in parameters]


def ours(name: str, options: dict[str, Any], second: dict[str, Any]) -> Vectors:
    def write(p: Value, g: float) -> None:
        p.grad = g

    return trajectory(getattr(nn, name), Value, lambda p: p.data, write, options, second)


def theirs(name: str, options: dict[str, Any], second: dict[str, Any]) -> Vectors:
    import torch

    def leaf(x: float) -> Any:
        return torch.tensor([x], dtype=torch.float64, requires_grad=True)

    def write(p: Any, g: float) -> None:
        p.grad = torch.tensor([g], dtype=torch.float64)

    class Lion(torch.optim.Optimizer):
        """The algorithm of the paper [Chen et al. 2023, algorithm 2], on tensors."""

        def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0, maximize=False):
            defaults = {"lr": lr, "betas": betas, "weight_decay": weight_decay}
            super().__init__(params, {**defaults, "maximize": maximize})

        @torch.no_grad()
        def step(self):
            for group in self.param_groups:
                beta1, beta2 = group["betas"]
                for p in group["params"]:
                    g = -p.grad if group["maximize"] else p.grad
                    m = self.state[p].setdefault("m", torch.zeros_like(p))
                    c = torch.lerp(g, m, beta1)
                    p -= group["lr"] * (torch.sign(c) + group["weight_decay"] * p)
                    self.state[p]["m"] = torch.lerp(g, m, beta2)

    make = Lion if name == "Lion" else getattr(torch.optim, name)
    return trajectory(make, leaf, lambda p: p.item(), write, options, second)


def case(name: str, second: dict[str, Any] | None = None, **options: Any) -> None:
    label = ", ".join(f"{key}={x}" for key, x in options.items()) or "defaults"
    if second:
        label += f"; second group {second}"
    CASES.append(
        Case(
            name,
            label,
            lambda: ours(name, options, second or {}),
            lambda: theirs(name, options, second or {}),
            tolerance=1e-10,
        )
    )


VARIANTS: dict[str, list[dict[str, Any]]] = {
    "SGD": [
        {"lr": 0.05, "momentum": 0.9},
        {"lr": 0.05, "momentum": 0.9, "nesterov": True},
        {"lr": 0.05, "momentum": 0.8, "dampening": 0.5},
        {"lr": 0.05, "momentum": 0.8, "dampening": 0.5, "weight_decay": 0.1},
    ],
    "ASGD": [
        {"lr": 0.05, "t0": 10},
        {"lr": 0.1, "lambd": 0.5, "alpha": 0.6, "t0": 0},
        {"lr": 0.05, "lambd": 0.0, "t0": 20.5, "weight_decay": 0.1},
    ],
    "Adagrad": [{"lr": 0.5}, {"lr": 0.5, "lr_decay": 0.1, "initial_accumulator_value": 0.3}],
    "Adadelta": [{"lr": 10.0, "rho": 0.8, "eps": 1e-4}],
    "RMSprop": [
        {"lr": 0.05, "alpha": 0.9},
        {"lr": 0.05, "centered": True},
        {"lr": 0.02, "momentum": 0.8},
        {"lr": 0.02, "momentum": 0.8, "centered": True, "eps": 1e-3, "weight_decay": 0.1},
    ],
    "Rprop": [{"lr": 0.3}, {"etas": (0.3, 1.5), "step_sizes": (1e-3, 0.5)}],
    "Adam": [
        {"lr": 0.1},
        {"lr": 0.1, "amsgrad": True},
        {"lr": 0.1, "betas": (0.7, 0.9), "eps": 1e-3},
        {"lr": 0.1, "amsgrad": True, "weight_decay": 0.1},
        {"lr": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True},
    ],
    "AdamW": [{"lr": 0.1}, {"lr": 0.1, "weight_decay": 0.5, "amsgrad": True}],
    "NAdam": [
        {"lr": 0.1, "momentum_decay": 0.1},
        {"lr": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True},
    ],
    "RAdam": [
        {"lr": 0.1},
        {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3},
        {"lr": 0.1, "betas": (0.8, 0.5)},
        {"lr": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True},
    ],
    "Adamax": [{"lr": 0.1}, {"lr": 0.1, "betas": (0.7, 0.9), "eps": 1e-2}],
    "Lion": [{"lr": 0.03}, {"lr": 0.03, "betas": (0.8, 0.7), "weight_decay": 0.5}],
}
for optimiser, variants in VARIANTS.items():
    case(optimiser)
    for settings in variants:
        case(optimiser, **settings)
    if optimiser != "Rprop":
        case(optimiser, weight_decay=0.1)
    case(optimiser, lr=0.05, maximize=True)
    case(optimiser, second={"lr": 0.02}, lr=0.1)


# --- L-BFGS: functions that are convex, so that rounding does not grow ----------------------------


def quartic(x: list[Any]) -> Any:
    bowl = sum((k + 1) * (xk - 0.5) * (xk - 0.5) for k, xk in enumerate(x))
    return bowl + (x[0] + x[1]) ** 4 + 0.5 * x[1] * x[2] + (x[3] - 1) ** 4


def lbfgs(make: Any, leaf: Any, read: Any, options: dict[str, Any]) -> Vectors:
    parameters = [leaf(x) for x in START]
    optimizer = make(parameters, **options)

    def closure() -> Any:
        optimizer.zero_grad()
        loss = quartic(parameters)
        loss.backward()
        return loss

    places, losses = [], []
    for step in range(STEPS):
        losses.append(optimizer.step(closure).item())
        if step < 5 or step % 5 == 4:
            places += [read(p) for p in parameters]
    return {"places": places, "losses": losses}


def their_lbfgs(options: dict[str, Any]) -> Vectors:
    import torch

    def leaf(x: float) -> Any:
        return torch.tensor(x, dtype=torch.float64, requires_grad=True)

    return lbfgs(torch.optim.LBFGS, leaf, lambda p: p.item(), options)


for settings in (
    {"lr": 0.5},
    {"lr": 0.3, "max_iter": 1},
    {"lr": 0.3, "max_iter": 3, "history_size": 2},
    {"line_search_fn": "strong_wolfe"},
    {"line_search_fn": "strong_wolfe", "max_iter": 1},
    {"line_search_fn": "strong_wolfe", "max_iter": 3, "history_size": 2},
    {"line_search_fn": "strong_wolfe", "max_eval": 4, "lr": 0.01},
    {"line_search_fn": "strong_wolfe", "lr": 30.0, "max_iter": 2},
):
    CASES.append(
        Case(
            "LBFGS",
            ", ".join(f"{key}={x}" for key, x in settings.items()),
            lambda settings=settings: lbfgs(nn.LBFGS, Value, lambda p: p.data, settings),
            lambda settings=settings: their_lbfgs(settings),
            tolerance=1e-10,
        )
    )
