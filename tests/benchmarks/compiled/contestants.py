"""The peers of a workload, each as a function that does one training step and returns its loss.

A step is forward, backward and update. All start from the same parameters; the loss is
returned as the library has it, and becomes a float only where it is compared.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import time
from array import array
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import autograd
import nn
from autograd.compiler.arguments import flatten
from autograd.compiler.arrays import ArrayCode
from autograd.compiler.program import Program

from .workload import Array, Workload, flattened, views

LR = 0.01
Step = Callable[[], Any]


def peers(workload: Workload) -> dict[str, Step]:
    """All that are installed, by name."""
    found = {"engine": eager(workload)}
    if workload.numpy is not None:
        found["NumPy"] = by_hand(workload)
    if workload.torch is not None and importlib.util.find_spec("torch"):
        found["torch f64"] = torch_step(workload, "float64")
        found["torch f32"] = torch_step(workload, "float32")
    if workload.jax is not None and importlib.util.find_spec("jax"):
        found["jax.jit"] = jax_step(workload)
    return found


def optimizer_for(workload: Workload, parameters: list[Any]) -> nn.optimizer.Optimizer:
    return nn.Adam(parameters, lr=LR) if workload.adam else nn.SGD(parameters, lr=LR)


def eager(workload: Workload) -> Step:
    """The engine itself: the graph is recorded anew, swept, and freed."""
    loss, args, parameters = workload.scalars()
    optimizer = optimizer_for(workload, flattened(parameters))
    if workload.batch:
        loss = mean_over_samples(loss)

    def step() -> float:
        optimizer.zero_grad()
        root = loss(*args)
        root.backward()
        optimizer.step()
        number: float = root.data
        return number

    return step


def mean_over_samples(loss: Callable[..., Any]) -> Callable[..., Any]:
    """A loss written for one sample, as one of a batch."""
    return lambda *args: autograd.mean([loss(*sample) for sample in zip(*args, strict=True)])


def compiled(workload: Workload, native: bool = False) -> tuple[Step, Program, tuple[float, float]]:
    """The compiled program, its parameters in one vector, moved by the optimiser's own rule.

    And the program, and the seconds that one waits for the first step: by the clock, and of
    processor time. Program and rule are run by NumPy, or by the vector machine if ``native``.
    """
    with environment(AUTOGRAD_PURE="0" if native else "1"):
        return run_by_one_executor(workload)


@contextlib.contextmanager
def environment(**variables: str) -> Iterator[None]:
    """These environment variables, for a while."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, text in before.items():
            if text is None:
                del os.environ[name]
            else:
                os.environ[name] = text


def run_by_one_executor(workload: Workload) -> tuple[Step, Program, tuple[float, float]]:
    loss, args, _ = workload.scalars()
    started, worked = time.perf_counter(), time.process_time()
    function = autograd.compile(loss, batch=workload.batch)
    function(*args)  # traced, compiled, checked, run
    waited = time.perf_counter() - started, time.process_time() - worked
    program = function.program
    numbers = np.array([p.data for p in program.parameters])
    optimizer = optimizer_for(workload, [autograd.Value(0.0)])
    group = optimizer.param_groups[0]
    update = autograd.fused(
        optimizer.whole_rule, into=(0, *range(2, 2 + len(optimizer.state_names)))
    )
    states = [np.zeros(len(numbers)) for _ in optimizer.state_names]
    flat = array("d")
    flatten(args, flat)
    inputs: Any = np.array(flat) if isinstance(program.code, ArrayCode) else flat.tolist()

    def step() -> float:
        value, gradients = program.run(inputs, numbers)
        group["steps"] += 1
        update(numbers, gradients, *states, **optimizer.options_for(group))
        return value

    trial = [np.zeros(len(numbers)) for _ in range(2 + len(states))]
    update(*trial, **optimizer.options_for({**group, "steps": 1}))  # now its code is written
    return step, program, waited


