"""Two small games, many of them played side by side: Catch, and the balancing of a pole.

A game has ``features`` (how many numbers a player sees), ``actions`` (how many it may choose
from) and ``limit`` (after so many steps a game is over). ``start(n, rng)`` is the state of n
games, a row each; ``seen(state)`` what the players see; ``step(state, actions)`` the next
state, the rewards, and which games are over.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


class Game(Protocol):
    """What a player needs to know of a game, and what ``play`` asks of it."""

    features: int
    actions: int
    limit: int

    def start(self, n: int, rng: np.random.Generator) -> Array:
        """The states of n new games."""
        ...

    def seen(self, state: Array) -> Array:
        """What the players see, a row for each game."""
        ...

    def step(self, state: Array, actions: Array) -> tuple[Array, Array, Array]:
        """The next states, the rewards, and which games are over."""
        ...


class Catch:
    """A ball falls straight down a grid; a paddle below moves left, stays, or moves right.

    One reward at the end: +1 if the ball meets the paddle, −1 if not. The player sees the
    grid: 1 where the ball or the paddle is, 0 elsewhere.

    >>> game = Catch(rows=3, columns=3)
    >>> state = np.array([[0, 2, 1]])  # the ball's row and column, the paddle's column
    >>> game.seen(state).reshape(3, 3).tolist()
    [[0.0, 0.0, 1.0], [0.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    >>> state, reward, over = game.step(state, np.array([2]))  # to the right
    >>> reward.tolist(), over.tolist()
    ([0.0], [False])
    >>> state, reward, over = game.step(state, np.array([1]))  # stay
    >>> reward.tolist(), over.tolist()
    ([1.0], [True])
    """

    actions = 3

    def __init__(self, rows: int = 8, columns: int = 7) -> None:
        self.rows, self.columns = rows, columns
        self.features, self.limit = rows * columns, rows - 1

    def start(self, n: int, rng: np.random.Generator) -> Array:
        middle = np.full(n, self.columns // 2)
        return np.stack([np.zeros(n, int), rng.integers(self.columns, size=n), middle], axis=1)

    def seen(self, state: Array) -> Array:
        row, column, paddle = state.T
        grid = np.zeros((len(state), self.rows, self.columns))
        games = np.arange(len(state))
        grid[games, row, column] = 1.0
        grid[games, -1, paddle] = 1.0
        return grid.reshape(len(state), -1)

    def step(self, state: Array, actions: Array) -> tuple[Array, Array, Array]:
        row, column, paddle = state.T
        row = np.minimum(row + 1, self.rows - 1)
        paddle = np.clip(paddle + actions - 1, 0, self.columns - 1)
        over = row == self.rows - 1
        rewards = np.where(over, np.where(column == paddle, 1.0, -1.0), 0.0)
        return np.stack([row, column, paddle], axis=1), rewards, over


class CartPole:
    """A pole on a cart, held upright by pushing the cart left or right; a reward of 1 a step.

    The state is x, ẋ (of the cart), θ, θ̇ (of the pole, 0 upright). With force F = ±10,
    masses m_c = 1 and m_p = 0.1, half-length l = 0.5, g = 9.8 and no friction:

    | θ̈ = (g·sin θ − cos θ·q) / (l·(4/3 − m_p·cos² θ/(m_c + m_p))),
    | ẍ = q − m_p·l·θ̈·cos θ/(m_c + m_p),  q = (F + m_p·l·θ̇²·sin θ)/(m_c + m_p)

    in steps of 0.02 (Euler). A game is over when |x| > 2.4 or |θ| > 12°, or after ``limit``
    steps [Barto, Sutton & Anderson, "Neuronlike adaptive elements that can solve difficult
    learning control problems", IEEE Transactions on Systems, Man, and Cybernetics, 1983].

    >>> state, reward, over = CartPole().step(np.zeros((1, 4)), np.array([1]))  # to the right
    >>> np.round(state, 4).tolist(), reward.tolist(), over.tolist()
    ([[0.0, 0.1951, 0.0, -0.2927]], [1.0], [False])
    """

    features, actions = 4, 2
    span, lean = 2.4, math.radians(12)

    def __init__(self, limit: int = 200) -> None:
        self.limit = limit

    def start(self, n: int, rng: np.random.Generator) -> Array:
        return rng.uniform(-0.05, 0.05, (n, 4))

    def seen(self, state: Array) -> Array:
        return state / (self.span, 2.0, self.lean, 2.0)  # all of about the same size

    def step(self, state: Array, actions: Array) -> tuple[Array, Array, Array]:
        x, dx, angle, turn = state.T
        force, cart, pole, half, gravity, dt = 20.0 * actions - 10.0, 1.0, 0.1, 0.5, 9.8, 0.02
        mass, sine, cosine = cart + pole, np.sin(angle), np.cos(angle)
        q = (force + pole * half * turn**2 * sine) / mass
        bend = (gravity * sine - cosine * q) / (half * (4 / 3 - pole * cosine**2 / mass))
        push = q - pole * half * bend * cosine / mass
        after = np.stack([x + dt * dx, dx + dt * push, angle + dt * turn, turn + dt * bend], axis=1)
        over = (np.abs(after[:, 0]) > self.span) | (np.abs(after[:, 2]) > self.lean)
        return after, np.ones(len(state)), over


class Episodes(NamedTuple):
    """Games that were played, step by step: each array is (steps, games, …)."""

    states: Array
    seen: Array
    actions: Array
    rewards: Array
    alive: Array
    """True for the steps that were played, False for those after a game was over."""

    @property
    def returns(self) -> Array:
        """The sum of each game's rewards."""
        total: Array = self.rewards.sum(axis=0)
        return total


def play(
    game: Game, choose: Callable[[Array], Array], n: int, rng: np.random.Generator
) -> Episodes:
    """n games, until the last one is over; ``choose(seen)`` are the players' actions.

    >>> def follow(seen):  # the ball
    ...     grid = seen.reshape(-1, 8, 7)
    ...     return 1 + np.sign(grid[:, :-1].any(1).argmax(1) - grid[:, -1].argmax(1))
    >>> play(Catch(), follow, 4, np.random.default_rng(0)).returns.tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    state, alive = game.start(n, rng), np.ones(n, bool)
    steps = []
    for _ in range(game.limit):
        seen = game.seen(state)
        actions = choose(seen)
        after, rewards, over = game.step(state, actions)
        steps.append((state, seen, actions, rewards * alive, alive))
        state, alive = np.where(alive[:, None], after, state), alive & ~over
        if not alive.any():
            break
    return Episodes(*(np.stack(part) for part in zip(*steps, strict=True)))
