"""Activation functions with their derivatives, as the engine computes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from autograd import Value

from ..activations import ACTIVATIONS
from .figure import COLOURS, Picture, new_figure, plain

Function = Callable[[Value], Value]


def activation_functions(
    functions: Mapping[str, Function] | Sequence[str] | None = None, *, reach: float = 4.0
) -> Picture:
    """Each function (solid) with its slope (dashed), from −reach to reach.

    Args:
        functions: names of ``nn.activations.ACTIVATIONS``, or functions of a Value by name;
            None shows all that layers know.
        reach: how far to go to either side.
    """
    if functions is None:
        functions = ACTIVATIONS
    elif not isinstance(functions, Mapping):
        unknown = [name for name in functions if name not in ACTIVATIONS]
        if unknown:
            raise ValueError(
                f"functions: {unknown[0]!r} is none of {sorted(ACTIVATIONS)}; give a dict of name "
                "to function for others"
            )
        functions = {name: ACTIVATIONS[name] for name in functions}
    if not functions:
        raise ValueError("functions: there must be at least one")
    xs = [reach * (i - 100) / 100 for i in range(201)]
    columns = min(4, len(functions))
    rows = -(-len(functions) // columns)
    options = {"squeeze": False, "sharex": True}
    with new_figure(rows, columns, (2.5 * columns, 2.2 * rows + 0.4), **options) as (figure, grid):
        for axes in list(grid.flat)[len(functions) :]:
            axes.axis("off")
        for axes, (name, function) in zip(grid.flat, functions.items(), strict=False):
            ys, slopes = sampled(function, xs)
            axes.axhline(0.0, color="grey", linewidth=0.6)
            axes.plot(xs, ys, color=COLOURS[0], label="f(x)")
            axes.plot(xs, slopes, color=COLOURS[1], linestyle="--", label="f′(x)")
            axes.set_title(plain(name), loc="left", fontsize=10)
            axes.set_ylim(max(min(*ys, *slopes), -2.0) - 0.15, min(max(*ys, *slopes), 2.5) + 0.15)
        for axes in list(grid.flat)[-columns:]:
            axes.set_xlabel("x")
            axes.tick_params(labelbottom=True)
        figure.legend(*grid.flat[0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
        return Picture(figure, "Activation functions", "With their slopes: " + ", ".join(functions))


def sampled(function: Function, xs: Sequence[float]) -> tuple[list[float], list[float]]:
    """The function's values and slopes, by ``backward()``."""
    values, slopes = [], []
    for number in xs:
        x = Value(number)
        y = function(x)
        y.backward()
        values.append(y.data)
        slopes.append(x.grad)
    return values, slopes
