"""A checkup: gradient flow, the next step, and the verdicts, from one loss."""

from __future__ import annotations

from typing import Any

from autograd import Value, Why, why

from ..module import Module
from ..optimizer import Optimizer
from .flow import GradientFlow, gradient_flow, table
from .updates import update_ratios
from .verdicts import Verdict, judge


class Checkup:
    """What was found: ``verdicts`` (empty for a healthy network), and the data behind them."""

    def __init__(
        self,
        loss: Value,
        model: Module,
        flow: GradientFlow,
        updates: dict[str, float],
        verdicts: list[Verdict],
    ) -> None:
        self.flow = flow
        self.updates = updates
        self.verdicts = verdicts
        self._loss = loss
        self._model = model

    @property
    def healthy(self) -> bool:
        """Whether no illness was found."""
        return not self.verdicts

    def why(self, parameter: str | Value | None = None, most: int = 5) -> Why:
        """The paths that contribute most to a parameter's gradient (see ``autograd.why``).

        Args:
            parameter: its name, or itself; None is the one with the largest |gradient|.
            most: how many paths.
        """
        if parameter is None:
            sizes = self.flow.gradients
            parameter = max(sizes, key=lambda name: abs(sizes[name]))
        if isinstance(parameter, str):
            named = dict(self._model.named_parameters())
            if parameter not in named:
                some = ", ".join(list(named)[:3])
                raise KeyError(f"why(parameter): no {parameter!r}; there are {some} …")
            parameter = named[parameter]
        return why(self._loss, parameter, most=most, names=self._model)

    def plot(self) -> Any:
        """Gradient sizes over layers and time steps, a picture; needs the extra ``[plots]``."""
        from ..plots import gradient_flow_map

        return gradient_flow_map({"": self.flow})

    def __str__(self) -> str:
        lines = [str(self.flow)]
        if self.updates:
            rows = [["the next step moves", "‖Δw‖/‖w‖"]]
            rows += [[name, f"{size:.1e}"] for name, size in self.updates.items()]
            lines += ["", *table(rows)]
        lines += [""]
        lines += [f"✗ {verdict}" for verdict in self.verdicts] or ["✓ healthy: no illness found"]
        return "\n".join(lines)

    def __repr__(self) -> str:
        found = ", ".join(f"{v.illness} ({v.where})" for v in self.verdicts) or "healthy"
        return f"<Checkup: {found}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self)}


def checkup(loss: Value, model: Module, optimizer: Optimizer | None = None) -> Checkup:
    """Look a network over: where its gradients vanish, explode or stop, and what usually helps.

    Nothing is changed: gradients are computed beside ``.grad``, and the optimiser's step is
    tried and taken back. Hooks and checkpoints do what they do in ``backward()``
    (``gradient_flow``).

    Args:
        loss: of the model, over a batch of ten samples or more (fewer say nothing about units
            that never switch on).
        model: whose layers and parameters to look at.
        optimizer: adds how far its next step would move each layer.

    Raises ``TypeError`` for what is no Value or Module.

    >>> import nn
    >>> model = nn.MLP(2, [8, 1], rng=0)
    >>> model.layers[0].neurons[0].b.data = -1000.0  # one unit dies
    >>> X, y = nn.make_moons(20, rng=0)
    >>> found = checkup(nn.mse_loss(model.on_batch(X), y), model)
    >>> found, found.flow.layers[0].units.dead
    (<Checkup: healthy>, 1)
    >>> for neuron in model.layers[0].neurons:
    ...     neuron.b.data = -1000.0
    >>> checkup(nn.mse_loss(model.on_batch(X), y), model).verdicts[0].evidence
    '8 of 8 units are off in all 20 calls, and get no gradient'
    """
    flow = gradient_flow(loss, model)
    updates = update_ratios(model, optimizer, flow.gradients) if optimizer is not None else {}
    return Checkup(loss, model, flow, updates, judge(flow, updates))
