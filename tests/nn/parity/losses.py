"""Losses and their gradients, of every reduction and option, ordinary and extreme numbers."""

from __future__ import annotations

import random
from typing import Any

import nn
from autograd import Value

from . import Case, Vectors

CASES: list[Case] = []
TENSORS = ("weight", "pos_weight")  # options that PyTorch takes as tensors


def flat(x: Any) -> list[Any]:
    return [y for row in x for y in flat(row)] if isinstance(x, (list, tuple)) else [x]


def nested(x: Any, convert: Any) -> Any:
    return [nested(row, convert) for row in x] if isinstance(x, (list, tuple)) else convert(x)


def ours(name: str, inputs: list[Any], target: Any, options: dict[str, Any]) -> Vectors:
    leaves = [nested(x, Value) for x in inputs]
    losses = flat(getattr(nn, name)(*leaves, target, **options))
    # Losses that are not reduced count 1, 2, 3 …, so that each has a say in the gradient.
    sum((k * loss for k, loss in enumerate(losses, start=1)), 0.0).backward()
    return {
        "loss": [loss.data for loss in losses],
        "gradient": [leaf.grad for leaf in flat(leaves)],
    }


def theirs(name: str, inputs: list[Any], target: Any, options: dict[str, Any]) -> Vectors:
    import torch
    from torch.nn import functional

    def tensor(x: Any) -> Any:
        whole = name in WITH_INDICES and all(isinstance(t, int) for t in flat(x))
        return torch.tensor(x, dtype=torch.long if whole else torch.float64)

    def hinge_loss(x: Any, y: Any, reduction: str = "mean") -> Any:
        terms = torch.relu(1 - y * x)
        return terms if reduction == "none" else getattr(torch, reduction)(terms)

    function = hinge_loss if name == "hinge_loss" else getattr(functional, name)
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs]
    converted = {
        key: torch.tensor(x, dtype=torch.float64) if key in TENSORS else x
        for key, x in options.items()
    }
    losses = function(*leaves, tensor(target), **converted).reshape(-1)
    (losses * torch.arange(1, len(losses) + 1)).sum().backward()
    return {
        "loss": losses.tolist(),
        "gradient": [g for leaf in leaves for g in leaf.grad.reshape(-1).tolist()],
    }


WITH_INDICES = ("cross_entropy", "nll_loss", "multi_margin_loss")


def case(
    name: str,
    label: str,
    inputs: list[Any],
    target: Any,
    tolerance: float = 1e-12,
    **options: Any,
) -> None:
    if options:
        label += ", " + ", ".join(f"{key}={x}" for key, x in options.items())
    CASES.append(
        Case(
            name,
            label,
            lambda: ours(name, inputs, target, options),
            lambda: theirs(name, inputs, target, options),
            tolerance,
        )
    )


def every_reduction(name: str, label: str, inputs: list[Any], target: Any, **options: Any) -> None:
    for reduction in ("mean", "sum", "none"):
        case(name, label, inputs, target, **options, reduction=reduction)


rng = random.Random(20)


def numbers(*shape: int, scale: float = 2.0) -> Any:
    if not shape:
        return rng.gauss(0.0, scale)
    return [numbers(*shape[1:], scale=scale) for _ in range(shape[0])]


def distributions(rows: int, classes: int) -> list[list[float]]:
    drawn = [[rng.uniform(0.05, 1.0) for _ in range(classes)] for _ in range(rows)]
    return [[x / sum(row) for x in row] for row in drawn]


# --- regression: ordinary numbers, kinks (equal, at ±beta), far apart -----------------------------

KINKS = [1.0, 2.0, -2.0, 0.5, -0.5, 1.0, 1e-9, 1e8]
AT = [1.0, 1.0, -1.0, 0.0, 0.0, 1.5, 0.0, 0.0]
for loss, settings in {
    "mse_loss": [{}],
    "l1_loss": [{}],
    "smooth_l1_loss": [{}, {"beta": 0.5}, {"beta": 3.0}, {"beta": 0.0}],
    "huber_loss": [{}, {"delta": 0.5}, {"delta": 3.0}],
}.items():
    for options in settings:
        every_reduction(loss, "list", [numbers(6)], numbers(6), **options)
        every_reduction(loss, "rows", [numbers(4, 3)], numbers(4, 3), **options)
        every_reduction(loss, "kinks", [KINKS], AT, **options)

# --- margins --------------------------------------------------------------------------------------

every_reduction("hinge_loss", "list", [numbers(8)], [1, -1] * 4)
every_reduction("hinge_loss", "at the margin", [[1.0, -1.0, 0.0, -0.0]], [1, -1, 1, -1])
for options in (
    {},
    {"p": 2},
    {"margin": 0.3},
    {"margin": 2.0, "p": 2},
    {"weight": [0.5, 2.0, 0.0, 1.0]},
    {"weight": [0.5, 2.0, 0.0, 1.0], "p": 2},
):
    every_reduction("multi_margin_loss", "rows", [numbers(5, 4)], [0, 3, 1, 2, 1], **options)
