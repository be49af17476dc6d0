"""Three problems of the task text: texts with their classes, a network for each, how it reads."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd import Value
from autograd import max as largest  # type: ignore[attr-defined]  # (public, not in __all__)

from ..cells import GRUCell
from ..convolution import Conv1d
from ..data import train_test_split
from ..dropout import Dropout
from ..embedding import Embedding
from ..init import generator
from ..layers import Linear
from ..module import Module
from ..opinions import make_opinions
from ..padding import pad_sequence, sequence_mask
from ..real_data import load_functions
from ..unrolling import unroll
from .translator import masked

Sample = tuple[Any, ...]
"""What the network is called with, for one text."""


class Problem(NamedTuple):
    """Texts to be told apart, and who tries it."""

    lead: str
    train: list[tuple[str, int]]
    test: list[tuple[str, int]]
    classes: list[str]
    encode: Callable[[str], Sample]
    model: Module
    network: str  # in a few words
    setting: str
    pieces: Callable[[str], list[str]]  # the parts of a text that may speak for a class
    baselines: dict[str, dict[str, Any]]  # what scikit-learn's CountVectorizer shall count
    data: str
    smoothing: float = 0.0  # of the labels


def words(text: str) -> list[str]:
    """The words of a text, without capitals and signs.

    >>> words("Return the Path's name.")
    ['return', 'the', 'path', 's', 'name']
    """
    return re.findall(r"[a-z]+", text.lower())


def of_one_module(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(module, text) for each text that only one module has, sorted.

    >>> of_one_module([("xml", "close"), ("email", "close"), ("xml", "parse"), ("xml", "parse")])
    [('xml', 'parse')]
    """
    modules = defaultdict(set)
    for module, text in pairs:
        modules[text].add(module)
    return sorted((min(having), text) for text, having in modules.items() if len(having) == 1)


def split(
    pairs: Sequence[tuple[str, str]], quick: bool
) -> tuple[list[tuple[str, int]], list[tuple[str, int]], list[str]]:
    """Texts with their classes' numbers, four fifths of them to train, and the classes."""
    classes = sorted({module for module, _ in pairs})
    texts = [text for _, text in pairs]
    numbers = [classes.index(module) for module, _ in pairs]
    # The split is always the same, whatever the seed: figures stay comparable.
    X, X_test, y, y_test = train_test_split(texts, numbers, test_size=0.2, rng=0)
    train, test = list(zip(X, y, strict=True)), list(zip(X_test, y_test, strict=True))
    return (train[:24], test[:8], classes) if quick else (train, test, classes)


# --- names: a convolution over characters -------------------------------------------------------


class NameReader(Module):
    """Kernels slid over the characters; of each the largest answer, wherever it was.

    A kernel answers to a few characters in a row, as an n-gram does, but to similar ones too.
    """

    def __init__(self, characters: int, classes: int, rng: Any, channels: int = 96) -> None:
        rng = generator(rng)
        self.embedding = Embedding(characters, 16, rng=rng)
        self.convolution = Conv1d(16, channels, 4, rng=rng)
        self.dropout = Dropout(0.3, rng=rng)
        self.head = Linear(channels, classes, rng=rng)

    def forward(self, characters: Sequence[Any]) -> list[Value]:
        vectors = self.embedding(list(characters))
        channels = self.convolution([list(column) for column in zip(*vectors, strict=True)])
        return self.head(self.dropout([largest(channel).relu() for channel in channels]))


def names(seed: int, quick: bool) -> Problem:
    """Which module a function's name comes from."""
    pairs = [(module, name) for module, name, _ in load_functions() if len(name) <= LONGEST_NAME]
    train, test, classes = split(of_one_module(pairs), quick)
    alphabet = ["", *sorted({character for _, name in pairs for character in name})]

    def encode(name: str) -> Sample:
        """A blank, the characters, and blanks up to a common length."""
        numbers = [0, *(alphabet.index(character) for character in name[:LONGEST_NAME])]
        return (pad_sequence([numbers], 0, LONGEST_NAME + 2)[0],)

    return Problem(
        "Which of ten modules of Python's standard library a function's name comes from: a "
        "convolution over its characters.",
        train,
        test,
        classes,
        encode,
        NameReader(len(alphabet), len(classes), seed, channels=8 if quick else 96),
        "96 kernels over characters",
        "characters as vectors of 16, 96 kernels of 4 characters, the largest answer of each, "
        "relu, dropout 0.3, logits",
        lambda name: [part for part in re.split(r"_|(?=[A-Z])", name) if len(part) > 2],
        {
            "logistic regression, 1 to 4 characters": {
                "analyzer": "char_wb",
                "ngram_range": (1, 4),
                "lowercase": False,
            }
        },
        f"names of up to {LONGEST_NAME} characters that only one of the modules has",
        smoothing=0.1,
    )


