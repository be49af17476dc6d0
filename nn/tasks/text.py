"""text: which module a name or a docstring comes from, and praise or blame in a sentence."""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from autograd import Value

from .. import charts, plots
from ..data import batches
from ..history import History
from ..losses import cross_entropy
from ..metrics import confusion_matrix, predictions
from ..optim import Adam
from ..report import Report
from .steps import Steps
from .task import Level, Options, Task
from .text_problems import Problem, docstrings, names, sentiment

MODELS = {"names": names, "docstrings": docstrings, "sentiment": sentiment}
MEASURED = "held-out accuracy"
BATCH = 32


def run(options: Options) -> Report:
    """Train on four fifths of the texts, test on the rest, against logistic regression."""
    problem = MODELS[options.model](options.seed, options.quick)
    reader = Reader(problem, options)
    history = reader.train(options)
    targets = [label for _, label in problem.test]
    outputs = reader.probabilities([text for text, _ in problem.test])
    read = predictions(outputs)
    accuracy = share(read, targets)
    majority = Counter(label for _, label in problem.train).most_common(1)[0][0]
    rivals = {name: linear(problem, counted) for name, counted in problem.baselines.items()}
    rivals["the most frequent class"] = share([majority] * len(targets), targets)

    report = Report(f"Reading texts: {options.model}", problem.lead)
    report.model, report.parameters = problem.network, reader.parameters
    report.measured = {MEASURED: accuracy}
    report.baselines = {name: f"{figure:.1%}" for name, figure in rivals.items()}
    report.figures = {
        MEASURED: f"{accuracy:.1%}",
        next(iter(rivals)): f"{next(iter(rivals.values())):.1%}",
        "parameters": f"{reader.parameters:,}",
        "training": f"{len(history.losses):,} steps, {history.seconds:.0f} s",
    }
    report.plot(
        "Held-out accuracy",
        charts.bars(
            {"the network": accuracy, **rivals},
            MEASURED,
            errors={
                name: error(figure, len(targets))
                for name, figure in {"the network": accuracy, **rivals}.items()
            },
            ours="the network",
        ).svg,
        f"Of {len(targets)} texts held out, with a standard error. "
        f"{verdict(accuracy, rivals, len(targets))}",
    )
    report.plot(
        "Loss and accuracy",
        plots.training_curves(history).svg,
        "Cross-entropy and the share of texts told right, in training (each text before its "
        "step) and on those held out, after each epoch.",
    )
    report.plot(
        "Confusion matrix",
        plots.confusion(
            confusion_matrix(outputs, targets, len(problem.classes)), problem.classes, "texts"
        ).svg,
        "Held-out texts: the class that it is (row), the class that was read (column).",
    )
    if options.model == "sentiment":
        report.plot(
            "Word by word",
            word_by_word(reader).svg,
            "What the network would say if the sentence ended there: praise is violet, blame "
            "orange. The last two sentences have the same words.",
        )
    else:
        report.grid(
            "What speaks for each class",
            ("class", "read by itself, with its probability"),
            telling(problem, reader),
            "Parts of the training texts, each given to the network as if it were a whole text.",
        )
    report.grid(
        "Held-out texts that were read wrong",
        ("text", "is", "was read as", "probability"),
        mistakes(problem, outputs, read)[:16],
        "Those of which the network was most certain.",
    )
    report.table("Settings", _settings(options, problem))
    return report


class Reader:
    """A problem's network in training, and what it says of texts."""

    def __init__(self, problem: Problem, options: Options) -> None:
        self.problem = problem
        self.size = 4 if options.quick else BATCH
        self.parameters = len(problem.model.parameters())
        self.optimizer = Adam(problem.model.parameters(), lr=options.lr)
        model, smoothing = problem.model, problem.smoothing

        def loss(sample: Any, target: Any) -> tuple[Value, list[Value]]:
            logits = model(*sample)
            return cross_entropy(logits, target, label_smoothing=smoothing), logits

        self.steps = Steps(loss, self.optimizer, options.compile)

    def train(self, options: Options) -> History:
        """Epochs over the training texts, each ended by a look at those held out."""
        problem, rng, history = self.problem, random.Random(options.seed), History()
        X = [problem.encode(text) for text, _ in problem.train]
        y = [label for _, label in problem.train]
        whole = len(X) - len(X) % self.size  # batches of one size share a program
        started = time.perf_counter()
        for epoch in range(options.epochs):
            self.optimizer.lr = options.lr * (1 - 0.95 * epoch / options.epochs)
            problem.model.train()
            right = 0
            order = rng.sample(range(len(X)), whole)
            with self.steps:
                for chosen, targets in batches(order, [y[i] for i in order], self.size, rng):
                    history.losses.append(self.steps([X[i] for i in chosen], targets))
                    read = predictions(self.steps.latest())
                    right += sum(r == t for r, t in zip(read, targets, strict=True))
            steps = whole // self.size
            history.train_loss.append(math.fsum(history.losses[-steps:]) / steps)
            history.train_metric.append(right / whole)
            self.look_at_held_out(history)
            history.seconds = time.perf_counter() - started
            print(
                f"  epoch {epoch + 1}/{options.epochs}  loss {history.train_loss[-1]:.4f}"
                f"  accuracy {history.train_metric[-1]:.1%}"
                f"  held out {history.validation_metric[-1]:.1%}  {history.seconds:.0f} s",
                flush=True,
            )
        return history

    def look_at_held_out(self, history: History) -> None:
        """Loss and accuracy on the texts held out."""
        probabilities = self.probabilities([text for text, _ in self.problem.test])
        targets = [label for _, label in self.problem.test]
        chances = [max(row[t], 1e-300) for row, t in zip(probabilities, targets, strict=True)]
        history.validation_loss.append(-math.fsum(map(math.log, chances)) / len(chances))
        history.validation_metric.append(share(predictions(probabilities), targets))

    def probabilities(self, texts: Sequence[str]) -> list[list[float]]:
        """For each text the probabilities of the classes."""
        self.problem.model.eval()
        samples, found = [self.problem.encode(text) for text in texts], []
        for at in range(0, len(samples), self.size):
            part = samples[at : at + self.size]
            filled = part + [part[-1]] * (self.size - len(part))
            found += self.steps.outputs(filled, [0] * self.size)[: len(part)]
        return [softmax(logits) for logits in found]


