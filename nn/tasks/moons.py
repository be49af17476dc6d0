"""moons: the classic demonstration, an MLP 2-16-16-1 that separates two half circles."""

from __future__ import annotations

import autograd

from .. import plots
from ..layers import MLP
from ..losses import hinge_loss
from ..metrics import accuracy
from ..optim import SGD
from ..regularize import l2_penalty
from ..report import Report
from ..toy_data import make_moons
from ..train import fit, predict
from .task import Level, Options, Task, lasted


def run(options: Options) -> Report:
    """Train on 100 points in full batches (hinge loss + L2), test on 500 others."""
    X, labels = make_moons(100, noise=0.1, rng=options.seed)
    X_test, labels_test = make_moons(500, noise=0.1, rng=options.seed + 1)
    y, y_test = ([2 * label - 1 for label in part] for part in (labels, labels_test))

    model = MLP(2, [16, 16, 1], init="uniform", rng=options.seed)
    optimizer = SGD(model.parameters(), lr=options.lr)
    history = fit(
        model,
        (X, y),
        hinge_loss,
        optimizer,
        epochs=options.epochs,
        penalty=l2_penalty(1e-4),
        schedule=lambda epoch: options.lr * (1 - 0.9 * epoch / options.epochs),
        rng=options.seed,
        compile=options.compile,
    )
    trained, tested = predict(model, X), predict(model, X_test)

    # One sample, the one closest to the decision boundary: there the loss still has a slope.
    hardest = min(range(len(X)), key=lambda i: y[i] * trained[i])
    inputs = [autograd.Value(x, label=f"x{i}") for i, x in enumerate(X[hardest])]
    score = model(inputs)
    score.label = "score"
    loss = autograd.relu(1 - y[hardest] * score)
    loss.label = "loss"
    model.zero_grad()
    loss.backward()

    report = Report("Two moons", "An MLP 2-16-16-1 learns to tell two half circles apart.")
    report.model, report.parameters = "MLP 2-16-16-1", len(model.parameters())
    report.measured = {"test accuracy": accuracy(tested, y_test)}
    linear = _linear(X, y, options)
    linear_accuracy = accuracy(predict(linear, X_test), y_test)
    report.baselines = {"linear": f"{linear_accuracy:.1%}"}
    report.figures = {
        "training accuracy": f"{accuracy(trained, y):.1%}",
        "test accuracy": f"{accuracy(tested, y_test):.1%}",
        "test accuracy of a straight line": f"{linear_accuracy:.1%}",
        "parameters": str(len(model.parameters())),
        "training": lasted(history),
    }
    report.plot(
        "Loss and accuracy",
        plots.training_curves(history).svg,
        "The hinge loss of the whole batch (with the L2 penalty) and the share of points on their "
        "own side, at each step.",
    )
    report.plot(
        "Decision boundary",
        plots.decision_boundary(lambda points: predict(model, points), X, labels).svg,
        "The network's score over the plane: the line is where it is 0. Circles and squares are "
        "the training points of the two classes.",
    )
    report.drawing(
        "The graph of one sample, with gradients",
        autograd.draw(loss, names=model, parameters=False, title="Loss of one sample"),
        f"The sample with the smallest margin, ({X[hardest][0]:.2f}, {X[hardest][1]:.2f}). Each "
        "box is one operation with its value and its gradient (blue: positive, orange: negative); "
        "the weights are inside the dot boxes. Read it from the right to see backpropagation: a "
        "line's colour is what it passes back, its local derivative (in the tooltip) times the "
        "gradient at its end, and a box's gradient is the sum of what its lines to the right pass "
        "back. Where relu is 0, nothing gets through: the dot boxes before it are grey.",
    )
    report.plot(
        "Gradient norms per layer",
        plots.gradient_norms(history).svg,
        "How long the gradient of each layer's parameters is, at each step.",
    )
    report.table("Settings", _settings(options))
    return report


def _linear(X: list[list[float]], y: list[int], options: Options) -> MLP:
    """What the hidden layers are worth: a straight line, trained in the same way."""
    model = MLP(2, [1], rng=options.seed)
    fit(
        model,
        (X, y),
        hinge_loss,
        SGD(model.parameters(), lr=0.1),
        epochs=options.epochs,
        rng=options.seed,
        progress=False,
        compile=options.compile,
    )
    return model


def _settings(options: Options) -> dict[str, str]:
    return {
        "model": "MLP(2, [16, 16, 1]), relu, weights uniform on [−1, 1]",
        "loss": "mean relu(1 − y·score) + 1e-4·Σp²",
        "optimiser": f"SGD, learning rate from {options.lr:g} down to a tenth, whole batch",
        "data": "100 points, noise 0.1; 500 others to test",
        "seed, epochs": f"{options.seed}, {options.epochs}",
    }


TASK = Task(
    name="moons",
    summary="the classic two-moons MLP 2-16-16-1 (hinge loss + L2)",
    data="100 points to train, 500 to test, noise 0.1",
    time="5 s",
    levels=(Level("test accuracy", 0.96),),
    epochs=100,
    lr=1.0,
    run=run,
)
