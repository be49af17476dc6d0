"""The networks of stages 9 to 11, for Values as well as for floats (to check against)."""

import itertools
import math
import random


def activate(x, name):
    """x.relu() or x.tanh(); the same on floats."""
    if hasattr(x, name):
        return getattr(x, name)()
    return math.tanh(x) if name == "tanh" else max(x, 0.0)


def neuron(weights, bias, inputs, activation=None):
    """activation(bias + Σ wᵢ·xᵢ)"""
    total = bias
    for w, x in zip(weights, inputs, strict=True):
        total = total + w * x
    return activate(total, activation) if activation else total


def mlp(parameters, sizes, inputs, activation):
    """A multi-layer perceptron: layers of neurons, the last one without activation."""
    parameters = iter(parameters)
    for layer, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
        last = layer == len(sizes) - 2
        inputs = [
            neuron(
                [next(parameters) for _ in range(n_in)],
                next(parameters),
                inputs,
                None if last else activation,
            )
            for _ in range(n_out)
        ]
    return inputs


def random_parameters(sizes, seed):
    """Starting numbers for ``mlp``: weights within ±√(3/n), and small biases."""
    draw = random.Random(seed).uniform
    numbers = []
    for n_in, n_out in itertools.pairwise(sizes):
        for _ in range(n_out):
            numbers += [draw(-1, 1) * math.sqrt(3 / n_in) for _ in range(n_in)]
            numbers.append(draw(-0.1, 0.1))
    return numbers


def moons(n, seed):
    """Two half circles that interlock: points (x, y), and labels −1 and 1."""
    draw = random.Random(seed).gauss
    points, labels = [], []
    for i in range(n):
        angle = math.pi * (i // 2) / (n // 2 - 1)
        x, y = math.cos(angle), math.sin(angle)
        if i % 2:
            x, y = 1 - x, 0.5 - y
        points.append((x + draw(0, 0.08), y + draw(0, 0.08)))
        labels.append(1 if i % 2 else -1)
    return points, labels


def recurrent(w, u, b, inputs, activation=None, start=0.0):
    """h ← activation(w·h + u·x + b) for each input, one after the other; the last h."""
    h = start
    for x in inputs:
        h = w * h + u * x + b
        if activation:
            h = activate(h, activation)
    return h
