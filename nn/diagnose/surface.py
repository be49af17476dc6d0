"""The loss around a point: a slice through the space of all parameters, and paths across it.

Random directions are scaled as H. Li et al. do ("Visualizing the loss landscape of neural nets",
NeurIPS 2018): each unit's part is as long as the unit's weights, else a network whose weights
are large would look flat. Paths define the plane in which they vary most (their principal
components, taken about the start of the first, so that the start lies in it).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from autograd import Value, no_grad, paused_gc

from ..checks import positive, whole
from ..init import generator
from ..module import Module
from ..optimizer import Optimizer

Vector = list[float]
LossOf = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Trace:
    """Where an optimiser went: all parameters before each step and after the last, and losses."""

    name: str
    points: tuple[tuple[float, ...], ...]
    losses: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Landscape:
    """``losses[j][i]`` at centre + xs[i]·directions[0] + ys[j]·directions[1].

    ``axes`` say what the directions are. ``traces`` are the paths, ``paths`` the same in the
    plane: a point's nearest (x, y). ``share`` tells how much of the paths' variance the plane
    holds (None without paths): the rest happens where the picture cannot show it.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    losses: tuple[tuple[float, ...], ...]
    axes: tuple[str, str]
    traces: tuple[Trace, ...]
    paths: tuple[tuple[tuple[float, float], ...], ...]
    share: float | None

    def plot(self) -> Any:
        """Contours with the paths side by side, a picture; needs the extra ``[plots]``."""
        from ..plots import loss_landscape

        return loss_landscape(self)

    def __repr__(self) -> str:
        flat = [loss for row in self.losses for loss in row if math.isfinite(loss)]
        size = f"{len(self.xs)}×{len(self.ys)}"
        bounds = f"from {min(flat):.3g} to {max(flat):.3g}" if flat else "nowhere finite"
        return f"<Landscape: {size} losses {bounds}, {len(self.traces)} paths>"


def trace_path(
    model: Module | Sequence[Value],
    loss_of: LossOf,
    optimizer: Optimizer,
    steps: int,
    name: str | None = None,
) -> Trace:
    """Let an optimiser take some steps, write down where it goes, and put the parameters back.

    Args:
        model: the parameters, or the module that has them.
        loss_of: a function without arguments: the loss at the present parameters, a Value.
        optimizer: a fresh one; its state moves on.
        steps: how many, at least 1.
        name: what to call the path; None takes the optimiser's class.

    >>> import nn
    >>> w = Value(1.0)
    >>> trace = trace_path([w], lambda: w * w, nn.SGD([w], lr=0.25), steps=2)
    >>> trace.points, w
    (((1.0,), (0.5,), (0.25,)), Value(1.0))
    """
    parameters = _parameters(model)
    whole("steps", steps, 1)
    start = [(p, p.data, p.grad) for p in parameters]
    points, losses = [tuple(p.data for p in parameters)], []

    def closure() -> Value:
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        return loss  # type: ignore[no-any-return]

    try:
        for _ in range(steps):
            with paused_gc():
                if optimizer.needs_closure:
                    loss = optimizer.step(closure)
                else:
                    loss = closure()
                    optimizer.step()
            assert loss is not None
            losses.append(loss.data)
            points.append(tuple(p.data for p in parameters))
        losses.append(_loss_at(parameters, points[-1], loss_of))
    finally:
        for parameter, data, grad in start:
            parameter.data, parameter.grad = data, grad
    return Trace(name or type(optimizer).__name__, tuple(points), tuple(losses))


def landscape(
    model: Module | Sequence[Value],
    loss_of: LossOf,
    traces: Iterable[Trace] = (),
    *,
    span: float = 1.0,
    resolution: int = 25,
    rng: random.Random | int | None = 0,
) -> Landscape:
    """The loss over a plane through the present parameters; through ``traces``, if there are any.

    With two parameters, the plane is all there is, and its axes are the parameters. Else it is
    the plane in which the traces vary most, or two random directions, each unit's part as long
    as its weights.

    Args:
        model: the parameters, or the module that has them; they are put back.
        loss_of: a function without arguments: the loss at the present parameters.
        traces: paths to show, as ``trace_path`` returns.
        span: how far to go to either side, in directions; with traces, in the paths' extent
            beyond their ends (1 leaves a margin of a fifth).
        resolution: points along each axis, at least 3.
        rng: for random directions.

    >>> a, b = Value(1.0, label="a"), Value(2.0, label="b")
    >>> plane = landscape([a, b], lambda: a * a + b, resolution=3)
    >>> plane.axes, plane.xs, plane.losses[0]
    (('a', 'b'), (0.0, 1.0, 2.0), (1.0, 2.0, 5.0))
    """
    parameters, traces = _parameters(model), tuple(traces)
    positive("span", span)
    whole("resolution", resolution, 3)
    for trace in traces:
        if len(trace.points[0]) != len(parameters):
            raise ValueError(
                f"landscape(traces): {trace.name!r} has {len(trace.points[0])} parameters, the "
                f"model {len(parameters)}; trace the same model"
            )
    here = [p.data for p in parameters]
    cloud = [list(point) for trace in traces for point in trace.points]
    share: float | None = None
    if len(parameters) == 2:
        centre, axes, directions = [0.0, 0.0], _names(model, parameters), [[1.0, 0.0], [0.0, 1.0]]
        share = 1.0 if traces else None
    elif traces:
        centre, directions, share = _principal(cloud)  # through the start: its loss is exact
        axes = ("first principal direction", "second principal direction")
    else:
        rng = generator(rng)
        centre, axes = here, ("first random direction", "second random direction")
        directions = [_random_direction(model, parameters, rng) for _ in range(2)]
    project = _projection(centre, directions)
    paths = tuple(tuple(project(list(point)) for point in trace.points) for trace in traces)
    xs, ys = _ranges(paths, project(here), span, resolution)
    try:
        losses = tuple(
            tuple(
                _loss_at(parameters, _at(centre, directions, x, y), loss_of) for x in xs
            )
            for y in ys
        )  # fmt: skip
    finally:
        for parameter, data in zip(parameters, here, strict=True):
            parameter.data = data
    return Landscape(xs, ys, losses, axes, traces, paths, share)


