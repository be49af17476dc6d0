"""Programs as people write them, trained: compiled losses and gradients are the engine's.

Each program makes its parameters anew and returns them with a loss and its arguments, or with
a function from the step to its arguments. Where a learner would start from zeros, it does.
"""

# ruff: noqa: B905 (as learners write it)

from __future__ import annotations

import functools
import itertools
import math
import operator
import random
from dataclasses import dataclass, field

import numpy as np
import pytest

import autograd
import nn
from autograd import Value, _build, compile, dot, logsumexp, maximum, pick, where

PROGRAMS = []


def program(make=None, *, lr=0.05, steps=12):
    """Register a program with the rate and the number of steps that it is trained with."""
    if make is None:
        return functools.partial(program, lr=lr, steps=steps)
    PROGRAMS.append(pytest.param(make, lr, steps, id=make.__name__))
    return make


def flat(rows):
    return list(itertools.chain(*rows))


# --- nets of neurons ----------------------------------------------------------------------------


class Neuron:
    def __init__(self, inputs, draw):
        self.w = [Value(draw()) for _ in range(inputs)]
        self.b = Value(0.0)

    def __call__(self, x):
        return sum((wi * xi for wi, xi in zip(self.w, x)), self.b)

    def parameters(self):
        return [*self.w, self.b]


def moons_demo(draw):
    hidden, out = [Neuron(2, draw) for _ in range(6)], Neuron(6, draw)
    parameters = [p for n in [*hidden, out] for p in n.parameters()]
    X, labels = nn.make_moons(20, noise=0.1, rng=1)
    y = [2 * label - 1 for label in labels]

    def loss():
        inputs = [list(map(Value, row)) for row in X]
        scores = [out([n(x).relu() for n in hidden]) for x in inputs]
        losses = [(1 + -yi * score).relu() for yi, score in zip(y, scores)]
        return sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)

    return parameters, loss, ()


@program
def moons_demo_with_inputs_as_values():
    rng = random.Random(1)
    return moons_demo(lambda: rng.uniform(-1, 1))


@program
def moons_demo_from_zeros():
    return moons_demo(lambda: 0.0)


@program
def xor_from_equal_weights():
    W, v = [[Value(0.5), Value(0.5)] for _ in range(3)], [Value(0.5) for _ in range(3)]

    def loss():
        total = 0.0
        for a, b in itertools.product((0.0, 1.0), repeat=2):
            h = [(w[0] * a + w[1] * b).tanh() for w in W]
            total += (sum(vi * hi for vi, hi in zip(v, h)) - float(a != b)) ** 2
        return total / 4

    return [*flat(W), *v], loss, ()


# --- regression and classes ---------------------------------------------------------------------


@program
def line_with_a_running_sum():
    w, b = Value(0.0), Value(0.0)
    xs = [-2.0, -1.0, 0.0, 1.0, 2.0]

    def loss(ys):
        total = Value(0.0)
        for x, y in zip(xs, ys):
            total += (w * x + b - y) ** 2
        return total / len(xs)

    return [w, b], loss, ([3 * x + 1 for x in xs],)


@program
def line_in_numpy():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(15, 3)).astype(np.float32)
    w, b = np.array([Value(0.0) for _ in range(3)]), Value(0.0)
    loss = lambda X, y: ((X @ w + b - y) ** 2).mean()  # noqa: E731
    return [*w, b], loss, (X, X @ np.array([1.0, -2.0, 0.5]))


@program
def logistic_regression_of_balanced_classes():
    w, b = [Value(0.0), Value(0.0)], Value(0.0)
    X, y = [[1.0, 2.0], [2.0, 1.0], [-1.0, -2.0], [-2.0, -1.0]], [1, 1, 0, 0]

    def loss():
        total = 0
        for x, t in zip(X, y):
            p = 1 / (1 + (-(w[0] * x[0] + w[1] * x[1] + b)).exp())
            total += -p.log() if t == 1 else -(1 - p).log()
        return total / len(X)

    return [*w, b], loss, ()


@program(lr=1.0)
def bigrams_from_equal_counts():
    words = ["emma", "olivia", "ava", "isabella"]
    letters = sorted(set("." + "".join(words)))
    W = [[Value(0.0) for _ in letters] for _ in letters]
    pairs = [pair for word in words for pair in zip("." + word, word + ".")]

    def loss():
        total = 0
        for a, b in pairs:
            counts = [logit.exp() for logit in W[letters.index(a)]]
            total -= (counts[letters.index(b)] / sum(counts)).log()
        return total / len(pairs)

    return flat(W), loss, ()


