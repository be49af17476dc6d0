"""gradcheck: is backward right? Held against slopes that are measured.

``slopes`` measures the slope of a function; ``complex_step`` computes it another way;
``blame`` finds the op that is wrong; ``report`` says what was found.

>>> from autograd import check
>>> result = check.gradcheck(lambda x, y: x * y.tanh(), 2.0, 0.5)
>>> result.ok
True
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from .. import value as engine
from ..graph import topological_order
from ..primitives.table import real
from ..value import Value
from .blame import cut_edges, has_hooks, wrong_ops
from .complex_step import NoComplexFormError, complex_slope
from .report import Blame, Comparison, GradcheckResult
from .slopes import EPSILON, Slope, slope

__all__ = ["Blame", "Comparison", "GradcheckResult", "Slope", "gradcheck"]


def gradcheck(
    function: Callable[..., Value],
    *inputs: Any,
    eps: float | None = None,
    atol: float = 0.0,
    rtol: float = 1e-6,
    method: Literal["central", "complex"] = "central",
    raise_exception: bool = True,
) -> GradcheckResult:
    """Compare ``backward()`` of a scalar function with slopes that are measured.

    The slope is (f(x + h) − f(x − h)) / 2h, for smaller and smaller h, extrapolated to
    h = 0. A gradient passes within atol + rtol·|slope| + the slope's own error, which
    shrinks with the gradient: also small gradients are checked. At a kink (relu at 0) every
    slope between those to the left and to the right passes. If a gradient does not pass,
    every op's recorded derivative is held against its forward function, to name the op at
    fault.

    Args:
        function: takes Values as the inputs are, returns a Value. It is called many times.
        inputs: the point: numbers, or (nested) lists and tuples of them.
        eps: the largest h; None for max(1, |x|)/128.
        atol: what a gradient may always be off by.
        rtol: what it may be off by, beside the slope.
        method: "complex" evaluates the graph at x + ih instead, which gives all digits
            (rtol may be 1e-10), as far as every op is analytic; the result notes if not.
        raise_exception: raise ``AssertionError`` with the table if it fails.

    Gradients of other leaves, such as a model's parameters, stay as they are. Raises
    ``ValueError`` if the function gives different results at the same point.

    >>> print(gradcheck(lambda x: x.exp(), 0.0))
    input 0 at 0.0: backward 1, numeric 1 (± 1e-06) ok
    >>> print(gradcheck(lambda x: x.relu(), 0.0))
    input 0 at 0.0: backward 0, kink: slopes 0 | 1 ok, one of those between
    """
    check_options(eps, atol, rtol, method)
    names = [name for name, _ in numbers_in(inputs)]
    point = tuple(real(x, "gradcheck input") for _, x in numbers_in(inputs))
    if not point:
        raise ValueError("gradcheck(function, *inputs): give at least one input")
    with plain_mode():
        first = Run(function, inputs, point)
        comparisons, notes = [], []
        for i, x in enumerate(point):
            at = Shifted(function, inputs, point, i)
            measured = slope(at.value, x, noise=at.noise, step=eps)
            if method == "complex" and measured.kind == "smooth":
                measured, note = refined(first, i, measured)
                notes += [note] if note and note not in notes else []
            comparisons.append(first.compare(i, names[i], measured, atol, rtol))
        for _ in range(2):
            first.check_same(Run(function, inputs, point))
        blame: tuple[Blame, ...] = ()
        if not all(c.ok and c.is_clear for c in comparisons):
            blame = wrong_ops(first.order, rtol)
        result = GradcheckResult(tuple(comparisons), blame, tuple(notes))
        if not blame and any(not c.ok and c.slope.kind != "undefined" for c in comparisons):
            notes += first.other_reasons(function, inputs)
            result = GradcheckResult(tuple(comparisons), blame, tuple(notes))
    if raise_exception and not result.ok:
        raise AssertionError(f"gradcheck: backward and the measured slopes disagree\n{result}")
    return result


class Run:
    """One evaluation of the function: its result, its graph, its gradients."""

    def __init__(self, function: Callable[..., Value], inputs: Any, point: tuple[float, ...]):
        self.point = point
        self.leaves = [Value(x) for x in point]
        self.output = function(*like(inputs, iter(self.leaves)))
        if not isinstance(self.output, Value):
            kind = type(self.output).__name__
            raise TypeError(f"gradcheck: function must return a Value, not {kind}")
        self.order = topological_order(self.output)
        own = set(map(id, self.leaves))
        others = [(n, n.grad) for n in self.order if n.is_leaf and id(n) not in own]
        if self.output.requires_grad:
            self.output.backward()
        self.gradients = [leaf.grad for leaf in self.leaves]
        for other, grad in others:
            other.grad = grad

    def noise(self) -> float:
        """A bound, to first order, of the rounding error of the result: ε·Σ |∂f/∂v · v|.

        Of wide nodes, the terms that they add up count too.
        """
        total = abs(self.output.data)
        for node in self.order:
            if node.grad and not node.is_leaf:
                size = abs(node.data)
                if len(node.parents) > 2:
                    pairs = zip(node.parents, node.partials, strict=True)
                    size += sum(abs(parent.data * (p or 0.0)) for parent, p in pairs)
                total += abs(node.grad) * size
        return 2 * EPSILON * total if math.isfinite(total) else 0.0

    def compare(self, i: int, name: str, measured: Slope, atol: float, rtol: float) -> Comparison:
        """One input's gradient beside its measured slope."""
        sizes = [abs(measured.value), abs(measured.left), abs(measured.right)]
        size = max((s for s in sizes if math.isfinite(s)), default=0.0)
        tolerance = atol + rtol * size + measured.error
        return Comparison(
            i, self.point[i], self.gradients[i], measured.value, tolerance, measured, name
        )

    def check_same(self, other: Run) -> None:
        """``ValueError`` if another run at the same point had another result or gradient."""
        ours = [self.output.data, *self.gradients]
        theirs = [other.output.data, *other.gradients]
        for what, a, b in zip(["", *["the gradient of "] * len(ours)], ours, theirs, strict=False):
            if a != b and not (math.isnan(a) and math.isnan(b)):
                raise ValueError(
                    f"gradcheck: {what}function gave {a!r}, and then {b!r} at the same point: it "
                    "is random (dropout, a random branch) or keeps a state. Fix its seed inside "
                    "the function, or put the model in eval mode"
                )

    def other_reasons(self, function: Callable[..., Value], inputs: Any) -> list[str]:
        """What else than a wrong op can make a gradient wrong, as far as it is found here."""
        reasons = []
        for i, x in enumerate(self.point):
            moved = (*self.point[:i], x + max(1.0, abs(x)) / 1024, *self.point[i + 1 :])
            reasons += cut_edges(self.order, Run(function, inputs, moved).order)
        if has_hooks(self.order):
            reasons.append("hooks may change the gradients of this graph")
        if not reasons:
            reasons.append(
                "each op's own derivative is right: is a part of the function cut off by "
                "detach(), no_grad(), .data or item()?"
            )
        return list(dict.fromkeys(reasons))[:3]


