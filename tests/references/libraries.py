"""Values and gradients, in float64, as PyTorch, JAX and our engine compute them."""

from __future__ import annotations

import importlib
import operator
from typing import Any

from autograd import Value

from .cases import Case, points

Row = tuple[float, ...]  # the value, then the slope to each operand

LIBRARIES = ("torch", "jax")


def load(name: str) -> Any:
    """``torch`` or ``jax``, set to 64 bits; ``ImportError`` if it is not installed."""
    library = importlib.import_module(name)
    if name == "jax":
        library.config.update("jax_enable_x64", True)
        library.config.update("jax_platforms", "cpu")
        for part in ("jax.numpy", "jax.nn", "jax.scipy.special"):
            importlib.import_module(part)
    return library


def reference_rows(case: Case, library: Any) -> list[Row]:
    """A library's value and slopes at every point of the case's grid."""
    columns = list(zip(*points(case.arity), strict=True))
    function = case.counterpart(library)
    assert function is not None
    compute = _torch_rows if library.__name__ == "torch" else _jax_rows
    return compute(library, function, columns)


def _torch_rows(torch: Any, function: Any, columns: list[Row]) -> list[Row]:
    xs = [torch.tensor(column, dtype=torch.float64, requires_grad=True) for column in columns]
    y = function(*xs)
    y.backward(torch.ones_like(y))
    grads = [(torch.zeros_like(x) if x.grad is None else x.grad).tolist() for x in xs]
    return list(zip(y.tolist(), *grads, strict=True))


def _jax_rows(jax: Any, function: Any, columns: list[Row]) -> list[Row]:
    xs = [jax.numpy.array(column, dtype="float64") for column in columns]
    y, pull = jax.vjp(function, *xs)
    grads = pull(jax.numpy.ones_like(y))
    return list(zip(y.tolist(), *[grad.tolist() for grad in grads], strict=True))


def our_rows(case: Case) -> list[Row]:
    """The engine's value and slopes at the same points.

    Of a single node, its local derivatives: gradients add up from +0, which hides the sign
    of a slope of −0. No edge counts as a slope of 0.
    """
    rows = []
    for point in points(case.arity):
        xs = [Value(x) for x in point]
        y = case.ours(*xs)
        y.backward()
        slopes = tuple(x.grad for x in xs)
        if len(y.parents) == len(xs) and all(map(operator.is_, y.parents, xs)):
            partials = tuple(0.0 if p is None else p for p in y.partials)
            for slope, partial in zip(slopes, partials, strict=True):
                assert slope == partial or slope != slope, (case.name, point)
            slopes = partials
        rows.append((y.data, *slopes))
    return rows
