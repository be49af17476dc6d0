"""Numbers as sequences of tokens, and the training of a translator between them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd import Value, dot

from ..losses import cross_entropy
from ..numerals import WORDS, draw_number, in_words
from ..optim import Adam
from ..padding import bucket_length, pad_sequence, sequence_mask
from .steps import Batch, Steps
from .task import Options
from .translator import Translator

BUCKETS = (3, 6)  # numbers of up to so many digits share a program
BATCH = 32
STEPS = 250  # in an epoch


class Direction(NamedTuple):
    """What is read and what is written; a number as tokens of either kind."""

    read: str
    write: str

    def sizes(self, bucket: int) -> tuple[int, int]:
        """The lengths of both sequences, with an end to what is written."""
        return LENGTHS[self.read][bucket], LENGTHS[self.write][bucket] + 1

    @property
    def end(self) -> int:
        """The symbol after the last, which also stands before the first."""
        return len(VOCABULARY[self.write])


VOCABULARY = {"words": WORDS, "digits": list("0123456789")}
LENGTHS = {"words": {3: 5, 6: 11}, "digits": {3: 3, 6: 6}}


def spelled(number: int, kind: str) -> list[str]:
    """The number in words or in digits.

    >>> spelled(21, "words"), spelled(21, "digits")
    (['twenty', 'one'], ['2', '1'])
    """
    return in_words(number) if kind == "words" else list(str(number))


def text(tokens: Sequence[str], kind: str) -> str:
    """Words with spaces between them, digits without."""
    return (" " if kind == "words" else "").join(tokens)


def tokens(number: int, kind: str) -> list[int]:
    """The indices of its words or digits in the vocabulary."""
    return [VOCABULARY[kind].index(token) for token in spelled(number, kind)]


def batch_of(numbers: Sequence[int], direction: Direction, bucket: int) -> Batch:
    """Tokens, their mask, symbols before each step, the right symbols, and their mask.

    >>> for part in batch_of([305], Direction("words", "digits"), 6):
    ...     print(*part)
    [3, 28, 30, 5, 0, 0, 0, 0, 0, 0, 0]
    [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    [10, 3, 0, 5, 10, 10, 10]
    [3, 0, 5, 10, 10, 10, 10]
    [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]
    """
    length, steps = direction.sizes(bucket)
    read = [tokens(number, direction.read) for number in numbers]
    write = [[*tokens(number, direction.write), direction.end] for number in numbers]
    before = [[direction.end, *symbols[:-1]] for symbols in write]
    return (
        pad_sequence(read, 0, length),
        sequence_mask([len(sequence) for sequence in read], length),
        pad_sequence(before, direction.end, steps),
        pad_sequence(write, direction.end, steps),
        sequence_mask([len(symbols) for symbols in write], steps),
    )


def loss_of(model: Translator) -> Callable[..., tuple[Value, Any]]:
    """−ln of the probability of all that is to be written, for one number; and the outputs.

    It sees the model and nothing else, so that no change elsewhere makes its programs stale.
    """

    def loss(
        read: Any, read_mask: Any, before: Any, write: Any, write_mask: Any
    ) -> tuple[Value, Any]:
        logits, weights = model(read, read_mask, before)
        losses = cross_entropy(logits, write, reduction="none")
        return dot(losses, write_mask), [logits, weights]

    return loss


class Training:
    """A translator, and the steps that train it."""

    def __init__(self, direction: Direction, options: Options, attention: bool) -> None:
        self.direction = direction
        self.size = 4 if options.quick else BATCH
        # Without attention the states are larger, so that both have as many parameters.
        widths = (8, 10, 14) if attention else (8, 11, 16)
        self.model = Translator(
            len(VOCABULARY[direction.read]),
            direction.end + 1,
            *widths,
            attention=attention,
            rng=options.seed,
        )
        self.optimizer = Adam(self.model.parameters(), lr=options.lr)
        self.steps = Steps(loss_of(self.model), self.optimizer, options.compile)

    def translated(self, numbers: Sequence[int]) -> list[tuple[list[str], list[list[float]]]]:
        """What it writes for each number, greedily, and the weights of each of these steps.

        The programs of training serve here too: what was written so far is given to them as
        the right answer was, and they say what comes next.
        """
        direction, found = self.direction, {}
        vocabulary = [*VOCABULARY[direction.write], ""]
        for bucket in BUCKETS:
            mine = [n for n in numbers if bucket_length(len(str(n)), BUCKETS) == bucket]
            for at in range(0, len(mine), self.size):
                part = mine[at : at + self.size]
                batch = batch_of(part + [part[-1]] * (self.size - len(part)), direction, bucket)
                before = [[direction.end] * len(symbols) for symbols in batch[2]]
                written: list[list[int]] = [[] for _ in before]
                for step in range(len(before[0])):
                    outputs = self.steps.outputs(*batch[:2], before, *batch[3:])
                    for given, symbols, (logits, _) in zip(before, written, outputs, strict=True):
                        scores = logits[step]
                        symbols.append(max(range(len(scores)), key=scores.__getitem__))
                        given[1:] = [*symbols, *given][: len(given) - 1]
                for number, symbols, (_, weights) in zip(part, written, outputs, strict=False):
                    end = (*symbols, direction.end).index(direction.end)
                    found[number] = [vocabulary[s] for s in symbols[:end]], weights[: end + 1]
        return [found[number] for number in numbers]


def train(training: Training, held_out: Sequence[int], options: Options) -> list[float]:
    """The mean loss of each epoch; lengths are drawn evenly, numbers held out never."""
    rng, unseen = random.Random(options.seed), set(held_out)
    steps = 2 if options.quick else STEPS
    buckets = BUCKETS[:1] if options.quick else BUCKETS
    losses: list[float] = []
    started = time.perf_counter()
    for epoch in range(options.epochs):
        training.optimizer.lr = options.lr * (1 - 0.95 * epoch / options.epochs)
        total = 0.0
        with training.steps:
            for _ in range(steps):
                bucket = rng.choice(buckets)
                numbers: list[int] = []
                while len(numbers) < training.size:
                    number = draw_number(rng, rng.randint(bucket - 2, bucket))
                    numbers += [number] if number not in unseen else []
                total += training.steps(*batch_of(numbers, training.direction, bucket))
        losses.append(total / steps)
        seconds = time.perf_counter() - started
        print(
            f"  epoch {epoch + 1}/{options.epochs}  loss {losses[-1]:.4f}  {seconds:.0f} s",
            flush=True,
        )
    return losses
