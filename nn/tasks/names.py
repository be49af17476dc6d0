"""names: a network learns to spell the functions of Python's library, and invents new ones.

One character after another: the network reads a name so far and tells how likely each
character is to come next. Its loss is −ln of the probability of the one that did come.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator, Sequence
from typing import Any

import autograd
from autograd import Value

from .. import charts
from ..data import train_test_split
from ..losses import cross_entropy
from ..optim import Adam
from ..padding import bucket_length, pad_sequence, sequence_mask
from ..real_data import load_names
from ..report import Report
from .characters import LETTERS, MODELS, Characters, decoded, encoded
from .ngrams import NGrams
from .steps import Steps
from .task import Level, Options, Task

BATCH, QUICK_BATCH = 32, 4
BUCKETS = (6, 9, 12, 15, 21)  # letters and the end; a program for each
MEAN_LENGTH = 10.0  # of a name and its end: brings the loss to about one character's

Batch = tuple[list[list[int]], list[list[int]], list[list[float]]]


def run(options: Options) -> Report:
    """Train on nine names of ten; count nats per character on the rest."""
    names = load_names()
    if options.quick:
        names = [name for name in names if len(name) < 6][::4]
    train, test, _, _ = train_test_split(names, names, test_size=0.1, rng=0)
    model = MODELS[options.model](options.seed)
    started = time.perf_counter()
    losses, held_out = trained(model, train, test, options)
    seconds = time.perf_counter() - started
    grams = {f"{n}-gram": NGrams(n, train).nats(test) for n in (1, 2, 3, 4, 5)}
    invented = list(inventions(model, 10 if options.quick else 60, options.seed))

    report = Report(
        "Names of functions",
        f"{model.title} reads {len(train):,} function names of Python's standard library, letter "
        "by letter, and invents new ones.",
    )
    report.model, report.parameters = model.setting, len(model.parameters())
    report.measured = {"nats per character": held_out[-1][1]}
    report.baselines = {name: f"{nats:.2f}" for name, nats in list(grams.items())[1:4]}
    report.figures = {
        "nats per character, held out": f"{held_out[-1][1]:.3f}",
        "characters to choose from, in effect": f"{math.exp(held_out[-1][1]):.1f} of 28",
        "parameters": f"{len(model.parameters()):,}",
        "training": f"{len(losses):,} steps, {seconds:.0f} s",
    }
    best = min(grams, key=lambda name: grams[name])
    report.plot(
        "Against counting",
        charts.bars({model.title: held_out[-1][1], **grams}, "nats per character", "{:.2f}",
                    ours=model.title).svg,
        "An n-gram model counts which character followed the n − 1 before it. "
        + (f"Here counting wins: the {best} model knows the library's many common parts by heart "
           f"({grams[best]:.2f}), with {NGrams(int(best[0]), train).size:,} numbers to remember; "
           f"the network has {len(model.parameters()):,}."
           if grams[best] < held_out[-1][1] else "Here the network beats all of them."),
    )  # fmt: skip
    report.plot(
        "While it learned",
        charts.lines(
            {"training, mean of an epoch": by_epoch(losses, options.epochs, train),
             "held out": ([x for x, _ in held_out], [y for _, y in held_out])},
            "step", "nats per character",
        ).svg,
        "Before it has learned anything all 28 characters are as likely, which costs ln 28 = 3.33; "
        f"to know how frequent each is, {grams['1-gram']:.2f}.",
    )  # fmt: skip
    known = set(names)
    report.grid(
        "Invented", ("new names", "names that exist"),
        [(", ".join(sorted(set(invented) - known)), ", ".join(sorted(set(invented) & known)))],
        "Drawn character by character, each with the probability that the network gives it.",
    )  # fmt: skip
    word = "get_context"
    report.plot(
        f"What comes next in {word}",
        charts.heatmap(
            next_characters(model, word), [*LETTERS, "end"], ["start", *word], "probability",
            size=(7.5, 6.0),
        ).svg,
        "A column: what the network expects after the character below it and all before.",
    )  # fmt: skip
    report.table("Settings", settings(options, model, len(train), len(test)))
    return report


def trained(
    model: Characters, train: Sequence[str], test: Sequence[str], options: Options
) -> tuple[list[float], list[tuple[float, float]]]:
    """The loss of each step; and (step, nats per character) on held-out names, now and then."""
    optimizer = Adam(model.parameters(), lr=options.lr)
    rng = random.Random(options.seed)
    size = QUICK_BATCH if options.quick else BATCH
    losses: list[float] = []
    held_out = []

    def loss(tokens: Any, targets: Any, mask: Any) -> tuple[Value, list[Value]]:
        total = masked_loss(model, tokens, targets, mask)
        return total, [total]

    steps = Steps(loss, optimizer, options.compile)

    def nats() -> float:
        totals = [total for batch in batches(test, size) for (total,) in steps.outputs(*batch)]
        return math.fsum(totals) * MEAN_LENGTH / sum(len(name) + 1 for name in test)

    for epoch in range(options.epochs):
        optimizer.lr = options.lr * (1 - 0.95 * epoch / options.epochs)
        with steps:
            losses += [steps(*batch) for batch in batches(train, size, rng)]
        held_out.append((float(len(losses)), nats()))
        print(
            f"epoch {epoch + 1}/{options.epochs}  {held_out[-1][1]:.3f} nats per character held out"
        )
    return losses, held_out


def masked_loss(model: Characters, tokens: Any, targets: Any, mask: Any) -> Value:
    """−Σ ln p of the characters of one name that count, over the mean length of names."""
    logits = model(tokens)
    steps = zip(mask, logits, targets, strict=True)
    terms = [counts * cross_entropy(z, target) for counts, z, target in steps]
    total: Value = autograd.mean(terms) * (len(terms) / MEAN_LENGTH)
    return total


def batches(
    names: Sequence[str], size: int = BATCH, rng: random.Random | None = None
) -> Iterator[Batch]:
    """Batches of names of about the same length, filled up to a bucket; the last with nothing."""
    names = list(names)
    if rng is not None:
        rng.shuffle(names)
    buckets: dict[int, list[str]] = {bucket: [] for bucket in BUCKETS}
    for name in names:
        buckets[bucket_length(len(name) + 1, BUCKETS)].append(name)
    found = [
        (length, members[at : at + size])
        for length, members in buckets.items()
        for at in range(0, len(members), size)
    ]
    if rng is not None:
        rng.shuffle(found)
    for length, members in found:
        tokens = [encoded(name) for name in members] + [[0, 0]] * (size - len(members))
        lengths = [len(name) + 1 for name in members] + [0] * (size - len(members))
        yield (
            pad_sequence([row[:-1] for row in tokens], 0, length),
            pad_sequence([row[1:] for row in tokens], 0, length),
            sequence_mask(lengths, length),
        )


def inventions(model: Characters, count: int, seed: int) -> Iterator[str]:
    """New names: each next character is drawn with the probability that the model gives it."""
    rng = random.Random(seed)
    for _ in range(count):
        name = ""
        while len(name) < 20:
            weights = next_characters(model, name, last=True)[-1]
            [token] = rng.choices(range(len(weights)), weights)
            if token == 0:
                break
            name += decoded([token])
        yield name


def next_characters(model: Characters, name: str, last: bool = False) -> list[list[float]]:
    """The probabilities of all characters (rows) after each of the name's (columns).

    ``last``: only after all of it, as one row.
    """
    with autograd.no_grad():
        logits = model(encoded(name)[:-1])
        wanted = logits[-1:] if last else logits
        rows = [[p.item() for p in autograd.softmax(z)] for z in wanted]
    if last:
        return rows
    columns = [[*row[1:], row[0]] for row in rows]  # the end comes last
    return [list(row) for row in zip(*columns, strict=True)]


def by_epoch(
    losses: Sequence[float], epochs: int, names: Sequence[str]
) -> tuple[list[float], list[float]]:
    """The mean loss per character in each epoch, and the step at which it ends."""
    steps = len(losses) // epochs
    characters = math.fsum(len(name) + 1 for name in names) / len(names)
    means = [math.fsum(losses[at : at + steps]) / steps for at in range(0, len(losses), steps)]
    ends = [float(steps * (epoch + 1)) for epoch in range(epochs)]
    return ends, [mean * MEAN_LENGTH / characters for mean in means]


def settings(options: Options, model: Characters, train: int, test: int) -> dict[str, str]:
    """What one would need to run it again."""
    return {
        "model": model.setting,
        "loss": "cross-entropy of the next character, over the letters of a name and its end",
        "optimiser": f"Adam, learning rate from {options.lr:g} down to a twentieth, "
        f"batches of {BATCH} names of similar length, filled up to {BUCKETS} characters",
        "data": f"names of Python 3.11's standard library, {train:,} to train, {test} held out",
        "n-grams": "interpolated: each count is mixed with what the next shorter context says",
        "seed, epochs": f"{options.seed}, {options.epochs}",
    }


TASK = Task(
    name="names",
    summary="spells function names letter by letter, and invents new ones",
    data="4,128 names, Python's library",
    time="1 min",
    levels=(
        Level("nats per character", 2.05, most=True, form=".3f", model="gru"),
        Level("nats per character", 1.97, most=True, form=".3f", model="gru-large"),
    ),
    epochs=25,
    lr=0.01,
    run=run,
    models=tuple(MODELS),
)
