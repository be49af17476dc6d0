"""digits: an MLP 64-32-10 that reads handwritten digits."""

from __future__ import annotations

import autograd

from .. import plots
from ..data import train_test_split
from ..layers import MLP
from ..losses import cross_entropy
from ..metrics import accuracy, confusion_matrix, predictions
from ..optim import Adam
from ..real_data import load_digits
from ..report import Report
from ..train import fit, predict
from .task import Options, Task


def run(options: Options) -> Report:
    """Train on 80 % of 1,797 images in batches of 32, test on the rest."""
    images, labels = load_digits()
    # The split is always the same, whatever the seed: figures stay comparable.
    X, X_test, y, y_test = train_test_split(images, labels, test_size=0.2, rng=0)

    model = MLP(64, [32, 10], rng=options.seed)
    history = fit(
        model,
        (X, y),
        cross_entropy,
        Adam(model.parameters(), lr=options.lr),
        epochs=options.epochs,
        batch_size=32,
        validation=(X_test, y_test),
        schedule=lambda epoch: options.lr * (1 - 0.9 * epoch / options.epochs),
        rng=options.seed,
    )
    outputs = predict(model, X_test)

    # One sample's last layer: its 32 inputs are cut from the first layer, and labelled.
    sample = max(range(len(X_test)), key=lambda i: sum(outputs[i]) - 2 * outputs[i][y_test[i]])
    hidden = [
        autograd.Value(h.item(), label=f"h{i}")
        for i, h in enumerate(model.layers[0](X_test[sample]))
    ]
    logits = model.layers[1](hidden)
    for digit, logit in enumerate(logits):
        logit.label = f"logit {digit}"
    loss = cross_entropy([logits], [y_test[sample]])
    loss.label = "loss"
    model.zero_grad()
    loss.backward()

    report = Report("Handwritten digits", "An MLP 64-32-10 learns to read 8×8 images of digits.")
    report.figures = {
        "test accuracy": f"{accuracy(outputs, y_test):.1%}",
        "training accuracy": f"{history.train_metric[-1]:.1%}",
        "parameters": str(len(model.parameters())),
        "training": f"{len(history.losses)} steps, {history.seconds:.0f} s",
    }
    report.plot(
        "Loss and accuracy",
        plots.training_curves(history),
        "Cross-entropy and the share of images read right, on the training images and on the "
        f"{len(X_test)} held-out ones, after each epoch.",
    )
    report.plot(
        "Predictions on held-out images",
        plots.image_grid(X_test, predictions(outputs), y_test, shape=(8, 8)),
        "The images that were read wrong come first (what it is → what was read).",
    )
    report.plot(
        "Confusion matrix",
        plots.confusion(confusion_matrix(outputs, y_test, classes=10)),
        "Held-out images: the digit that it is (row), the digit that was read (column).",
    )
    report.drawing(
        "The graph of one sample's last layer, with gradients",
        autograd.draw(
            loss, names=model, parameters=False, title="Last layer and loss of one image"
        ),
        f"From the 32 hidden activations to the loss, for the image that was hardest to read (a "
        f"{y_test[sample]}). The gradient of a logit is its probability, minus 1 for the right "
        "digit; a line's colour is what it passes back. Weights are inside the dot boxes.",
    )
    report.plot(
        "Gradient norms per layer",
        plots.gradient_norms(history),
        "How long the gradient of each layer's parameters is, at each step.",
    )
    report.table("Settings", _settings(options, len(X), len(X_test)))
    return report


def _settings(options: Options, train: int, test: int) -> dict[str, str]:
    return {
        "model": "MLP(64, [32, 10]), relu, He initialisation",
        "loss": "cross-entropy of the softmax",
        "optimiser": f"Adam, learning rate from {options.lr:g} down to a tenth, batches of 32",
        "data": f"scikit-learn's digits, {train} to train, {test} held out (fixed shuffled split)",
        "seed, epochs": f"{options.seed}, {options.epochs}",
    }


TASK = Task(
    name="digits",
    summary="an MLP 64-32-10 on real handwritten digits (needs the extra [data])",
    time="1 min",
    quality="≥ 96 % test accuracy",
    epochs=22,
    lr=0.01,
    run=run,
)
