"""Whatever way a layer is written, its program is the same few matrix products, and right."""

import math

import pytest

from autograd import Value, compile, leaves
from tests.compiler.programs import LAYERS, MODELS, irregular, layer_loss


def gradients(loss, args):
    """Value and gradients of the eager engine, by parameter."""
    root = loss(*args)
    root.backward()
    found = {id(leaf): leaf.grad for leaf in leaves(root)}
    for leaf in leaves(root):
        leaf.grad = 0.0
    return root.data, found


def assert_same(loss, args):
    program = compile(loss)
    value = program(*args)
    compiled = {id(p): p.grad for p in program.parameters}
    for p in program.parameters:
        p.grad = 0.0
    expected, eager = gradients(loss, args)
    assert math.isclose(value, expected, rel_tol=1e-10, abs_tol=1e-12)
    largest = max(abs(g) for g in eager.values())
    assert compiled.keys() >= eager.keys()
    for key, gradient in compiled.items():  # of a table, the eager engine reaches what was picked
        assert abs(gradient - eager.get(key, 0.0)) <= 1e-10 * largest
    return program.program


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.__name__)
def test_a_layer_becomes_a_matrix_product_however_it_is_written(layer):
    program = assert_same(*layer_loss(layer))
    assert program.source.count("np.matmul(") >= 3  # forward, of three layers
    assert len(program.code.emitter.groups) <= 12
    assert "np.matmul" in program.source


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_models_have_the_engines_gradients(model):
    assert_same(*model())


def test_a_layer_is_one_matmul_for_the_whole_batch():
    program = assert_same(*layer_loss(LAYERS[0]))
    forward = program.source.split("def backward")[0]
    assert forward.count("np.matmul(") == 3


def test_an_irregular_graph_becomes_lines_of_plain_python():
    program = assert_same(*irregular())
    assert "scalar Python" in program.explain()
    assert "np." not in program.source


def test_a_trivial_loss_has_a_readable_program():
    w = Value(3.0)
    program = compile(lambda x: w * x + 1.0)
    program(2.0)
    assert "v3 = w0 * x0" in program.source


def test_a_transformer_of_65_000_nodes_is_a_page_of_statements():
    gpt = MODELS[-1]
    program = assert_same(*gpt())
    assert program.nodes > 60_000
    statements = [line for line in program.source.split("\n") if "np." in line]
    assert len(statements) < 150