@program
def softmax_with_the_maximum_taken_off():
    W = [[Value(0.0) for _ in range(3)] for _ in range(3)]
    rng = random.Random(0)
    X = [[rng.gauss(0, 1) for _ in range(3)] for _ in range(12)]

    def loss(X, labels):
        total = 0.0
        for x, label in zip(X, labels):
            logits = [dot(row, x) for row in W]
            top = autograd.max(logits)
            e = [(z - top).exp() for z in logits]
            total += sum(e).log() - (pick(logits, label) - top)
        return total / len(X)

    return flat(W), loss, lambda step: (X, [(i + step) % 3 for i in range(12)])


@program
def lasso_from_exact_zeros():
    w = [Value(0.0) for _ in range(3)]
    rng = random.Random(0)
    X = [[rng.gauss(0, 1) for _ in range(3)] for _ in range(10)]
    y = [x[0] for x in X]

    def loss():
        return sum((dot(w, x) - t) ** 2 for x, t in zip(X, y)) / 10 + 0.1 * sum(map(abs, w))

    return w, loss, ()


@program
def matrix_factorisation_from_ones():
    U, M = ([[Value(1.0) for _ in range(2)] for _ in range(n)] for n in (5, 4))
    rng = random.Random(0)
    ratings = [(rng.randrange(5), rng.randrange(4), rng.randrange(1, 6)) for _ in range(20)]

    def loss(users, films, stars):
        triples = zip(users, films, stars)
        return sum((dot(pick(U, u), pick(M, m)) - s) ** 2 for u, m, s in triples) / len(stars)

    batch = lambda step: tuple(map(list, zip(*random.Random(step).sample(ratings, 8))))  # noqa: E731
    return flat(U + M), loss, batch


# --- physics, control, finance ------------------------------------------------------------------


@program
def pendulum_by_runge_kutta():
    g, start = Value(9.0), Value(0.5)

    def slope(state):
        return state[1], -g * state[0].sin()

    def moved(state, by, h):
        return tuple(s + h * d for s, d in zip(state, by))

    def loss(target, h=0.05):
        state = (start, Value(0.0))
        for _ in range(10):
            k1 = slope(state)
            k2 = slope(moved(state, k1, h / 2))
            k3 = slope(moved(state, k2, h / 2))
            k4 = slope(moved(state, k3, h))
            mean = [(a + 2 * b + 2 * c + d) / 6 for a, b, c, d in zip(k1, k2, k3, k4)]
            state = moved(state, mean, h)
        return (state[0] - target) ** 2

    return [g, start], loss, (0.3,)


@program
def controller_of_a_mass():
    kp, ki, kd = Value(1.0), Value(0.0), Value(0.0)

    def loss():
        x = v = integral = cost = 0.0
        before = 1.0
        for _ in range(15):
            error = 1.0 - x
            integral += 0.1 * error
            force = autograd.clip(kp * error + ki * integral + kd * (error - before), -2.0, 2.0)
            before = error
            v += 0.1 * (force - 0.5 * v)
            x += 0.1 * v
            cost += 0.1 * error**2
        return cost

    return [kp, ki, kd], loss, ()


@program
def kalman_filter():
    log_q, log_r = Value(0.0), Value(0.0)
    rng = random.Random(0)

    def loss(ys):
        q, r = log_q.exp(), log_r.exp()
        x, variance, nll = 0.0, 1.0, 0.0
        for y in ys:
            variance = variance + q
            total = variance + r
            gain, surprise = variance / total, y - x
            nll = nll + 0.5 * (total.log() + surprise * surprise / total)
            x, variance = x + gain * surprise, (1 - gain) * variance
        return nll

    return [log_q, log_r], loss, ([0.1 * i + rng.gauss(0, 0.5) for i in range(12)],)


@program(lr=1e-5)
def american_option_on_a_tree():
    price, volatility = Value(100.0), Value(0.2)

    def loss(n=8):
        up = (volatility * (1 / n) ** 0.5).exp()
        down = 1 / up
        p, discount = (math.exp(0.05 / n) - down) / (up - down), math.exp(-0.05 / n)
        at = lambda i, step: 100.0 - price * up ** (step - i) * down**i  # noqa: E731
        worth = [maximum(at(i, n), 0.0) for i in range(n + 1)]
        for step in reversed(range(n)):
            later = [discount * (p * worth[i] + (1 - p) * worth[i + 1]) for i in range(step + 1)]
            worth = [maximum(kept, at(i, step)) for i, kept in enumerate(later)]
        return (worth[0] - 7.0) ** 2

    return [price, volatility], loss, ()


# --- likelihoods --------------------------------------------------------------------------------


@program
def mixture_of_equal_gaussians():
    means, spreads = [Value(0.0), Value(0.0)], [Value(1.0), Value(1.0)]

    def density(x, m, s):
        return (-((x - m) ** 2) / (2 * s**2)).exp() / (s * math.sqrt(2 * math.pi))

    def loss(data):
        return -sum(sum(0.5 * density(x, m, s) for m, s in zip(means, spreads)).log() for x in data)

    return means + spreads, loss, ([-1.0, 1.0, -2.0, 2.0],)