def softmax(logits: Sequence[float]) -> list[float]:
    """Probabilities of plain numbers."""
    powers = [math.exp(z - max(logits)) for z in logits]
    return [power / sum(powers) for power in powers]


def share(read: Sequence[int], targets: Sequence[int]) -> float:
    """How many were told right, of all."""
    return sum(r == t for r, t in zip(read, targets, strict=True)) / len(targets)


def error(accuracy: float, texts: int) -> float:
    """The standard error of an accuracy."""
    return math.sqrt(accuracy * (1 - accuracy) / texts)


def linear(problem: Problem, counted: dict[str, Any]) -> float:
    """The held-out accuracy of scikit-learn's logistic regression on counts."""
    try:
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        raise ImportError(
            "text: its baseline needs scikit-learn: pip install 'scalar-autograd[data]'"
        ) from None
    counter = CountVectorizer(**counted)
    X, y = counter.fit_transform([text for text, _ in problem.train]), [t for _, t in problem.train]
    model = LogisticRegression(max_iter=2000).fit(X, y)
    read = model.predict(counter.transform([text for text, _ in problem.test])).tolist()
    return share(read, [label for _, label in problem.test])


def verdict(accuracy: float, rivals: dict[str, float], texts: int) -> str:
    """Whether a simpler method does as well."""
    name, best = max(rivals.items(), key=lambda item: item[1])
    if abs(accuracy - best) < error(best, texts):
        return f"A simpler method does as well: {name}."
    if best > accuracy:
        return f"A simpler method is better: {name}."
    return f"No simpler method here does as well; the best of them is {name}."


def telling(problem: Problem, reader: Reader, count: int = 6) -> list[tuple[str, str]]:
    """For each class the parts of texts that it is most certain of."""
    seen = Counter(piece for text, _ in problem.train for piece in set(problem.pieces(text)))
    pieces = [piece for piece, times in seen.items() if times >= 3] or list(seen)[:8]
    chances = reader.probabilities(pieces)
    rows = []
    for k, name in enumerate(problem.classes):
        best = sorted(zip(pieces, chances, strict=True), key=lambda pair: -pair[1][k])[:count]
        rows.append((name, ", ".join(f"{piece} {chance[k]:.0%}" for piece, chance in best)))
    return rows


def word_by_word(reader: Reader) -> plots.Picture:
    """Sentences, and how much the network takes them for praise after each word."""
    sentences = [sentence.split() for sentence in SENTENCES]
    longest = max(map(len, sentences))
    leanings = []
    for words in sentences:
        prefixes = [" ".join(words[: i + 1]) for i in range(len(words))]
        chances = reader.probabilities(prefixes)
        leanings.append([2 * praise - 1 for _, praise in chances])
    return charts.heatmap(
        [row + [0.0] * (longest - len(row)) for row in leanings],
        ["" for _ in sentences],
        [str(i + 1) for i in range(longest)],
        "P(praise) − P(blame)",
        signed=True,
        cells=[words + [""] * (longest - len(words)) for words in sentences],
        size=(10.5, 3.0),
    )


SENTENCES = (
    "the film was not dull",
    "the meal was great at first and cold in the end",
    "nobody could call this song lovely",
    "they said it would be good but the play was boring",
    "they said it would be boring but the play was good",
)


def mistakes(
    problem: Problem, outputs: Sequence[Sequence[float]], read: Sequence[int]
) -> list[tuple[str, str, str, str]]:
    """The held-out texts that were read wrong, the most certain first."""
    wrong = [i for i, (_, label) in enumerate(problem.test) if read[i] != label]
    wrong.sort(key=lambda i: -outputs[i][read[i]])
    return [
        (
            problem.test[i][0],
            problem.classes[problem.test[i][1]],
            problem.classes[read[i]],
            f"{outputs[i][read[i]]:.0%}",
        )
        for i in wrong
    ]


def _settings(options: Options, problem: Problem) -> dict[str, str]:
    return {
        "model": problem.setting,
        "loss": f"cross-entropy of the softmax, label smoothing {problem.smoothing:g}",
        "optimiser": f"Adam, learning rate from {options.lr:g} down to a twentieth, batches of "
        f"{BATCH}",
        "data": f"{len(problem.train)} to train, {len(problem.test)} held out (fixed shuffled "
        f"split): {problem.data}",
        "baseline": "scikit-learn's LogisticRegression and CountVectorizer, on the same texts",
        "seed, epochs": f"{options.seed}, {options.epochs}; sizes, rate and dropout were chosen "
        "with a look at this split",
    }


TASK = Task(
    name="text",
    summary="names and docstrings to their modules, sentences to praise or blame (extra [data])",
    data="2,000 names or docstrings of Python's standard library, or 640 sentences",
    time="30 s",
    levels=(
        Level(MEASURED, 0.63, model="names"),
        Level(MEASURED, 0.72, model="docstrings"),
        Level(MEASURED, 0.9, model="sentiment"),
    ),
    epochs=30,
    lr=0.01,
    run=run,
    models=tuple(MODELS),
)
