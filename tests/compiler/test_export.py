"""A compiled program as one file for NumPy, JAX or PyTorch: the same loss, the same gradients."""

import ast
import os
import pathlib
import random
import re
import subprocess
import sys

import numpy as np
import pytest

import autograd
import nn
from autograd import CompileError, Value, compile, primitive, primitives
from tests.compiler.fuzz import random_program
from tests.compiler.programs import LAYERS, MODELS, irregular, layer_loss

NAMESPACES = ["numpy", "jax", "torch"]


def run(namespace, source):
    """The names that an exported file defines; the test is skipped without JAX or PyTorch."""
    if namespace == "jax":
        pytest.importorskip("jax").config.update("jax_enable_x64", True)
    elif namespace == "torch":
        pytest.importorskip("torch")
    names = {"__name__": "exported"}
    exec(source, names)
    return names


def loss_and_gradient(namespace, source, args):
    """What the file's value_and_grad says at its own parameters, as numbers of Python."""
    file = run(namespace, source)
    start = file["INITIAL"]
    if namespace == "jax":
        import jax

        start = jax.numpy.array(start)
        value, gradient = jax.jit(file["value_and_grad"])(start, *args)
    elif namespace == "torch":
        import torch

        start = torch.tensor(start, dtype=torch.float64, requires_grad=True)
        value = file["loss"](start, *args)
        value.backward()
        gradient = start.grad
    else:
        value, gradient = file["value_and_grad"](start, *args)
    return value.item(), gradient.tolist()


def assert_exports(namespace, loss, args):
    """The exported file computes what the engine computes."""
    program = compile(loss)
    expected = program(*args)
    gradient = [p.grad for p in program.parameters]
    value, found = loss_and_gradient(namespace, program.export(namespace), args)
    np.testing.assert_allclose(value, expected, rtol=1e-9)
    np.testing.assert_allclose(found, gradient, rtol=1e-7, atol=1e-10)


def small_irregular():
    return irregular(nodes=100)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_way_to_write_a_layer(layer):
    assert_exports("numpy", *layer_loss(layer))


@pytest.mark.parametrize("namespace", NAMESPACES)
@pytest.mark.parametrize("model", [*MODELS, small_irregular])
def test_models(model, namespace):
    assert_exports(namespace, *model())


@pytest.mark.parametrize("block", range(5))
def test_random_programs(block):
    for seed in range(20 * block, 20 * block + 20):
        loss, args = random_program(seed)[:2]
        assert_exports("numpy", loss, args)


@pytest.mark.slow
@pytest.mark.parametrize("namespace", ["jax", "torch"])
def test_random_programs_elsewhere(namespace):
    for seed in range(100, 140):
        loss, args = random_program(seed)[:2]
        assert_exports(namespace, loss, args)


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_the_functions_that_numpy_lacks(namespace):
    w = [Value(0.3), Value(-1.2), Value(0.0), Value(2.5)]

    def loss():
        smooth = [f(v) for v in w for f in (autograd.erf, autograd.gelu)]
        return autograd.sum(smooth) + autograd.prod(w) + autograd.norm(w) + autograd.min(w)

    assert_exports(namespace, loss, ())


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_derivatives_at_kinks_are_those_of_the_engine(namespace):
    """relu′(0) = 0, |0|′ = 0, equal shares of a tie, and no nan from the branch not chosen."""
    w = [Value(0.0), Value(1.0), Value(1.0)]

    def loss():
        kinks = w[0].relu() + w[0].abs() + autograd.max(w) + autograd.norm([w[0], w[0] * 2.0])
        return kinks + autograd.where(w[0], w[0].log(), w[0] + 1.0)

    program = compile(loss, check=False)  # near a kink is the other branch
    value = program()
    source = program.export(namespace)
    assert loss_and_gradient(namespace, source, ()) == (value, [p.grad for p in program.parameters])


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_every_way_in_takes_what_the_compiled_function_took(namespace):
    w = [Value(0.5, label="w0"), Value(-0.25, label="w1")]

    def loss(config, xs, targets, label):
        scale = config["scale"]
        total = sum(wi * xi for wi, xi in zip(w, xs, strict=True)) * scale
        return (total - autograd.pick(targets, label)) ** 2

    args = ({"scale": 2.0}, (1.0, 3.0), [0.0, 1.0, 2.0], 1)
    assert_exports(namespace, loss, args)
    program = compile(loss)
    program(*args)
    file = run(namespace, program.export(namespace))
    assert file["LABELS"] == ["w0", "w1"]
    assert file["PARAMETERS"] == 2


@pytest.mark.parametrize("namespace", ["numpy", "torch"])
def test_an_index_out_of_range_is_an_error(namespace):
    table = [Value(1.0), Value(2.0)]
    program = compile(lambda i: autograd.pick(table, i) ** 2)
    program(1)
    file = run(namespace, program.export(namespace))
    with pytest.raises(IndexError, match="from 0 to 1"):
        file["loss"](flat_start(namespace, file), 2)


def flat_start(namespace, file):
    if namespace == "torch":
        import torch

        return torch.tensor(file["INITIAL"], dtype=torch.float64)
    return np.array(file["INITIAL"])


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_outputs_beside_the_loss(namespace):
    model = nn.MLP(2, [4, 3], rng=0)

    def loss(x, y):
        prediction = model(x)
        return nn.mse_loss(prediction, y), prediction

    args = ([0.5, -1.0], [1.0, 0.0, 0.0])
    program = compile(loss)
    program(*args)
    file = run(namespace, program.export(namespace))
    found = file["outputs"](flat_start(namespace, file), *args)
    assert found.tolist() == pytest.approx([v.data for v in model(args[0])])