class Shifted:
    """The function of one of the inputs, on floats, and its rounding error there."""

    def __init__(
        self, function: Callable[..., Value], inputs: Any, point: tuple[float, ...], i: int
    ) -> None:
        self.function = function
        self.inputs = inputs
        self.point = point
        self.i = i
        self.noises: dict[float, float] = {}

    def value(self, x: float) -> float:
        """The result with input i at x; nan where the function raises an arithmetic error."""
        moved = (*self.point[: self.i], x, *self.point[self.i + 1 :])
        self.noises[x] = 0.0
        try:
            run = Run(self.function, self.inputs, moved)
        except (ArithmeticError, ValueError):
            return math.nan
        self.noises[x] = run.noise()
        return run.output.data

    def noise(self, x: float) -> float:
        """The rounding error of ``value(x)``, which has been asked for."""
        return self.noises[x]


def refined(run: Run, i: int, measured: Slope) -> tuple[Slope, str]:
    """The slope by the complex step if the graph has it, and a note if not."""
    try:
        value, error = complex_slope(run.order, run.leaves[i])
    except NoComplexFormError as reason:
        return measured, f"central differences, not the complex step: {reason}"
    # The step knows the recorded graph only; differences see what was cut off from it.
    if abs(value - measured.value) > 1e-4 * abs(measured.value) + measured.error:
        return measured, "central differences: the function is not what its graph says"
    return Slope(value, error, "smooth", value, value), ""


@contextmanager
def plain_mode() -> Iterator[None]:
    """Whatever modes are active around: record, and do not stop at nan beside the point."""
    grad_enabled = engine.grad_enabled.set(True)
    inspectors = engine.inspectors.set(())
    try:
        yield
    finally:
        engine.inspectors.reset(inspectors)
        engine.grad_enabled.reset(grad_enabled)


def numbers_in(inputs: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The numbers in nested lists and tuples, in order, with their places: ``1[0]``."""
    for i, item in enumerate(inputs):
        name = f"{path}[{i}]" if path else f"{i}"
        if isinstance(item, (list, tuple)):
            yield from numbers_in(item, name)
        else:
            yield name, item


def like(inputs: Any, leaves: Iterator[Value]) -> list[Any]:
    """The inputs with a Value in place of each number."""
    values: list[Any] = []
    for x in inputs:
        if isinstance(x, (list, tuple)):
            inner = like(x, leaves)
            values.append(tuple(inner) if isinstance(x, tuple) else inner)
        else:
            values.append(next(leaves))
    return values


def check_options(eps: float | None, atol: float, rtol: float, method: str) -> None:
    """``ValueError`` for an option that makes no sense."""
    if eps is not None and not 0.0 < eps < math.inf:
        raise ValueError(f"gradcheck(…, eps): must be > 0 and finite, or None, not {eps!r}")
    for name, tolerance in (("atol", atol), ("rtol", rtol)):
        if not tolerance >= 0.0:
            raise ValueError(f"gradcheck(…, {name}): must be ≥ 0, not {tolerance!r}")
    if method not in ("central", "complex"):
        raise ValueError(f'gradcheck(…, method): must be "central" or "complex", not {method!r}')
