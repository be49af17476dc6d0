"""Programs to compile: the ways in which people write a layer, and whole models."""

# ruff: noqa: B905, RUF007 (zip as learners write it)

from __future__ import annotations

import math
import random

import autograd
from autograd import Value, pick


def matrix(rows, columns, rng, scale=None):
    scale = scale or 1 / math.sqrt(columns)
    return [[Value(rng.gauss(0, scale)) for _ in range(columns)] for _ in range(rows)]


def vector(n, rng):
    return [Value(rng.gauss(0, 0.1)) for _ in range(n)]


# --- one layer, written in many ways: W x + b ------------------------------------------------


def by_zip(W, b, x):
    return [sum((w * xi for w, xi in zip(row, x)), bias) for row, bias in zip(W, b)]


def by_accumulation(W, b, x):
    out = []
    for j in range(len(W)):
        s = 0.0
        for i in range(len(x)):
            s = s + W[j][i] * x[i]
        out.append(s + b[j])
    return out


def by_column(W, b, x):
    out = list(b)
    for i in range(len(x)):
        for j in range(len(W)):
            out[j] = out[j] + x[i] * W[j][i]
    return out


def by_tree(W, b, x):
    def add(terms):
        if len(terms) == 1:
            return terms[0]
        half = len(terms) // 2
        return add(terms[:half]) + add(terms[half:])

    return [add([w * xi for w, xi in zip(row, x)]) + bias for row, bias in zip(W, b)]


def by_dot(W, b, x):
    return [autograd.dot(row, x, bias=bias) for row, bias in zip(W, b)]


def by_sum(W, b, x):
    return [autograd.sum([w * xi for w, xi in zip(row, x)]) + bias for row, bias in zip(W, b)]


def by_subtraction(W, b, x):
    return [bias - sum(-w * xi for w, xi in zip(row, x)) for row, bias in zip(W, b)]


LAYERS = [by_zip, by_accumulation, by_column, by_tree, by_dot, by_sum, by_subtraction]


def layer_loss(layer, seed=0, widths=(5, 8, 6, 1)):
    """A loss of a batch, neurons within samples."""
    rng = random.Random(seed)
    shapes = list(zip(widths[1:], widths[:-1]))
    weights = [(matrix(*shape, rng), vector(shape[0], rng)) for shape in shapes]

    def loss(X, y):
        total = 0.0
        for x, target in zip(X, y):
            h = x
            for k, (W, b) in enumerate(weights):
                h = layer(W, b, h)
                if k < len(weights) - 1:
                    h = [v.tanh() for v in h]
            total = total + (h[0] - target) ** 2
        return total * (1.0 / len(X))

    X = [[rng.gauss(0, 1) for _ in range(widths[0])] for _ in range(12)]
    return loss, (X, [rng.gauss(0, 1) for _ in X])


# --- models -----------------------------------------------------------------------------------


def neurons_outside(seed=0):
    """The sample loop within the neuron loop."""
    rng = random.Random(seed)
    W, b = matrix(7, 4, rng), vector(7, rng)

    def loss(X):
        total = 0.0
        for row, bias in zip(W, b):
            for x in X:
                total = total + autograd.dot(row, x, bias).sigmoid()
        return total

    return loss, ([[rng.gauss(0, 1) for _ in range(4)] for _ in range(9)],)


def sparse(seed=0):
    """Every neuron reads inputs of its own choice."""
    rng = random.Random(seed)
    W, wiring = matrix(12, 3, rng), [rng.sample(range(10), 3) for _ in range(12)]

    def loss(x):
        h = [autograd.dot(row, [x[i] for i in chosen]).tanh() for row, chosen in zip(W, wiring)]
        return sum(a * b for a, b in zip(h, reversed(h)))

    return loss, ([rng.gauss(0, 1) for _ in range(10)],)


