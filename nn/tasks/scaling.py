"""scaling: what a step costs as networks grow, and what more data and larger networks gain."""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd import Value, paused_gc, tanh, topological_order

from .. import charts
from ..compiled_step import CompiledStep
from ..init import generator
from ..layers import MLP
from ..losses import mse_loss
from ..metrics import mse
from ..optim import SGD, Adam
from ..report import Report
from ..train import fit, predict
from .power_law import power_law
from .task import Level, Options, Task

INPUTS, BATCH = 4, 32
SAMPLES = (32, 64, 128, 256, 512, 1024, 2048)
WIDTHS = (1, 2, 4, 8, 16, 32)  # neurons in each of two hidden layers
TIMED_WIDTHS, TIMED_BATCH = (1, 2, 4, 8, 16, 32, 64, 96), 16

Data = tuple[list[list[float]], list[float]]


class Cost(NamedTuple):
    """How long one step of training took, in seconds, of a network of some size."""

    nodes: int
    eager: float
    compiled: float
    first: float

    @property
    def faster(self) -> float:
        """How many times as long the eager step takes."""
        return self.eager / self.compiled


def run(options: Options) -> Report:
    """Time steps of several sizes, then train with more and more data, and on larger networks."""
    started = time.perf_counter()
    samples, widths, timed_widths = map(list, (SAMPLES, WIDTHS, TIMED_WIDTHS))
    if options.quick:
        samples, widths, timed_widths = samples[:2], widths[1:3], timed_widths[1:3]
    costs = [cost(width, options) for width in timed_widths]
    data, test = teacher(samples[-1], options.seed)
    largest, most = widths[-1], samples[-1]
    by_data = {n: loss_of(n, largest, data, test, options) for n in samples}
    by_width = {w: loss_of(most, w, data, test, options) for w in widths[:-1]}
    by_width[largest] = by_data[most]  # it is the same run
    by_size = {size(width): loss for width, loss in by_width.items()}
    seconds = time.perf_counter() - started

    steps = options.epochs * most // BATCH
    nodes = [c.nodes for c in costs]
    eager = power_law(nodes, [c.eager for c in costs])
    compiled = power_law(nodes, [c.compiled for c in costs])
    of_data = power_law(list(by_data), list(by_data.values()), floor=True)
    of_size = power_law(list(by_size), list(by_size.values()))

    report = Report(
        "Scaling",
        "What one step of training costs as a network grows, on the graph of scalars and compiled; "
        "and how the held-out loss falls with more data, and with larger networks.",
    )
    report.model, report.parameters = f"MLP {INPUTS}-w-w-1, w ≤ {largest}", size(largest)
    report.measured = {
        "held-out loss, most data over least": by_data[most] / by_data[samples[0]],
        "held-out loss, largest network over smallest": by_width[largest] / by_width[widths[0]],
    }
    report.baselines = {"the mean": "1.00", "smallest network": f"{by_width[widths[0]]:.3f}"}
    report.figures = {
        "eager step, of n nodes": f"∝ n^{eager.exponent:.2f}",
        "compiled step": f"∝ n^{compiled.exponent:.2f}",
        f"eager over compiled, at {nodes[-1]:,} nodes": f"{costs[-1].faster:.0f}×",
        "loss, of D samples": f"∝ D^{of_data.exponent:.2f} + floor",
        "loss, of N parameters": f"∝ N^{of_size.exponent:.2f}",
        "all of it": f"{seconds:.0f} s",
    }
    report.plot(
        "Time of a step against scalar nodes",
        charts.lines(
            {
                f"eager, n^{eager.exponent:.2f}": eager.curve(nodes),
                f"compiled, n^{compiled.exponent:.2f}": compiled.curve(nodes),
            },
            "nodes of the graph, every product and every sum one of them",
            "seconds",
            points={
                "eager": (nodes, [c.eager for c in costs]),
                "compiled": (nodes, [c.compiled for c in costs]),
                "compiled, the first call": (nodes, [c.first for c in costs]),
            },
            log_x=True,
            log_y=True,
        ).svg,
        f"Forward, backward and update of a network {INPUTS}-w-w-1 on {TIMED_BATCH} samples, "
        f"written in scalars; w from {timed_widths[0]} to {timed_widths[-1]}. On the graph each "
        "node costs the same, so the exponent is about 1. A program has a cost for each statement, "
        "and as many statements for any w: the smaller the exponent, the less of it is arithmetic. "
        " The first call traces, compiles and checks, once.",
    )
    report.grid(
        "The times",
        ("w", "nodes", "eager", "compiled", "faster", "first call", "worth it after"),
        [row(w, c) for w, c in zip(timed_widths, costs, strict=True)],
        "Medians of a few steps on the machine of this report. The last column: steps until the "
        "first call has paid for itself.",
    )
    report.plot(
        "Held-out loss against data",
        charts.lines(
            {of_data.text("D"): of_data.curve(samples)},
            "samples",
            "held-out loss",
            points={"measured": (list(by_data), list(by_data.values()))},
            log_x=True,
            log_y=True,
        ).svg,
        f"The network with w = {largest}, {steps} steps of {BATCH} samples whatever the number of "
        "samples. With few it learns them by heart. The floor is what more data of this kind "
        "do not take away: the network's size and the number of steps.",
    )
    report.plot(
        "Held-out loss against parameters",
        charts.lines(
            {of_size.text("N"): of_size.curve(list(by_size))},
            "parameters",
            "held-out loss",
            points={"measured": (list(by_size), list(by_size.values()))},
            log_x=True,
            log_y=True,
        ).svg,
        f"On {most} samples. A power law is a straight line here; that a few points lie near one "
        "is no proof that it goes on.",
    )
    report.table("Settings", _settings(options))
    return report


