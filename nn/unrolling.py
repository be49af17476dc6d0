"""Unrolling a cell over time, and truncated backpropagation through time.

Backpropagation through time is nothing but the chain rule on the unrolled graph: call the cell
once per step, hand the state on, then call ``backward()``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograd import Value, scoped
from autograd import sum as total  # type: ignore[attr-defined]  # (public, not in __all__)

from ._shapes import at_least
from .module import Module


def unroll(
    cell: Callable[[Any, Any], Any],
    xs: Sequence[Any],
    h0: Any = None,
    *,
    reverse: bool = False,
    start: int = 0,
) -> list[Any]:
    """The state after each step: hₜ = cell(xₜ, hₜ₋₁), for every x of a sequence.

    Each step is a scope, ``t=0``, ``t=1`` …, a cluster of its own in pictures.

    Args:
        cell: a cell, or any function of an input and a state that returns the next state.
        xs: the sequence.
        h0: the state before the first step; None leaves it to the cell (zeros).
        reverse: read from the last x to the first; states still come in the order of xs.
        start: what the first step is called.

    >>> running_sum = unroll(lambda x, h: h + x, [Value(1.0), Value(2.0), Value(3.0)], 0.0)
    >>> running_sum
    [Value(1.0), Value(3.0), Value(6.0)]
    """
    step = cell.forward if isinstance(cell, Module) else cell  # the step is the scope
    states: list[Any] = []
    state = h0
    for t in reversed(range(len(xs))) if reverse else range(len(xs)):
        state = scoped(f"t={start + t}", step, xs[t], state, source=cell)
        states.append(state)
    return states[::-1] if reverse else states


def tbptt(
    cell: Callable[[Any, Any], Any],
    xs: Sequence[Any],
    loss: Callable[[int, Any], Value],
    k1: int,
    k2: int,
    h0: Any = None,
) -> Iterator[Value]:
    """Truncated backpropagation through time: every k1 steps, a loss to go back k2 steps from.

    Each is Σ ``loss(t, hₜ)`` over k1 new steps. Its graph holds these and the k2 − k1 before
    them; the state before those is **detached**: numbers, through which nothing flows back.
    (Where the sequence ends, the last window is cut short.) Call ``backward()`` on each, and
    step the optimiser, if it shall move within the sequence:

    >>> from nn import RNNCell
    >>> cell, xs = RNNCell(1, 2, rng=0), [[1.0], [2.0], [3.0], [4.0]]
    >>> for part in tbptt(cell, xs, lambda t, h: h[0], k1=2, k2=3):
    ...     part.backward()

    Args:
        cell, xs, h0: as for ``unroll``.
        loss: a function of the step's number and the state after it.
        k1: how many new steps each loss has.
        k2: how many steps its graph has, at least k1. Steps in both are computed again.

    For k1 = k2 the windows follow each other; for both as long as the sequence, this is the
    full gradient.
    """
    at_least(1, "k1", k1)
    if at_least(1, "k2", k2) < k1:
        raise ValueError(f"k2 must be at least k1, {k1}, not {k2}: every new step has a loss")
    return _windows(cell, xs, loss, k1, k2, h0)


def _windows(
    cell: Callable[[Any, Any], Any],
    xs: Sequence[Any],
    loss: Callable[[int, Any], Value],
    k1: int,
    k2: int,
    h0: Any,
) -> Iterator[Value]:
    before = {0: h0}  # by step, the state that it starts from, detached
    for new in range(0, len(xs), k1):
        end = min(new + k1, len(xs))
        first = max(0, new + k1 - k2)
        states = unroll(cell, xs[first:end], before[first], start=first)
        yield total([loss(t, states[t - first]) for t in range(new, end)])
        before = {first + i + 1: detached(state) for i, state in enumerate(states)} | {0: h0}


def detached(state: Any) -> Any:
    """The same numbers as constants, in nested lists and tuples as they were.

    >>> detached(([Value(1.0) * 2], [3.0]))
    ([Value(2.0)], [3.0])
    """
    if isinstance(state, tuple):
        return tuple(detached(element) for element in state)
    if isinstance(state, list):
        return [detached(element) for element in state]
    return state.detach() if isinstance(state, Value) else state
