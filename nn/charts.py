"""Plain charts, for what any task may have to show; ``plots`` has those of training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .plots.figure import COLOURS, STYLES, Picture, new_figure, plain

Curve = tuple[Sequence[float], Sequence[float]]


def bars(
    figures: Mapping[str, float],
    label: str,
    form: str = "{:.1%}",
    errors: Mapping[str, float] | None = None,
    ours: str | None = None,
) -> Picture:
    """A horizontal bar for each name, with its number; ``ours`` is the one in colour."""
    names = list(figures)
    with new_figure(1, 1, (9, 0.45 * len(names) + 0.9)) as (figure, axes):
        for row, name in enumerate(names):
            axes.barh(
                row,
                figures[name],
                xerr=(errors or {}).get(name),
                color=COLOURS[0] if ours in (None, name) else "#9aa5b4",
                ecolor="black",
                capsize=3,
            )
            place = figures[name] + (errors or {}).get(name, 0.0)
            axes.text(max(place, 0.0), row, " " + form.format(figures[name]), va="center")
        axes.set_yticks(range(len(names)), [plain(name) for name in names])
        axes.invert_yaxis()
        axes.margins(x=0.12)
        axes.grid(False, axis="y")
        axes.set_xlabel(label)
        return Picture(
            figure, label, ", ".join(f"{plain(n)} {form.format(x)}" for n, x in figures.items())
        )


def lines(
    curves: Mapping[str, Curve],
    x: str,
    y: str,
    *,
    points: Mapping[str, Curve] | None = None,
    marks: Mapping[str, float] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    size: tuple[float, float] = (9, 3.6),
) -> Picture:
    """Curves by name, points by name, and vertical lines by name; axes may be logarithmic."""
    with new_figure(1, 1, size) as (figure, axes):
        for i, (name, (xs, ys)) in enumerate((points or {}).items()):
            colour = "#5b6675" if len(points or {}) == 1 else COLOURS[i % len(COLOURS)]
            axes.plot(xs, ys, "o", color=colour, markersize=4, alpha=0.8, label=plain(name))
        for i, (name, (xs, ys)) in enumerate(curves.items()):
            style = STYLES[i // len(COLOURS) % len(STYLES)]
            colour = COLOURS[i % len(COLOURS)]
            axes.plot(xs, ys, color=colour, linestyle=style, linewidth=1.4, label=plain(name))
        for name, at in (marks or {}).items():
            axes.axvline(at, color="#5b6675", linestyle=":", linewidth=1.2, label=plain(name))
        if log_x:
            axes.set_xscale("log")
        if log_y:
            axes.set_yscale("log")
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        if len(curves) + len(points or {}) + len(marks or {}) > 1:
            axes.legend(frameon=False)
        return Picture(
            figure, f"{y} against {x}", ", ".join(map(plain, [*curves, *(points or {})]))
        )


def scatter(
    points: Sequence[Sequence[float]],
    classes: Sequence[int],
    names: Sequence[str],
    x: str = "",
    y: str = "",
    crosses: Sequence[Sequence[float]] = (),
) -> Picture:
    """Points of the plane, coloured by class; each class has its name at its median.

    ``crosses`` are marked with a black ×.
    """
    import numpy as np

    plane, labels = np.asarray(points), np.asarray(classes)
    with new_figure(1, 1, (7.2, 5.2)) as (figure, axes):
        markers = "os^Dv"
        for k, name in enumerate(names):
            chosen = plane[labels == k]
            if not len(chosen):
                continue
            colour, marker = COLOURS[k % len(COLOURS)], markers[k // len(COLOURS)]
            axes.scatter(*chosen.T, s=14, color=colour, marker=marker, alpha=0.6, linewidths=0)
            axes.text(
                *np.median(chosen, axis=0),
                plain(name),
                ha="center",
                va="center",
                fontsize=11,
                weight="bold",
                bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": colour, "pad": 1.5},
            )
        for cross in crosses:
            axes.plot(*cross, "x", color="black", markersize=8, markeredgewidth=2)
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        return Picture(figure, "Points of the plane", ", ".join(map(plain, names)))


def heatmap(
    matrix: Sequence[Sequence[float]],
    rows: Sequence[str],
    columns: Sequence[str],
    label: str,
    *,
    signed: bool = False,
    cells: Sequence[Sequence[str]] = (),
    size: tuple[float, float] = (6.5, 4.2),
) -> Picture:
    """A table of numbers as colours; ``signed``: violet above 0, orange below.

    ``cells`` are texts to stand in them.
    """
    import numpy as np

    numbers = np.asarray(matrix, dtype=float)
    bound = max(float(np.abs(numbers).max()), 1e-12)
    style: dict[str, Any] = (
        {"cmap": "PuOr", "vmin": -bound, "vmax": bound} if signed else {"cmap": "Blues"}
    )
    with new_figure(1, 1, size) as (figure, axes):
        image = axes.imshow(numbers, aspect="auto", **style)
        for row, texts in enumerate(cells):
            for column, text in enumerate(texts):
                # Black on light colours, white on dark ones, which are the far ends of the map.
                dark = abs(numbers[row, column]) > 0.65 * bound
                ink = "white" if dark else "black"
                axes.text(column, row, plain(text), ha="center", va="center", color=ink)
        axes.set_xticks(range(len(columns)), [plain(name) for name in columns])
        axes.set_yticks(range(len(rows)), [plain(name) for name in rows])
        if max(map(len, columns), default=0) > 3:
            axes.tick_params(axis="x", rotation=45)
        axes.grid(False)
        figure.colorbar(image, ax=axes, label=label)
        return Picture(figure, label, f"{len(rows)} rows, {len(columns)} columns")


def pictures(
    images: Sequence[Any],
    titles: Sequence[str],
    columns: int = 8,
    *,
    signed: bool = False,
    size: float = 1.12,
) -> Picture:
    """Small pictures (matrices of numbers) in a grid, each with a title above."""
    import numpy as np

    rows = -(-len(images) // columns)
    with new_figure(rows, columns, (size * columns, (size + 0.15) * rows)) as (figure, grid):
        for axes in np.ravel(grid):
            axes.axis("off")
        for axes, image, title in zip(np.ravel(grid), images, titles, strict=False):
            numbers = np.asarray(image, dtype=float)
            if signed:
                bound = max(float(np.abs(numbers).max()), 1e-12)
                axes.imshow(numbers, cmap="PuOr", vmin=-bound, vmax=bound)
            else:
                axes.imshow(numbers, cmap="gray_r", vmin=0, vmax=1)
            axes.set_title(plain(title), fontsize=9)
        return Picture(figure, "Small pictures", "One beside the other")


def boxes(
    images: Sequence[Any],
    titles: Sequence[str],
    corners: Mapping[str, Sequence[tuple[float, float]]],
    side: float,
    columns: int = 8,
) -> Picture:
    """Pictures with squares of one side in them; of each kind, a (row, column) a picture.

    A corner is the upper left pixel that the square holds.
    """
    import numpy as np

    rows = -(-len(images) // columns)
    with new_figure(rows, columns, (1.2 * columns, 1.4 * rows + 0.3)) as (figure, grid):
        for axes in np.ravel(grid):
            axes.axis("off")
        for i, (axes, image, title) in enumerate(zip(np.ravel(grid), images, titles, strict=False)):
            axes.imshow(np.asarray(image, dtype=float), cmap="gray_r", vmin=0, vmax=1)
            axes.set_title(plain(title), fontsize=9)
            for k, places in enumerate(corners.values()):
                top, left = places[i]
                edge = ([0, side, side, 0, 0], [0, 0, side, side, 0])
                axes.plot(
                    [left - 0.5 + x for x in edge[0]],
                    [top - 0.5 + y for y in edge[1]],
                    color=COLOURS[k % len(COLOURS)],
                    linestyle=STYLES[k % len(STYLES)],
                    linewidth=1.8,
                )
        lines = np.ravel(grid)[0].lines
        figure.legend(
            lines, [plain(name) for name in corners], loc="outside lower center", ncols=len(lines)
        )
        return Picture(figure, "Pictures with boxes", ", ".join(map(plain, corners)))
