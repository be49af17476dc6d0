"""The chain rule from any seed: the engine's own pass, after which the graph is as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograd import Value, dot, enable_grad

Gradients = dict[int, float]


def gradients_from(seeds: Mapping[Value, float], order: Sequence[Value]) -> Gradients:
    """Σ seed·∂value/∂node for the nodes of a graph in topological ``order``, by ``id``.

    What ``backward()`` computes, hooks and checkpoints included, since what they do to a gradient
    is what an optimiser sees; but every ``grad`` is as before afterwards.

    >>> from autograd import topological_order
    >>> x = Value(3.0)
    >>> y = x * x
    >>> gradients_from({y: 2.0}, topological_order(y))[id(x)], x.grad
    (12.0, 0.0)
    """
    values = [value for value in seeds if value.requires_grad]
    if not values:  # constants: nothing flows back
        return {id(value): seed for value, seed in seeds.items()}
    kept = [node.grad for node in order]
    try:
        for node in order:
            node.grad = 0.0
        if len(values) == 1:
            values[0].backward(seeds[values[0]])
        else:
            with enable_grad():
                dot(values, [seeds[value] for value in values]).backward()
        return {id(node): node.grad for node in order}
    finally:
        for node, grad in zip(order, kept, strict=True):
            node.grad = grad
