"""Optimisers for the whole batch, with a line search: L-BFGS and conjugate gradients.

They compute the loss several times a step, so ``step`` takes a closure that does:

>>> import nn
>>> from autograd import Value
>>> x, y = Value(-1.2), Value(1.0)
>>> optimizer = nn.LBFGS([x, y], max_iter=100, line_search_fn="strong_wolfe")
>>> def closure():
...     optimizer.zero_grad()
...     loss = (1 - x) ** 2 + 100 * (y - x * x) ** 2  # Rosenbrock's valley
...     loss.backward()
...     return loss
>>> first = optimizer.step(closure)
>>> round(x.data, 4), round(y.data, 4)
(1.0, 1.0)

``nn.fit`` makes the closure itself. Leave its ``batch_size`` at None: the gradients of different
batches say nothing about curvature.
"""

from __future__ import annotations

import math
from typing import Any

from autograd import div, dot

from .batch_optimizer import BatchOptimizer, Vector
from .optimizer import Params


class LBFGS(BatchOptimizer):
    """L-BFGS [Liu & Nocedal 1989]: Newton's method, with the curvature seen on the last moves.

    The direction is −H·g. H, which stands for the inverse of the Hessian, comes from the last
    ``history_size`` changes of place, s, and of gradient, y: it is the matrix that maps each
    y to its s and is otherwise close to (s·y)/(y·y) times the identity.

    Args:
        params, lr: as for every optimiser, but one group only. Without a line search, a move
            is lr times the direction.
        max_iter, max_eval: moves, and computations of the loss, in one step (20 and 25).
        tolerance_grad: a step ends where no element of the gradient is larger,
        tolerance_change: or neither the loss nor any parameter changes by more.
        history_size: how many past moves count.
        line_search_fn: None or ``"strong_wolfe"`` (see ``line_search``).
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            max_iter=max_iter,
            max_eval=max_eval,
            tolerance_grad=tolerance_grad,
            tolerance_change=tolerance_change,
            history_size=history_size,
            line_search_fn=line_search_fn,
        )

    def new_memory(self) -> dict[str, Any]:
        return super().new_memory() | {"old_dirs": [], "old_stps": [], "ro": [], "H_diag": 1.0}

    def direction(self, gradient: Vector) -> Vector:
        memory = self.memory
        if memory["n_iter"] == 0:
            return [-g for g in gradient]
        y = [g - before for g, before in zip(gradient, memory["prev_flat_grad"], strict=True)]
        s = [memory["t"] * d for d in memory["d"]]
        ys = dot(y, s)
        if ys > 1e-10:  # else the curvature there is not positive, and H would not be either
            for name, x in (("old_dirs", y), ("old_stps", s), ("ro", 1.0 / ys)):
                memory[name] = [*memory[name], x][-self.param_groups[0]["history_size"] :]
            memory["H_diag"] = ys / dot(y, y)

        # H·g by the two loops, without ever building H: from the last move back, and forth.
        moves = list(zip(memory["old_dirs"], memory["old_stps"], memory["ro"], strict=True))
        q, along = [-g for g in gradient], []
        for y, s, ro in reversed(moves):
            along.append(dot(s, q) * ro)
            q = [qi - along[-1] * yi for qi, yi in zip(q, y, strict=True)]
        r = [memory["H_diag"] * qi for qi in q]
        for (y, s, ro), a in zip(moves, reversed(along), strict=True):
            factor = a - dot(y, r) * ro
            r = [ri + factor * si for ri, si in zip(r, s, strict=True)]
        return r

    def length(self, gradient: Vector, slope: float) -> float:
        lr: float = self.param_groups[0]["lr"]
        return lr if self.memory["n_iter"] else first_length(gradient, lr)

    def _load_state(self, what: str, saved: Any) -> None:
        before = self.memory
        super()._load_state(what, saved)
        counts = {len(saved[name]) for name in ("old_dirs", "old_stps", "ro")}
        widths = {len(row) for name in ("old_dirs", "old_stps") for row in saved[name]}
        if len(counts) > 1 or widths - {len(self.parameters)}:
            self.memory = before
            raise ValueError(f"{what}: old_dirs, old_stps and ro do not fit each other")


class ConjugateGradient(BatchOptimizer):
    """Nonlinear conjugate gradients [Polak & Ribière 1969], with a line search.

    d ← −g + β·d with β = max(0, g·(g − g′)/(g′·g′)), g′ being the gradient before: on a bowl
    Σ(quadratic), no direction undoes the work of those before, and n moves along the exact
    minima would do for n parameters. Where d does not go downhill, it starts afresh from −g.
    (Not in PyTorch; arguments as for ``LBFGS``, lr being the length of the first try.)
    """

    flatness = 0.1  # directions are conjugate only if each line is searched well

    def __init__(
        self,
        params: Params,
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            max_iter=max_iter,
            max_eval=max_eval,
            tolerance_grad=tolerance_grad,
            tolerance_change=tolerance_change,
            line_search_fn="strong_wolfe",
        )

    def direction(self, gradient: Vector) -> Vector:
        before = self.memory["prev_flat_grad"] or gradient
        change = [g - b for g, b in zip(gradient, before, strict=True)]
        beta = max(0.0, dot(gradient, change) / dot(before, before))
        previous = self.memory["d"] or gradient
        direction = [beta * d - g for g, d in zip(gradient, previous, strict=True)]
        return direction if dot(gradient, direction) < 0.0 else [-g for g in gradient]

    def length(self, gradient: Vector, slope: float) -> float:
        # As far down, to first order, as the move before.
        expected: float = div(self.memory["t"] * self.memory["slope"], slope)
        if 0.0 < expected < math.inf:
            return expected
        return first_length(gradient, self.param_groups[0]["lr"])


def first_length(gradient: Vector, lr: float) -> float:
    """A first move that is no longer than lr, all parameters taken together."""
    return lr / max(1.0, sum(map(abs, gradient)))
