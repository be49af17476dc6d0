"""digits: an MLP 64-32-10 or a small convolution that reads handwritten digits."""

from __future__ import annotations

from collections.abc import Sequence

import autograd
from autograd import Value

from .. import charts, plots
from ..activations import ReLU
from ..containers import Flatten
from ..convolution import Conv2d
from ..data import train_test_split
from ..init import generator
from ..interpret import integrated_gradients
from ..layers import MLP, Linear
from ..losses import cross_entropy
from ..metrics import accuracy, confusion_matrix, predictions
from ..module import Module
from ..optim import Adam
from ..real_data import load_digits
from ..report import Report
from ..train import fit, predict
from .task import Level, Options, Task, lasted


class Perceptron(MLP):
    """64 pixels, 32 hidden neurons, 10 logits."""

    title = "An MLP 64-32-10"
    setting = "MLP(64, [32, 10]), relu, He initialisation"

    def __init__(self, seed: int) -> None:
        super().__init__(64, [32, 10], rng=seed)

    def features(self, pixels: Sequence[float]) -> list[Value]:
        """What the hidden layer makes of an image."""
        return self.layers[0](pixels)

    def read(self, features: Sequence[Value]) -> list[Value]:
        """The logits of the ten digits, from the features."""
        return self.layers[1](features)


class Convolution(Module):
    """8 kernels slid over the image, 16 over what those found, then 10 logits.

    A kernel has the same few weights wherever it lies: a stroke is recognised in any place.
    The first convolution goes on by two pixels at a time, which keeps the graph small.
    """

    title = "A convolution of 8 and 16 channels"
    setting = "Conv2d(1, 8, 4, stride=2, padding=1), relu, Conv2d(8, 16, 3), relu, Linear(64, 10)"

    def __init__(self, seed: int) -> None:
        rng = generator(seed)
        self.conv1 = Conv2d(1, 8, 4, stride=2, padding=1, rng=rng)  # 8 channels of 4×4
        self.conv2 = Conv2d(8, 16, 3, rng=rng)  # 16 channels of 2×2
        self.relu, self.flatten = ReLU(), Flatten()
        self.head = Linear(64, 10, rng=rng)

    def features(self, pixels: Sequence[float]) -> list[Value]:
        """What both convolutions make of an image, as one list."""
        image = [list(pixels[at : at + 8]) for at in range(0, 64, 8)]
        strokes = self.relu(self.conv1([image]))
        features: list[Value] = self.flatten(self.relu(self.conv2(strokes)))
        return features

    def read(self, features: Sequence[Value]) -> list[Value]:
        """The logits of the ten digits, from the features."""
        return self.head(features)

    def forward(self, pixels: Sequence[float]) -> list[Value]:
        return self.read(self.features(pixels))


MODELS: dict[str, type[Perceptron] | type[Convolution]] = {"mlp": Perceptron, "cnn": Convolution}


