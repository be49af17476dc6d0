"""The gradient of Values with respect to Values: the second form of ``grad``."""

from __future__ import annotations

from typing import Any

from ..primitives.origin import CONSTANT
from ..value import Value, constant
from .linear import Linear, recording
from .recorded import finished
from .structures import flatten, matching, rebuild


def gradient_of_values(
    outputs: Any, inputs: Any, grad_outputs: Any, create_graph: bool, allow_unused: bool
) -> Any:
    """Σ ∂outputᵢ/∂input for every input, in the form of the inputs; see ``grad``."""
    roots = _values(outputs, "outputs")
    variables = _values(inputs, "inputs")
    for name, x in variables:
        if not x.requires_grad:
            raise RuntimeError(
                f"grad(outputs, inputs): {name} is a constant (made under no_grad() or by "
                "detach()): nothing depends on it"
            )
    seeds: list[Any] = [1.0] * len(roots)
    if grad_outputs is not None:
        seeds = matching(grad_outputs, outputs, "grad(…): grad_outputs", "outputs")
    values = [x for _, x in variables]
    linear = Linear([x for _, x in roots], values, stop=len(values) == 1)
    if create_graph:
        with recording():
            found = linear.pull([constant(x) for x in seeds], on_values=True)
    else:
        seeds = [x.data if isinstance(x, Value) else x for x in seeds]
        found = linear.pull(seeds, on_values=False)
    for (name, x), gradient in zip(variables, found, strict=True):
        if gradient is None and not allow_unused:
            constants = all(root.primitive is CONSTANT for _, root in roots)
            reason = "are constants" if constants else f"do not depend on {name} ({x!r})"
            raise RuntimeError(
                f"grad(outputs, inputs): the outputs {reason}; with allow_unused=True its "
                "gradient is None"
            )
    return rebuild(inputs, [x if x is None else finished(x, create_graph) for x in found])


def _values(structure: Any, name: str) -> list[tuple[str, Value]]:
    items = flatten(structure, name)
    for path, x in items:
        if not isinstance(x, Value):
            raise TypeError(
                f"grad(outputs, inputs): {path} must be a Value, not {type(x).__name__} ({x!r}); "
                "for a function, grad(fun)(x)"
            )
    return items