every_reduction("multi_margin_loss", "ties", [[[1.0, 1.0, 0.0, 2.0]] * 2], [0, 3])
for options in ({}, {"margin": 0.3}, {"margin": -0.5}):
    pairs = [numbers(5, 3), numbers(5, 3)]
    every_reduction("cosine_embedding_loss", "pairs", pairs, [1, -1, -1, 1, -1], **options)
near = [[[3.0, 4.0], [1e-3, 0.0], [1e6, 1e6]], [[3.1, 4.0], [1e-5, 2.0], [1e6, -2e6]]]
every_reduction("cosine_embedding_loss", "near, across, away", near, [1, -1, 1])
every_reduction("cosine_embedding_loss", "near, across, away, reversed", near, [-1, 1, -1])
# Here PyTorch's constant counts, 1e-12 in float32: 9.99999996e-13.
zeros = [[[0.0, 0.0]], [[1.0, 2.0]]]
every_reduction("cosine_embedding_loss", "zeros", zeros, [1], tolerance=1e-8)
case("cosine_embedding_loss", "one pair", [[1.0, 2.0], [2.0, -1.5]], 1)

# --- binary cross-entropy -------------------------------------------------------------------------

EXTREME = [0.0, 800.0, -800.0, 40.0, -40.0, 1e-9, 1e300, -1e300]
HARD = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0]
name = "binary_cross_entropy_with_logits"
soft = [rng.random() for _ in range(6)]
table, soft_table = numbers(4, 3), [[rng.random() for _ in range(3)] for _ in range(4)]
every_reduction(name, "hard targets", [numbers(6)], [1.0, 0.0, 0.0, 1.0, 1.0, 0.0])
every_reduction(name, "soft targets", [numbers(6)], soft)
every_reduction(name, "rows", [table], soft_table)
every_reduction(name, "extreme logits", [EXTREME], HARD)
every_reduction(name, "weights", [numbers(6)], soft, weight=[1.0, 2.0, 0.5, 0.0, 3.0, 1.0])
every_reduction(name, "rows", [table], soft_table, pos_weight=[0.5, 2.0, 7.0])
every_reduction(name, "rows", [table], soft_table, weight=[0.5, 2.0, 7.0], pos_weight=3.0)
every_reduction(name, "extreme logits", [EXTREME], HARD, pos_weight=2.5)

name = "binary_cross_entropy"
shares = [rng.uniform(0.01, 0.99) for _ in range(6)]
every_reduction(name, "hard targets", [shares], [1.0, 0.0, 0.0, 1.0, 1.0, 0.0])
every_reduction(name, "soft targets", [shares], soft)
every_reduction(name, "rows", [[shares, soft]], [soft, shares])
every_reduction(name, "weights", [shares], soft, weight=[1.0, 2.0, 0.5, 0.0, 3.0, 1.0])
# The slope of ln 0, which PyTorch bounds by 1e12, it has in float32: 1.000000004e12.
every_reduction(name, "wrong for sure", [[0.0, 1.0]], [1.0, 0.0], tolerance=1e-8)
every_reduction(name, "nearly sure", [[1e-11, 1 - 1e-11, 1e-11]], [0.0, 1.0, 1.0])

# --- classes --------------------------------------------------------------------------------------

logits, classes = numbers(5, 4), [0, 3, 1, 2, 1]
weights = [0.5, 2.0, 1.0, 0.3]
huge = [[1000.0, 999.0, 0.0], [-1000.0, 0.0, 1.0], [1e300, 0.0, -1e300], [30.0, 0.0, -5.0]]
for options in (
    {},
    {"weight": weights},
    {"label_smoothing": 0.1},
    {"label_smoothing": 1.0},
    {"weight": weights, "label_smoothing": 0.3},
    {"ignore_index": 1},
    {"ignore_index": 1, "weight": weights, "label_smoothing": 0.3},
):
    every_reduction("cross_entropy", "indices", [logits], classes, **options)
    if "ignore_index" not in options:
        soft_rows = distributions(5, 4)
        every_reduction("cross_entropy", "probabilities", [logits], soft_rows, **options)
every_reduction("cross_entropy", "ignored", [logits], [0, -100, 1, -100, 1])
every_reduction("cross_entropy", "huge logits", [huge], [1, 0, 2, 2])
every_reduction("cross_entropy", "huge logits, right", [huge[:2]], [0, 2])
case("cross_entropy", "one sample", [logits[0]], 2)
case("cross_entropy", "one sample", [logits[0]], 2, weight=weights, reduction="none")
for options in ({}, {"weight": weights}, {"ignore_index": 1}):
    every_reduction("nll_loss", "indices", [numbers(5, 4)], classes, **options)
case("nll_loss", "one sample", [logits[0]], 2)
logs = [[-0.5, -1.0, -3.0], [-2.0, -0.1, -40.0]]
for reduction in ("mean", "sum", "none", "batchmean"):
    for label, target, options in (
        ("distributions", distributions(2, 3), {}),
        ("certainties", [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]], {}),
        ("logarithms", [[-1.0, -0.7, -2.0], [-0.3, -3.0, -5.0]], {"log_target": True}),
    ):
        case("kl_div", label, [logs], target, **options, reduction=reduction)
