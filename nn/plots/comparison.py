"""Several classifiers side by side: what each makes of the plane, and how it got there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from .figure import COLOURS, Picture, new_figure, plain
from .training import Score, boundary, grid_around, scores_over


class Fit(NamedTuple):
    """One classifier, the points that it learnt, and the losses of its epochs.

    ``mark`` is an epoch, from 0, that a dotted line shows.
    """

    name: str
    score: Score
    X: Sequence[Sequence[float]]
    labels: Sequence[int]
    train_loss: Sequence[float]
    held_out_loss: Sequence[float]
    mark: int | None = None


def compare_fits(
    fits: Sequence[Fit],
    squash: Callable[[float], float] = float,
    columns: int = 4,
    resolution: int = 40,
) -> Picture:
    """A panel for each: its scores over the plane with its points, and its two losses below.

    All panels have the same axes and colours. ``squash`` is applied to the scores, and must
    be monotone and keep 0: math.tanh shows how sure a classifier is, and logits do not differ
    by orders of magnitude.
    """
    if not fits:
        raise ValueError("compare_fits(fits): there must be at least one")
    rows = -(-len(fits) // columns)
    size, ratios = (2.9 * columns, 4.7 * rows), [1.35, 1.0] * rows
    xs, ys = grid_around([x for fit in fits for x in fit.X], resolution)
    drawn = [[list(map(squash, row)) for row in scores_over(fit.score, xs, ys)] for fit in fits]
    bound = max(abs(s) for scores in drawn for row in scores for s in row) or 1e-12
    losses = [x for fit in fits for x in (*fit.train_loss, *fit.held_out_loss) if x > 0]
    limits = max(min(losses) / 1.3, max(losses) * 1e-4), max(losses) * 1.3
    with new_figure(2 * rows, columns, size, squeeze=False, height_ratios=ratios) as (figure, grid):
        for axes in grid.flat:
            axes.axis("off")
        for i, (fit, scores) in enumerate(zip(fits, drawn, strict=True)):
            row, column = divmod(i, columns)
            plane, curves = grid[2 * row][column], grid[2 * row + 1][column]
            plane.axis("on")
            boundary(plane, xs, ys, scores, bound, fit.X, fit.labels)
            plane.set(title=plain(fit.name), xlabel="", ylabel="", xticks=[], yticks=[])
            curves.axis("on")
            for course, colour, style, name in (
                (fit.train_loss, COLOURS[0], "-", "training"),
                (fit.held_out_loss, COLOURS[1], "--", "held out"),
            ):
                epochs = range(1, len(course) + 1)
                curves.plot(epochs, course, style, color=colour, label=name)
            if fit.mark is not None:
                curves.axvline(fit.mark + 1, color="#5b6675", linestyle=":", linewidth=1.2)
            curves.set(yscale="log", ylim=limits, xlabel="epoch")
            curves.set_xlim(0, max(len(other.train_loss) for other in fits))
            if column == 0:
                curves.set_ylabel("loss")
        grid[1][0].legend(frameon=False)
        names = ", ".join(fit.name for fit in fits)
        return Picture(figure, "Classifiers side by side", f"The plane and the losses of: {names}")
