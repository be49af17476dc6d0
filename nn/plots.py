"""Pictures of training as SVG text, drawn by matplotlib: deterministic, colour-blind safe."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from .history import History

# Okabe & Ito's palette, which colour-blind readers can tell apart.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]


def training_curves(history: History, metric: str = "accuracy") -> str:
    """Loss and metric, after each epoch, on training and validation data.

    A metric that is not called an accuracy is no share, and its axis has plain numbers.
    """
    with axes_of(1, 2, (9, 3.4)) as (figure, (left, right)):
        epochs = range(1, history.epochs + 1)
        for axes, train, validation in (
            (left, history.train_loss, history.validation_loss),
            (right, history.train_metric, history.validation_metric),
        ):
            axes.plot(epochs, train, color=COLOURS[0], label="training")
            if validation:
                axes.plot(epochs, validation, color=COLOURS[1], linestyle="--", label="held out")
                axes.legend(frameon=False)
            axes.set_xlabel("epoch")
        left.set_ylabel("loss")
        left.set_ylim(bottom=0)
        right.set_ylabel(metric)
        if "accuracy" in metric:
            right.yaxis.set_major_formatter("{x:.0%}")
        return svg_of(figure)


def gradient_norms(history: History) -> str:
    """The norm of each layer's gradient at each step, on a logarithmic scale."""
    with axes_of(1, 1, (9, 3.4)) as (figure, axes):
        for i, (name, norms) in enumerate(history.gradient_norms.items()):
            axes.plot(
                range(1, len(norms) + 1),
                [norm if norm > 0 else None for norm in norms],
                color=COLOURS[i % len(COLOURS)],
                linewidth=1,
                label=name,
            )
        axes.set_yscale("log")
        axes.set_xlabel("step")
        axes.set_ylabel("norm of the gradient")
        axes.legend(frameon=False)
        return svg_of(figure)


def decision_boundary(
    score: Callable[[list[list[float]]], list[float]],
    X: Sequence[Sequence[float]],
    labels: Sequence[int],
    resolution: int = 50,
) -> str:
    """A binary classifier's score over the plane, with the points of both classes."""
    import numpy as np

    points = np.asarray(X)
    low, high = points.min(axis=0) - 0.4, points.max(axis=0) + 0.4
    xs, ys = (np.linspace(low[i], high[i], resolution) for i in (0, 1))
    scores = np.array([score([[x, y] for x in xs.tolist()]) for y in ys.tolist()])
    bound = max(float(np.abs(scores).max()), 1e-12)
    with axes_of(1, 1, (6.5, 4.6)) as (figure, axes):
        levels = np.linspace(-bound, bound, 21)
        filled = axes.contourf(xs, ys, scores, levels=levels, cmap="PuOr", alpha=0.75)
        axes.contour(xs, ys, scores, levels=[0], colors="black", linewidths=1.5)
        for label, marker, colour in ((0, "o", "#B35806"), (1, "s", "#542788")):
            chosen = points[np.asarray(labels) == label]
            axes.scatter(
                *chosen.T, marker=marker, s=26, c=colour, edgecolors="white", label=f"class {label}"
            )
        figure.colorbar(filled, ax=axes, label="score", format="%.1f")
        axes.set_xlabel("x₀")
        axes.set_ylabel("x₁")
        axes.legend(frameon=True, loc="lower left")
        return svg_of(figure)


def confusion(
    matrix: Sequence[Sequence[int]], names: Sequence[str] = (), what: str = "images"
) -> str:
    """A confusion matrix with its counts; the classes' names, and of what there are so many."""
    import numpy as np

    counts = np.asarray(matrix)
    with axes_of(1, 1, (5.2, 4.6)) as (figure, axes):
        image = axes.imshow(counts, cmap="Blues")
        for (row, column), count in np.ndenumerate(counts):
            if count:
                ink = "white" if count > counts.max() / 2 else "black"
                axes.text(column, row, str(count), ha="center", va="center", color=ink, fontsize=9)
        ticks = range(len(counts))
        axes.set_xticks(ticks, names or [str(tick) for tick in ticks])
        axes.set_yticks(ticks, names or [str(tick) for tick in ticks])
        axes.tick_params(axis="x", rotation=60 if names else 0)
        axes.set_xlabel("read as")
        axes.set_ylabel("is")
        axes.grid(False)
        figure.colorbar(image, ax=axes, label=what)
        return svg_of(figure)


def image_grid(
    images: Sequence[Sequence[float]],
    predicted: Sequence[int],
    targets: Sequence[int],
    shape: tuple[int, int],
    rows: int = 3,
    columns: int = 8,
) -> str:
    """Images with what they are and what was predicted; the wrong ones first."""
    import numpy as np

    order = sorted(range(len(images)), key=lambda i: predicted[i] == targets[i])
    with axes_of(rows, columns, (9, 3.9)) as (figure, grid):
        for axes, i in zip(grid.flat, order, strict=False):
            axes.imshow(np.asarray(images[i]).reshape(shape), cmap="gray_r", vmin=0, vmax=1)
            right = predicted[i] == targets[i]
            axes.set_title(
                f"{targets[i]} ✓" if right else f"{targets[i]} → {predicted[i]}",
                color="black" if right else COLOURS[1],
                fontsize=10,
            )
        for axes in grid.flat:
            axes.axis("off")
        return svg_of(figure)


def kernels(weights: Sequence[Sequence[Sequence[float]]]) -> str:
    """The kernels of a convolution on one channel, each as a small image."""
    import numpy as np

    bound = max(float(np.abs(np.asarray(weights)).max()), 1e-12)
    with axes_of(1, len(weights), (9, 1.6)) as (figure, row):
        for axes, kernel in zip(np.atleast_1d(row), weights, strict=True):
            image = axes.imshow(np.asarray(kernel), cmap="PuOr", vmin=-bound, vmax=bound)
            axes.axis("off")
        figure.colorbar(image, ax=row, label="weight", format="%.1f")
        return svg_of(figure)


def require_matplotlib() -> None:
    """``ImportError`` that says what to install if matplotlib is missing."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ImportError("plots need matplotlib: pip install 'scalar-autograd[plots]'") from None


_STYLE: Any = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "font.size": 10,
    "svg.hashsalt": "scalar-autograd",  # ids that do not change from run to run
}


@contextmanager
def axes_of(rows: int, columns: int, size: tuple[float, float]) -> Iterator[tuple[Any, Any]]:
    """A figure and its axes, off screen, whatever backend the user works with."""
    require_matplotlib()
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasAgg(figure)
        yield figure, figure.subplots(rows, columns)


def svg_of(figure: Any) -> str:
    """The figure as SVG text, the same in every run."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]
