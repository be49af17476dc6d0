"""Learning rates (and momenta) over 50 steps, in two groups of parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nn
from autograd import Value

from . import Case, Vectors

CASES: list[Case] = []
METRICS = [3.0, 2.0, 2.1, 1.9999, 2.0, 1.5] + [1.5 + 0.01 * (i % 3) for i in range(44)]


def course(api: Any, leaf: Any, kind: str, make: Callable[..., Any], metrics: bool) -> Vectors:
    groups = [{"params": [leaf(1.0)]}, {"params": [leaf(1.0)], "lr": 0.03}]
    optimizer = getattr(api.optim, kind)(groups, lr=0.5)
    schedule = make(api.schedules, optimizer)
    rates: list[float] = []
    momenta: list[float] = []
    for step in range(50):
        optimizer.step()
        for group in optimizer.param_groups:
            rates.append(group["lr"])
            momenta.append(group["betas"][0] if "betas" in group else group["momentum"])
        if step < 49:
            schedule.step(METRICS[step]) if metrics else schedule.step()
    changed = any(m != momenta[0] for m in momenta)
    return {"lr": rates, "momentum": momenta} if changed else {"lr": rates}


class Ours:
    optim = schedules = nn


def theirs(*arguments: Any) -> Vectors:
    import torch

    class Torch:
        optim = torch.optim
        schedules = torch.optim.lr_scheduler

    def leaf(x: float) -> Any:
        return torch.tensor(x, requires_grad=True)

    return course(Torch, leaf, *arguments)


def case(
    name: str, label: str, make: Callable[..., Any], kind: str = "SGD", metrics: bool = False
) -> None:
    CASES.append(
        Case(
            name,
            label,
            lambda: course(Ours, Value, kind, make, metrics),
            lambda: theirs(kind, make, metrics),
            tolerance=1e-10,
        )
    )


def simple(name: str, *variants: dict[str, Any], kind: str = "SGD") -> None:
    for options in variants:
        label = ", ".join(f"{key}={x}" for key, x in options.items()) or "defaults"
        case(
            name,
            f"{label} ({kind})",
            lambda api, optimizer, options=options: getattr(api, name)(optimizer, **options),
            kind,
            metrics=name == "ReduceLROnPlateau",
        )


case("LambdaLR", "one", lambda api, o: api.LambdaLR(o, lambda epoch: 0.95**epoch))
case("LambdaLR", "two", lambda api, o: api.LambdaLR(o, [lambda e: 1 / (1 + e), lambda e: e / 50]))
case("MultiplicativeLR", "one", lambda api, o: api.MultiplicativeLR(o, lambda e: 1 - 0.1 / e))
case("MultiplicativeLR", "two", lambda api, o: api.MultiplicativeLR(o, [lambda e: 0.9, abs]))
simple("ConstantLR", {}, {"factor": 0.25, "total_iters": 10}, {"total_iters": 0})
simple("StepLR", {"step_size": 7}, {"step_size": 1, "gamma": 0.9}, {"step_size": 60})
simple("MultiStepLR", {"milestones": [3, 20, 20, 41]}, {"milestones": [0, 5], "gamma": 0.5})
simple("ExponentialLR", {"gamma": 0.9}, {"gamma": 1.0})
simple("LinearLR", {}, {"start_factor": 0.01, "total_iters": 30}, {"end_factor": 0.2})
simple("PolynomialLR", {}, {"total_iters": 40, "power": 2.0}, {"total_iters": 49, "power": 0.5})
simple("CosineAnnealingLR", {"T_max": 49}, {"T_max": 10}, {"T_max": 7, "eta_min": 0.01})
simple("CosineAnnealingLR", {"T_max": 1}, {"T_max": 2, "eta_min": 0.01})
simple("CosineAnnealingWarmRestarts", {"T_0": 10}, {"T_0": 3, "T_mult": 2, "eta_min": 0.01})
case(
    "SequentialLR",
    "warm-up, then cosine",
    lambda api, o: api.SequentialLR(
        o,
        [api.LinearLR(o, start_factor=0.1, total_iters=8), api.CosineAnnealingLR(o, T_max=42)],
        milestones=[8],
    ),
)
case(
    "SequentialLR",
    "three",
    lambda api, o: api.SequentialLR(
        o,
        [
            api.ConstantLR(o, factor=0.1, total_iters=20),
            api.ExponentialLR(o, gamma=0.9),
            api.StepLR(o, step_size=3),
        ],
        milestones=[5, 30],
    ),
)
case(
    "ChainedScheduler",
    "constant and exponential",
    lambda api, o: api.ChainedScheduler(
        [api.ConstantLR(o, factor=0.1, total_iters=20), api.ExponentialLR(o, gamma=0.9)]
    ),
)
case(
    "ChainedScheduler",
    "cosine, linear, steps",
    lambda api, o: api.ChainedScheduler(
        [
            api.CosineAnnealingLR(o, T_max=60),
            api.LinearLR(o, total_iters=6),
            api.StepLR(o, step_size=11, gamma=0.5),
        ]
    ),
)
for kind in ("SGD", "Adam"):
    simple(
        "CyclicLR",
        {"base_lr": 0.1, "max_lr": 1.0, "step_size_up": 6},
        {"base_lr": 0.1, "max_lr": 1.0, "step_size_up": 3, "step_size_down": 8},
        {"base_lr": 0.1, "max_lr": 1.0, "step_size_up": 6, "mode": "triangular2"},
        {"base_lr": 0.1, "max_lr": 1.0, "step_size_up": 6, "mode": "exp_range", "gamma": 0.95},
        {"base_lr": [0.1, 0.2], "max_lr": [1.0, 0.5], "step_size_up": 1, "cycle_momentum": False},
        {"base_lr": 0.1, "max_lr": 1.0, "step_size_up": 4, "base_momentum": 0.5},
        kind=kind,
    )
for scale_mode in ("cycle", "iterations"):
    case(
        "CyclicLR",
        f"a function of {scale_mode}",
        lambda api, o, scale_mode=scale_mode: api.CyclicLR(
            o, 0.1, 1.0, 6, scale_fn=lambda n: 1.0 / (1.0 + 0.1 * n), scale_mode=scale_mode
        ),
    )
for kind in ("SGD", "Adam"):
    simple(
        "OneCycleLR",
        {"max_lr": 2.0, "total_steps": 50},
        {"max_lr": [2.0, 0.5], "epochs": 10, "steps_per_epoch": 5, "anneal_strategy": "linear"},
        {"max_lr": 2.0, "total_steps": 60, "pct_start": 0.2, "three_phase": True},
        {"max_lr": 2.0, "total_steps": 50, "cycle_momentum": False, "div_factor": 3.0},
        {"max_lr": 2.0, "total_steps": 50, "base_momentum": 0.5, "max_momentum": 0.6},
        {"max_lr": 2.0, "total_steps": 50, "pct_start": 0.0, "final_div_factor": 10.0},
        kind=kind,
    )
simple(
    "ReduceLROnPlateau",
    {},
    {"patience": 2},
    {"patience": 0, "factor": 0.5, "cooldown": 4},
    {"patience": 1, "factor": 0.5, "threshold": 0.3, "threshold_mode": "abs"},
    {"patience": 3, "mode": "max", "min_lr": 0.01},
    {"patience": 3, "mode": "max", "threshold_mode": "abs", "min_lr": [0.1, 0.001]},
    {"patience": 1, "factor": 0.9, "eps": 0.01},
)
