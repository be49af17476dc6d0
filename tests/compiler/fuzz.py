"""Random programs: structured layers mixed with irregular wiring.

``python -m tests.compiler.fuzz 5000`` compiles that many and compares value and gradients
with the eager engine, under both schedules and as scalar code; and the program for one
sample, run for a batch, with the eager mean over its samples.
"""

from __future__ import annotations

import random
import sys

import numpy as np

import autograd
from autograd import Value
from autograd.compiler.program import Program
from autograd.compiler.reading import Reading
from autograd.compiler.tracing import trace
from autograd.compiler.verify import close, expected, gradients_agree

UNARY = [
    lambda v: v.tanh(),
    lambda v: v.relu(),
    lambda v: v.sigmoid(),
    lambda v: (v * 0.1).exp(),
    lambda v: v.softplus(),
    lambda v: v.abs(),
    lambda v: v * v,
    lambda v: -v,
    lambda v: v**2,
    lambda v: v.sin(),
    lambda v: (v * v + 1.0).log(),
    lambda v: 1.0 / (v * v + 1.0),
    lambda v: v.leaky_relu(0.1),
    lambda v: v.gelu(),
]
BINARY = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b * 0.5,
    lambda a, b: a.maximum(b),
    lambda a, b: a / (b * b + 1.0),
    lambda a, b: autograd.where(a, b, a * 0.5),
    lambda a, b: 0.3 * a + b + 0.1,
]
WIDE = [
    autograd.sum,
    autograd.mean,
    autograd.max,
    autograd.logsumexp,
    autograd.prod,
    sum,
    lambda vs: autograd.dot(vs, vs[::-1]),
    lambda vs: autograd.softmax(vs)[0],
    lambda vs: autograd.log_softmax(vs)[-1],
    lambda vs: autograd.pick(vs, len(vs) // 2),
]


def random_program(seed):
    """A loss of a batch of vectors, with parameters of its own, and arguments for it."""
    rng = random.Random(seed)
    width = rng.randint(2, 6)
    parameters = [Value(rng.gauss(0, 0.7)) for _ in range(rng.randint(3, 60))]
    plan_seed, batch = rng.random(), rng.choice([1, 1, 2, 3, 5])
    layered = rng.random()

    def one(x):
        plan = random.Random(plan_seed)  # the same wiring for every sample
        values = list(x)
        for _ in range(plan.randint(2, 7)):
            kind = plan.random()
            if kind < layered:  # a layer, with weights in a random place and order
                n_out = plan.randint(1, 5)
                source = plan.sample(values, plan.randint(1, min(len(values), 8)))
                act = plan.choice(UNARY)
                start, step = plan.randrange(len(parameters)), plan.choice([1, 1, 1, 2, 3])
                p = lambda i: parameters[(start + step * i) % len(parameters)]  # noqa: B023, E731
                shuffle = plan.random() < 0.2
                order = list(range(len(source)))
                out = []
                for j in range(n_out):
                    if shuffle:
                        plan.shuffle(order)
                    terms = [p(j * (len(source) + 1) + i) * source[i] for i in order]
                    s = sum(terms) if plan.random() < 0.5 else autograd.sum(terms)
                    if plan.random() < 0.7:
                        s = s + p(j * (len(source) + 1) + len(source))
                    out.append(act(s))
                values += out
            elif kind < 0.75:
                values.append(plan.choice(UNARY)(plan.choice(values)))
            elif kind < 0.9:
                values.append(plan.choice(BINARY)(plan.choice(values), plan.choice(values)))
            else:
                chosen = plan.sample(values, plan.randint(1, min(5, len(values))))
                values.append(plan.choice(WIDE)(chosen))
            values[-1] = values[-1].tanh() * 2.0 + plan.choice(parameters) * 0.1
        return sum(values[-4:])

    def loss(X):
        total = one(X[0])
        for x in X[1:]:
            total = total + one(x)
        if plan_seed < 0.3:
            total = total + 1e-3 * sum(p * p for p in parameters)
        return total * (1.0 / len(X))

    args = ([[rng.gauss(0, 1) for _ in range(width)] for _ in range(batch)],)
    return loss, args, one, parameters


def failure(seed):
    """What is wrong with the compiled program of a seed; "" if nothing is."""
    loss, args, one, parameters = random_program(seed)
    traced = trace(loss, args)
    inputs = [v.data for v in traced.inputs]
    eager = expected(traced, parameters)
    ways = (("latest", "arrays"), ("earliest", "arrays"), ("earliest", "scalars"))
    for when, form in ways:
        program = Program(Reading(traced), (when,), form)
        for round_ in (1, 2):  # a second run must not see anything of the first
            value, gradients = program.run(inputs)
            if not close(value, traced.root.data, 1.0):
                return f"{when}, {form}, run {round_}: value {value!r}, not {traced.root.data!r}"
            if not gradients_agree(program, gradients, eager, lambda: traced.root):
                return f"{when}, {form}, run {round_}: gradients"
    return batch_failure(one, args[0], parameters)


def batch_failure(one, X, parameters):
    """The same for the program of one sample, run for all of them."""
    X = X * 3
    mean = autograd.mean([one([Value(number) for number in x]) for x in X])
    for p in parameters:
        p.grad = 0.0
    mean.backward()
    eager = np.array([p.grad for p in parameters])
    scale = np.abs(eager[np.isfinite(eager)]).max(initial=0.0)
    for form in ("arrays", "scalars"):
        for p in parameters:
            p.grad = 0.0
        value = autograd.compile(one, batch=True, form=form)(X)
        found = np.array([p.grad for p in parameters])
        if not close(value, mean.data, 1.0):
            return f"batch, {form}: value {value!r}, not {mean.data!r}"
        if not np.allclose(found, eager, rtol=1e-9, atol=1e-9 * scale, equal_nan=True):
            return f"batch, {form}: gradients"
    return ""


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    failures = 0
    for seed in range(first, first + count):
        try:
            message = failure(seed)
        except Exception as error:  # a crash is a finding like any other
            message = f"{type(error).__name__}: {error}"
        if message:
            failures += 1
            print(f"seed {seed}: {message}")
    print(f"{count} programs × (2 schedules, scalar code, 2 as a batch): {failures} failures")
    sys.exit(failures > 0)
