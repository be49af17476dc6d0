"""Gradient flow as heatmaps: over layers and time steps, and over the time of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .figure import COLOURS, SIZES, STYLES, Picture, new_figure, plain

if TYPE_CHECKING:
    from ..diagnose import GradientFlow, Recorder
    from ..diagnose.flow import Layer

LOWEST = -12.0  # decades below the largest: what is smaller is drawn like it
BINS = 40


def gradient_flow_map(flows: Mapping[str, GradientFlow]) -> Picture:
    """How large gradients are, layer by layer and step by step, in one network or several.

    Of recurrent networks: the norm of the gradient that went through the last step's state,
    at every step, beside that at the last (so the last is 1). Vanishing is a row that gets dark
    to one side; the curves below show the same. Of others: for each layer, which share of its
    gradients has which order of magnitude, so vanishing is a drift to one side from row to row.

    Raises ``ValueError`` if there is nothing to show, or recurrent networks and others at once.
    """
    if not flows or not all(flow.layers for flow in flows.values()):
        raise ValueError("gradient_flow_map(flows): there must be layers to show")
    recurrent = {flow.has_steps for flow in flows.values()}
    if len(recurrent) > 1:
        raise ValueError(
            "gradient_flow_map(flows): either all networks have time steps or none; draw them apart"
        )
    return over_time(flows) if recurrent.pop() else over_layers(flows)


def over_time(flows: Mapping[str, GradientFlow]) -> Picture:
    """A heatmap of layers and time steps for each network, and curves below."""
    import numpy as np

    rows = {name: [la for la in flow.layers if la.steps.numbers] for name, flow in flows.items()}
    heights = [max(len(layers), 1) for layers in rows.values()]
    size = (9, 2.9 + 0.55 * sum(heights) + 0.5 * len(flows))
    ratios = [0.55 * h + 0.1 for h in heights] + [2.6]
    with new_figure(len(flows) + 1, 1, size, height_ratios=ratios) as (figure, axes):
        told = []
        curve = 0
        for plot, (name, layers) in zip(axes, rows.items(), strict=False):
            steps = sorted({t for layer in layers for t in layer.steps.numbers})
            cells = np.full((len(layers), len(steps)), np.nan)
            for i, layer in enumerate(layers):
                largest = layer.steps.carried[-1]
                for t, norm in zip(layer.steps.numbers, layer.steps.carried, strict=True):
                    cells[i, steps.index(t)] = decades(norm, largest)
                label = f"{name} {layer.name}".strip()
                logs = [decades(norm, largest) for norm in layer.steps.carried]
                sizes = [10**log if log > LOWEST else None for log in logs]
                axes[-1].plot(
                    layer.steps.numbers,
                    sizes,
                    color=COLOURS[curve % len(COLOURS)],
                    linestyle=STYLES[curve % len(STYLES)],
                    label=plain(label),
                )
                told.append(f"{label}: {layer.steps.change:.1e} at the first step")
                curve += 1
            heat = plot.imshow(
                cells, cmap=SIZES, vmin=LOWEST, vmax=0.0, aspect="auto", interpolation="nearest",
                extent=(steps[0] - 0.5, steps[-1] + 0.5, len(layers) - 0.5, -0.5),
            )  # fmt: skip
            plot.set_yticks(range(len(layers)), [plain(layer.name) for layer in layers])
            plot.set_title(plain(name), loc="left", fontsize=10)
            plot.grid(False)
            plot.tick_params(labelbottom=False)
        bar = figure.colorbar(heat, ax=list(axes[:-1]), label="gradient, beside the last step's")
        ticks = [LOWEST, LOWEST / 2, 0.0]
        bar.set_ticks(ticks, labels=[f"≤ 1e{LOWEST:.0f}", f"1e{LOWEST / 2:.0f}", "1"])
        axes[-1].set_yscale("log")
        axes[-1].set_xlabel("time step")
        axes[-1].set_ylabel("the same, as curves")
        axes[-1].legend(frameon=False)
        axes[-1].margins(x=0.01)
        return Picture(figure, "Gradients through time", "; ".join(told))


def over_layers(flows: Mapping[str, GradientFlow]) -> Picture:
    """For each network, a heatmap of layers and orders of magnitude."""
    import numpy as np

    every = [layer for flow in flows.values() for layer in flow.layers]
    found = [d for layer in every for d in layer.gradients.decades] or [0]
    low, high = min(found), max(found)
    tallest = max(len(flow.layers) for flow in flows.values())
    size = (min(2.5 + 3.6 * len(flows), 14), 1.8 + 0.36 * tallest)
    with new_figure(1, len(flows), size, squeeze=False) as (figure, [row]):
        told = []
        for plot, (name, flow) in zip(row, flows.items(), strict=True):
            cells = np.zeros((len(flow.layers), high - low + 1))
            for i, layer in enumerate(flow.layers):
                for d, n in layer.gradients.decades.items():
                    cells[i, d - low] = n / layer.gradients.count
                told.append(f"{name} {layer.name}: {layer.gradients.rms:.1e}".strip())
            heat = plot.imshow(
                cells, cmap=SIZES, vmin=0.0, vmax=1.0, aspect="auto", interpolation="nearest",
                extent=(low, high + 1, len(flow.layers) - 0.5, -0.5),
            )  # fmt: skip
            for i, layer in enumerate(flow.layers):
                if layer.gradients.rms:
                    plot.plot(math.log10(layer.gradients.rms), i, "D", color="white", mec="black")
            plot.set_yticks(
                range(len(flow.layers)),
                [layer_label(layer) for layer in flow.layers],
            )
            plot.xaxis.set_major_locator(whole_numbers())
            plot.xaxis.set_major_formatter(lambda x, _: f"1e{x:.0f}")
            plot.set_title(plain(name), loc="left", fontsize=10)
            plot.set_xlabel("|gradient| of the layer's outputs (◇: root mean square)")
            plot.grid(False)
        figure.colorbar(heat, ax=list(row), label="share of the gradients", format="{x:.0%}")
        return Picture(figure, "Gradients over layers", "; ".join(told))


def histograms(recorder: Recorder, what: str = "weights") -> Picture:
    """How the weights, or the gradients, of each layer are distributed in the course of a run.

    A column is a histogram at one time. Gradients are drawn by their order of magnitude.

    Raises ``ValueError`` for another ``what``, or a recorder that was never called.
    """
    import numpy as np

    if what not in ("weights", "gradients"):
        raise ValueError(f'histograms(what): must be "weights" or "gradients", not {what!r}')
    layers = {name: snapshots for name, snapshots in recorder.layers.items() if snapshots}
    if not layers:
        raise ValueError("histograms(recorder): it has kept nothing; call it after each step")
    columns = min(len(layers), 3)
    rows = -(-len(layers) // columns)
    options = {"squeeze": False, "sharex": True}
    with new_figure(rows, columns, (3.4 * columns + 0.9, 2.7 * rows), **options) as (figure, grid):
        for plot in list(grid.flat)[len(layers) :]:
            plot.axis("off")
        for i, (plot, (name, snapshots)) in enumerate(zip(grid.flat, layers.items(), strict=False)):
            data = [values_of(snapshot, what) for snapshot in snapshots]
            flat = [x for values in data for x in values] or [0.0]
            low, high = min(flat), max(flat)
            edges = np.linspace(low, high if high > low else low + 1.0, BINS + 1)
            cells = np.array([np.histogram(v, edges)[0] / max(len(v), 1) for v in data]).T
            times = [snapshot.time for snapshot in snapshots]
            step = times[1] - times[0] if len(times) > 1 else 1
            sides = [t - step / 2 for t in [*times, times[-1] + step]]
            heat = plot.pcolormesh(sides, edges, np.sqrt(cells), cmap=SIZES, vmin=0.0, vmax=1.0)
            plot.set_title(plain(name), loc="left", fontsize=10)
            plot.grid(False)
            if what == "gradients":
                plot.yaxis.set_major_locator(whole_numbers())
                plot.yaxis.set_major_formatter(lambda x, _: f"1e{x:.0f}")
            if i >= len(layers) - columns:
                plot.set_xlabel("snapshot")
                plot.tick_params(labelbottom=True)
            if i % columns == 0:
                plot.set_ylabel("weight" if what == "weights" else "|gradient|")
        bar = figure.colorbar(heat, ax=list(grid.flat), label="share of the layer's parameters")
        shares = [0.0, 0.01, 0.1, 0.25, 0.5, 1.0]
        bar.set_ticks([math.sqrt(s) for s in shares], labels=[f"{s:.0%}" for s in shares])
        times = [snapshot.time for snapshot in next(iter(layers.values()))]
        return Picture(
            figure,
            f"{what.capitalize()} over time",
            f"Histograms of {', '.join(layers)} at {len(times)} times, {times[0]} to {times[-1]}",
        )


def layer_label(layer: Layer) -> str:
    """A layer's name, and how many of its gradients the picture leaves out because they are 0."""
    zeros = layer.gradients.zero_share
    return plain(layer.name) + (f"  ({zeros:.0%} are 0)" if zeros else "")


def values_of(snapshot: Any, what: str) -> list[float]:
    """The finite weights, or the decades of the gradients that are not 0."""
    if what == "weights":
        return [x for x in snapshot.weights if math.isfinite(x)]
    return [math.log10(abs(x)) for x in snapshot.gradients if x and math.isfinite(x)]


def decades(size: float, largest: float) -> float:
    """log₁₀(size/largest), at least ``LOWEST``."""
    if not size or not largest or not math.isfinite(size / largest):
        return LOWEST if not math.isinf(size) else -LOWEST
    return max(math.log10(size / largest), LOWEST)


def whole_numbers() -> Any:
    """Ticks at whole numbers, not too many."""
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=7, integer=True)
