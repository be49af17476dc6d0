"""custom: a function of one's own with derivatives of one's own."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, overload

from ..primitives.table import Forward, Partials, Primitive, real
from ..value import Value


@overload
def custom(forward: Forward, partials: Partials) -> Primitive: ...
@overload
def custom(*, partials: Partials) -> Callable[[Forward], Primitive]: ...


def custom(forward: Forward | None = None, partials: Partials | None = None) -> Any:
    """An op of one's own, without a name in the table: a function on floats and its derivatives.

    ``forward(*floats) -> float`` may be any Python code: a loop, a solver, a call into
    another library. ``partials(out, *inputs) -> tuple`` returns ∂out/∂inputᵢ for every
    input, None for "nothing flows there". On scalars one rule serves both directions:
    reverse mode multiplies a cotangent with the partials, forward mode a tangent. Write it
    with ``+ - *`` and the functions of ``autograd``, and derivatives of any order follow
    from it; it may be a rule that forward's own graph would not have (a straight-through
    estimator, a reversed gradient, the implicit function theorem).

    As a decorator it takes ``partials`` alone. The result is called like a function, on
    numbers, Values and NumPy arrays. Use ``primitive`` for an op that pictures and pickles
    shall know by name, ``Value.register_hook`` to change a gradient that depends on itself
    (clipping).

    Raises ``TypeError`` if forward or partials are not callable or do not return numbers,
    ``ValueError`` if there are not as many partials as inputs.

    >>> from autograd import Value, grad
    >>> @custom(partials=lambda out, a: (0.5 / out,))
    ... def square_root(a: float) -> float:
    ...     x = max(a, 1.0)
    ...     for _ in range(60):  # Newton's iteration leaves no graph behind
    ...         x = (x + a / x) / 2
    ...     return x
    >>> square_root(9.0), grad(square_root)(9.0), grad(grad(square_root))(4.0)
    (3.0, 0.16666666666666666, -0.03125)

    Rounding has slope 0; a network that is to be trained through it pretends otherwise:

    >>> straight_through = custom(lambda x: float(round(x)), lambda out, x: (1.0,))
    >>> grad(lambda x: straight_through(x) ** 2)(2.7)
    6.0
    """
    if partials is None:
        raise TypeError(
            "custom: give the derivatives too, custom(forward, partials) or @custom(partials=…)"
        )
    if forward is None:
        return functools.partial(CustomPrimitive, partials=partials)
    return CustomPrimitive(forward, partials)


class CustomPrimitive(Primitive):
    """What ``custom`` makes: a primitive that checks what its functions return."""

    __qualname__: str

    def __init__(self, forward: Forward, partials: Partials) -> None:
        if not callable(forward) or not callable(partials):
            wrong = partials if callable(forward) else forward
            raise TypeError(f"custom: forward and partials must be callable, not {wrong!r}")
        name = getattr(forward, "__name__", type(forward).__name__)

        def checked_forward(*inputs: float) -> float:
            return real(forward(*inputs), f"custom: what {name}{inputs!r} returned")

        def checked_partials(out: Any, *inputs: Any) -> tuple[Any, ...]:
            found = partials(out, *inputs)
            if not isinstance(found, tuple) or len(found) != len(inputs):
                raise ValueError(
                    f"custom: the partials of {name} must be a tuple of {len(inputs)}, one for "
                    f"each input, not {found!r}"
                )
            where = f"custom: a partial of {name}"
            return tuple(
                [p if p is None or isinstance(p, Value) else real(p, where) for p in found]
            )

        super().__init__(name, checked_forward, checked_partials)
        functools.update_wrapper(self, forward)

    def __reduce__(self) -> Any:
        return self.__qualname__  # found again where it was defined, as functions are


alias = CustomPrimitive(lambda x: x, lambda out, x: (1.0,))
alias.name = alias.symbol = "alias"
alias.__module__, alias.__qualname__ = __name__, "alias"
alias.__doc__ = "x, as a new node: to be a variable of its own for the length of a call."