def by_hand(workload: Workload) -> Step:
    """NumPy as one writes it who knows the chain rule and what a temporary array costs."""
    assert workload.numpy is not None
    numbers, gradients = workload.start.copy(), np.zeros_like(workload.start)
    forward_and_backward = workload.numpy(numbers, gradients, *workload.data)
    update = adam_by_hand(numbers, gradients) if workload.adam else None

    def step() -> Any:
        loss = forward_and_backward()
        if update is None:
            np.multiply(gradients, LR, out=gradients)
            np.subtract(numbers, gradients, out=numbers)
        else:
            update()
        return loss

    return step


def adam_by_hand(numbers: Array, gradients: Array) -> Step:
    """Adam without temporary arrays."""
    m, v, a = np.zeros_like(numbers), np.zeros_like(numbers), np.empty_like(numbers)
    steps = 0

    def update() -> None:
        nonlocal steps
        steps += 1
        np.multiply(m, 0.9, out=m)
        np.multiply(gradients, 0.1, out=a)
        np.add(m, a, out=m)
        np.multiply(v, 0.999, out=v)
        np.multiply(gradients, gradients, out=a)
        np.multiply(a, 0.001, out=a)
        np.add(v, a, out=v)
        np.multiply(v, 1 / (1 - 0.999**steps), out=a)
        np.sqrt(a, out=a)
        np.add(a, 1e-8, out=a)
        np.divide(m, a, out=a)
        np.multiply(a, LR / (1 - 0.9**steps), out=a)
        np.subtract(numbers, a, out=numbers)

    return update


def torch_step(workload: Workload, dtype: str) -> Step:
    """PyTorch, eager, with its own optimiser."""
    import torch

    torch.set_num_threads(1)
    kind = getattr(torch, dtype)
    start = views(workload.start, workload.shapes)
    parameters = [torch.tensor(array, dtype=kind, requires_grad=True) for array in start]
    data = [torch.tensor(a, dtype=kind if a.dtype.kind == "f" else None) for a in workload.data]
    optimizer = (torch.optim.Adam if workload.adam else torch.optim.SGD)(parameters, lr=LR)
    loss = workload.torch
    assert loss is not None

    def step() -> Any:
        optimizer.zero_grad(set_to_none=True)
        root = loss(torch, parameters, *data)
        root.backward()
        optimizer.step()
        return root.detach()

    return step


def jax_step(workload: Workload) -> Step:
    """JAX: loss, gradients and update in one jitted function."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    loss = workload.jax
    assert loss is not None
    value_and_grad = jax.value_and_grad(lambda p, *data: loss(jax, p, *data))

    @jax.jit
    def sgd(p: Any, *data: Any) -> Any:
        value, g = value_and_grad(p, *data)
        return value, [a - LR * b for a, b in zip(p, g, strict=True)]

    @jax.jit
    def adam(p: Any, m: Any, v: Any, k: Any, *data: Any) -> Any:
        value, g = value_and_grad(p, *data)
        m = [0.9 * a + 0.1 * b for a, b in zip(m, g, strict=True)]
        v = [0.999 * a + 0.001 * b * b for a, b in zip(v, g, strict=True)]
        c, s = LR / (1 - 0.9**k), 1 / (1 - 0.999**k)
        moved = [a - c * x / (jnp.sqrt(y * s) + 1e-8) for a, x, y in zip(p, m, v, strict=True)]
        return value, moved, m, v

    p = [jnp.array(array) for array in views(workload.start, workload.shapes)]
    m = v = [jnp.zeros_like(a) for a in p]
    k = 0.0
    data = [jnp.array(array) for array in workload.data]

    def step() -> Any:
        nonlocal p, m, v, k
        if workload.adam:
            k += 1.0
            value, p, m, v = adam(p, m, v, k, *data)
        else:
            value, p = sgd(p, *data)
        p[0].block_until_ready()
        return value

    return step
