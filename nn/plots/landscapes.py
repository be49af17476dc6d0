"""The loss over a plane with the paths across it, and over learning rates."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .figure import COLOURS, SIZES, Picture, new_figure, plain

if TYPE_CHECKING:
    from ..diagnose import Landscape, RateSweep, Trace

MARKERS = ["o", "s", "^", "D", "v", "P"]
WIDEST = 4  # panels in a row


def loss_landscape(landscape: Landscape) -> Picture:
    """The loss as filled contours; side by side, one panel for each optimiser's path.

    Colours are of the loss's logarithm (of its distance above the smallest), so that valleys
    show. Each path starts at the circle and ends at the cross.
    """
    import numpy as np

    losses = np.asarray(landscape.losses, dtype=float)
    known = losses[np.isfinite(losses)]
    if not known.size:
        raise ValueError("loss_landscape(landscape): no loss on the grid is finite; try span=0.1")
    floor = known.min()
    scale = max(known.max() - floor, 1e-300) * 1e-4
    height = np.log10(np.where(np.isfinite(losses), losses, known.max()) - floor + scale)
    traces: list[tuple[Trace | None, tuple[tuple[float, float], ...]]]
    traces = list(zip(landscape.traces, landscape.paths, strict=True)) or [(None, ())]
    columns = min(len(traces), WIDEST)
    rows = -(-len(traces) // columns)
    size = (3.3 * columns + 1.2 + (1.6 if columns == 1 else 0), 3.4 * rows)
    options = {"squeeze": False, "sharex": True, "sharey": True}
    with new_figure(rows, columns, size, **options) as (figure, grid):
        told = []
        for plot in list(grid.flat)[len(traces) :]:
            plot.axis("off")
        for i, (plot, (trace, path)) in enumerate(zip(grid.flat, traces, strict=False)):
            filled = plot.contourf(landscape.xs, landscape.ys, height, levels=16, cmap=SIZES)
            plot.contour(
                landscape.xs, landscape.ys, height, levels=16, colors="white", linewidths=0.3
            )
            plot.grid(False)
            if trace is not None:
                xs, ys = [p[0] for p in path], [p[1] for p in path]
                # A white line below the coloured one: it stands out from every ground.
                plot.plot(xs, ys, color="white", linewidth=3.2)
                plot.plot(
                    xs, ys, color=COLOURS[1], linewidth=1.6, marker=MARKERS[i % len(MARKERS)], ms=3
                )
                plot.plot(xs[0], ys[0], "o", ms=9, mfc="none", mec="white", mew=2)
                plot.plot(xs[-1], ys[-1], "X", ms=10, mfc="white", mec="black")
                ends = f"loss {trace.losses[0]:.3g} → {trace.losses[-1]:.3g}"
                plot.set_title(f"{plain(trace.name)}\n{ends}", loc="left", fontsize=10)
                told.append(f"{trace.name} ends at {trace.losses[-1]:.3g}")
            if i % columns == 0:
                plot.set_ylabel(plain(landscape.axes[1]))
            if i >= len(traces) - columns:
                plot.set_xlabel(plain(landscape.axes[0]))
                plot.tick_params(labelbottom=True)
        bar = figure.colorbar(filled, ax=list(grid.flat), label="loss")
        ticks = np.linspace(height.min(), height.max(), 5)
        bar.set_ticks(ticks, labels=distinct([10**t + floor - scale for t in ticks]))
        if landscape.share is not None and landscape.share < 0.999:
            figure.suptitle(
                f"The plane shows {landscape.share:.0%} of how the paths vary", fontsize=9, x=0.4
            )
        return Picture(figure, "Loss landscape", "; ".join(told) or repr(landscape))


def distinct(numbers: list[float]) -> list[str]:
    """Numbers with as few digits as tell them apart.

    >>> distinct([0.2701, 0.2703, 0.35])
    ['0.2701', '0.2703', '0.35']
    """
    for digits in range(2, 12):
        texts = [f"{x:.{digits}g}" for x in numbers]
        if len(set(texts)) == len(texts):
            break
    return texts


def rate_sweep(sweep: RateSweep) -> Picture:
    """The loss over the learning rate, with the suggested one."""
    with new_figure(1, 1, (7, 3.4)) as (figure, axes):
        seen = [loss if math.isfinite(loss) else None for loss in sweep.losses]
        axes.plot(sweep.rates, seen, ".", color=COLOURS[5], label="loss before the step")
        axes.plot(sweep.rates, sweep.smoothed, color=COLOURS[0], label="running mean")
        if sweep.suggestion is not None:
            axes.axvline(
                sweep.suggestion, color=COLOURS[1], linestyle="--",
                label=f"falls fastest: {sweep.suggestion:.1e}",
            )  # fmt: skip
        axes.set_xscale("log")
        if math.isfinite(sweep.losses[0]):  # not up to where it burst: the valley would be flat
            low = min(loss for loss in sweep.losses if math.isfinite(loss))
            axes.set_ylim(low - 0.1 * abs(low), sweep.losses[0] + 0.5 * (sweep.losses[0] - low))
        axes.set_xlabel("learning rate")
        axes.set_ylabel("loss")
        axes.legend(frameon=False)
        return Picture(figure, "Learning rates", repr(sweep))
