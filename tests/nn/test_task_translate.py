"""Number words, their batches, masks that keep padding out, and greedy decoding."""

import random

import pytest

from autograd import no_grad
from nn.numerals import WORDS, draw_number, held_out_numbers, in_words
from nn.tasks import Options
from nn.tasks.translation import BUCKETS, LENGTHS, Direction, Training, batch_of, spelled, tokens
from nn.tasks.translator import Translator

DIRECTIONS = [Direction("words", "digits"), Direction("digits", "words")]

IN_WORDS = {
    0: "zero",
    10: "ten",
    19: "nineteen",
    20: "twenty",
    99: "ninety nine",
    100: "one hundred",
    101: "one hundred and one",
    1_000: "one thousand",
    1_001: "one thousand and one",
    1_100: "one thousand one hundred",
    12_012: "twelve thousand and twelve",
    305_000: "three hundred and five thousand",
    999_999: "nine hundred and ninety nine thousand nine hundred and ninety nine",
}


@pytest.mark.parametrize("number", IN_WORDS)
def test_a_number_in_words(number):
    assert " ".join(in_words(number)) == IN_WORDS[number]


def test_no_two_numbers_share_their_words_and_all_fit_into_the_lengths():
    numbers = [*range(10_000), *range(10_000, 1_000_000, 97)]
    assert len({tuple(in_words(number)) for number in numbers}) == len(numbers)
    for bucket in BUCKETS:
        short = [in_words(number) for number in numbers if len(str(number)) <= bucket]
        assert max(map(len, short)) == LENGTHS["words"][bucket]
    assert {word for number in numbers for word in in_words(number)} == set(WORDS)


@pytest.mark.parametrize("number", [-1, 1_000_000, 1.0, True])
def test_what_has_no_words_here_is_refused(number):
    with pytest.raises(ValueError, match="from 0 to 999,999"):
        in_words(number)


def test_lengths_are_drawn_evenly_and_held_out_numbers_are_distinct():
    rng = random.Random(0)
    lengths = [len(str(draw_number(rng))) for _ in range(3000)]
    assert all(400 < lengths.count(length) < 600 for length in range(1, 7))
    numbers = held_out_numbers(70, rng=0)
    assert len(set(numbers)) == len(numbers) == 300
    assert numbers == held_out_numbers(70, rng=0) != held_out_numbers(70, rng=1)


@pytest.mark.parametrize("attention", [True, False])
def test_padding_changes_nothing_and_is_not_looked_at(attention):
    model = Translator(5, 4, 3, 2, 3, attention=attention, rng=0)
    with no_grad():
        logits, weights = model([1, 2], [1.0, 1.0], [0, 1])
        padded, padded_weights = model([1, 2, 4, 3], [1.0, 1.0, 0.0, 0.0], [0, 1])
    for step, again in zip(logits, padded, strict=True):
        assert [v.item() for v in again] == pytest.approx([v.item() for v in step])
    for step, again in zip(weights, padded_weights, strict=True):
        assert [v.item() for v in again] == pytest.approx([*(v.item() for v in step), 0.0, 0.0])
    assert len(weights) == (2 if attention else 0)


def test_compiled_steps_are_those_of_the_graph_of_scalars():
    numbers, direction = [7, 42, 305, 300], DIRECTIONS[0]
    batch = batch_of(numbers, direction, 3)
    trainings = [Training(direction, Options(quick=True, compile=c), True) for c in (True, False)]
    losses = [[training.steps(*batch) for _ in range(3)] for training in trainings]
    assert losses[0] == pytest.approx(losses[1], rel=1e-9)
    fast, slow = (training.translated(numbers) for training in trainings)
    assert [said for said, _ in fast] == [said for said, _ in slow]


@pytest.mark.parametrize("direction", DIRECTIONS, ids=lambda d: f"{d.read} to {d.write}")
def test_greedy_decoding_goes_on_from_what_it_has_written(direction, monkeypatch):
    training = Training(direction, Options(quick=True, compile=False), True)
    numbers = [305, 1, 70_019, 999_999, 12, 640_000, 13, 14]
    answers = {
        (*tokens(number, direction.read),): [*tokens(number, direction.write), direction.end]
        for number in numbers
    }

    def outputs(*batch):
        """Right as long as what is before it is right; after the end, and else, symbol 0."""
        found = []
        for read, mask, before in zip(*batch[:3], strict=True):
            answer = answers[(*read[: int(sum(mask))],)]
            logits = []
            for step in range(len(before)):
                right = before[: step + 1] == [direction.end, *answer[:step]]
                symbol = answer[step] if right and step < len(answer) else 0
                logits.append([float(s == symbol) for s in range(direction.end + 1)])
            found.append([logits, [[1.0]] * len(before)])
        return found

    monkeypatch.setattr(training.steps, "outputs", outputs)
    for number, (said, weights) in zip(numbers, training.translated(numbers), strict=True):
        assert said == spelled(number, direction.write)
        assert len(weights) == len(said) + 1  # a row for the end
