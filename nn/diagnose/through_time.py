"""Gradients through time: how much of what reaches the last state gets back to earlier ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograd import Scope, Value, scope_of

from .distribution import Distribution
from .sweep import Gradients, gradients_from


@dataclass(frozen=True, slots=True)
class Steps:
    """One recurrent layer, step by step; ``numbers`` are the steps in the order they ran.

    ``gradients`` are ∂loss/∂(state after the step). Where every step has a loss of its own, they
    hide how far the gradient comes: so ``carried`` is the norm of that part alone which went
    through the **last** step's state. It falls where the layer forgets.
    """

    numbers: tuple[int, ...] = ()
    signals: tuple[Distribution, ...] = ()
    gradients: tuple[Distribution, ...] = ()
    carried: tuple[float, ...] = ()

    @property
    def change(self) -> float:
        """By how much the carried gradient grows from the last step back to the first.

        1 where there is nothing to compare.
        """
        if len(self.carried) < 2 or not self.carried[-1]:
            return 1.0
        return self.carried[0] / self.carried[-1]


def through_time(outputs: Sequence[Value], order: Sequence[Value], gradients: Gradients) -> Steps:
    """The steps of a layer, given what it returned; none if it has no time steps.

    Several sequences are put together, step by step.
    """
    by_step: dict[int, list[Value]] = {}
    for value in outputs:
        step = time_step(scope_of(value))
        if step is not None:
            by_step.setdefault(step, []).append(value)
    if not by_step:
        return Steps()
    # `outputs` are in topological order, so the step that ran last ends last.
    end = time_step(scope_of(outputs[-1]))
    numbers = sorted(by_step, reverse=end == min(by_step))
    last = {value: gradients.get(id(value), 0.0) for value in by_step[numbers[-1]]}
    carried = gradients_from(last, order)
    return Steps(
        tuple(numbers),
        tuple(Distribution.of(value.data for value in by_step[t]) for t in numbers),
        tuple(Distribution.of(gradients.get(id(v), 0.0) for v in by_step[t]) for t in numbers),
        tuple(Distribution.of(carried.get(id(v), 0.0) for v in by_step[t]).norm for t in numbers),
    )


def time_step(scope: Scope | None) -> int | None:
    """The time step that a call belongs to, or None: the innermost scope "t=…" around it."""
    while scope is not None:
        number = step_number(scope.name)
        if number is not None:
            return number
        scope = scope.outer
    return None


def step_number(name: str) -> int | None:
    """The time step that a scope's name says ("t=3"), or None."""
    digits = name.removeprefix("t=")
    return int(digits) if digits != name and digits.isdecimal() else None