LONGEST_NAME = 20


# --- docstrings: a bag of words ------------------------------------------------------------------


class LineReader(Module):
    """The vectors of the words added up, then a hidden layer.

    A word's vector is a column of the first layer, and the sum of them its product with the
    counts of the words: an embedding and its pooling as one matrix product.
    """

    def __init__(self, vocabulary: int, classes: int, rng: Any) -> None:
        rng = generator(rng)
        self.vectors = Linear(vocabulary, 16, rng=rng)
        self.dropout = Dropout(0.3, rng=rng)
        self.hidden = Linear(16, 16, rng=rng)
        self.head = Linear(16, classes, rng=rng)
        for row in self.vectors.weight:
            for weight in row:
                weight.data = rng.gauss(0.0, 0.3)

    def forward(self, counts: Sequence[Any]) -> list[Value]:
        pooled = self.dropout(self.vectors(counts))
        return self.head([x.relu() for x in self.hidden(pooled)])


def docstrings(seed: int, quick: bool) -> Problem:
    """Which module the first line of a docstring comes from."""
    pairs = [(module, line) for module, _, line in load_functions() if len(words(line)) > 1]
    train, test, classes = split(of_one_module(pairs), quick)
    seen = Counter(word for line, _ in train for word in set(words(line)))
    vocabulary = sorted(word for word, count in seen.items() if count >= 3)

    def encode(line: str) -> Sample:
        """How often each known word is in it, over the root of how many there are."""
        counts = Counter(words(line))
        known = sum(counts[word] for word in vocabulary)
        return ([counts[word] / math.sqrt(known or 1) for word in vocabulary],)

    return Problem(
        "Which of ten modules of Python's standard library the first line of a docstring comes "
        "from: the vectors of its words, added up.",
        train,
        test,
        classes,
        encode,
        LineReader(len(vocabulary), len(classes), seed),
        "sum of word vectors, MLP 16-16-10",
        f"{len(vocabulary)} words as vectors of 16, their sum over √(words), dropout 0.3, a hidden "
        "layer of 16, relu, logits",
        words,
        {"logistic regression, words": {"tokenizer": words, "token_pattern": None}},
        "first lines of two words at least that only one of the modules has; the network knows "
        "the words that are in three lines of the training part, the baseline all",
    )


# --- sentiment: a recurrent net, because the order of the words tells -----------------------------


class OpinionReader(Module):
    """A GRU that reads word by word; its last state tells praise from blame."""

    def __init__(self, vocabulary: int, rng: Any) -> None:
        rng = generator(rng)
        self.embedding = Embedding(vocabulary, 8, rng=rng)
        self.cell = GRUCell(8, 12, rng=rng)
        self.head = Linear(12, 2, rng=rng)

    def forward(self, tokens: Sequence[Any], mask: Sequence[Any]) -> list[Value]:
        inputs = list(zip(self.embedding(list(tokens)), mask, strict=True))
        states = unroll(masked(self.cell), inputs, self.cell.initial())
        return self.head(states[-1])


def sentiment(seed: int, quick: bool) -> Problem:
    """Whether a sentence praises or blames."""
    sentences, praise = make_opinions(640, rng=0)
    pairs = [(("blame", "praise")[good], s) for s, good in zip(sentences, praise, strict=True)]
    train, test, classes = split(pairs, quick)
    vocabulary = sorted({word for sentence in sentences for word in sentence.split()})
    longest = max(len(sentence.split()) for sentence in sentences)

    def encode(sentence: str) -> Sample:
        """The numbers of its words, filled up, and their mask."""
        numbers = [vocabulary.index(word) for word in sentence.split()]
        [tokens], [mask] = (
            pad_sequence([numbers], 0, longest),
            sequence_mask([len(numbers)], longest),
        )
        return tokens, mask

    return Problem(
        "Praise or blame in a short sentence: “not dull” is praise, and who counts words without "
        "their order cannot know. A recurrent net reads it word by word.",
        train,
        test,
        classes,
        encode,
        OpinionReader(len(vocabulary), seed),
        "GRU 12 over words",
        "words as vectors of 8, a GRU of 12, logits of its last state; masks keep it from reading "
        "on behind the last word",
        str.split,
        {
            "logistic regression, words": {"ngram_range": (1, 1), "token_pattern": r"\w+"},
            "logistic regression, words and pairs": {
                "ngram_range": (1, 2),
                "token_pattern": r"\w+",
            },
        },
        "640 sentences from hand-written templates, most of which come in pairs of the same words",
    )
