"""An MLP as a player of ``games``: its logits in NumPy, quickly, and actions chosen from them.

A player is a vector: the numbers of the parameters in the order of ``model.parameters()``. So
many players can be asked at once, a row each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .layers import MLP

Array = np.ndarray[Any, np.dtype[Any]]
Choice = Callable[[Array], Array]


def vector_of(model: MLP) -> Array:
    """The player that the model is now."""
    return np.array([p.data for p in model.parameters()])


def widths(model: MLP) -> list[int]:
    """How many numbers go in, and how many each layer makes."""
    return [model.nin, *model.nouts]


def logits(model: MLP, players: Array, seen: Array) -> Array:
    """What ``model``, a tanh MLP, says to rows of numbers, with a player's parameters.

    ``players`` may have a leading axis; then ``seen`` has it too.

    >>> model = MLP(2, [3, 2], "tanh", rng=0)
    >>> ours = logits(model, vector_of(model), np.array([[1.0, 2.0]]))
    >>> np.allclose(ours, [[y.item() for y in model([1.0, 2.0])]])
    True
    """
    at, last = 0, len(model.nouts) - 1
    for i, (nin, nout) in enumerate(zip(widths(model), model.nouts, strict=False)):
        # A row for each neuron: its weights, then its bias, as model.parameters() has them.
        rows = players[..., at : at + nout * (nin + 1)].reshape(*players.shape[:-1], nout, nin + 1)
        at += nout * (nin + 1)
        seen = seen @ np.swapaxes(rows[..., :nin], -1, -2) + rows[..., None, :, nin]
        seen = seen if i == last else np.tanh(seen)
    return seen


def softmax(z: Array) -> Array:
    """Probabilities of logits, along the last axis.

    >>> softmax(np.array([0.0, 0.0])).tolist()
    [0.5, 0.5]
    """
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    shares: Array = e / e.sum(axis=-1, keepdims=True)
    return shares


def greedy(model: MLP, players: Array) -> Choice:
    """The likeliest action. Of several players, each has an equal part of the rows, in turn."""

    def choose(seen: Array) -> Array:
        mine = seen.reshape(*players.shape[:-1], -1, seen.shape[-1])
        actions: Array = logits(model, players, mine).argmax(axis=-1).reshape(-1)
        return actions

    return choose


def drawn(model: MLP, player: Array, rng: np.random.Generator) -> Choice:
    """Actions drawn with the probabilities that the player gives them."""

    def choose(seen: Array) -> Array:
        z = logits(model, player, seen)
        # The largest of logits plus Gumbel noise is distributed as the softmax.
        actions: Array = (z + rng.gumbel(size=z.shape)).argmax(axis=-1)
        return actions

    return choose


def by_chance(actions: int, rng: np.random.Generator) -> Choice:
    """Any action."""
    return lambda seen: rng.integers(actions, size=len(seen))
