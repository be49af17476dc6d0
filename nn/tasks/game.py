"""game: a net learns to play, from rewards alone: by policy gradients, and without derivatives.

Nobody tells the player what was right to do, only how a game went. REINFORCE [Williams 1992]
makes what was done in games that went better than others likelier. An evolution strategy and a
genetic algorithm know nothing of the steps of a game: they vary all weights, and keep what
scores more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

import autograd

from ..evolution import EvolutionStrategy, GeneticAlgorithm
from ..games import Array, CartPole, Catch, Episodes, Game, play
from ..layers import MLP
from ..losses import cross_entropy
from ..optim import Adam
from ..padding import bucket_length, pad_sequence
from ..players import Choice, by_chance, drawn, greedy, vector_of, widths
from ..report import Report
from .game_report import show_catch, show_curves, show_pole
from .task import Level, Options, Task

BATCH = 8  # games between two updates
FRESH = 500  # games that a finished player is measured in
Search = EvolutionStrategy | GeneticAlgorithm
Curve = tuple[list[float], list[float]]  # episodes played, and what was reached then


class Setting(NamedTuple):
    """A game, what its return is called, and how it is learned."""

    game: Game
    title: str
    unit: str
    form: str
    good: float
    hidden: int
    updates: int  # an epoch
    discount: float
    entropy: float
    more: int  # so many times as many games are played without derivatives
    tried: int  # games in which a vector of those is tried
    rule: Choice  # a good player that takes one line
    rule_text: str
    show: Callable[..., None]


def follow(seen: Array) -> Array:
    """Where the ball is, seen from the paddle."""
    grid = seen.reshape(-1, 7, 5)
    side: Array = 1 + np.sign(grid[:, :-1].any(1).argmax(1) - grid[:, -1].argmax(1))
    return side


def push(seen: Array) -> Array:
    """Where the pole leans and falls to."""
    right: Array = (seen[:, 2] + seen[:, 3] > 0).astype(int)
    return right


SETTINGS = {
    "catch": Setting(
        game=Catch(7, 5), title="Catch", unit="mean return", form=".2f", good=0.9, hidden=24,
        updates=8, discount=1.0, entropy=0.1, more=10, tried=10, rule=follow,
        rule_text="move to where the ball is", show=show_catch,
    ),
    "cartpole": Setting(
        game=CartPole(200), title="A pole on a cart", unit="mean steps", form=".0f", good=150,
        hidden=16, updates=3, discount=0.99, entropy=0.0, more=3, tried=2, rule=push,
        rule_text="push to where the pole leans and falls", show=show_pole,
    ),
}  # fmt: skip


def run(options: Options) -> Report:
    """Learn by gradients, then twice without; all three play fresh games."""
    if options.quick:
        options = replace(options, epochs=min(options.epochs, 3))
    setting = SETTINGS[options.model]
    game = setting.game
    sizes = [setting.hidden, game.actions]
    model = MLP(game.features, sizes, "tanh", init="xavier_uniform", rng=options.seed)
    start = vector_of(model)
    budget = setting.more * options.epochs * setting.updates * BATCH
    strategy = EvolutionStrategy(start, sigma=0.3, rate=0.5, rng=options.seed)
    genetic = GeneticAlgorithm(start, sigma=0.1, rng=options.seed)

    started = time.perf_counter()
    curves = {"policy gradient": reinforce(model, setting, options)}
    seconds = time.perf_counter() - started
    players = {"policy gradient": vector_of(model)}
    searches: dict[str, Search] = {"evolution strategy": strategy, "genetic algorithm": genetic}
    for name, search in searches.items():
        curves[name] = evolve(name, search, model, setting, budget, options)
        players[name] = search.best
    reached = {name: returns(game, greedy(model, player)) for name, player in players.items()}
    chance = returns(game, by_chance(game.actions, np.random.default_rng(options.seed)))
    rule = returns(game, setting.rule)

    report = Report(
        setting.title,
        "A small net learns to play from rewards alone: by policy gradients, by an evolution "
        "strategy, and by a genetic algorithm.",
    )
    report.model = f"MLP {'-'.join(map(str, widths(model)))}"
    report.parameters = len(start)
    report.measured = {f"{setting.unit}, {name}": mean for name, mean in reached.items()}
    form = setting.form
    report.baselines = {"random": f"{chance:{form}}", "a rule of one line": f"{rule:{form}}"}
    report.figures = {
        f"{setting.unit}, {name}": f"{mean:{form}}" for name, mean in reached.items()
    } | {
        f"{setting.unit}, random moves": f"{chance:{form}}",
        "parameters": str(len(start)),
        "training by gradients": f"{seconds:.0f} s",
    }
    show_curves(report, curves, chance, setting.unit, setting.more)
    report.grid(
        "Episodes until learned",
        ("way", f"until {setting.unit} ≥ {setting.good:g}", f"{setting.unit} in the end"),
        [
            (name, until(*curves[name], setting.good), f"{mean:{form}}")
            for name, mean in reached.items()
        ]
        + [(f"a rule: {setting.rule_text}", "none", f"{rule:{form}}")],
        f"The end is measured in {FRESH} fresh games. Who knows the game writes a rule of one "
        "line, and needs no net; what is learned here is learned from rewards alone. Where a few "
        "weights decide, as for the pole, to try and to select is quick: of 40 nets made at "
        "random, one often nearly balances it. Where each of many situations needs its own "
        "answer, as in Catch, the gradient, which looks at every step, needs fewer games.",
    )
    setting.show(report, game, model, players["policy gradient"])
    report.table("Settings", _settings(options, setting))
    return report


def returns(game: Game, choose: Choice, n: int = FRESH) -> float:
    """The mean return in games that are always the same, and that no training has seen."""
    return float(play(game, choose, n, np.random.default_rng(2**32)).returns.mean())


def until(played: list[float], reached: list[float], good: float) -> str:
    """After how many episodes the player was good for the first time."""
    return next((f"{n:,}" for n, x in zip(played, reached, strict=True) if x >= good), "never")


# --- with derivatives -----------------------------------------------------------------------------


def reinforce(model: MLP, setting: Setting, options: Options) -> Curve:
    """Policy gradient with a baseline."""
    game, rng = setting.game, np.random.default_rng(options.seed)
    optimizer = Adam(model.parameters(), lr=options.lr)
    loss = policy_loss(model, setting.entropy)
    program = autograd.compile(loss, batch=True) if options.compile else None
    curve: Curve = ([], [])
    updates = options.epochs * setting.updates
    for update in range(updates):
        episodes = play(game, drawn(model, vector_of(model), rng), BATCH, rng)
        seen, actions, advantages = steps_of(episodes, setting.discount)
        weights = [1.0 / len(seen)] * len(seen)
        optimizer.zero_grad()
        if program:
            # As few lengths as there are buckets: what fills them up has the weight 0.
            length = bucket_length(len(seen), [game.limit * BATCH // k for k in (8, 4, 2, 1)])
            columns: tuple[Any, ...] = (seen, actions, advantages, [length * w for w in weights])
            fillings: tuple[Any, ...] = ([0.0] * game.features, 0, 0.0, 0.0)
            pairs = zip(columns, fillings, strict=True)
            program(*(pad_sequence([column], x, length)[0] for column, x in pairs))
        else:
            for step in zip(seen, actions, advantages, weights, strict=True):
                loss(*step).backward()
        optimizer.lr = options.lr * (1 - 0.9 * update / updates)
        optimizer.step()
        if (update + 1) % setting.updates == 0:
            reached = returns(game, greedy(model, vector_of(model)), 100)
            _note(curve, (update + 1) * BATCH, reached, "policy gradient", updates * BATCH, setting)
    return curve


def policy_loss(model: MLP, entropy: float) -> Callable[..., Any]:
    """The loss of one step: −advantage·ln π(action|seen), minus a little of π's entropy.

    The latter keeps the player trying, until it knows that nothing else is better.
    """

    def loss(seen: Any, action: Any, advantage: Any, weight: Any) -> Any:
        z = model(seen)
        total = advantage * cross_entropy(z, action)
        if entropy:
            log_shares = autograd.log_softmax(z)
            total = total + entropy * autograd.dot([x.exp() for x in log_shares], log_shares)
        return weight * total

    return loss


def steps_of(episodes: Episodes, discount: float) -> tuple[list[Any], list[int], list[float]]:
    """All steps that were played: what was seen, what was done, and its advantage.

    The advantage is the discounted sum of the rewards that followed, less the baseline: the
    mean of what followed the same step of all games. Scaled to a mean square of 1.
    """
    followed = np.zeros_like(episodes.rewards)
    total = np.zeros(followed.shape[1])
    for t in range(len(followed) - 1, -1, -1):
        total = followed[t] = episodes.rewards[t] + discount * total
    advantages = (followed - followed.mean(axis=1, keepdims=True))[episodes.alive]
    advantages /= np.sqrt(np.mean(advantages**2)) + 1e-6
    seen, actions = episodes.seen[episodes.alive], episodes.actions[episodes.alive]
    return seen.tolist(), actions.tolist(), advantages.tolist()


# --- without --------------------------------------------------------------------------------------


def evolve(
    name: str,
    search: Search,
    model: MLP,
    setting: Setting,
    budget: int,
    options: Options,
) -> Curve:
    """Ask for players, let them play, tell how they did."""
    game, rng = setting.game, np.random.default_rng(options.seed)
    curve: Curve = ([], [])
    played = 0
    while played < budget:
        players = search.ask()
        games = len(players) * setting.tried
        episodes = play(game, greedy(model, players), games, rng)
        search.tell(episodes.returns.reshape(len(players), -1).mean(axis=1))
        played += games
        _note(curve, played, returns(game, greedy(model, search.best), 100), name, budget, setting)
    return curve


def _note(
    curve: Curve, played: int, reached: float, name: str, budget: int, setting: Setting
) -> None:
    """Go on with the curve; five times a run, print a line."""
    before = curve[0][-1] if curve[0] else 0
    curve[0].append(played)
    curve[1].append(reached)
    if played * 5 // budget > before * 5 // budget:
        print(f"{name}: episode {played}/{budget}  {setting.unit} {reached:.2f}", flush=True)


def _settings(options: Options, setting: Setting) -> dict[str, str]:
    bonus = f", minus {setting.entropy:g}·entropy" if setting.entropy else ""
    return {
        "model": f"MLP({setting.game.features}, [{setting.hidden}, {setting.game.actions}]), tanh",
        "policy gradient": f"−advantage·ln π(a|s){bonus}; Adam, learning rate from {options.lr:g} "
        f"down to a tenth, {BATCH} games an update; discount {setting.discount:g}; baseline: the "
        "mean of what followed the same step of the other games",
        "evolution strategy": f"20 pairs ±ε, σ = 0.3, rate 0.5, {setting.tried} games each",
        "genetic algorithm": "40 nets, the best 4 survive, the others are children of two "
        f"(uniform crossover) plus noise of 0.1; {setting.tried} games each",
        "seed, epochs": f"{options.seed}, {options.epochs} of {setting.updates * BATCH} games",
    }


TASK = Task(
    name="game",
    summary="learn to play from rewards: policy gradient, evolution, a genetic algorithm",
    data="Catch, 7×5, or a pole on a cart; 3,200 or 1,200 episodes",
    time="10 s",
    levels=(
        Level("mean return, policy gradient", 0.9, form=".2f", model="catch"),
        Level("mean steps, policy gradient", 150, form=".0f", model="cartpole"),
    ),
    epochs=50,
    lr=0.03,
    run=run,
    models=tuple(SETTINGS),
)
