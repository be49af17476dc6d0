"""BatchOptimizer: what L-BFGS and conjugate gradients share."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from autograd import Value, dot

from .checks import not_negative, one_of, same_names, whole
from .line_search import Point, strong_wolfe
from .optimizer import Optimizer, Params

Vector = list[float]
Closure = Callable[[], Value]

# What a memory holds, by how deep its lists are: numbers, vectors, lists of vectors.
DEPTHS = {"func_evals": 0, "n_iter": 0, "t": 0, "slope": 0, "H_diag": 0, "ro": 1}
DEPTHS |= {"d": 1, "prev_flat_grad": 1, "old_dirs": 2, "old_stps": 2}


class BatchOptimizer(Optimizer):
    """What the two share: one group, a memory in place of states per parameter, the moves.

    A subclass says how a direction follows from the gradient and the memory, and how far to
    go along it, at first or for good.
    """

    needs_closure = True
    flatness: ClassVar[float] = 0.9  # c₂ of the line search

    def __init__(self, params: Params, **options: Any) -> None:
        super().__init__(params, **options)
        self.memory = self.new_memory()

    def new_memory(self) -> dict[str, Any]:
        """What is remembered from step to step, before the first; PyTorch's names."""
        memory: dict[str, Any] = {"func_evals": 0, "n_iter": 0, "t": 0.0, "slope": 0.0}
        return memory | {"d": [], "prev_flat_grad": []}

    def direction(self, gradient: Vector) -> Vector:
        """Where to go from here."""
        raise NotImplementedError

    def length(self, gradient: Vector, slope: float) -> float:
        """How many directions to go, or to try first if a line search follows."""
        raise NotImplementedError

    def step(self, closure: Closure | None = None) -> Value:
        """Up to ``max_iter`` moves; the loss before the first comes back.

        ``closure`` zeroes the gradients, computes the loss, calls ``backward()`` and returns
        the loss. ``FloatingPointError`` if the loss or the gradient is not finite at the start.
        """
        if closure is None:
            raise TypeError(
                f"{type(self).__name__}.step needs a closure that zeroes the gradients, computes "
                "the loss, calls backward() and returns the loss"
            )
        group, memory = self.param_groups[0], self.memory
        loss, here = self._evaluate(closure)
        if not all(map(math.isfinite, [here.value, *here.gradient])):
            raise FloatingPointError(
                f"{type(self).__name__}: the loss is {here.value!r}, or its gradient is not "
                "finite; autograd.detect_anomaly() names the op that went wrong"
            )
        group["steps"] += 1
        memory["func_evals"] += 1
        evaluations = 1
        for iteration in range(1, group["max_iter"] + 1):
            if longest(here.gradient) <= group["tolerance_grad"]:
                break
            direction = self.direction(here.gradient)
            slope = dot(here.gradient, direction)
            t = self.length(here.gradient, slope)
            memory["n_iter"] += 1
            memory.update(t=t, slope=slope, d=direction, prev_flat_grad=here.gradient)
            if slope > -group["tolerance_change"]:
                break
            before = here._replace(t=0.0, slope=slope)
            if group["line_search_fn"] is not None:
                budget = group["max_eval"] - evaluations
                here, count = self._search(closure, before, t, budget)
                memory["t"] = here.t
            else:
                self._place([p.data for p in self.parameters], t)
                if iteration == group["max_iter"]:
                    break  # the next step computes the loss there
                (_, here), count = self._evaluate(closure), 1
            evaluations += count
            memory["func_evals"] += count
            if (
                evaluations >= group["max_eval"]
                or memory["t"] * longest(direction) <= group["tolerance_change"]
                or abs(here.value - before.value) < group["tolerance_change"]
            ):
                break
        return loss

    def _search(self, closure: Closure, start: Point, t: float, budget: int) -> tuple[Point, int]:
        """Move to a good place along the direction; how often the loss was computed."""
        places, direction = [p.data for p in self.parameters], self.memory["d"]

        def evaluate(t: float) -> Point:
            self._place(places, t)
            _, point = self._evaluate(closure)
            return point._replace(t=t, slope=dot(point.gradient, direction))

        smallest = self.param_groups[0]["tolerance_change"] / longest(direction)
        found, count = strong_wolfe(
            evaluate, start, t, c2=self.flatness, smallest=smallest, max_evaluations=budget
        )
        self._place(places, found.t)
        return found, count

    def _place(self, places: Vector, t: float) -> None:
        for parameter, x, d in zip(self.parameters, places, self.memory["d"], strict=True):
            parameter.data = x + t * d

    def _evaluate(self, closure: Closure) -> tuple[Value, Point]:
        loss = closure()
        if not isinstance(loss, Value):
            raise TypeError(
                f"{type(self).__name__}: closure must return the loss, a Value, not {loss!r}"
            )
        return loss, Point(0.0, loss.data, 0.0, [p.grad for p in self.parameters])

    def check(self, options: dict[str, Any]) -> dict[str, Any]:
        checked, name = super().check(options), type(self).__name__
        if checked["maximize"]:
            raise ValueError(f"{name}: maximize is not possible here; negate the loss")
        if checked["max_eval"] is None:
            checked["max_eval"] = max(1, whole(f"{name}: max_iter", checked["max_iter"]) * 5 // 4)
        for option in ("max_iter", "max_eval", "history_size"):
            whole(f"{name}: {option}", checked.get(option, 1), least=1)
        for option in ("tolerance_grad", "tolerance_change"):
            not_negative(f"{name}: {option}", checked[option])
        one_of(f"{name}: line_search_fn", checked["line_search_fn"], [None, "strong_wolfe"])
        return checked

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        if self.param_groups:
            raise ValueError(f"{type(self).__name__}: there can be one group of parameters only")
        super().add_param_group(param_group)

    def _saved_state(self) -> dict[str, Any]:
        return {name: copied(x) for name, x in self.memory.items()}

    def _load_state(self, what: str, saved: Any) -> None:
        same_names(what, saved, self.memory)
        for name, x in saved.items():
            _check_depth(f"{what}[{name!r}]", x, DEPTHS[name])
        n = len(self.parameters)
        for name in ("d", "prev_flat_grad"):
            if len(saved[name]) not in (0, n):
                raise ValueError(f"{what}[{name!r}]: {len(saved[name])} numbers for {n} parameters")
        self.memory = {name: copied(x) for name, x in saved.items()}


def longest(vector: Vector) -> float:
    """max |xᵢ|."""
    return max(map(abs, vector))


def copied(x: Any) -> Any:
    """Numbers, vectors and lists of vectors, anew."""
    return [copied(element) for element in x] if isinstance(x, list) else x


def _check_depth(name: str, x: Any, depth: int) -> None:
    if depth == 0:
        if isinstance(x, bool) or not isinstance(x, (int, float)):
            raise TypeError(f"{name} must be a number, not {x!r}")
    elif not isinstance(x, list):
        raise TypeError(f"{name} must be a list, not {x!r}")
    else:
        for i, element in enumerate(x):
            _check_depth(f"{name}[{i}]", element, depth - 1)
