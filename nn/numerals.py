"""Numbers in English words, and samples of them in which every length is as frequent.

>>> " ".join(in_words(305)), " ".join(in_words(70_019))
('three hundred and five', 'seventy thousand and nineteen')
"""

from __future__ import annotations

import random

from .init import generator

# fmt: off
ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
# fmt: on
WORDS = [*ONES, *TENS, "hundred", "thousand", "and"]
"""Every word that ``in_words`` uses."""


def in_words(number: int) -> list[str]:
    """The English words for a number from 0 to 999,999, with "and" as in Britain.

    >>> in_words(21), in_words(4_100)
    (['twenty', 'one'], ['four', 'thousand', 'one', 'hundred'])

    ``ValueError`` for any other number.
    """
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 1_000_000:
        raise ValueError(f"in_words: the number must be an int from 0 to 999,999, not {number!r}")
    if number < 20:
        return [ONES[number]]
    if number < 100:
        tens, ones = divmod(number, 10)
        return [TENS[tens - 2], *([ONES[ones]] if ones else [])]
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return [ONES[hundreds], "hundred", *(["and", *in_words(rest)] if rest else [])]
    thousands, rest = divmod(number, 1000)
    link = ["and"] if 0 < rest < 100 else []
    return [*in_words(thousands), "thousand", *link, *(in_words(rest) if rest else [])]


def draw_number(rng: random.Random, length: int | None = None) -> int:
    """A number of that many digits, 1 to 6; None draws the length first, each as often.

    >>> draw_number(random.Random(0), 3) in range(100, 1000)
    True
    """
    if length is None:
        length = rng.randint(1, 6)
    return rng.randrange(10 ** (length - 1) if length > 1 else 0, 10**length)


def held_out_numbers(per_length: int, rng: random.Random | int | None = None) -> list[int]:
    """Numbers to test with, ``per_length`` of each length, but a fifth of all there are at most.

    >>> numbers = held_out_numbers(40, rng=0)
    >>> [sum(len(str(n)) == length for n in numbers) for length in range(1, 7)]
    [2, 18, 40, 40, 40, 40]
    """
    rng = generator(rng)
    numbers: list[int] = []
    for length in range(1, 7):
        first = 10 ** (length - 1) if length > 1 else 0
        every = range(first, 10**length)
        numbers += rng.sample(every, min(per_length, len(every) // 5))
    return numbers
