"""CompiledStep: what a loop of one's own does in a step, on vectors."""

import contextlib

import pytest

import autograd
import nn
from autograd import Value, pick


def bigram(rng=0):
    """A loss on a table of scores, and the parameters of the table."""
    table = [[Value(0.1 * (i - j)) for j in range(3)] for i in range(3)]

    def loss(token, follower):
        return nn.cross_entropy([pick(table, token)], [follower])

    return loss, [w for row in table for w in row]


PAIRS = [(0, 1), (1, 2), (2, 2), (0, 1), (1, 0), (2, 1)]


def eager_training(clip=None):
    loss, parameters = bigram()
    optimizer = nn.Adam(parameters, lr=0.1)
    losses = []
    for token, follower in PAIRS:
        optimizer.zero_grad()
        total = loss(token, follower)
        total.backward()
        if clip is not None:
            clip(parameters)
        optimizer.step()
        losses.append(total.item())
    return losses, parameters


def test_a_loss_of_one_sample_is_trained_on_batches():
    batches = [PAIRS[:2], PAIRS[2:4], PAIRS[4:]]
    loss, parameters = bigram()
    optimizer = nn.Adam(parameters, lr=0.1)
    for batch in batches:
        optimizer.zero_grad()
        autograd.mean([loss(*pair) for pair in batch]).backward()
        optimizer.step()
    expected = [p.data for p in parameters]
    loss, parameters = bigram()
    with nn.CompiledStep(loss, nn.Adam(parameters, lr=0.1), batch=True) as step:
        for batch in batches:
            step(*zip(*batch, strict=True))
    assert [p.data for p in parameters] == pytest.approx(expected, rel=1e-9)
    assert len(step.compiled.programs) == 1


def small_gradients(parameters):
    return nn.clip_grad_norm_(parameters, 0.1)


@pytest.mark.parametrize("clip", [None, small_gradients])
@pytest.mark.parametrize("block", [True, False])
def test_it_trains_as_the_loop_does(clip, block):
    expected, expected_parameters = eager_training(clip)
    loss, parameters = bigram()
    step = nn.CompiledStep(loss, nn.Adam(parameters, lr=0.1), clip=clip)
    if block:
        with step:
            losses = [step(*pair) for pair in PAIRS]
    else:
        losses = [step(*pair) for pair in PAIRS]
    assert losses == pytest.approx(expected, rel=1e-12)
    for p, q in zip(parameters, expected_parameters, strict=True):
        assert (p.data, p.grad) == pytest.approx((q.data, q.grad), rel=1e-10)


def test_a_program_for_a_new_shape_starts_from_the_numbers_in_the_vectors():
    w = Value(0.0)

    def loss(xs):
        return sum((w * x - 1.0) ** 2 for x in xs)

    with nn.CompiledStep(loss, nn.SGD([w], lr=0.1)) as step:
        assert [step([1.0]), step([1.0, 1.0])] == pytest.approx([1.0, 2 * 0.8**2])
    assert w.data == pytest.approx(0.2 + 0.2 * 1.6)


def test_what_is_changed_outside_a_block_counts():
    w = Value(0.0)
    optimizer = nn.SGD([w], lr=0.1)
    step = nn.CompiledStep(lambda: (w - 1.0) ** 2, optimizer)
    step()
    w.data, optimizer.lr = 5.0, 0.25
    assert step() == 16.0
    assert w.data == 3.0


def test_a_parameter_changed_within_a_block_is_not_lost_silently():
    w = Value(0.0)
    step = nn.CompiledStep(lambda: (w - 1.0) ** 2, nn.SGD([w], lr=0.1))
    with pytest.raises(RuntimeError, match="changed within the block"), step:
        step()
        w.data = 7.0
    assert w.data == pytest.approx(0.2)


def test_somebody_elses_parameters_get_their_gradients():
    w, frozen = Value(1.0), Value(3.0)
    step = nn.CompiledStep(lambda x: w * frozen * x, nn.SGD([w], lr=0.1))
    with step:
        step(1.0)
        frozen.data = 2.0  # is looked at in every step
        assert step(2.0) == pytest.approx((1.0 - 0.3) * 2.0 * 2.0)
    assert frozen.grad == pytest.approx(1.0 + 0.7 * 2.0)


@pytest.mark.parametrize("blocks", ["none", "one", "both"])
def test_two_players_see_each_others_parameters(blocks):
    """A discriminator learns from what a generator makes, which learns through it."""
    results = []
    for kind in ("eager", "compiled"):
        D, G = nn.MLP(1, [3, 1], activation="tanh", rng=0), nn.Linear(1, 1, rng=1)

        def judge(real, z, D=D, G=G):
            scores = [D([real]), D([G([z])[0].detach()])]
            return nn.binary_cross_entropy_with_logits(scores, [1.0, 0.0])

        def fool(z, D=D, G=G):
            return nn.binary_cross_entropy_with_logits([D(G([z]))], [1.0])

        optimizers = nn.Adam(D.parameters(), lr=0.05), nn.Adam(G.parameters(), lr=0.05)
        rounds = [((3.0 + 0.1 * i, 0.5 - 0.1 * i), (0.1 * i,)) for i in range(10)]
        losses = []
        if kind == "eager":
            for turn in rounds:
                for loss, optimizer, args in zip((judge, fool), optimizers, turn, strict=True):
                    optimizer.zero_grad()
                    total = loss(*args)
                    total.backward()
                    optimizer.step()
                    losses.append(total.item())
        else:
            steps = [nn.CompiledStep(*pair) for pair in zip((judge, fool), optimizers, strict=True)]
            with contextlib.ExitStack() as stack:
                for step in steps[: {"none": 0, "one": 1, "both": 2}[blocks]]:
                    stack.enter_context(step)
                for turn in rounds:
                    losses += [step(*args) for step, args in zip(steps, turn, strict=True)]
        results.append(losses + [p.data for p in D.parameters() + G.parameters()])
    assert results[1] == pytest.approx(results[0], rel=1e-9)


def test_an_optimiser_that_needs_a_closure_is_refused():
    with pytest.raises(ValueError, match="closure"):
        nn.CompiledStep(lambda: Value(0.0), nn.LBFGS([Value(0.0)]))
