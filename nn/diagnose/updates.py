"""Update-to-weight ratios: how far the optimiser's next step would move each layer."""

from __future__ import annotations

import math
from collections.abc import Mapping

from autograd import Value

from ..module import Module
from ..optimizer import Optimizer


def update_ratios(
    model: Module, optimizer: Optimizer, gradients: Mapping[str, float] | None = None
) -> dict[str, float]:
    """‖Δw‖/‖w‖ for each layer's parameters, if the optimiser took a step now.

    About 1e-3 is usual; weights that move by a tenth of themselves at each step forget what
    they learned, and at 1e-6 a million steps change little. The step is tried and taken back:
    parameters, gradients and the optimiser's state are as before. Layers are the first two
    parts of the names, so that a bias that is still 0 is seen beside its weights.

    Args:
        model: whose parameters to look at.
        optimizer: one that steps without a closure.
        gradients: of the parameters by name, as ``GradientFlow.gradients``; None takes ``.grad``.

    Raises ``ValueError`` for an optimiser that needs a closure.

    >>> import nn
    >>> model = nn.Linear(1, 1, bias=False)
    >>> [[w]] = model.weight
    >>> w.data, w.grad = 2.0, 1.0
    >>> update_ratios(model, nn.SGD([w], lr=0.25))
    {'weight.0': 0.125}
    """
    if optimizer.needs_closure:
        raise ValueError(
            f"update_ratios(optimizer): {type(optimizer).__name__} computes the loss itself, "
            "several times a step; give one that goes step by step, such as SGD or Adam"
        )
    named = dict(model.named_parameters())
    # By identity, for the optimiser may hold parameters that the model does not have.
    grads = {id(p): p.grad if gradients is None else gradients[n] for n, p in named.items()}
    parameters = list({id(p): p for p in [*optimizer.parameters, *named.values()]}.values())
    before = [(p, p.data, p.grad) for p in parameters]
    state = optimizer.state_dict()
    try:
        for parameter in parameters:
            parameter.grad = grads.get(id(parameter), parameter.grad)
        optimizer.step()
        after = {id(p): p.data for p in parameters}
    finally:
        for parameter, data, grad in before:
            parameter.data, parameter.grad = data, grad
        optimizer.load_state_dict(state)
    groups: dict[str, list[Value]] = {}
    for name, parameter in named.items():
        groups.setdefault(".".join(name.split(".")[:2]), []).append(parameter)
    return {
        name: ratio([after[id(p)] - p.data for p in group], [p.data for p in group])
        for name, group in groups.items()
    }


def ratio(moves: list[float], weights: list[float]) -> float:
    """‖moves‖/‖weights‖; inf where the weights are all 0 and move, 0 where nothing moves."""
    length, size = math.hypot(*moves), math.hypot(*weights)
    if not length:
        return 0.0
    return length / size if size else math.inf