@program
def hidden_markov_model():
    A, B = ([[Value(0.0) for _ in range(n)] for _ in range(3)] for n in (3, 4))

    def loss(seen):
        a, b = ([autograd.log_softmax(row) for row in table] for table in (A, B))
        alpha = [pick(row, seen[0]) for row in b]
        for o in seen[1:]:
            into = [logsumexp([alpha[i] + a[i][j] for i in range(3)]) for j in range(3)]
            alpha = [total + pick(row, o) for total, row in zip(into, b)]
        return -logsumexp(alpha)

    return flat(A + B), loss, lambda step: ([(i * i + step) % 4 for i in range(7)],)


# --- sequences, images, attention ---------------------------------------------------------------


@program
def lstm_with_a_state_of_values():
    rng = random.Random(0)
    W = [[Value(rng.gauss(0, 0.5)) for _ in range(5)] for _ in range(12)]

    def loss(sequences):
        total = Value(0.0)
        for xs in sequences:
            h, c = [Value(0.0)] * 3, [Value(0.0)] * 3
            for x in xs:
                z = [sum(w * v for w, v in zip(row, [*x, *h])) for row in W]
                i, f, o = ([v.sigmoid() for v in z[k : k + 3]] for k in (0, 3, 6))
                c = [fk * ck + ik * gk.tanh() for fk, ck, ik, gk in zip(f, c, i, z[9:])]
                h = [ok * ck.tanh() for ok, ck in zip(o, c)]
            total += (sum(h) - xs[0][0]) ** 2
        return total

    xs = [[[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(3)] for _ in range(2)]
    return flat(W), loss, (xs,)


@program
def convolution_with_pooling_from_zeros():
    kernel, b = [[Value(0.0) for _ in range(3)] for _ in range(3)], Value(0.0)

    def loss(images, labels):
        total = 0
        for image, label in zip(images, labels):
            maps = [
                [
                    sum(kernel[a][c] * image[i + a][j + c] for a in range(3) for c in range(3)) + b
                    for j in range(4)
                ]
                for i in range(4)
            ]
            corners = itertools.product((0, 2), (0, 2))
            pooled = [autograd.max(maps[i][j : j + 2] + maps[i + 1][j : j + 2]) for i, j in corners]
            total += autograd.softplus(-label * sum(pooled))
        return total

    images = [[[float((i + j + k) % 3) for j in range(6)] for i in range(6)] for k in range(2)]
    return [*flat(kernel), b], loss, (images, [1.0, -1.0])


@program
def causal_attention():
    rng = random.Random(0)
    Q, K, V = ([[Value(rng.gauss(0, 0.5)) for _ in range(3)] for _ in range(3)] for _ in "qkv")

    def times(W, x):
        return [sum(w * xi for w, xi in zip(row, x)) for row in W]

    def loss(X):
        q, k, v = ([times(W, x) for x in X] for W in (Q, K, V))
        total = 0
        for i in range(len(X)):
            e = [(dot(q[i], k[j]) / math.sqrt(3)).exp() for j in range(i + 1)]
            out = [sum(ej * vj[d] for ej, vj in zip(e, v)) / sum(e) for d in range(3)]
            total += sum((o - 1) ** 2 for o in out)
        return total

    X = [[rng.gauss(0, 1) for _ in range(3)] for _ in range(4)]
    return flat(Q + K + V), loss, (X,)


# --- other ways to learn ------------------------------------------------------------------------


@program
def value_iteration_towards_a_detached_target():
    net = nn.MLP(2, [4, 2], activation="tanh", rng=0)

    def loss(state, action, reward, after):
        target = reward + 0.9 * autograd.max(net(after)).detach()
        return (pick(net(state), action) - target) ** 2

    def arguments(step):
        return [math.sin(step), 1.0], step % 2, 1.0, [math.cos(step), 1.0]

    return net.parameters(), loss, arguments


@program
def policy_gradient_with_a_baseline():
    table = [[Value(0.0), Value(0.0)] for _ in range(3)]

    def loss(states, actions, returns):
        baseline, total = sum(returns) / len(returns), 0
        for s, a, g in zip(states, actions, returns):
            p = autograd.softmax(pick(table, s))
            total -= pick(p, a).log() * (g - baseline) - 0.01 * sum(q * q.log() for q in p)
        return total

    def arguments(step):
        return [step % 3, 1], [step % 2, 0], [1.0, -0.5 * step]

    return flat(table), loss, arguments


@program
def autoencoder_with_drawn_noise():
    encoder, decoder = nn.Linear(3, 2, rng=0), nn.Linear(1, 3, rng=1)

    def loss(X, noise):
        total = 0.0
        for x, e in zip(X, noise):
            mean, log_variance = encoder(x)
            z = mean + (0.5 * log_variance).exp() * e
            total += sum((a.sigmoid() - b) ** 2 for a, b in zip(decoder([z]), x))
            total -= 0.5 * (1 + log_variance - mean**2 - log_variance.exp())
        return total / len(X)

    X = [[0.1, 0.9, 0.5], [0.7, 0.2, 0.4], [0.0, 1.0, 0.0]]
    draw = lambda step: [random.Random(10 * step + i).gauss(0, 1) for i in range(3)]  # noqa: E731
    return encoder.parameters() + decoder.parameters(), loss, lambda step: (X, draw(step))


@program
def triplets_that_are_alike():
    encoder = nn.MLP(2, [3, 2], rng=0)

    def distance(a, b):
        return sum((u - v) ** 2 for u, v in zip(encoder(a), encoder(b)))

    def loss(triplets):
        return sum((distance(a, p) - distance(a, n)).relu() for a, p, n in triplets)

    triplets = [([0.0, 1.0],) * 3, ([1.0, 0.0], [0.9, 0.1], [0.0, 0.0])]
    return encoder.parameters(), loss, (triplets,)


@program
def experts_chosen_by_a_gate():
    experts, gate = [nn.Linear(2, 1, rng=i) for i in range(2)], nn.Linear(2, 1, rng=5)

    def loss(X):
        total = 0
        for x in X:
            g = gate(x)[0]
            total += (where(g, experts[0](x)[0], experts[1](x)[0]) * g.sigmoid() - x[0]) ** 2
        return total / len(X)

    parameters = [p for module in (*experts, gate) for p in module.parameters()]
    return parameters, loss, ([[1.0, 2.0], [-1.0, 0.5], [0.0, 0.0], [2.0, -1.0]],)


@program
def soft_time_warping():
    a = [Value(0.0) for _ in range(4)]
    far = 1e10

    def loss(b):
        D = [[far] * (len(b) + 1) for _ in range(len(a) + 1)]
        D[0][0] = 0.0
        for i, j in itertools.product(range(1, len(a) + 1), range(1, len(b) + 1)):
            before = [D[i - 1][j], D[i][j - 1], D[i - 1][j - 1]]
            D[i][j] = (a[i - 1] - b[j - 1]) ** 2 - 0.1 * logsumexp([-d / 0.1 for d in before])
        return D[-1][-1]

    return a, loss, ([math.sin(i) for i in range(5)],)


@dataclass
class Polynomial:
    coefficients: list = field(default_factory=lambda: [Value(0.0) for _ in range(4)])

    def __call__(self, x):
        return functools.reduce(lambda total, c: total * x + c, reversed(self.coefficients))


@program
def polynomial_of_a_data_class():
    p = Polynomial()
    points = [{"x": i / 5, "y": math.sin(i / 2)} for i in range(-4, 5)]

    def terms(points):
        for point in points:
            yield (p(point["x"]) - point["y"]) ** 2

    return p.coefficients, lambda ps: functools.reduce(operator.add, terms(ps)), (points,)


@program(lr=1e-14)
def large_numbers():
    w, b = Value(0.0), Value(0.0)
    xs = [1e6 * i for i in range(5)]
    loss = lambda ys: sum((w * x + b - y) ** 2 for x, y in zip(xs, ys))  # noqa: E731
    return [w, b], loss, ([3e6 * i + 5e6 for i in range(5)],)


# --- trained by the engine, and compiled by each executor ---------------------------------------


def trained(make, lr, steps, form):
    """Losses and gradients of every step; ``form`` None: by the engine."""
    parameters, loss, args = make()
    run = loss if form is None else compile(loss, form=form or None)
    losses, gradients = [], []
    for step in range(steps):
        for p in parameters:
            p.grad = 0.0
        value = run(*(args(step) if callable(args) else args))
        if form is None:
            value.backward()
            value = value.data
        losses.append(value)
        gradients.append([p.grad for p in parameters])
        for p in parameters:
            p.data -= lr * p.grad
    return losses, np.array(gradients)


EXECUTORS = ["1"] if _build.executor() is None else ["", "1"]


@pytest.mark.parametrize(("make", "lr", "steps"), PROGRAMS)
def test_training_is_the_same(make, lr, steps, monkeypatch):
    losses, gradients = trained(make, lr, steps, None)
    sizes = np.abs(gradients).max(axis=1, keepdims=True)
    for pure in EXECUTORS:
        monkeypatch.setenv("AUTOGRAD_PURE", pure)
        for form in ("", "arrays"):
            compiled, theirs = trained(make, lr, steps, form)
            assert compiled == pytest.approx(losses, rel=1e-9, abs=1e-14)
            assert (np.abs(theirs - gradients) <= 1e-9 * sizes + 1e-14).all()
