"""Pictures about images: what a classifier of them got wrong, and what its kernels look like."""

from __future__ import annotations

from collections.abc import Sequence

from .figure import COLOURS, SIGNED, Picture, new_figure


def confusion(
    matrix: Sequence[Sequence[int]], names: Sequence[str] = (), what: str = "images"
) -> Picture:
    """A confusion matrix with its counts; the classes' names, and of what there are so many."""
    import numpy as np

    counts = np.asarray(matrix)
    with new_figure(1, 1, (5.2, 4.6)) as (figure, axes):
        image = axes.imshow(counts, cmap="Blues")
        for (row, column), count in np.ndenumerate(counts):
            if count:
                ink = "white" if count > counts.max() / 2 else "black"
                axes.text(column, row, str(count), ha="center", va="center", color=ink, fontsize=9)
        ticks = range(len(counts))
        axes.set_xticks(ticks, names or [str(tick) for tick in ticks])
        axes.set_yticks(ticks, names or [str(tick) for tick in ticks])
        if names:  # the end of each at its column, however long it is
            axes.tick_params(axis="x", rotation=60)
            for label in axes.get_xticklabels():
                label.set(ha="right", rotation_mode="anchor")
        axes.set_xlabel("read as")
        axes.set_ylabel("is")
        axes.grid(False)
        figure.colorbar(image, ax=axes, label=what)
        right = int(np.trace(counts))
        return Picture(figure, "Confusion matrix", f"{right} of {counts.sum()} read as they are")


def image_grid(
    images: Sequence[Sequence[float]],
    predicted: Sequence[int],
    targets: Sequence[int],
    shape: tuple[int, int],
    rows: int = 3,
    columns: int = 8,
) -> Picture:
    """Images with what they are and what was predicted; the wrong ones first."""
    import numpy as np

    order = sorted(range(len(images)), key=lambda i: predicted[i] == targets[i])
    with new_figure(rows, columns, (9, 3.9)) as (figure, grid):
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
        return Picture(figure, "Images", "What each is, and what it was read as")


def kernels(weights: Sequence[Sequence[Sequence[float]]]) -> Picture:
    """The kernels of a convolution on one channel, each as a small image."""
    import numpy as np

    bound = max(float(np.abs(np.asarray(weights)).max()), 1e-12)
    with new_figure(1, len(weights), (9, 1.6)) as (figure, row):
        for axes, kernel in zip(np.atleast_1d(row), weights, strict=True):
            image = axes.imshow(np.asarray(kernel), cmap=SIGNED, vmin=-bound, vmax=bound)
            axes.axis("off")
        figure.colorbar(image, ax=row, label="weight", format="%.1f")
        return Picture(figure, "Kernels", f"{len(weights)} kernels, weights up to {bound:.2g}")
