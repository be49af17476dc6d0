"""Stage 10: training moons.

Now everything at once. Two half circles of points interlock; no straight line separates
them, a small network does. One training step, over and over:

    1. forward    loss = mean of relu(1 − label·score)        (the margin loss; label is ±1)
    2. zero       p.grad = 0 for each parameter
    3. backward   loss.backward()
    4. step       p.data -= rate · p.grad

A score of the right sign and at least 1 costs nothing; the loss falls as points come to lie
on their side. If the gradients were wrong somewhere, the loss would stall, or rise.

Worked example: label = 1, score = 0.4 costs relu(1 − 0.4) = 0.6, with slope −1 by the score:
raise the score. (An engine without relu gets (label − score)² as its loss.)
"""

import functools

from .hints import Hint, activation, difference_quotients, expect
from .networks import activate, mlp, moons, random_parameters

SIZES = [2, 8, 1]
POINTS, LABELS = moons(40, seed=1)
STEPS = 100


def loss_on_moons(parameters, name):
    total = 0.0
    for point, label in zip(POINTS, LABELS, strict=True):
        (score,) = mlp(parameters, SIZES, point, name)
        if name == "relu":
            total = total + activate(1 - label * score, "relu")
        else:
            total = total + (label - score) ** 2
    return total * (1 / len(POINTS))


@functools.cache
def train(Value):
    """Gradient descent on all points: (losses, parameters as floats)."""
    name = activation(Value)
    rate = 1.0 if name == "relu" else 0.3
    parameters = [Value(x) for x in random_parameters(SIZES, seed=2)]
    losses = []
    for _ in range(STEPS):
        loss = loss_on_moons(parameters, name)
        for p in parameters:
            p.grad = 0
        loss.backward()
        for p in parameters:
            p.data -= rate * p.grad
        losses.append(loss.data)
    return losses, [p.data for p in parameters]


def test_the_first_gradients_are_the_measured_ones(Value):
    name = activation(Value)
    numbers = random_parameters(SIZES, seed=2)
    parameters = [Value(x) for x in numbers]
    loss_on_moons(parameters, name).backward()
    slopes = difference_quotients(lambda *p: loss_on_moons(p, name), *numbers)
    for parameter, slope in zip(parameters, slopes, strict=True):
        expect(parameter.grad, slope, "measured by nudging each parameter.", tolerance=1e-5)


def test_the_first_loss_is_that_of_plain_floats(Value):
    losses, _ = train(Value)
    plain = loss_on_moons(random_parameters(SIZES, seed=2), activation(Value))
    expect(losses[0], plain, "the same network on floats says otherwise: look at stage 1 again.")


def test_the_loss_falls(Value):
    losses, _ = train(Value)
    if not losses[-1] < losses[0] / 4:
        raise Hint(
            "training should bring the loss to less than a quarter. Right gradients in one step "
            "and yet no progress: are old gradients still in p.grad, or in nodes in between?",
            f"the loss went from {losses[0]:.3f} to {losses[-1]:.3f}",
        )


def test_the_network_tells_the_moons_apart(Value):
    _, numbers = train(Value)
    name = activation(Value)
    scores = [mlp(numbers, SIZES, point, name)[0] for point in POINTS]
    right = sum(score * label > 0 for score, label in zip(scores, LABELS, strict=True))
    if right < 38:
        raise Hint("nearly all points should be on their side now.", f"{right} of 40 are right")
