"""The same bits in twenty processes with twenty hash seeds."""

import os
import pathlib
import subprocess
import sys

import pytest

import autograd

PROGRAM = """
import random
import autograd as ag
from autograd import Value
rng = random.Random(7)
nodes = [Value(rng.uniform(-1, 1), label=str(i)) for i in range(9)]
for _ in range(400):
    some = rng.sample(nodes, 4)
    nodes.append(rng.choice([
        lambda a, b, c, d: (a * b + c / (d * d + 1)).tanh(),
        lambda a, b, c, d: ag.logsumexp([a, b, c, d]) * 0.1,
        lambda a, b, c, d: ag.where(a, b.sin(), c.exp() * 0.1) - d,
        lambda a, b, c, d: ag.softmax([a, b, c, d])[2] + ag.max([a, b]) * 0.1,
        lambda a, b, c, d: ag.dot([a, b], [c, d], a) * 0.1,
    ])(*some).tanh())
root = ag.sum(nodes)
root.backward()
print(root.data.hex(), *[node.grad.hex() for node in nodes])
"""


@pytest.mark.slow
def test_twenty_processes_with_twenty_hash_seeds_give_the_same_bits():
    outputs = set()
    for seed in range(20):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            cwd=pathlib.Path(autograd.__file__).parent.parent,
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert len(outputs.pop().split()) == 410
