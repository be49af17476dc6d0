"""Short opinions made from hand-written templates: praise or blame, told by the words' order."""

from __future__ import annotations

import itertools
import random
import re
from importlib import resources

from .init import generator

PLACE = re.compile(r"\{(\w+)\}")


def make_opinions(
    n_samples: int, rng: random.Random | int | None = None
) -> tuple[list[str], list[int]]:
    """Different sentences of lower-case words, and 1 for praise or 0 for blame.

    Each template is used as often, as far as it can make different sentences; both kinds are
    as frequent. Templates and words are in ``nn/corpora/opinions.txt``.

    >>> sentences, praise = make_opinions(4, rng=1)
    >>> for sentence, good in zip(sentences, praise):
    ...     print("+-"[not good], sentence)
    - the book was not bright
    - the book was empty
    + the meal was clever
    + the film was not clumsy
    """
    templates, words = templates_and_words()
    rng = generator(rng)
    possible = [
        [(sentence, praise) for sentence in filled(template, words)]
        for template, praise in templates
    ]
    total = sum(map(len, possible))
    if isinstance(n_samples, bool) or not isinstance(n_samples, int) or n_samples < 1:
        raise ValueError(
            f"make_opinions: n_samples must be an int of at least 1, not {n_samples!r}"
        )
    if n_samples > total:
        raise ValueError(f"make_opinions: there are {total:,} sentences, not {n_samples:,}")
    for sentences in possible:
        rng.shuffle(sentences)
    # One of each template in turn, until there are enough.
    rounds = itertools.zip_longest(*possible)
    drawn = [opinion for turn in rounds for opinion in turn if opinion][:n_samples]
    rng.shuffle(drawn)
    return [sentence for sentence, _ in drawn], [praise for _, praise in drawn]


def templates_and_words() -> tuple[list[tuple[str, int]], dict[str, list[str]]]:
    """The templates, with 1 for praise or 0 for blame, and the words for each place in them."""
    text = resources.files("nn.corpora").joinpath("opinions.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    templates = [(line[2:], int(line[0] == "+")) for line in lines if line[0] in "+-"]
    words = [line.split(": ") for line in lines if line[0] not in "+-"]
    return templates, {place: choice.split() for place, choice in words}


def filled(template: str, words: dict[str, list[str]]) -> list[str]:
    """Every sentence that the template makes.

    >>> filled("a {size} {thing}", {"size": ["big", "small"], "thing": ["dog"]})
    ['a big dog', 'a small dog']
    """
    choices = [words[place] for place in PLACE.findall(template)]
    text = PLACE.sub("{}", template)
    return [text.format(*chosen) for chosen in itertools.product(*choices)]
