"""Graphs in which little can be done at once are known as such before any group is formed."""

import math
import random

import pytest

import autograd
from autograd import Value, compile
from autograd.compiler import arrays
from autograd.compiler.arrays import ArrayCode
from autograd.compiler.collapse import collapse
from autograd.compiler.irregular import DOUBT, WORTH, fewest_kinds, outlook
from autograd.compiler.reading import Reading
from autograd.compiler.schedule import Schedule
from autograd.compiler.tracing import trace
from tests.compiler.programs import LAYERS, MODELS, irregular, layer_loss


def recurrence():
    a, b = Value(1.3), Value(0.2)

    def loss(x):
        for _ in range(300):
            x = (a * x + b).sin() + x
        return x

    return loss, (0.3,)


def expression_tree():
    parameters = [Value(random.Random(i).uniform(0.5, 1.5)) for i in range(50)]

    def loss(xs):
        rng = random.Random(3)

        def build(leaves):
            if leaves == 1:
                return rng.choice(parameters) * rng.choice(xs)
            left = build(split := rng.randrange(1, leaves))
            right = build(leaves - split)
            return rng.choice([left + right, left * right, (left - right).tanh(), left.sin()])

        return build(300)

    return loss, ([random.Random(i).uniform(-1, 1) for i in range(30)],)


def verdicts(loss, args):
    sums = collapse(Reading(trace(loss, args)).columns)
    schedule = Schedule(sums)
    levels = [schedule.levels(when) for when in ("latest", "earliest")]
    hopeless = DOUBT * len(sums.columns.operands) / WORTH
    return [math.prod(outlook(sums, level, hopeless)) > hopeless for level in levels]


@pytest.mark.parametrize("graph", [irregular, recurrence, expression_tree])
def test_nothing_is_looked_for_where_nothing_repeats(graph, monkeypatch):
    loss, args = graph()
    assert verdicts(loss, args) == [True, True]
    monkeypatch.delattr(arrays, "Grouper")
    program = compile(loss)
    program(*args)
    assert "scalar Python" in program.explain()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_what_becomes_arrays_is_not_taken_for_irregular(model):
    loss, args = model()
    program = compile(loss)
    program(*args)
    is_array_code = isinstance(program.program.code, ArrayCode)
    assert is_array_code == (model.__name__ not in ("sparse", "ragged"))  # small, and ragged
    if is_array_code:
        assert not all(verdicts(loss, args))


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.__name__)
def test_layers_are_regular_however_they_are_written(layer):
    assert verdicts(*layer_loss(layer)) == [False, False]


def test_the_logits_of_a_recurrent_network_are_computed_late_and_gates_early():
    for name, best in (("character_rnn", "latest"), ("lstm", "earliest")):
        loss, args = next(model for model in MODELS if model.__name__ == name)()
        sums = collapse(Reading(trace(loss, args)).columns)
        levels = {when: Schedule(sums).levels(when) for when in ("latest", "earliest")}
        assert fewest_kinds(sums, levels.values()) is levels[best]


@pytest.mark.parametrize("width", [30, 60, 120, 240, 480])
def test_sums_need_not_be_there(width):
    weights = [Value(0.9 + 0.001 * i) for i in range(width)]

    def loss(state):
        for _ in range(6):
            following = state[3:] + state[:3]
            state = [(a * w * b).tanh() for a, b, w in zip(state, following, weights, strict=True)]
        return autograd.prod(state)

    start = [1.0 + 0.001 * i for i in range(width)]
    value = compile(loss)(start)
    assert value == pytest.approx(loss([Value(x) for x in start]).item(), rel=1e-9)


@pytest.mark.parametrize("width", [2, 64])
def test_what_counts_is_how_much_there_is_of_a_kind(width):
    """Oscillators in a ring: one level is as wide as the ring."""
    weights = [Value(0.5 + 0.1 * i) for i in range(width)]

    def loss(state):
        for _ in range(20):
            following = state[1:] + state[:1]
            state = [
                a + 0.01 * (w * b - a).sin()
                for w, a, b in zip(weights, state, following, strict=True)
            ]
        return sum(a * a for a in state)

    assert all(verdicts(loss, ([0.1 * i for i in range(width)],))) == (width == 2)
