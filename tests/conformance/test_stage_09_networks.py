"""Stage 9: a neuron, an MLP.

A neuron multiplies each input by a weight, adds everything up with a bias, and bends the sum:

    out = activation(w₁·x₁ + w₂·x₂ + b)

Worked example (with relu): w = (1, −2), x = (3, 0.5), b = 1 gives relu(3 − 1 + 1) = 3. The
sum is positive, so relu's slope is 1, and ∂out/∂w₁ = x₁ = 3, ∂out/∂x₂ = w₂ = −2, ∂out/∂b = 1.
With a negative sum the neuron is *dead*: all its gradients are 0.

A layer is several neurons on the same inputs, so each input collects a share from each
neuron (stage 4!). A multi-layer perceptron feeds the outputs of one layer to the next. No
new mathematics: if this stage fails and the others do not, look at what a longer program
does that the short ones did not.

The networks here are built from your operators and relu (or tanh, if there is no relu).
"""

import math

from .hints import activation, difference_quotients, expect, need
from .networks import mlp, neuron, random_parameters

MEASURED = "measured by nudging each number a little; the network is built of your operators only."


def test_the_gradients_of_a_neuron(Value):
    w = [Value(1.0), Value(-2.0)]
    x = [Value(3.0), Value(0.5)]
    b = Value(1.0)
    out = neuron(w, b, x)
    out.backward()
    expect(out.data, 3.0, "1·3 − 2·0.5 + 1.")
    expect(w[0].grad, 3.0, "∂out/∂w₁ = x₁.")
    expect(x[1].grad, -2.0, "∂out/∂x₂ = w₂.")
    expect(b.grad, 1.0, "∂out/∂b = 1.")


def test_a_dead_neuron_passes_nothing(Value):
    need(Value, "relu")
    w = [Value(1.0), Value(-2.0)]
    b = Value(-5.0)
    out = neuron(w, b, [3.0, 0.5], "relu")
    out.backward()
    expect(out.data, 0.0, "relu(3 − 1 − 5).")
    expect(w[0].grad, 0.0, "the sum is negative: relu's slope is 0, and so is everything before.")


def test_the_neuron_of_a_well_known_lecture(Value):
    need(Value, "tanh")
    x1, x2 = Value(2.0), Value(0.0)
    w1, w2 = Value(-3.0), Value(1.0)
    b = Value(6.881373587019543)
    out = neuron([w1, w2], b, [x1, x2], "tanh")
    out.backward()
    expect(out.data, math.sqrt(0.5), "tanh(0.8813735870195432).")
    expect(x1.grad, -1.5, "w₁ · (1 − tanh²) = −3 · 0.5.")
    expect(w1.grad, 1.0, "x₁ · (1 − tanh²) = 2 · 0.5.")
    expect(w2.grad, 0.0, "x₂ is 0.")


def test_an_input_collects_from_every_neuron_of_a_layer(Value):
    x = Value(0.5)
    layer = [neuron([Value(w)], Value(0.25), [x]) for w in (1.0, -3.0, 5.0)]
    sum(layer).backward()
    expect(x.grad, 3.0, "1 − 3 + 5: the shares of all neurons, added.")


def test_every_gradient_of_an_mlp(Value):
    name = activation(Value)
    sizes = [3, 4, 4, 1]
    numbers = random_parameters(sizes, seed=3)
    parameters = [Value(x) for x in numbers]
    (out,) = mlp(parameters, sizes, [0.5, -1.0, 2.0], name)
    out.backward()
    slopes = difference_quotients(
        lambda *p: mlp(p, sizes, [0.5, -1.0, 2.0], name)[0], *numbers, step=1e-5
    )
    for parameter, slope in zip(parameters, slopes, strict=True):
        expect(parameter.grad, slope, MEASURED, tolerance=1e-6)


def test_the_loss_of_a_batch_averages_the_gradients(Value):
    w = Value(0.5)
    batch = [(1.0, 2.0), (3.0, -1.0), (-2.0, 0.5)]
    loss = sum((w * x - target) ** 2 for x, target in batch) / len(batch)
    loss.backward()
    mean = sum(2 * (0.5 * x - target) * x for x, target in batch) / 3
    expect(w.grad, mean, "the mean of 2·(w·x − target)·x over the batch.")


def test_one_step_downhill_lowers_the_loss_of_an_mlp(Value):
    name = activation(Value)
    sizes = [2, 5, 1]
    parameters = [Value(x) for x in random_parameters(sizes, seed=1)]

    def loss():
        (out,) = mlp(parameters, sizes, [1.0, -0.5], name)
        return (out - 2) ** 2

    before = loss()
    before.backward()
    square = sum(p.grad**2 for p in parameters)
    for p in parameters:
        p.data -= 1e-6 * p.grad
    fallen = (before.data - loss().data) / 1e-6
    expect(
        fallen, square, "a step of −h·gradient lowers the loss by h·Σ gradient².", tolerance=1e-3
    )
