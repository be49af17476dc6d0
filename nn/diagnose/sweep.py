"""The chain rule from any seed, with the gradients in a dict: the graph itself stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograd import Value

Gradients = dict[int, float]


def gradients_from(seeds: Mapping[Value, float], order: Sequence[Value]) -> Gradients:
    """Σ seed·∂value/∂node for the nodes of a graph, by ``id``; none where nothing flows.

    As ``backward()`` on a graph in topological ``order``, but for hooks, which are not called.

    >>> from autograd import topological_order
    >>> x = Value(3.0)
    >>> y = x * x
    >>> gradients_from({y: 2.0}, topological_order(y))[id(x)], x.grad
    (12.0, 0.0)
    """
    gradients = {id(value): seed for value, seed in seeds.items()}
    for node in reversed(order):
        gradient = gradients.get(id(node))
        if gradient is None:
            continue
        for parent, partial in zip(node.parents, node.partials, strict=True):
            if partial is not None:
                gradients[id(parent)] = gradients.get(id(parent), 0.0) + gradient * partial
    return gradients
