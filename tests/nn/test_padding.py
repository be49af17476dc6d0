"""Padded sequences of unequal length share a compiled program, and have the same gradients."""

import random

import pytest

import nn
from autograd import compile, pick

BUCKETS = (4, 8)


def tagger():
    """A recurrent net that gives each item of a sequence two scores."""
    return nn.GRU(1, 3, rng=1), nn.Linear(3, 2, rng=2)


def sequences(count=12):
    rng = random.Random(0)
    lengths = [rng.randint(1, 8) for _ in range(count)]
    return [[[rng.gauss(0, 1)] for _ in range(n)] for n in lengths]


def gradients(modules):
    found = [p.grad for module in modules for p in module.parameters()]
    for module in modules:
        module.zero_grad()
    return found


def test_the_last_state_of_padded_sequences():
    gru, head = modules = tagger()

    def loss(xs, last):
        outputs, _ = gru(xs)
        return nn.cross_entropy([head(pick(outputs, last))], [1])

    program = compile(loss)
    for xs in sequences():
        eager = loss(xs, len(xs) - 1)
        eager.backward()
        expected = gradients(modules)
        [padded] = nn.pad_sequence([xs], [0.0], nn.bucket_length(len(xs), BUCKETS))
        assert program(padded, len(xs) - 1) == pytest.approx(eager.item(), rel=1e-12)
        assert gradients(modules) == pytest.approx(expected, rel=1e-10, abs=1e-14)
    assert len(program.programs) == len(BUCKETS)


def test_a_loss_for_each_item_of_padded_sequences():
    gru, head = modules = tagger()

    def loss(xs, tags, mask):
        outputs, _ = gru(xs)
        losses = [
            m * nn.cross_entropy([head(output)], [tag])
            for output, tag, m in zip(outputs, tags, mask, strict=True)
        ]
        return sum(losses) / sum(mask)

    program = compile(loss)
    for xs in sequences():
        tags = [int(x > 0) for [x] in xs]
        eager = loss(xs, tags, [1.0] * len(xs))
        eager.backward()
        expected = gradients(modules)
        length = nn.bucket_length(len(xs), BUCKETS)
        [padded] = nn.pad_sequence([xs], [0.0], length)
        [padded_tags] = nn.pad_sequence([tags], 0, length)
        [mask] = nn.sequence_mask([len(xs)], length)
        assert program(padded, padded_tags, mask) == pytest.approx(eager.item(), rel=1e-12)
        assert gradients(modules) == pytest.approx(expected, rel=1e-10, abs=1e-14)
    assert len(program.programs) == len(BUCKETS)


def test_vectors_are_padded_with_vectors():
    padded = nn.pad_sequence([[[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]]], padding_value=-1.0)
    assert padded == [[[1.0, 2.0], [-1.0, -1.0]], [[3.0, 4.0], [5.0, 6.0]]]
    assert nn.pad_sequence([[[1.0]], []], [9.0], length=2) == [[[1.0], [9.0]], [[9.0], [9.0]]]
    assert nn.pad_sequence(range(n) for n in (1, 3)) == [[0, 0.0, 0.0], [0, 1, 2]]


def test_wrong_lengths_are_refused():
    with pytest.raises(ValueError, match="longest sequence has, 2"):
        nn.pad_sequence([[1, 2]], length=1)
    with pytest.raises(ValueError, match="from 0 to 1"):
        nn.sequence_mask([2], length=1)
    with pytest.raises(ValueError, match="none of the buckets"):
        nn.bucket_length(9, BUCKETS)
