"""Clipping of gradients, and of vectors of parameters: what is left, and the norm before."""

from __future__ import annotations

import math
from typing import Any

import nn
from autograd import Value

from . import Case, Vectors

GRADIENTS = {
    "long": [3.0, -4.0, 12.0, 0.0],
    "short": [0.1, -0.2, 0.05],
    "at the bound": [0.6, 0.8],
    "zero": [0.0, 0.0],
    "large": [1e200, -1e200],
    "tiny": [1e-200, 1e-200],
    "infinite": [math.inf, 1.0, 0.0],
    "nan": [math.nan, 1.0],
}
CASES: list[Case] = []


def ours(name: str, gradients: list[float], *arguments: Any) -> Vectors:
    values = [Value(0.0) for _ in gradients]
    for value, g in zip(values, gradients, strict=True):
        value.grad = g
    result = getattr(nn, name)(values, *arguments)
    return {
        "norm": [] if result is None else [result],
        "gradient": [value.grad for value in values],
    }


def theirs(name: str, gradients: list[float], *arguments: Any) -> Vectors:
    import torch

    # One tensor: PyTorch's norm of norms of many tensors overflows earlier.
    parameter = torch.zeros(len(gradients), dtype=torch.float64, requires_grad=True)
    parameter.grad = torch.tensor(gradients, dtype=torch.float64)
    result = getattr(torch.nn.utils, name)([parameter], *arguments)
    return {
        "norm": [] if result is None else [result.item()],
        "gradient": parameter.grad.tolist(),
    }


def case(name: str, label: str, *arguments: Any) -> None:
    CASES.append(
        Case(name, label, lambda: ours(name, *arguments), lambda: theirs(name, *arguments))
    )


for label, gradients in GRADIENTS.items():
    for bound in (1.0, 0.0, 7.5):
        case("clip_grad_value_", f"{label}, {bound}", gradients, bound)
        for p in (2.0, 1.0, 3.0, math.inf):
            # PyTorch's norms overflow at 1e200, and underflow at 1e-200; ours do not.
            if label not in ("large", "tiny") or p in (1.0, math.inf):
                case("clip_grad_norm_", f"{label}, {bound}, norm {p}", gradients, bound, p)

ROWS = [[3.0, 4.0, 12.0], [0.1, 0.2, 0.2], [-1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [1e6, -1e6, 0.0]]


def our_rows(bound: float) -> Vectors:
    rows = [[Value(x) for x in row] for row in ROWS]
    nn.max_norm_(rows, bound)
    return {"rows": [p.data for row in rows for p in row]}


def their_rows(bound: float) -> Vectors:
    import torch

    rows = torch.renorm(torch.tensor(ROWS, dtype=torch.float64), p=2, dim=0, maxnorm=bound)
    return {"rows": rows.reshape(-1).tolist()}


for bound in (0.5, 1.0, 20.0):
    CASES.append(
        Case(
            "max_norm_",
            f"rows, {bound}",
            lambda bound=bound: our_rows(bound),
            lambda bound=bound: their_rows(bound),
        )
    )
