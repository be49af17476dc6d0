"""Transforms of functions: from a function to its gradient, Jacobian, Hessian, and any order.

>>> from autograd import grad, hessian, jvp, sin
>>> grad(sin)(0.0), jvp(sin, (0.0,), (2.0,)), hessian(sin)(0.0)
(1.0, (0.0, 2.0), 0.0)

``linear`` reads a recorded graph as the linear map it is, ``recorded`` records a call,
``transforms`` is what users see, ``rules`` lets them write derivatives of their own.
"""

from __future__ import annotations

from .linear import StaleGraphError
from .rules import custom
from .transforms import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

__all__ = [
    "StaleGraphError",
    "custom",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "value_and_grad",
    "vjp",
]
