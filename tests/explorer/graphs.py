"""Random graphs for the tests of the explorer, and JavaScript to hold them against."""

import json
import pathlib
import shutil
import subprocess

import pytest
from hypothesis import strategies as st

import autograd
from autograd import Value

HERE = pathlib.Path(__file__).parent
STATIC = pathlib.Path(autograd.__file__).parent / "explorer" / "static"

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")

# Of two operands, of one, and of many; tame, so that numbers stay finite.
BINARY = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / (b * b + 1.0),
    autograd.maximum,
    autograd.hypot,
    lambda a, b: autograd.where(a, b, a * 2.0),
]
UNARY = [
    autograd.tanh,
    autograd.sin,
    autograd.sigmoid,
    autograd.relu,
    autograd.softplus,
    autograd.gelu,
    autograd.erf,
    lambda a: a**2,
    lambda a: -a,
    lambda a: autograd.leaky_relu(a, 0.1),
    lambda a: autograd.clip(a, -1.5, 1.5),
]
WIDE = [
    autograd.sum,
    autograd.mean,
    autograd.max,
    autograd.logsumexp,
    lambda xs: autograd.softmax(xs)[0],
    lambda xs: autograd.dot(xs, xs[::-1], 0.5),
]


@st.composite
def graphs(draw, most=14):
    """The output of a random program, which uses some of its numbers several times."""
    numbers = st.floats(-2.0, 2.0).map(lambda x: round(x, 3))
    nodes = [Value(draw(numbers), label=name) for name in "xyz"]
    for _ in range(draw(st.integers(1, most))):
        pick = st.sampled_from(nodes)
        kind = draw(st.sampled_from(["binary", "binary", "unary", "wide", "number"]))
        if kind == "binary":
            made = draw(st.sampled_from(BINARY))(draw(pick), draw(pick))
        elif kind == "unary":
            made = draw(st.sampled_from(UNARY))(draw(pick))
        elif kind == "wide":
            made = draw(st.sampled_from(WIDE))([draw(pick) for _ in range(3)])
        else:
            made = draw(pick) * draw(numbers)
        nodes.append(made.tanh() if abs(made.data) > 5.0 else made)
    return autograd.sum(nodes[-3:])


def in_javascript(program, data=None):
    """What a program of ``programs.mjs`` makes of data, run by node."""
    done = subprocess.run(
        ["node", str(HERE / "programs.mjs"), program, str(STATIC)],
        input=json.dumps(data),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
