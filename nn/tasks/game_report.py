"""The pictures of ``game``: what was learned, and how soon."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

import autograd
from autograd import Value

from .. import charts
from ..games import Array, CartPole, Catch, play
from ..layers import MLP
from ..losses import cross_entropy
from ..players import greedy, logits, softmax
from ..report import Report


def show_curves(
    report: Report,
    curves: Mapping[str, tuple[list[float], list[float]]],
    chance: float,
    unit: str,
    more: int,
) -> None:
    """The return against the episodes played, of each way, and of random moves."""
    ends = [end for played, _ in curves.values() for end in (played[0], played[-1])]
    random = {"random moves": ((min(ends), max(ends)), (chance, chance))}
    report.plot(
        "Return against episodes",
        charts.lines({**curves, **random}, "episodes played", unit, log_x=True).svg,
        "How well the player at hand does in 100 games that are played beside (it takes the "
        f"likeliest action). Those without derivatives may play {more} times as many games.",
    )


def show_catch(report: Report, game: Catch, model: MLP, player: Array) -> None:
    """Probabilities of the moves for each place of the ball, and one game."""
    middle = game.columns // 2
    places = [(row, column) for row in range(game.rows - 1) for column in range(game.columns)]
    states = np.array([(row, column, middle) for row, column in places])
    shares = softmax(logits(model, player, game.seen(states)))
    maps = [shares[:, k].reshape(game.rows - 1, game.columns) for k in range(game.actions)]
    report.plot(
        "What the player does, for each place of the ball",
        charts.pictures(maps, ["left", "stay", "right"], 3, size=2.4).svg,
        "Probability of each move (black: 1) while the paddle is in the middle; each square is a "
        "place of the ball. High above there is time to wait. What to do where its own games never "
        "lead, the player has not learned.",
    )
    rng = np.random.default_rng(2)
    episodes = play(game, greedy(model, player), 2, rng)
    board = (game.rows, game.columns)
    frames = [np.maximum(seen.reshape(board), 0.12) for seen in episodes.seen[:, 0]]
    report.plot(
        "A game",
        charts.pictures(
            frames,
            [
                f"{t + 1}: {('left', 'stay', 'right')[a]}"
                for t, a in enumerate(episodes.actions[:, 0])
            ],
            len(frames),
        ).svg,
        f"Step by step, with what the player does; then the ball is down, and the return is "
        f"{episodes.returns[0]:+.0f}.",
    )
    _show_graph(report, model, episodes.seen[-1, 0], int(episodes.actions[-1, 0]))


def show_pole(report: Report, game: CartPole, model: MLP, player: Array) -> None:
    """The probability of pushing right, over the pole's angle and turn, and one game."""
    leans, turns = np.linspace(-12, 12, 25), np.linspace(-120, 120, 25)
    states = np.zeros((len(turns), len(leans), 4))
    states[..., 2] = np.radians(leans)
    states[..., 3] = np.radians(turns)[:, None]
    shares = softmax(logits(model, player, game.seen(states.reshape(-1, 4))))
    difference = (shares[:, 1] - shares[:, 0]).reshape(len(turns), len(leans))
    report.plot(
        "What the player does",
        charts.heatmap(
            difference[::-1].tolist(),
            [f"{turn:.0f}" if k % 4 == 0 else "" for k, turn in enumerate(turns[::-1])],
            [f"{lean:.0f}" if k % 4 == 0 else "" for k, lean in enumerate(leans)],
            "probability of right − of left",
            signed=True,
        ).svg,
        "Over the pole's angle in degrees (to the right: it leans to the right) and how fast that "
        "grows, in degrees a second (upwards), with the cart at rest in the middle.",
    )
    episodes = play(game, greedy(model, player), 1, np.random.default_rng(2))
    states = episodes.states[:, 0]
    time = (0.02 * np.arange(len(states))).tolist()
    report.plot(
        "A game",
        charts.lines(
            {
                "angle of the pole, degrees": (time, np.degrees(states[:, 2]).tolist()),
                "place of the cart, tenths": (time, (10 * states[:, 0]).tolist()),
            },
            "seconds",
            "angle and place",
        ).svg,
        f"{episodes.returns[0]:.0f} steps; beyond ±12° or ±24 tenths it would have ended.",
    )
    _show_graph(report, model, episodes.seen[-1, 0], int(episodes.actions[-1, 0]))


def _show_graph(report: Report, model: MLP, seen: Array, action: int) -> None:
    """The graph of one step's loss, from the scores of the actions on."""
    z = [Value(z.item(), label=f"score {i}") for i, z in enumerate(model(seen.tolist()))]
    loss = cross_entropy(z, action)
    loss.label = "loss"
    loss.backward()
    report.drawing(
        "The graph of one step's loss",
        autograd.draw(loss, title="−ln π of what was done"),
        f"From the scores of the actions on, for the last step of that game (action {action}), "
        "with the advantage 1: the gradient of a score is its probability, minus 1 for what was "
        "done. A larger advantage multiplies all gradients; a negative one turns them round, and "
        "what was done gets less likely.",
    )