def _parameters(model: Module | Sequence[Value]) -> list[Value]:
    parameters = model.parameters() if isinstance(model, Module) else list(model)
    if len(parameters) < 1 or not all(isinstance(p, Value) for p in parameters):
        raise TypeError(f"model must be a Module with parameters, or Values, not {model!r}")
    return parameters


def _names(model: Any, parameters: list[Value]) -> tuple[str, str]:
    if isinstance(model, Module):
        names = [name for name, _ in model.named_parameters()]
    else:
        names = [p.label or f"parameter {i}" for i, p in enumerate(parameters)]
    return names[0], names[1]


def _loss_at(parameters: list[Value], point: Sequence[float], loss_of: LossOf) -> float:
    for parameter, data in zip(parameters, point, strict=True):
        parameter.data = data
    with no_grad(), paused_gc():
        loss = loss_of()
    return loss.data if isinstance(loss, Value) else float(loss)


def _at(centre: Vector, directions: list[Vector], x: float, y: float) -> Vector:
    return [c + x * u + y * v for c, u, v in zip(centre, *directions, strict=True)]


def _projection(
    centre: Vector, directions: list[Vector]
) -> Callable[[Vector], tuple[float, float]]:
    """The least-squares coordinates of a point in the plane; the directions may be oblique."""
    u, v = directions
    uu, uv, vv = _dot(u, u), _dot(u, v), _dot(v, v)
    determinant = uu * vv - uv * uv

    def project(point: Vector) -> tuple[float, float]:
        offset = [p - c for p, c in zip(point, centre, strict=True)]
        pu, pv = _dot(offset, u), _dot(offset, v)
        if determinant <= 1e-12 * uu * vv:  # a line: all paths lie on it
            return (pu / uu if uu else 0.0), 0.0
        return (pu * vv - pv * uv) / determinant, (pv * uu - pu * uv) / determinant

    return project


def _dot(a: Vector, b: Vector) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def _ranges(
    paths: Sequence[Sequence[tuple[float, float]]],
    here: tuple[float, float],
    span: float,
    resolution: int,
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The grid: around the paths with a margin, or ``span`` to either side of the point."""
    points = [point for path in paths for point in path]
    axes = []
    for axis in range(2):
        if points:
            low, high = min(p[axis] for p in points), max(p[axis] for p in points)
            wide = max(max(p[i] for p in points) - min(p[i] for p in points) for i in range(2))
            extra = 0.2 * span * max(high - low, 0.25 * wide, 1e-6)
            low, high = low - extra, high + extra
        else:
            low, high = here[axis] - span, here[axis] + span
        step = (high - low) / (resolution - 1)
        axes.append(tuple(low + step * i for i in range(resolution)))
    return axes[0], axes[1]


def _principal(cloud: list[Vector]) -> tuple[Vector, list[Vector], float]:
    """The first of some points, the two directions in which they vary most from it, their share."""
    import numpy as np

    points = np.array(cloud)
    centre = points[0]
    _, sizes, found = np.linalg.svd(points - centre, full_matrices=False)
    rows = [*found, np.zeros(points.shape[1])][:2]
    for row in rows:  # svd leaves the sign open: the largest entry is positive
        row *= 1.0 if row[np.abs(row).argmax()] >= 0 else -1.0
    total = float((sizes**2).sum())
    share = float((sizes[:2] ** 2).sum()) / total if total else 1.0
    return centre.tolist(), [row.tolist() for row in rows], share


def _random_direction(model: Any, parameters: list[Value], rng: random.Random) -> Vector:
    """A random direction, each unit's part as long as the unit's weights."""
    if isinstance(model, Module):
        names = [_unit(name) for name, _ in model.named_parameters()]
    else:
        names = ["all"] * len(parameters)
    units: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        units.setdefault(name, []).append(i)
    direction = [rng.gauss(0.0, 1.0) for _ in parameters]
    for places in units.values():
        length = math.hypot(*[direction[i] for i in places])
        size = math.hypot(*[parameters[i].data for i in places])
        for i in places:
            direction[i] *= size / length
    return direction


def _unit(name: str) -> str:
    """The unit that a parameter belongs to: its name without the last index."""
    head, _, last = name.rpartition(".")
    return head if last.isdecimal() else name
