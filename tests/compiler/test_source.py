"""The source of a program says where its statements come from; names in it are no code."""

import ast
import random

import pytest

import nn
from autograd import Value, compile, primitive, primitives, scoped

NASTY = "a\nimport os\r'''\"\u2028\x0c{x}"


def comments(program):
    return [line.strip() for line in program.source.splitlines() if line.strip().startswith("#")]


def test_comments_name_the_layers():
    model = nn.MLP(2, [8, 8, 1], rng=0)
    program = compile(lambda X, y: nn.mse_loss([model(x) for x in X], y))
    rng = random.Random(0)
    program([[rng.random(), rng.random()] for _ in range(20)], [rng.random() for _ in range(20)])
    relus = [line for line in comments(program) if "relu" in line]
    assert relus[:2] == [
        "# relu: 160 at once (MLP.layers.0)",
        "# relu: 160 at once (MLP.layers.1)",
    ]


def test_comments_name_the_layers_of_a_function_for_one_sample():
    model = nn.MLP(2, [8, 1], rng=0)
    program = compile(lambda x, y: (model(x) - y) ** 2, batch=True)
    rng = random.Random(0)
    program([[rng.random(), rng.random()] for _ in range(20)], [rng.random() for _ in range(20)])
    assert "# relu: 160 at once (MLP.layers.0)" in comments(program)


@pytest.mark.parametrize("form", ["arrays", "scalars"])
def test_names_are_data(form):
    w = Value(0.5, label=NASTY)
    program = compile(
        lambda xs: sum(scoped(NASTY, lambda v: (v * w).tanh(), x) for x in xs), form=form
    )
    value = program([0.1 * i for i in range(12)])
    assert value == pytest.approx(sum(Value(0.05 * i).tanh().item() for i in range(12)))
    tree = ast.parse(program.source)
    assert not any(isinstance(node, ast.Import) for node in ast.walk(tree))
    assert any(r"a\nimport os" in line for line in comments(program))


def test_the_source_is_the_program():
    w = [Value(0.1 * i) for i in range(30)]
    program = compile(
        lambda xs: sum((a * x).tanh() for a, x in zip(w, xs, strict=True)), form="arrays"
    )
    program([0.3] * 30)
    code = program.program.code
    namespace = dict(code.emitter.environment)
    exec(program.source, namespace)
    assert namespace["forward"]() == pytest.approx(
        sum(Value(0.03 * i).tanh().item() for i in range(30))
    )


@pytest.mark.parametrize("name", ["if", "v1", "program", "2x", "a b\n", "inf", "sin"])
def test_whatever_a_primitive_is_called_it_has_a_name_in_scalar_code(name):
    before = dict(primitives.table)
    try:
        primitives.table.pop(name, None)
        double = primitive(name, lambda x: 2.0 * x, lambda out, x: (2.0,))
        w = Value(0.3)
        program = compile(lambda x: double(w * x).sin(), form="scalars")
        assert program(0.5) == pytest.approx(Value(0.3).sin().item())
        assert w.grad == pytest.approx(Value(0.3).cos().item())
    finally:
        primitives.table.clear()
        primitives.table.update(before)


def test_scalar_code_reads_like_the_function():
    w = Value(0.3)
    program = compile(lambda x: (w * x).sin().exp(), form="scalars")
    program(2.0)
    assert "v3 = sin(v2)" in program.source
    assert "v4 = exp(v3)" in program.source
