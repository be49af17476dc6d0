"""Stage 11: an unrolled RNN.

A recurrent network reads a sequence one step at a time and keeps a state h:

    h ← activation(w·h + u·x + b)

The same w, u, b serve in every step, so their gradients are sums over all steps: stage 4
once more, through a graph as deep as the sequence is long (stage 5). This is called
backpropagation through time.

Worked example, without activation and input: after T steps h = wᵀ·h₀, so ∂h/∂h₀ = wᵀ and
∂h/∂w = T·wᵀ⁻¹·h₀. With w = 0.5 and T = 50, ∂h/∂h₀ is 9e-16: the gradient *vanishes*, the end
hardly knows of the beginning. With w = 1.5 it is 6e8: it *explodes*. This is why long memory
is hard for simple RNNs.
"""

from .hints import difference_quotients, expect, need
from .networks import recurrent

STEPS = "the same parameter in every step: its gradient is the sum over all steps."


def test_the_weight_collects_from_every_step(Value):
    w = Value(0.9)
    h = recurrent(w, 0.0, 0.0, [0.0] * 10, start=2.0)
    h.backward()
    expect(w.grad, 20 * 0.9**9, STEPS + " Here: T·wᵀ⁻¹·h₀ with T = 10.")


def test_a_gradient_vanishes(Value):
    start = Value(1.0)
    h = recurrent(Value(0.5), 0.0, 0.0, [0.0] * 50, start=start)
    h.backward()
    expect(start.grad, 0.5**50, "∂h/∂h₀ = w⁵⁰, tiny but not 0.")


def test_a_gradient_explodes(Value):
    start = Value(1.0)
    h = recurrent(Value(1.5), 0.0, 0.0, [0.0] * 50, start=start)
    h.backward()
    expect(start.grad, 1.5**50, "∂h/∂h₀ = w⁵⁰.")


def test_sharing_equals_the_sum_over_separate_copies(Value):
    inputs = [0.5, -1.0, 2.0, 0.25]
    shared = Value(0.7)
    recurrent(shared, 0.3, 0.1, inputs).backward()
    copies = [Value(0.7) for _ in inputs]
    h = 0.0
    for w, x in zip(copies, inputs, strict=True):
        h = w * h + 0.3 * x + 0.1
    h.backward()
    expect(shared.grad, sum(w.grad for w in copies), STEPS)


def test_every_gradient_of_a_tanh_rnn(Value):
    need(Value, "tanh")
    inputs = [0.5, -1.0, 2.0, 0.25, -0.75, 1.0]
    numbers = [0.8, -0.6, 0.2]
    w, u, b = (Value(x) for x in numbers)
    recurrent(w, u, b, inputs, "tanh").backward()
    slopes = difference_quotients(lambda *p: recurrent(*p, inputs, "tanh"), *numbers)
    expect(w.grad, slopes[0], STEPS, tolerance=1e-6)
    expect(u.grad, slopes[1], STEPS, tolerance=1e-6)
    expect(b.grad, slopes[2], STEPS, tolerance=1e-6)


def test_a_sequence_of_two_thousand_steps(Value):
    u = Value(0.1)
    inputs = [1.0] * 2_000
    h = recurrent(Value(0.99), u, 0.0, inputs)
    h.backward()
    total = (1 - 0.99**2000) / (1 - 0.99)
    expect(u.grad, total, STEPS + " 1 + w + w² + … over 2,000 steps.", tolerance=1e-8)


def test_training_finds_the_rule_behind_the_sequences(Value):
    w, u = Value(0.2), Value(1.0)
    sequences = [[1.0, 0.0, 0.0], [0.0, 1.0, -1.0], [2.0, -1.0, 1.0], [-1.0, 0.5, 0.0]]
    targets = [recurrent(0.7, 0.3, 0.0, xs) for xs in sequences]
    for _ in range(300):
        loss = 0.0
        for xs, target in zip(sequences, targets, strict=True):
            loss = loss + (recurrent(w, u, 0.0, xs) - target) ** 2
        w.grad = u.grad = 0
        loss.backward()
        w.data -= 0.1 * w.grad
        u.data -= 0.1 * u.grad
    found = "the sequences were made with w = 0.7, u = 0.3: gradient descent should find them."
    expect(w.data, 0.7, found, tolerance=1e-3)
    expect(u.data, 0.3, found, tolerance=1e-3)
