"""Gradient flow: signals and gradients, layer by layer and time step by time step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autograd import Scope, Value, membership, paused_gc, scope_of, topological_order

from ..module import Module
from .distribution import Distribution
from .sweep import Gradients, gradients_from
from .through_time import Steps, step_number, through_time
from .units import Units, units_of


@dataclass(frozen=True, slots=True)
class Layer:
    """What one layer put out in all its calls, and ∂loss/∂(what it put out).

    ``steps`` is of recurrent layers: the same per time step.
    """

    name: str
    calls: int
    signals: Distribution
    gradients: Distribution
    units: Units
    steps: Steps


@dataclass(frozen=True, slots=True)
class Group:
    """The parameters of one layer: their numbers, their gradients, how many the loss misses."""

    name: str
    weights: Distribution
    gradients: Distribution
    unreached: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GradientFlow:
    """All layers, in the order in which data went through them, and all groups of parameters.

    ``print`` it for a table.
    """

    loss: float
    layers: tuple[Layer, ...]
    groups: tuple[Group, ...]
    gradients: dict[str, float]  # of each parameter, by name

    @property
    def has_steps(self) -> bool:
        """Whether there are layers with time steps."""
        return any(layer.steps.numbers for layer in self.layers)

    def __str__(self) -> str:
        rows = [["layer", "calls", "signal", "gradient", "off", "saturated"]]
        for layer in self.layers:
            units = layer.units
            rows.append(
                [
                    layer.name,
                    f"{layer.calls:,}",
                    f"{layer.signals.rms:.2e}",
                    f"{layer.gradients.rms:.2e}",
                    f"{units.off:.0%}" if units.rectified else "",
                    f"{units.saturated:.0%}" if units.squashed else "",
                ]
            )
        rows += [[], ["parameters", "number", "weight", "gradient"]]
        for group in self.groups:
            sizes = f"{group.weights.rms:.2e}", f"{group.gradients.rms:.2e}"
            rows.append([group.name, f"{group.weights.count:,}", *sizes])
        return "\n".join([*table(rows), "(signals, weights and gradients: root mean squares)"])


def gradient_flow(loss: Value, model: Module) -> GradientFlow:
    """Signals and gradients of ``model``'s layers in the graph of ``loss``.

    A layer is what was called by one path of modules (``layers.0``; ``l0`` of an ``LSTM``);
    its signals are the numbers that these calls returned, over all samples and time steps, its
    gradients ∂loss/∂signal. They are computed here: no ``backward()`` is needed, and ``.grad``
    stays as it is. It is the engine's own pass: hooks are called and have their say (once for the
    loss, and once for each layer with time steps), and checkpoints are run again. What is within
    a checkpoint is not kept, so the layers called there are not among those listed; their
    parameters are.

    Args:
        loss: computed by calls of the model, over one sample or many: the more, the surer.
        model: whose parameters to look at.

    Raises ``TypeError`` for what is no Value or Module.

    >>> import nn
    >>> model = nn.MLP(2, [3, 1], activation="tanh", rng=0)
    >>> loss = nn.mse_loss([model(x) for x in [[1.0, 2.0], [0.5, -1.0]]], [1.0, 0.0])
    >>> flow = gradient_flow(loss, model)
    >>> [(layer.name, layer.calls, layer.signals.count) for layer in flow.layers]
    [('layers.0', 2, 6), ('layers.1', 2, 2)]
    """
    if not isinstance(loss, Value):
        raise TypeError(f"gradient_flow(loss): must be a Value, not {type(loss).__name__}")
    if not isinstance(model, Module):
        raise TypeError(f"gradient_flow(model): must be a Module, not {type(model).__name__}")
    with paused_gc():
        order = topological_order(loss)
        gradients = gradients_from({loss: 1.0}, order)
        homes = membership(loss)
        names = {id(value): name for name, value in model.named_parameters()}
        inside = members(homes)
        outputs = {name: returned(nodes) for name, nodes in inside.items()}
        layers = tuple(
            Layer(
                name,
                len({id(scope_of(value)) for value in outputs[name]}),
                Distribution.of(value.data for value in outputs[name]),
                Distribution.of(gradients.get(id(value), 0.0) for value in outputs[name]),
                units_of(nodes, names, gradients),
                through_time(outputs[name], order, gradients),
            )
            for name, nodes in inside.items()
            if outputs[name]
        )
    reached = set(map(id, order))
    return GradientFlow(
        loss.data,
        layers,
        tuple(groups_of(model.named_parameters(), gradients, reached)),
        {name: gradients.get(id(value), 0.0) for name, value in model.named_parameters()},
    )


def members(homes: Mapping[Value, Scope | None]) -> dict[str, list[Value]]:
    """The nodes that each layer computed, by the layer's name, in forward order."""
    scopes = {id(scope): scope for scope in homes.values() if scope is not None}
    names = layer_names(scopes)
    found: dict[str, list[Value]] = {}
    for node, scope in homes.items():
        if scope is not None:
            found.setdefault(names[id(scope)], []).append(node)
    return found


def layer_names(scopes: Mapping[int, Scope]) -> dict[int, str]:
    """A layer's name for each scope: its path without time steps, and without a common root."""
    paths: dict[int, list[str]] = {}
    for key, scope in scopes.items():
        path = [name for name in scope.path if step_number(name) is None]
        paths[key] = path or [type(scope.source).__name__]  # a cell that was unrolled by itself
    if len({path[0] for path in paths.values()}) == 1:
        return {key: ".".join(path[1:] or path) for key, path in paths.items()}
    return {key: ".".join(path) for key, path in paths.items()}


def returned(nodes: Iterable[Value]) -> list[Value]:
    """Those of some nodes that a call returned."""
    return [node for node in nodes if scope_of(node) is not None]


def groups_of(
    named: Iterable[tuple[str, Value]], gradients: Gradients, reached: set[int]
) -> Iterable[Group]:
    """The parameters by layer: the first two parts of their names, as in ``fit``'s history."""
    groups: dict[str, list[tuple[str, Value]]] = {}
    for name, value in named:
        groups.setdefault(".".join(name.split(".")[:2]), []).append((name, value))
    for group, pairs in groups.items():
        yield Group(
            group,
            Distribution.of(value.data for _, value in pairs),
            Distribution.of(gradients.get(id(value), 0.0) for _, value in pairs),
            tuple(name for name, value in pairs if id(value) not in reached),
        )


def table(rows: list[list[str]]) -> list[str]:
    """Rows as lines: the first column to the left, numbers to the right."""
    columns = range(max(map(len, rows)))
    wide = [max((len(row[i]) for row in rows if len(row) > i), default=0) for i in columns]
    lines = []
    for row in rows:
        cells = [text.rjust(n) for text, n in zip(row[1:], wide[1:], strict=False)]
        lines.append("  ".join([row[0].ljust(wide[0]), *cells]).rstrip() if row else "")
    return lines