def convolution(seed=0):
    """A kernel slid over a signal: windows that overlap."""
    rng = random.Random(seed)
    kernels = matrix(3, 4, rng)

    def loss(signal):
        maps = [
            [autograd.dot(k, signal[t : t + 4]).relu() for t in range(len(signal) - 3)]
            for k in kernels
        ]
        again = [
            autograd.dot(kernels[0], row[t : t + 4]) for row in maps for t in range(len(row) - 3)
        ]
        return autograd.mean([v * v for v in again])

    return loss, ([rng.gauss(0, 1) for _ in range(16)],)


def lstm(seed=0, steps=6, hidden=5, inputs=3):
    rng = random.Random(seed)
    gates = {g: (matrix(hidden, inputs + hidden, rng), vector(hidden, rng)) for g in "ifog"}

    def loss(xs):
        h, c = [0.0] * hidden, [0.0] * hidden
        for x in xs:
            z = list(x) + h
            i, f, o = ([v.sigmoid() for v in by_zip(*gates[g], z)] for g in "ifo")
            g = [v.tanh() for v in by_zip(*gates["g"], z)]
            c = [fk * ck + ik * gk for fk, ck, ik, gk in zip(f, c, i, g)]
            h = [ok * ck.tanh() for ok, ck in zip(o, c)]
        return sum(v * v for v in h)

    return loss, ([[rng.gauss(0, 1) for _ in range(inputs)] for _ in range(steps)],)


def ragged(seed=0):
    """Sequences of unequal length."""
    rng = random.Random(seed)
    Wx, Wh, b = matrix(4, 2, rng), matrix(4, 4, rng), vector(4, rng)

    def loss(sequences):
        total = 0.0
        for xs in sequences:
            h = [0.0] * 4
            for x in xs:
                h = [(u + v).tanh() for u, v in zip(by_zip(Wx, b, x), by_zip(Wh, [0.0] * 4, h))]
            total = total + h[0] * h[1] - h[2]
        return total

    lengths = [2, 5, 3, 1]
    return loss, ([[[rng.gauss(0, 1) for _ in range(2)] for _ in range(n)] for n in lengths],)


def layer_norm(seed=0):
    rng = random.Random(seed)
    W, b = matrix(6, 6, rng), vector(6, rng)

    def loss(X):
        total = 0.0
        for x in X:
            h = by_zip(W, b, x)
            mean = sum(h) / len(h)
            variance = sum((v - mean) ** 2 for v in h) / len(h)
            total = total + autograd.sum(
                [((v - mean) / (variance + 1e-5).sqrt()).gelu() for v in h]
            )
        return total

    return loss, ([[rng.gauss(0, 1) for _ in range(6)] for _ in range(5)],)


def classifier(seed=0, widths=(8, 6, 4), batch=7):
    """Softmax cross-entropy; labels are looked up with pick."""
    rng = random.Random(seed)
    layers = [(matrix(b, a, rng), vector(b, rng)) for a, b in zip(widths[:-1], widths[1:])]

    def loss(X, labels):
        losses = []
        for x, label in zip(X, labels):
            h = x
            for k, (W, b) in enumerate(layers):
                h = by_dot(W, b, h)
                if k < len(layers) - 1:
                    h = [v.relu() for v in h]
            losses.append(autograd.logsumexp(h) - pick(h, label))
        return autograd.mean(losses)

    X = [[rng.gauss(0, 1) for _ in range(widths[0])] for _ in range(batch)]
    return loss, (X, [rng.randrange(widths[-1]) for _ in range(batch)])


