"""gradcheck: is backward right? Held against central differences.

>>> from autograd import Value, check
>>> result = check.gradcheck(lambda x, y: x * y.tanh(), 2.0, 0.5)
>>> result.ok
True
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .primitives.table import real
from .value import Value, constant


@dataclass(frozen=True)
class Comparison:
    """One input's gradient: from ``backward()``, and from central differences."""

    index: int
    input: float
    backward: float
    numeric: float
    tolerance: float

    @property
    def ok(self) -> bool:
        if self.backward != self.backward or self.numeric != self.numeric:
            return self.backward != self.backward and self.numeric != self.numeric
        return self.backward == self.numeric or abs(self.backward - self.numeric) <= self.tolerance

    def __str__(self) -> str:
        mark = "ok" if self.ok else "WRONG"
        return (
            f"input {self.index} at {self.input!r}: backward {self.backward:.10g}, "
            f"numeric {self.numeric:.10g} (± {self.tolerance:.1g}) {mark}"
        )


@dataclass(frozen=True)
class GradcheckResult:
    """All comparisons of one check. ``ok`` if each of them is; print it for the table."""

    comparisons: tuple[Comparison, ...]

    @property
    def ok(self) -> bool:
        return all(c.ok for c in self.comparisons)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return "\n".join(map(str, self.comparisons))


def gradcheck(
    function: Callable[..., Value],
    *inputs: float,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    raise_exception: bool = True,
) -> GradcheckResult:
    """Compare ``backward()`` of a scalar function with central differences.

    numeric = (f(x + h) − f(x − h)) / 2h with h = ∛ε·max(1, |x|), the step that balances
    truncation against rounding. It passes within atol + rtol·|numeric| + the rounding error
    of f itself, ε|f|/h.

    Args:
        function: takes as many Values as there are inputs, returns a Value.
        inputs: the point. Keep away from kinks: the two one-sided slopes differ there.
        raise_exception: raise ``AssertionError`` with the table if it fails.

    >>> from autograd import Value
    >>> print(gradcheck(lambda x: x.exp(), 0.0))
    input 0 at 0.0: backward 1, numeric 1 (± 1e-06) ok
    """
    point = [real(x, "gradcheck input") for x in inputs]
    if not point:
        raise ValueError("gradcheck(function, *inputs): give at least one input")
    leaves = [Value(x) for x in point]
    output = function(*leaves)
    if not isinstance(output, Value):
        raise TypeError(f"gradcheck: function must return a Value, not {type(output).__name__}")
    if output.requires_grad:
        output.backward()

    def at(i: int, x: float) -> float:
        shifted = constant(function(*[Value(x if j == i else p) for j, p in enumerate(point)]))
        return shifted.data

    comparisons = []
    for i, x in enumerate(point):
        h = 6.055454452393343e-06 * max(1.0, abs(x))  # the cube root of the float epsilon
        high, low = at(i, x + h), at(i, x - h)
        numeric = (high - low) / ((x + h) - (x - h))
        rounding = 2.0 * 2.220446049250313e-16 * max(abs(high), abs(low)) / h
        tolerance = atol + rtol * abs(numeric) + rounding
        comparisons.append(Comparison(i, x, leaves[i].grad, numeric, tolerance))
    result = GradcheckResult(tuple(comparisons))
    if raise_exception and not result.ok:
        raise AssertionError(f"gradcheck: backward and central differences disagree\n{result}")
    return result
