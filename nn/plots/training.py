"""Pictures of a run: its curves, and what a classifier makes of the plane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..history import History
from .figure import COLOURS, SIGNED, STYLES, Picture, new_figure, plain


def training_curves(history: History, metric: str = "accuracy") -> Picture:
    """Loss and metric, after each epoch, on training and validation data.

    A metric that is not called an accuracy is no share, and its axis has plain numbers.
    """
    with new_figure(1, 2, (9, 3.4)) as (figure, (left, right)):
        epochs = range(1, history.epochs + 1)
        alone = "o" if history.epochs == 1 else None  # no line leads through one point
        for axes, train, validation in (
            (left, history.train_loss, history.validation_loss),
            (right, history.train_metric, history.validation_metric),
        ):
            axes.plot(epochs, train, color=COLOURS[0], marker=alone, label="training")
            if validation:
                style: Any = {"color": COLOURS[1], "linestyle": "--", "marker": alone}
                axes.plot(epochs, validation, **style, label="held out")
                axes.legend(frameon=False)
            axes.set_xlabel("epoch")
            axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        left.set_ylabel("loss")
        left.set_ylim(bottom=0)
        right.set_ylabel(metric)
        if "accuracy" in metric:
            right.yaxis.set_major_formatter("{x:.0%}")
        last = f"{history.train_loss[-1]:.4g} and {history.train_metric[-1]:.4g} in training"
        description = f"{history.epochs} epochs; at the end {last}"  # and no time: it differs
        return Picture(figure, f"Loss and {metric}", description)


def gradient_norms(history: History) -> Picture:
    """The norm of each layer's gradient at each step, on a logarithmic scale."""
    with new_figure(1, 1, (9, 3.4)) as (figure, axes):
        for i, (name, norms) in enumerate(history.gradient_norms.items()):
            axes.plot(
                range(1, len(norms) + 1),
                [norm if norm > 0 else None for norm in norms],
                color=COLOURS[i % len(COLOURS)],
                linestyle=STYLES[i // len(COLOURS) % len(STYLES)],
                linewidth=1,
                marker="o" if len(norms) == 1 else None,
                label=plain(name),
            )
        axes.set_yscale("log")
        axes.set_xlabel("step")
        axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        axes.set_ylabel("norm of the gradient")
        axes.legend(frameon=False)
        layers = ", ".join(history.gradient_norms)
        return Picture(figure, "Gradient norms", f"The norm at each step, of {layers}")


Score = Callable[[list[list[float]]], list[float]]
"""The scores of points in the plane: > 0 is class 1."""


def decision_boundary(
    score: Score,
    X: Sequence[Sequence[float]],
    labels: Sequence[int],
    resolution: int = 50,
) -> Picture:
    """A binary classifier's score over the plane, with the points of both classes."""
    xs, ys = grid_around(X, resolution)
    scores = scores_over(score, xs, ys)
    bound = max(abs(score) for row in scores for score in row) or 1e-12
    with new_figure(1, 1, (6.5, 4.6)) as (figure, axes):
        filled = boundary(axes, xs, ys, scores, bound, X, labels)
        figure.colorbar(filled, ax=axes, label="score", format="%.1f")
        axes.legend(frameon=True, loc="lower left")
        return Picture(
            figure, "Decision boundary", f"The score over the plane, with {len(X)} points"
        )


def boundary(
    axes: Any,
    xs: Sequence[float],
    ys: Sequence[float],
    scores: Sequence[Sequence[float]],
    bound: float,
    X: Sequence[Sequence[float]],
    labels: Sequence[int],
) -> Any:
    """Draw scores as filled contours, their zero as a line, and the points of both classes."""
    import numpy as np

    clipped = np.clip(np.nan_to_num(np.asarray(scores, dtype=float)), -bound, bound)
    levels = np.linspace(-bound, bound, 21)
    filled = axes.contourf(xs, ys, clipped, levels=levels, cmap=SIGNED, alpha=0.75)
    if clipped.min() < 0.0 < clipped.max():
        axes.contour(xs, ys, clipped, levels=[0], colors="black", linewidths=1.5)
    points = np.asarray(X)
    for label, marker, colour in ((0, "o", "#B35806"), (1, "s", "#542788")):
        chosen = points[np.asarray(labels) == label]
        axes.scatter(
            *chosen.T, marker=marker, s=26, c=colour, edgecolors="white", label=f"class {label}"
        )
    axes.set_xlabel("x₀")
    axes.set_ylabel("x₁")
    return filled


def grid_around(X: Sequence[Sequence[float]], resolution: int) -> tuple[list[float], list[float]]:
    """A grid over points in the plane, with a margin."""
    if len(X[0]) != 2:
        raise ValueError(f"X: a plane has points of 2 numbers, not {len(X[0])}")
    axes = []
    for i in range(2):
        low, high = min(x[i] for x in X) - 0.4, max(x[i] for x in X) + 0.4
        axes.append([low + (high - low) * j / (resolution - 1) for j in range(resolution)])
    return axes[0], axes[1]


def scores_over(score: Score, xs: list[float], ys: list[float]) -> list[list[float]]:
    """The scores at every point of a grid, row by row."""
    return [list(score([[x, y] for x in xs])) for y in ys]