def cost(width: int, options: Options) -> Cost:
    """Steps with the loss in scalars, timed on the graph and as a program."""
    rng = generator(options.seed)
    model = MLP(INPUTS, [width, width, 1], "tanh", init="xavier_uniform", rng=rng)
    X = [[rng.uniform(-1, 1) for _ in range(INPUTS)] for _ in range(TIMED_BATCH)]
    y = [rng.gauss(0, 1) for _ in X]
    optimizer = SGD(model.parameters(), lr=0.01)

    def loss(X: list[list[float]], y: list[float]) -> Value:
        error: Value = mse_loss([scalars(model, x) for x in X], y)
        return error

    def eager_step() -> None:
        with paused_gc():  # as fit does
            optimizer.zero_grad()
            loss(X, y).backward()
            optimizer.step()

    nodes = len(topological_order(loss(X, y)))
    eager = timed(eager_step)
    with CompiledStep(loss, optimizer) as step:
        started = time.perf_counter()
        step(X, y)
        first = time.perf_counter() - started
        compiled = timed(lambda: step(X, y))
    print(
        f"{nodes:,} nodes: {1e3 * eager:.2f} ms eager, {1e3 * compiled:.2f} ms compiled", flush=True
    )
    return Cost(nodes, eager, compiled, first)


def scalars(model: MLP, inputs: Sequence[Any]) -> Value:
    """The network's output, each product and each sum being a node of its own."""
    signals: list[Any] = list(inputs)
    for layer in model.layers:
        sums: list[Value] = []
        for neuron in layer.neurons:
            total: Value = neuron.b
            for w, x in zip(neuron.w, signals, strict=True):
                total = total + w * x
            sums.append(total)
        signals = list(map(tanh, sums))
    return sums[0]  # the last layer is linear


def timed(step: Callable[[], Any]) -> float:
    """The median time of a call, in seconds: at least 3 calls, or a quarter of a second."""
    times: list[float] = []
    while len(times) < 3 or (sum(times) < 0.25 and len(times) < 100):
        started = time.perf_counter()
        step()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def teacher(samples: int, seed: int) -> tuple[Data, Data]:
    """What a fixed random function of 32 tanh neurons says of random points, scaled to variance 1.

    To train with, and 500 others to test.
    """
    rng = random.Random(seed)
    neurons = [[rng.gauss(0, 1) for _ in range(INPUTS + 2)] for _ in range(32)]

    def told(x: list[float]) -> float:
        return sum(
            out * math.tanh(bias + sum(w * xi for w, xi in zip(ws, x, strict=True)))
            for out, bias, *ws in neurons
        )

    X = [[rng.uniform(-1, 1) for _ in range(INPUTS)] for _ in range(samples + 500)]
    y = [told(x) for x in X]
    mean, deviation = statistics.fmean(y), statistics.pstdev(y)
    y = [(t - mean) / deviation for t in y]
    return (X[500:], y[500:]), (X[:500], y[:500])


def loss_of(samples: int, width: int, data: Data, test: Data, options: Options) -> float:
    """The held-out loss of a network of that width, trained on so many of the samples."""
    print(f"{samples} samples, {size(width)} parameters", flush=True)
    model = MLP(INPUTS, [width, width, 1], "tanh", init="xavier_uniform", rng=options.seed)
    # As many steps for each, so that what is compared is the data, not the work.
    epochs = options.epochs * len(data[0]) // samples
    fit(
        model,
        (data[0][:samples], data[1][:samples]),
        mse_loss,
        Adam(model.parameters(), lr=options.lr),
        epochs=epochs,
        batch_size=BATCH,
        metric=mse,
        schedule=lambda epoch: options.lr * (1 - 0.98 * epoch / epochs),
        rng=options.seed,
        compile=options.compile,
    )
    return mse(predict(model, test[0]), test[1])


def size(width: int) -> int:
    """How many parameters a network of two hidden layers of that width has."""
    return (INPUTS + 1) * width + (width + 1) * width + width + 1


def row(width: int, cost: Cost) -> tuple[str, ...]:
    """A line of the table of times."""
    gain = cost.eager - cost.compiled
    return (
        str(width),
        f"{cost.nodes:,}",
        f"{1e3 * cost.eager:.2f} ms",
        f"{1e3 * cost.compiled:.2f} ms",
        f"{cost.faster:.0f}×",
        f"{cost.first:.2f} s",
        f"{cost.first / gain:,.0f} steps" if gain > 0 else "never",
    )


def _settings(options: Options) -> dict[str, str]:
    return {
        "model": f"MLP {INPUTS}-w-w-1, tanh, Xavier initialisation",
        "data": f"what a random function of 32 tanh neurons says of {INPUTS} uniform numbers, "
        f"variance 1, no noise; 500 others to test",
        "loss": "mean squared error; 1 is that of always saying the mean",
        "optimiser": f"Adam, learning rate from {options.lr:g} down to a fiftieth, batches of "
        f"{BATCH}; the timed steps: SGD, {TIMED_BATCH} samples",
        "laws": "least squares of the logarithm, that of loss against data with a floor",
        "seed, epochs": f"{options.seed}, {options.epochs} of the largest data",
    }


TASK = Task(
    name="scaling",
    summary="time of a step and loss against size, with fitted power laws",
    data=f"{SAMPLES[0]} to {SAMPLES[-1]:,} samples of a random function",
    time="30 s",
    levels=(
        Level("held-out loss, most data over least", 0.1, most=True, form=".3f"),
        Level("held-out loss, largest network over smallest", 0.1, most=True, form=".3f"),
    ),
    epochs=32,
    lr=0.01,
    run=run,
)