def test_a_batched_program_exports_too():
    model = nn.MLP(3, [4, 1], rng=0)
    program = compile(lambda x, y: nn.mse_loss(model(x), y), batch=True)
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(6, 3)), rng.normal(size=6)
    value = program(X, y)
    found, gradient = loss_and_gradient("numpy", program.export(), (X, y))
    assert found == pytest.approx(value)
    assert gradient == pytest.approx([p.grad for p in program.parameters])


def test_what_is_drawn_at_random_comes_after_the_arguments():
    rng = random.Random(0)
    w = Value(0.5)
    program = compile(lambda x: w * x * autograd.redrawn(rng.random))
    rng.seed(1)
    value = program(2.0)
    file = run("numpy", program.export())
    assert file["loss"]([0.5], 2.0, random.Random(1).random()) == pytest.approx(value)


def test_the_file_trains_on_its_own():
    rng = random.Random(0)
    w = [Value(rng.uniform(-1, 1)) for _ in range(3)]
    X = [[rng.gauss(0, 1), rng.gauss(0, 1), 1.0] for _ in range(30)]
    y = [2.0 * a - b + 0.5 for a, b, _ in X]
    program = compile(lambda X, y: nn.mse_loss([autograd.dot(w, x) for x in X], y))
    program(X, y)
    file = run("numpy", program.export())
    p = np.array(file["INITIAL"])
    for _ in range(200):
        p -= 0.2 * file["value_and_grad"](p, X, y)[1]
    assert p == pytest.approx([2.0, -1.0, 0.5], abs=1e-6)


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_the_file_imports_nothing_of_ours(namespace, tmp_path):
    loss, args = layer_loss(LAYERS[0])
    program = compile(loss)
    program(*args)
    path = tmp_path / "exported.py"
    source = program.export(namespace, path)
    assert path.read_text("utf-8") == source
    imported = {
        name.name.partition(".")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in node.names
    }
    assert namespace in imported
    assert imported <= {"math", namespace}


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_names_are_data(namespace):
    """A label, a name of a module or of a primitive never becomes code."""
    nasty = '"""\nraise SystemExit\r\x0b # \\'
    w = Value(1.0, label=nasty)
    program = compile(lambda x: autograd.scoped(nasty, lambda v: (w * v).tanh(), x) ** 2)
    program(0.5)
    source = program.export(namespace)
    tree = ast.parse(source)
    assert not [node for node in ast.walk(tree) if getattr(node, "id", "") == "SystemExit"]
    labels = next(
        node
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id == "LABELS"
    )
    assert ast.literal_eval(labels.value) == [nasty]


class TestRefusals:
    def test_another_namespace(self):
        w = Value(1.0)
        program = compile(lambda: w * 2.0)
        program()
        with pytest.raises(ValueError, match="one of numpy, jax, torch, not 'mlx'"):
            program.export("mlx")

    def test_python_code_that_compares_values(self):
        w = Value(1.0)
        program = compile(lambda x: w * x if w > 0 else -w)
        program(2.0)
        with pytest.raises(CompileError, match="compared Values"):
            program.export()

    def test_a_state_that_is_assigned(self):
        model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.BatchNorm1d(3))
        program = compile(lambda X: autograd.mean([v for row in model(X) for v in row]))
        X = [[0.0, 1.0], [1.0, 0.5], [0.3, 0.2]]
        program(X)
        with pytest.raises(CompileError, match="eval mode"):
            program.export()

    def test_an_op_without_an_array_form(self):
        name = "halved if positive"

        def halved(x):
            return x / 2.0 if x > 0 else 0.0  # branches: it has no form for arrays

        op = primitive(name, halved, lambda out, x: (0.5 if x > 0 else 0.0,))
        try:
            w = Value(1.0)
            program = compile(lambda: op(w) * 3.0)
            program()
            with pytest.raises(CompileError, match="halved if positive cannot be written"):
                program.export()
        finally:
            del primitives.table[name]


README = pathlib.Path(__file__).parents[2] / "README.md"
BEFORE = """
import jax, numpy as np
jax.config.update("jax_enable_x64", True)
assert jax.device_count() == 4
rng = np.random.default_rng(0)
X, y = rng.normal(size=(32, 3)), rng.normal(size=32)
"""
AFTER = """
assert len(X.addressable_shards) == 4
print(float(loss), *map(float, gradient))
"""


@pytest.mark.slow
def test_data_parallel_over_four_devices(tmp_path):
    """What the README shows: the batch is sharded over (here simulated) devices."""
    pytest.importorskip("jax")
    model = nn.MLP(3, [5, 1], rng=0)
    one = compile(lambda x, y: nn.mse_loss(model(x), y))
    one([0.0] * 3, 0.0)
    one.export("jax", tmp_path / "exported.py")
    environment = dict(os.environ, XLA_FLAGS="--xla_force_host_platform_device_count=4")
    shown = re.search(r"^```py\n(import exported.*?)^```", README.read_text("utf-8"), re.S | re.M)[
        1
    ]
    done = subprocess.run(
        [sys.executable, "-c", BEFORE + shown + AFTER],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(32, 3)), rng.normal(size=32)
    model.zero_grad()
    losses = [nn.mse_loss(model(x), target) for x, target in zip(X, y, strict=True)]
    value = autograd.mean(losses)
    value.backward()
    expected = [value.data, *[p.grad for p in one.parameters]]
    assert list(map(float, done.stdout.split())) == pytest.approx(expected, rel=1e-9)
