"""Make the README's pictures again: ``python -m notebooks.pictures`` writes ``notebooks/images``.

Run it in the root of a checkout, with the extra ``[plots]``, whenever a test says that one of
them is no longer what a user gets.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import nn
from autograd import Value, draw
from autograd.drawing import Drawing
from nn.plots.figure import Picture

FOLDER = Path(__file__).parent / "images"


def main() -> None:
    """Write them all."""
    for name, make in PICTURES.items():
        path = make().save(FOLDER / f"{name}.svg")
        print(f"{path.relative_to(FOLDER.parents[1])} ({path.stat().st_size / 1e3:.0f} kB)")


def neuron() -> Drawing:
    """A neuron by hand."""
    w1, x1 = Value(2.0, label="w1"), Value(0.5, label="x1")
    w2, x2 = Value(1.0, label="w2"), Value(-1.0, label="x2")
    b = Value(0.75, label="b")
    y = (w1 * x1 + w2 * x2 + b).tanh()
    y.label = "y"
    y.backward()
    return draw(y)


def mlp() -> Drawing:
    """The README's network, trained: how its score depends on all that came before."""
    X, labels = nn.make_moons(100, noise=0.1, rng=1)
    y = [2 * label - 1 for label in labels]
    model = nn.MLP(2, [16, 16, 1], rng=1)
    optimizer = nn.Adam(model.parameters(), lr=0.02)
    nn.fit(model, (X, y), nn.hinge_loss, optimizer, epochs=30, batch_size=20, rng=1, progress=False)
    point = [Value(x, label=f"x{i}") for i, x in enumerate(X[0])]
    score = model(point)
    model.zero_grad()
    score.backward()
    return draw(score, names=model, parameters=False)


def rnn_folded() -> Drawing:
    """100,000 nodes, folded, from top to bottom: from left to right it would be too wide."""
    recurrent, head = nn.RNN(2, 12, rng=0), nn.Linear(12, 1, rng=0)
    outputs, _ = recurrent([[math.sin(0.1 * t), math.cos(0.1 * t)] for t in range(2000)])
    [score] = head(outputs[-1])
    score.backward()
    return draw(score, direction="TB")


def gradient_flow() -> Picture:
    """What is left of the gradients after 40 steps back, in two kinds of recurrent nets."""

    def flow(recurrent: nn.RNN | nn.LSTM) -> nn.GradientFlow:
        outputs, _ = recurrent([[math.sin(t)] for t in range(40)])
        return nn.gradient_flow(sum(h * h for h in outputs[-1]), recurrent)

    return nn.plots.gradient_flow_map(
        {
            "RNN": flow(nn.RNN(1, 8, num_layers=2, rng=0)),
            "LSTM, forget_bias=4": flow(nn.LSTM(1, 8, num_layers=2, forget_bias=4.0, rng=0)),
        }
    )


PICTURES: dict[str, Callable[[], Drawing | Picture]] = {
    make.__name__: make for make in (neuron, mlp, rnn_folded, gradient_flow)
}

if __name__ == "__main__":
    main()
