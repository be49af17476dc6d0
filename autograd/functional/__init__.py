"""Transforms of functions: from a function to its gradient, Jacobian, Hessian, and any order.

>>> from autograd import grad, hessian, jvp, sin
>>> grad(sin)(0.0), jvp(sin, (0.0,), (2.0,)), hessian(sin)(0.0)
(1.0, (0.0, 2.0), 0.0)

``transforms`` is what users see. ``recorded`` records a call, ``linear`` reads the recording
as the linear map it is, ``fresh`` gives its slopes as Values for higher orders, and ``rules``
lets users write derivatives of their own.
"""

from __future__ import annotations

from .fresh import StaleGraphError
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
