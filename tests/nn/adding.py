"""The adding problem at 50 steps: gates remember what a plain network forgets.

``python -m tests.nn.adding``, from the root of the repository, trains a GRU of 8 until its mean
squared error is well below 0.02, and a tanh RNN of 16 for 3,000 steps, after which it is above
0.05 [Hochreiter & Schmidhuber 1997; Le, Jaitly & Hinton 2015]. Always to answer 1 has an error
of 1/6: to get below it, a network must carry both marked numbers to the end. Both are trained
alike: batches of 8 fresh sequences, Adam at 1e-2, gradients clipped to a norm of 1.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import nn
from autograd import no_grad, paused_gc

LENGTH = 50
GOAL = 0.02
CELLS: dict[str, Callable[[random.Random], nn.Module]] = {
    "GRU(8)": lambda rng: nn.GRUCell(2, 8, rng=rng),
    "LSTM(16)": lambda rng: nn.LSTMCell(2, 16, forget_bias=1.0, rng=rng),
    "RNN(16)": lambda rng: nn.RNNCell(2, 16, rng=rng),
}
MOST_STEPS = {"GRU(8)": 5000, "LSTM(16)": 5000, "RNN(16)": 3000}


class Adder(nn.Module):
    """A cell, unrolled over the sequence, and a linear layer that reads its last state."""

    def __init__(self, name: str, rng: random.Random) -> None:
        self.cell = CELLS[name](rng)
        self.head = nn.Linear(16 if "16" in name else 8, 1, rng=rng)

    def forward(self, sequence):
        last = nn.unroll(self.cell, sequence)[-1]
        h = last[0] if isinstance(last, tuple) else last  # an LSTM's state is (h, c)
        return self.head(h)[0]


class Result(NamedTuple):
    """How long it was trained, and its error on sequences it has not seen."""

    steps: int
    error: float
    seconds: float


def learn(
    name: str,
    most_steps: int,
    seed: int = 1,
    length: int = LENGTH,
    show: Callable[[int, float], None] = lambda steps, error: None,
) -> Result:
    """Train a new network until the mean error of the last 50 batches is half the goal.

    ``show`` is called with that error every 50 steps.
    """
    started, rng = time.perf_counter(), random.Random(seed)
    model = Adder(name, rng)
    optimizer = nn.Adam(model.parameters(), lr=1e-2)
    recent: deque[float] = deque(maxlen=50)
    for step in range(1, most_steps + 1):
        X, y = nn.adding_problem(8, length, rng)
        with paused_gc():
            loss = nn.mse_loss([model(sequence) for sequence in X], y)
            optimizer.zero_grad()
            loss.backward()
            nn.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        recent.append(loss.data)
        error = sum(recent) / len(recent)
        if step % 50 == 0:
            show(step, error)
            if error < GOAL / 2:  # so that unseen sequences, too, are on the right side
                break
    X, y = nn.adding_problem(200, length, 999)
    with no_grad():
        unseen = nn.mse_loss([model(sequence) for sequence in X], y).data
    return Result(step, unseen, time.perf_counter() - started)


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each network; 1 if one has not done what is said of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.nn.adding", description=__doc__)
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help=", ".join(CELLS))
    parser.add_argument("--seed", type=int, default=1, help="start of all randomness (1)")
    options = parser.parse_args(arguments)
    names = options.networks or ["GRU(8)", "RNN(16)"]
    if unknown := [name for name in names if name not in CELLS]:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(CELLS)}")
    print(f"sequences of {LENGTH}; error when always answering 1: 0.167")
    wrong = 0
    for name in names:
        result = learn(name, MOST_STEPS[name], options.seed, show=_show)
        expected = result.error < GOAL if name != "RNN(16)" else result.error > 0.05
        wrong += not expected
        print(
            f"{name:9} {result.steps:5} steps, {result.seconds:5.0f} s: "
            f"error {result.error:.4f} on 200 unseen sequences"
            + ("" if expected else "   NOT AS EXPECTED"),
            flush=True,
        )
    return 1 if wrong else 0


def _show(step: int, error: float) -> None:
    if step % 250 == 0:
        print(f"  step {step}: {error:.4f}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
