# ruff: noqa: E402, B905 (threads are limited before NumPy loads; zip as learners write it)
"""Compiled programs against hand-written NumPy, PyTorch and JAX, per training step.

``OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.compiled [W1 W2 …]``: forward, backward and
update in float64 on one thread, all peers in turn within one process, medians, as ratios.
PyTorch and JAX (the extra ``[oracle]``) are left out where they are not installed.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import importlib.util
import random
import statistics
import sys
import time

import numpy as np

import autograd
import nn
from tests.compiler import programs

LR = 0.01


def compiled(loss, args, optimizer=None):
    """One training step of the compiled program, its parameters in the flat vector."""
    f = autograd.compile(loss)
    started = time.perf_counter()
    f(*args)
    seconds = time.perf_counter() - started
    program = f.program
    code, count = program.code, len(program.parameters)
    numbers, gradients = code.U[:count], code.D[:count]
    inputs = code.U[code.inputs].copy()
    states = [np.zeros(count) for _ in (optimizer.state_names if optimizer else ())]

    def step():
        code.U[code.inputs] = inputs
        code.run_forward()
        code.run_backward()
        if optimizer is None:
            numbers[...] -= LR * gradients
        else:
            group = optimizer.param_groups[0]
            group["steps"] += 1
            moved, *new = optimizer.rule_for(group)(numbers, gradients, *states)
            numbers[...] = moved
            states[:] = new

    return step, program, seconds


def adam_by_hand(numbers, gradients):
    """Adam as one writes it in NumPy, without temporary arrays."""
    m, v, a = np.zeros_like(numbers), np.zeros_like(numbers), np.empty_like(numbers)
    steps = 0

    def update():
        nonlocal steps
        steps += 1
        m[...] *= 0.9
        np.multiply(gradients, 0.1, out=a)
        m[...] += a
        v[...] *= 0.999
        np.multiply(gradients, gradients, out=a)
        a[...] *= 0.001
        v[...] += a
        np.multiply(v, 1 / (1 - 0.999**steps), out=a)
        np.sqrt(a, out=a)
        a[...] += 1e-8
        np.divide(m, a, out=a)
        a[...] *= LR / (1 - 0.9**steps)
        numbers[...] -= a

    return update


def flat(shapes, rng, scale=0.2):
    """A vector of parameters and one of gradients, and views of both in these shapes."""
    sizes = [int(np.prod(shape)) for shape in shapes]
    numbers = rng.normal(size=sum(sizes)) * scale
    gradients = np.zeros_like(numbers)
    ends = np.cumsum(sizes)[:-1]

    def views(vector):
        return [part.reshape(shape) for part, shape in zip(np.split(vector, ends), shapes)]

    return numbers, gradients, views(numbers), views(gradients)


def torch_step(arrays, loss, adam=False):
    import torch

    torch.set_num_threads(1)
    parameters = [torch.tensor(a, requires_grad=True) for a in arrays]
    kind = torch.optim.Adam if adam else torch.optim.SGD
    optimizer = kind(parameters, lr=LR)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss(torch, parameters).backward()
        optimizer.step()

    return step


def jax_step(arrays, loss, data, adam=False):
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    state = {"p": [jnp.array(a) for a in arrays], "k": 0.0}
    state["m"] = state["v"] = [jnp.zeros_like(p) for p in state["p"]]

    gradients = jax.grad(lambda p, *d: loss(jax, p, *d))

    @jax.jit
    def sgd(p, *d):
        return [a - LR * g for a, g in zip(p, gradients(p, *d))]

    @jax.jit
    def adam_update(p, m, v, k, *d):
        g = gradients(p, *d)
        m = [0.9 * a + 0.1 * b for a, b in zip(m, g)]
        v = [0.999 * a + 0.001 * b * b for a, b in zip(v, g)]
        c, s = LR / (1 - 0.9**k), 1 / (1 - 0.999**k)
        p = [a - c * x / (jnp.sqrt(y * s) + 1e-8) for a, x, y in zip(p, m, v)]
        return p, m, v

    data = [jnp.array(d) for d in data]

    def step():
        if adam:
            state["k"] += 1.0
            state["p"], state["m"], state["v"] = adam_update(
                state["p"], state["m"], state["v"], state["k"], *data
            )
        else:
            state["p"] = sgd(state["p"], *data)
        state["p"][0].block_until_ready()

    return step


# --- the workloads: each gives its peers, by name ---------------------------------------------


def moons():
    """W1: MLP 2-16-16-1, 100 samples, hinge loss and L2, everything traced."""
    rng = np.random.default_rng(1)
    points, labels = nn.make_moons(100, noise=0.1, rng=1)
    X, y = np.array(points), 2.0 * np.array(labels) - 1.0
    seeded = random.Random(0)
    layers = [
        (programs.matrix(n_out, n_in, seeded), programs.vector(n_out, seeded))
        for n_in, n_out in ((2, 16), (16, 16), (16, 1))
    ]
    parameters = [p for W, b in layers for row, bias in zip(W, b) for p in (*row, bias)]

    def loss(X, y):
        losses = []
        for x, target in zip(X, y):
            for k, (W, b) in enumerate(layers):
                x = programs.by_zip(W, b, x)
                if k < 2:
                    x = [v.relu() for v in x]
            losses.append((1 + -target * x[0]).relu())
        return sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)

    step, program, seconds = compiled(loss, (X.tolist(), y.tolist()))
    _, _, p, _ = flat(((16, 2), (16,), (16, 16), (16,), (1, 16), (1,)), rng)

    def by_hand():
        W1, b1, W2, b2, W3, b3 = p
        z1 = X @ W1.T + b1
        a1 = np.maximum(z1, 0)
        z2 = a1 @ W2.T + b2
        a2 = np.maximum(z2, 0)
        margin = 1 - y * ((a2 @ W3.T)[:, 0] + b3)
        _ = np.maximum(margin, 0).mean() + 1e-4 * sum((a * a).sum() for a in p)
        ds = np.where(margin > 0, -y / 100, 0.0)[:, None]
        d2 = (ds @ W3) * (z2 > 0)
        d1 = (d2 @ W2) * (z1 > 0)
        grads = (d1.T @ X, d1.sum(0), d2.T @ a1, d2.sum(0), ds.T @ a2, ds.sum(0))
        for a, g in zip(p, grads):
            a -= LR * (g + 2e-4 * a)

    def torch_loss(torch, p):
        tX, ty = tensors(torch, X, y)
        a = torch.relu(torch.nn.functional.linear(tX, p[0], p[1]))
        a = torch.relu(torch.nn.functional.linear(a, p[2], p[3]))
        s = torch.nn.functional.linear(a, p[4], p[5])[:, 0]
        return torch.relu(1 - ty * s).mean() + 1e-4 * sum((q * q).sum() for q in p)

    def jax_loss(jax, p, X, y):
        a = jax.nn.relu(X @ p[0].T + p[1])
        a = jax.nn.relu(a @ p[2].T + p[3])
        s = (a @ p[4].T)[:, 0] + p[5]
        return jax.nn.relu(1 - y * s).mean() + 1e-4 * sum((q * q).sum() for q in p)

    return (
        program,
        seconds,
        {
            "compiled": step,
            "NumPy": by_hand,
            "torch": lambda: torch_step(p, torch_loss),
            "jax": lambda: jax_step(p, jax_loss, (X, y)),
        },
    )


_tensors = {}


def tensors(torch, *arrays):
    """The arrays as tensors, made once."""
    key = tuple(map(id, arrays))
    if key not in _tensors:
        _tensors[key] = [torch.tensor(a) for a in arrays]
    return _tensors[key]


def digits():
    """W2: MLP 64-32-10, softmax cross-entropy, batch 32, Adam."""
    rng = np.random.default_rng(0)
    loss, args = programs.classifier(widths=(64, 32, 10), batch=32)
    X, y = np.array(args[0]), np.array(args[1])
    optimizer = nn.Adam([autograd.Value(0.0)], lr=LR)
    step, program, seconds = compiled(loss, args, optimizer)
    numbers, gradients, p, g = flat(((32, 64), (32,), (10, 32), (10,)), rng)
    update, rows = adam_by_hand(numbers, gradients), np.arange(32)

    def by_hand():
        W1, b1, W2, b2 = p
        z = X @ W1.T + b1
        a = np.maximum(z, 0)
        logits = a @ W2.T + b2
        logits -= logits.max(1, keepdims=True)
        e = np.exp(logits)
        s = e.sum(1, keepdims=True)
        _ = (np.log(s[:, 0]) - logits[rows, y]).mean()
        d = e / s
        d[rows, y] -= 1
        d /= 32
        dz = (d @ W2) * (z > 0)
        g[0][...], g[1][...], g[2][...], g[3][...] = dz.T @ X, dz.sum(0), d.T @ a, d.sum(0)
        update()

    def torch_loss(torch, p):
        tX, ty = tensors(torch, X, y)
        a = torch.relu(torch.nn.functional.linear(tX, p[0], p[1]))
        return torch.nn.functional.cross_entropy(torch.nn.functional.linear(a, p[2], p[3]), ty)

    def jax_loss(jax, p, X, y):
        logits = jax.nn.relu(X @ p[0].T + p[1]) @ p[2].T + p[3]
        return (jax.nn.logsumexp(logits, axis=1) - logits[jax.numpy.arange(32), y]).mean()

    return (
        program,
        seconds,
        {
            "compiled": step,
            "NumPy": by_hand,
            "torch": lambda: torch_step(p, torch_loss, adam=True),
            "jax": lambda: jax_step(p, jax_loss, (X, y), adam=True),
        },
    )


def recurrent(batch):
    """W3: a character RNN, hidden 32, vocabulary 27, 16 steps of backpropagation through time."""
    rng = np.random.default_rng(0)
    loss, args = programs.character_rnn(
        vocabulary=27, embedding=16, hidden=32, steps=16, batch=batch
    )
    step, program, seconds = compiled(loss, args)
    T = 16
    tokens, targets = (np.array(a).T.ravel() for a in args)
    shapes = ((27, 16), (32, 16), (32, 32), (32,), (27, 32), (27,))
    numbers, gradients, p, g = flat(shapes, rng)
    rows = np.arange(T * batch)

    def by_hand():
        E, Wx, Wh, bh, Wo, bo = p
        X = E[tokens]
        projected = (X @ Wx.T + bh).reshape(T, batch, 32)
        H = np.zeros((T + 1, batch, 32))
        WhT = Wh.T
        for t in range(T):
            H[t + 1] = np.tanh(projected[t] + H[t] @ WhT)
        flat_h = H[1:].reshape(-1, 32)
        logits = flat_h @ Wo.T + bo
        logits -= logits.max(1, keepdims=True)
        e = np.exp(logits)
        s = e.sum(1, keepdims=True)
        _ = (np.log(s[:, 0]) - logits[rows, targets]).mean()
        d = e / s
        d[rows, targets] -= 1
        d /= T * batch
        g[4][...], g[5][...] = d.T @ flat_h, d.sum(0)
        dH = (d @ Wo).reshape(T, batch, 32)
        dP, dh = 1 - H[1:] ** 2, 0
        for t in range(T - 1, -1, -1):
            dP[t] *= dH[t] + dh
            dh = dP[t] @ Wh
        dP = dP.reshape(-1, 32)
        g[1][...], g[2][...] = dP.T @ X, dP.T @ H[:-1].reshape(-1, 32)
        g[3][...], g[0][...] = dP.sum(0), 0
        np.add.at(g[0], tokens, dP @ Wx)
        numbers[...] -= LR * gradients

    def torch_loss(torch, p):
        tok, tgt = tensors(torch, tokens, targets)
        E, Wx, Wh, bh, Wo, bo = p
        projected = torch.nn.functional.linear(E[tok], Wx, bh).view(T, batch, 32)
        h, hs = torch.zeros(batch, 32, dtype=torch.float64), []
        for t in range(T):
            h = torch.tanh(projected[t] + h @ Wh.T)
            hs.append(h)
        logits = torch.nn.functional.linear(torch.stack(hs).view(-1, 32), Wo, bo)
        return torch.nn.functional.cross_entropy(logits, tgt)

    def jax_loss(jax, p, tok, tgt):
        jnp = jax.numpy
        E, Wx, Wh, bh, Wo, bo = p
        projected = (E[tok] @ Wx.T + bh).reshape(T, batch, 32)
        h, hs = jnp.zeros((batch, 32)), []
        for t in range(T):
            h = jnp.tanh(projected[t] + h @ Wh.T)
            hs.append(h)
        logits = jnp.stack(hs).reshape(-1, 32) @ Wo.T + bo
        return (jax.nn.logsumexp(logits, axis=1) - logits[rows, tgt]).mean()

    return (
        program,
        seconds,
        {
            "compiled": step,
            "NumPy": by_hand,
            "torch": lambda: torch_step(p, torch_loss),
            "jax": lambda: jax_step(p, jax_loss, (tokens, targets)),
        },
    )


def irregular():
    """W5: a random graph of 12,000 operations, on the engine itself and compiled."""
    loss, args = programs.irregular(nodes=12_000)
    f = autograd.compile(loss)
    started = time.perf_counter()
    f(*args)
    seconds = time.perf_counter() - started
    eager = lambda: loss([autograd.Value(x) for x in args[0]]).backward()  # noqa: E731
    return f.program, seconds, {"compiled": lambda: f.program.run(args[0]), "engine": eager}


WORKLOADS = {
    "W1": moons,
    "W2": digits,
    "W3": lambda: recurrent(32),
    "W3b": lambda: recurrent(1),
    "W5": irregular,
}


def medians(steps, rounds=21):
    """The median seconds of each step, all in turn."""
    times = {name: [] for name in steps}
    repeats = {}
    for name, step in steps.items():
        step()
        started = time.perf_counter()
        step()
        repeats[name] = max(1, int(0.01 / (time.perf_counter() - started)))
    for _ in range(rounds):
        for name, step in steps.items():
            started = time.perf_counter()
            for _ in range(repeats[name]):
                step()
            times[name].append((time.perf_counter() - started) / repeats[name])
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def main(chosen):
    print("time of the compiled program over that of each peer, per training step\n")
    print("        nodes  compile    step      NumPy   torch f64   jax.jit f64")
    for name in chosen or WORKLOADS:
        program, seconds, peers = WORKLOADS[name]()
        steps = {}
        for peer, step in peers.items():
            if peer in ("torch", "jax"):
                if importlib.util.find_spec(peer) is None:
                    continue
                step = step()
            steps[peer] = step
        took = medians(steps)
        ratios = [
            f"{took['compiled'] / took[peer]:8.2f}×" if peer in took else "       –"
            for peer in ("NumPy", "torch", "jax")
        ]
        print(
            f"{name:4} {program.nodes:8,} {seconds:7.2f} s {took['compiled'] * 1e6:6.0f} µs  "
            + "  ".join(ratios)
            + (
                f"  {took['compiled'] / took['engine']:.3f}× the engine's"
                if "engine" in took
                else ""
            )
        )


if __name__ == "__main__":
    main(sys.argv[1:])