def character_rnn(seed=0, vocabulary=11, embedding=5, hidden=8, steps=6, batch=3):
    rng = random.Random(seed)
    E = matrix(vocabulary, embedding, rng, 0.5)
    Wx, Wh, b = matrix(hidden, embedding, rng), matrix(hidden, hidden, rng), vector(hidden, rng)
    Wo, bo = matrix(vocabulary, hidden, rng), vector(vocabulary, rng)

    def one(tokens, targets):
        h, losses = [0.0] * hidden, []
        for token, target in zip(tokens, targets):
            x = pick(E, token)
            h = [
                (autograd.dot(wx, x, bias) + autograd.dot(wh, h)).tanh()
                for wx, wh, bias in zip(Wx, Wh, b)
            ]
            logits = by_dot(Wo, bo, h)
            losses.append(autograd.logsumexp(logits) - pick(logits, target))
        return autograd.mean(losses)

    def loss(batch_of_tokens, batch_of_targets):
        return autograd.mean([one(a, b) for a, b in zip(batch_of_tokens, batch_of_targets)])

    def draw():
        return [[rng.randrange(vocabulary) for _ in range(steps)] for _ in range(batch)]

    return loss, (draw(), draw())


def gpt(seed=0, width=16, heads=4, block=16, vocabulary=27, steps=8):
    """A transformer of one layer for one document, after the published 200-line programs."""
    rng = random.Random(seed)
    m = lambda rows, columns: matrix(rows, columns, rng, 0.08)  # noqa: E731
    wte, wpe, head = m(vocabulary, width), m(block, width), m(vocabulary, width)
    wq, wk, wv, wo = (m(width, width) for _ in range(4))
    up, down = m(4 * width, width), m(width, 4 * width)
    size = width // heads

    def linear(W, x):
        return [sum(w * xi for w, xi in zip(row, x)) for row in W]

    def normed(x):
        scale = (sum(v * v for v in x) * (1.0 / len(x)) + 1e-5) ** -0.5
        return [v * scale for v in x]

    def forward(token, position, keys, values):
        x = normed([a + b for a, b in zip(pick(wte, token), wpe[position])])
        residual, x = x, normed(x)
        q = linear(wq, x)
        keys.append(linear(wk, x))
        values.append(linear(wv, x))
        attended = []
        for h in range(heads):
            part = slice(h * size, (h + 1) * size)
            scores = [sum(a * b for a, b in zip(q[part], k[part])) * size**-0.5 for k in keys]
            weights = autograd.softmax(scores)
            for j in range(size):
                column = [v[part][j] for v in values]
                attended.append(sum(w * v for w, v in zip(weights, column)))
        x = [a + b for a, b in zip(linear(wo, attended), residual)]
        residual, x = x, normed(x)
        x = linear(down, [v.relu() for v in linear(up, x)])
        return linear(head, [a + b for a, b in zip(x, residual)])

    def loss(tokens, targets):
        keys, values, losses = [], [], []
        for position, (token, target) in enumerate(zip(tokens, targets)):
            logits = forward(token, position, keys, values)
            losses.append(autograd.logsumexp(logits) - pick(logits, target))
        return autograd.mean(losses)

    tokens = [rng.randrange(vocabulary) for _ in range(steps + 1)]
    return loss, (tokens[:-1], tokens[1:])


def irregular(seed=0, nodes=600, window=100):
    """A random graph: every node reads two of those before it; nothing to do at once."""
    parameters = [Value(random.Random(seed).uniform(-1, 1)) for _ in range(50)]

    def loss(inputs):
        rng = random.Random(seed + 1)
        made = parameters + [p * x for p, x in zip(parameters, inputs)]
        for _ in range(nodes):
            a, b = rng.choice(made[-window:]), rng.choice(made[-window:])
            kind = rng.random()
            if kind < 0.35:
                made.append((a + b * 0.5).tanh())
            elif kind < 0.7:
                made.append(a * b)
            elif kind < 0.85:
                made.append((a * 0.7).sin() + b)
            else:
                made.append((a * 0.7 + b * 0.3).relu())
        return sum(v.tanh() for v in made[-20:])

    rng = random.Random(seed + 2)
    return loss, ([rng.uniform(-1, 1) for _ in range(20)],)


MODELS = [
    neurons_outside,
    sparse,
    convolution,
    lstm,
    ragged,
    layer_norm,
    classifier,
    character_rnn,
    gpt,
]