def run(options: Options) -> Report:
    """Train on 80 % of 1,797 images in batches of 32, test on the rest."""
    images, labels = load_digits()
    if options.quick:
        images, labels = images[:120], labels[:120]
    # The split is always the same, whatever the seed: figures stay comparable.
    X, X_test, y, y_test = train_test_split(images, labels, test_size=0.2, rng=0)

    model = MODELS[options.model](options.seed)
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
        compile=options.compile,
    )
    outputs = predict(model, X_test, compile=options.compile)
    linear = _linear(X, y, options)
    linear_accuracy = accuracy(predict(linear, X_test), y_test)

    # The held-out images from clear ones to those that were hardest to read.
    losses = cross_entropy(outputs, y_test, reduction="none")
    ranked = sorted(range(len(X_test)), key=losses.__getitem__)

    # One sample's last layer: its inputs are cut from the layers before, and labelled.
    sample = ranked[-1]
    hidden = [Value(h.item(), label=f"h{i}") for i, h in enumerate(model.features(X_test[sample]))]
    logits = model.read(hidden)
    for digit, logit in enumerate(logits):
        logit.label = f"logit {digit}"
    loss = cross_entropy([logits], [y_test[sample]])
    loss.label = "loss"
    model.zero_grad()
    loss.backward()

    report = Report("Handwritten digits", f"{model.title} learns to read 8×8 images of digits.")
    report.model, report.parameters = model.setting.split(", relu")[0], len(model.parameters())
    report.measured = {"test accuracy": accuracy(outputs, y_test)}
    report.baselines = {"linear": f"{linear_accuracy:.1%}"}
    report.figures = {
        "test accuracy": f"{accuracy(outputs, y_test):.1%}",
        "test accuracy of a linear model": f"{linear_accuracy:.1%}",
        "training accuracy": f"{history.train_metric[-1]:.1%}",
        "parameters": str(len(model.parameters())),
        "training": lasted(history),
    }
    report.plot(
        "Loss and accuracy",
        plots.training_curves(history).svg,
        "Cross-entropy and the share of images read right: on the training images, as a mean over "
        f"the steps of each epoch, and on the {len(X_test)} held-out ones, after it.",
    )
    report.plot(
        "Predictions on held-out images",
        plots.image_grid(X_test, predictions(outputs), y_test, shape=(8, 8)).svg,
        "The images that were read wrong come first (what it is → what was read).",
    )
    report.plot(
        "Confusion matrix",
        plots.confusion(confusion_matrix(outputs, y_test, classes=10)).svg,
        "Held-out images: the digit that it is (row), the digit that was read (column).",
    )
    if isinstance(model, Convolution):
        weights = [[[w.data for w in row] for row in kernel] for (kernel,) in model.conv1.weight]
        report.plot(
            "What the first convolution looks for",
            plots.kernels(weights).svg,
            "Its 8 kernels of 4×4 weights: each answers where the image is dark under its "
            "positive weights and light under its negative ones.",
        )
    looked_at = ranked[:4] + ranked[-4:]
    report.plot(
        "Which pixels spoke for what was read",
        charts.pictures(
            [_evidence(model, X_test[i]) for i in looked_at],
            [f"{y_test[i]} → {predictions(outputs)[i]}" for i in looked_at],
            signed=True,
        ).svg,
        "Integrated gradients of the largest logit, from an empty image to this one (the last four "
        "were the hardest to read): violet pixels spoke for it, orange ones against; together they "
        "are the logit's change.",
    )
    report.drawing(
        "The graph of one sample's last layer, with gradients",
        autograd.draw(
            loss, names=model, parameters=False, title="Last layer and loss of one image"
        ),
        f"From the {len(hidden)} hidden activations to the loss, for the image that was hardest "
        f"to read (a "
        f"{y_test[sample]}). The gradient of a logit is its probability, minus 1 for the right "
        "digit; a line's colour is what it passes back. Weights are inside the dot boxes.",
    )
    report.plot(
        "Gradient norms per layer",
        plots.gradient_norms(history).svg,
        "How long the gradient of each layer's parameters is, at each step.",
    )
    report.table("Settings", _settings(options, model.setting, len(X), len(X_test)))
    return report


def _evidence(model: Module, pixels: Sequence[float]) -> list[list[float]]:
    """What each pixel contributes to the largest logit."""
    shares = integrated_gradients(model, pixels, tolerance=1e-3).values
    return [shares[at : at + 8] for at in range(0, 64, 8)]


def _linear(X: Sequence[Sequence[float]], y: Sequence[int], options: Options) -> MLP:
    """What the hidden layer is worth: logistic regression, trained in the same way."""
    model = MLP(64, [10], rng=options.seed)
    fit(
        model,
        (X, y),
        cross_entropy,
        Adam(model.parameters(), lr=options.lr),
        epochs=options.epochs,
        batch_size=32,
        rng=options.seed,
        compile=options.compile,
    )
    return model


def _settings(options: Options, model: str, train: int, test: int) -> dict[str, str]:
    return {
        "model": model,
        "loss": "cross-entropy of the softmax",
        "optimiser": f"Adam, learning rate from {options.lr:g} down to a tenth, batches of 32",
        "data": f"scikit-learn's digits, {train} to train, {test} held out (fixed shuffled split)",
        "seed, epochs": f"{options.seed}, {options.epochs}",
    }


TASK = Task(
    name="digits",
    summary="an MLP, or a small convolution, on real handwritten digits (needs the extra [data])",
    data="1,797 images, 8×8, scikit-learn",
    time="20 s (cnn: 40 s)",
    levels=(Level("test accuracy", 0.96),),
    epochs=22,
    lr=0.01,
    run=run,
    models=tuple(MODELS),
)
