"""Wide nodes taken apart, before and after, derivatives, levels, why: what pictures can show."""

import random
import re

import pytest

import autograd
import nn
from autograd import Value, dot, draw, grad, membership, topological_order, why
from autograd.drawing.exploded import exploded


def neuron():
    w = [Value(0.5, label="w0"), Value(-1.5, label="w1"), Value(2.0, label="w2")]
    x = [Value(1.0, label="x0"), Value(0.25, label="x1"), Value(-0.5, label="x2")]
    y = dot(w, x, bias=Value(0.1, label="b")).tanh()
    y.label = "y"
    return y, w, x


# --- explode ------------------------------------------------------------------------------------


def test_a_neuron_taken_apart_is_products_and_sums():
    y, _, _ = neuron()
    y.backward()
    whole, parts = draw(y).scene, draw(y, explode=True).scene
    assert [n.symbol for n in whole.nodes if n.symbol] == ["dot", "tanh"]
    symbols = [n.symbol for n in parts.nodes if n.symbol]
    assert sorted(symbols) == sorted(["×", "×", "×", "+", "+", "+", "tanh"])
    by_name = {n.name: n for n in whole.nodes if n.name}
    assert {n.name: (n.data, n.grad) for n in parts.nodes if n.name} == {
        name: (n.data, n.grad) for name, n in by_name.items()
    }


@pytest.mark.parametrize("seed", range(4))
def test_gradients_of_a_graph_taken_apart_are_those_of_the_whole(seed):
    rng = random.Random(seed)
    xs = [Value(rng.uniform(0.5, 1.5), label=f"x{i}") for i in range(6)]
    a = autograd.sum([*xs, 1.0])
    b = autograd.mean([xs[0] * a, xs[1], a])
    c = autograd.prod([b, xs[2], xs[3], a.tanh()])
    y = dot([a, b, c], [xs[4], xs[5], xs[0]]) + autograd.logsumexp([a, c])
    y.backward()
    order = topological_order(y)
    copy, twins = exploded(order)
    leaves = [node for node in order if node.is_leaf]
    assert [node for node in copy if node.is_leaf and node.requires_grad] != []
    # Differentiated by itself, the copy gives the same gradients to the leaves.
    found = grad(copy[-1], [leaf for leaf in leaves if leaf.requires_grad])
    for leaf, gradient in zip([v for v in leaves if v.requires_grad], found, strict=True):
        assert gradient == pytest.approx(leaf.grad, rel=1e-12)
    # And what the picture shows of each node in between is what reaches it.
    inner = [node for node in copy if not node.is_leaf]
    for node, gradient in zip(inner, grad(copy[-1], inner), strict=True):
        assert node.grad == pytest.approx(gradient, rel=1e-12)
    assert all(twins[id(node)].grad == node.grad for node in order)
    assert all(len(n.parents) <= 2 for n in inner if n.op in ("+", "*"))


def test_taking_apart_leaves_the_graph_as_it_was():
    y, w, _ = neuron()
    y.backward()
    before = [(node.data, node.grad, node.parents) for node in topological_order(y)]
    draw(y, explode=True)
    assert [(node.data, node.grad, node.parents) for node in topological_order(y)] == before
    once = w[0].grad
    y.backward()
    assert w[0].grad == 2 * once


def test_scopes_names_and_marks_survive_it():
    model = nn.MLP(2, [2, 1], rng=0)
    hidden = []
    model.layers[0].forward = keep(model.layers[0].forward, hidden)
    y = model([Value(1.0), Value(2.0)])
    drawing = draw(y, explode=True, names={"first": hidden[0][0]}, mark=hidden[0][1])
    scene = drawing.scene
    assert {c.name for c in scene.clusters} == {"MLP", "layers.0", "layers.1"}
    place = {c.id: c.name for c in scene.clusters}
    products = [n for n in scene.nodes if n.symbol == "×"]
    assert [place[n.cluster] for n in products].count("layers.0") == 4
    assert [n.is_marked for n in scene.nodes].count(True) == 1
    assert "first" in {n.name for n in scene.nodes}
    assert draw(y, explode=True, path_from=model.layers[0].neurons[0].w[0]).summary.startswith(
        "1 p"
    )


def test_a_graph_that_would_be_huge_when_taken_apart_is_refused_and_a_large_one_folded():
    w = [Value(0.1) for _ in range(1000)]
    y = Value(0.0)
    for _ in range(10):
        y = y + dot(w, w)
    assert "folded" in draw(y, explode=True).summary
    for _ in range(100):
        y = y + dot(w, w)
    with pytest.raises(
        ValueError, match=r"explode=True\).* about 221,\d{3} nodes.* draw it without"
    ):
        draw(y, explode=True)
    assert draw(y).summary


def keep(forward, kept):
    def kept_forward(*args):
        kept.append(forward(*args))
        return kept[-1]

    return kept_forward


# --- before and after -----------------------------------------------------------------------------


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_before_and_after_are_one_picture(direction, tmp_path):
    y, _, _ = neuron()
    before = draw(y, direction=direction)
    y.backward()
    both = before.beside(draw(y, direction=direction))
    frames = {c.id: c.name for c in both.scene.clusters}
    assert sorted(frames.values()) == ["after", "before"]
    gradients = {"before": set(), "after": set()}
    for node in both.scene.nodes:
        gradients[frames[node.cluster]].add(node.grad)
    assert gradients["before"] == {0.0}
    assert len(gradients["after"]) > 3
    for suffix in ("svg", "html", "gv", "txt", "png"):
        assert both.save(tmp_path / f"both.{suffix}").stat().st_size > 100
    assert "before:" in both.summary
    assert str(both).startswith("before\n")


def test_folded_pictures_can_stand_beside_each_other():
    model = nn.RNN(1, 3, rng=0)
    outputs, _ = model([[1.0]] * 40)
    loss = autograd.sum(outputs[-1])
    before = draw(loss)
    loss.backward()
    both = before.beside(draw(loss))
    assert both.scene.folds
    ids = [box.id for box in both.scene.boxes]
    assert len(ids) == len(set(ids))
    assert "<svg" in both.svg


def test_what_stands_beside_is_a_drawing_and_its_names_are_text():
    y, _, _ = neuron()
    with pytest.raises(TypeError, match="must be a Drawing, not str"):
        draw(y).beside("x")
    hostile = "<script>alert(1)</script>"
    both = draw(y).beside(draw(y), (hostile, "b"))
    assert "<script" not in both.svg
    assert "<script" not in both.html


# --- derivatives ----------------------------------------------------------------------------------


def test_the_graph_of_a_second_derivative_shows_which_order_made_what():
    x = Value(0.5, label="x")
    y = (x * 2.0).tanh()
    y.label = "y"
    scene = draw(y, wrt=x, order=2).scene
    names = {c.id: c.name for c in scene.clusters}
    assert set(names.values()) == {"∂y/∂x", "∂²y/∂x²"}
    (output,) = [n for n in scene.nodes if n.is_output]
    assert names[output.cluster] == "∂²y/∂x²"
    assert output.data == pytest.approx(grad(grad(lambda x: (x * 2.0).tanh()))(0.5))
    (slope,) = [n for n in scene.nodes if n.symbol == "sech²"]
    assert names[slope.cluster] == "∂y/∂x"
    forward = [n for n in scene.nodes if n.symbol == "×" and n.data == 1.0]
    assert forward[0].cluster is None


def test_a_derivative_without_a_graph_is_refused_in_words():
    x = Value(2.0, label="x")
    with pytest.raises(ValueError, match=r"∂y/∂x is the constant 3\.0, without a graph"):
        draw(3.0 * x, wrt=x)
    with pytest.raises(ValueError, match=r"∂y/∂x is the constant 0\.0, without a graph"):
        draw(x * x, wrt=Value(1.0, label="x"))
    with pytest.raises(TypeError, match="wrt"):
        draw(x * x, order=2)
    with pytest.raises(ValueError, match="between 1 and 4"):
        draw(x * x, wrt=x, order=9)


# --- levels ---------------------------------------------------------------------------------------


def test_a_page_holds_every_level_of_a_folded_graph_one_within_the_other():
    model = nn.RNN(1, 3, 2, rng=0)
    outputs, _ = model([[0.1 * i] for i in range(30)])
    loss = autograd.sum(outputs[-1])
    loss.backward()
    drawing = draw(loss, levels=True)
    assert len(drawing.levels) >= 4
    boxes = [len(level.scene.boxes) for level in drawing.levels]
    assert boxes == sorted(boxes)
    clusters = [len(level.scene.clusters) for level in drawing.levels]
    assert clusters[0] == 0
    assert clusters == sorted(clusters)
    page = drawing.html
    assert page.count("<svg") == 1 + len(drawing.levels)
    nested = page[page.index("<details><summary>Level 0") :]
    opened = re.findall(r"</?details>", nested)[: len(drawing.levels)]
    assert opened == ["<details>"] * len(drawing.levels)  # each opens before any closes
    assert page.count("<details>") == page.count("</details>")
    assert "script-src" not in page
    assert "<script" not in page


def test_dot_keeps_the_nesting_of_folds():
    model = nn.RNN(1, 3, 2, rng=0)
    outputs, _ = model([[0.1 * i] for i in range(30)])
    source = draw(autograd.sum(outputs[-1]), depth=3).dot
    deepest = depth = 0
    for line in source.splitlines():
        depth += line.strip().startswith("subgraph")
        deepest = max(deepest, depth)
        depth -= line.strip() == "}" and depth > 0
    assert deepest >= 3  # RNN, a layer in it, a range of steps in that


def test_a_small_graph_has_no_levels_to_open():
    y, _, _ = neuron()
    assert "<svg" in draw(y, levels=True).html


# --- membership and why ---------------------------------------------------------------------------


def test_membership_tells_what_a_call_made_on_the_way():
    model = nn.MLP(2, [3, 1], rng=0)
    y = model([Value(1.0), Value(2.0)]) * 2.0
    found = membership(y)
    assert list(found)[-1] is y
    assert found[y] is None
    assert [s.name for n, s in found.items() if n.op == "dot"] == ["layers.0"] * 3 + ["layers.1"]


def test_why_says_how_much_each_path_contributes():
    x = Value(3.0, label="x")
    y = x * x * x + 5.0 * x
    y.label = "y"
    found = why(y, x)
    assert found.gradient == 32.0
    assert found.paths == 4
    assert sorted(way.contribution for way in found.ways) == [5.0, 9.0, 9.0, 9.0]
    assert sum(way.share for way in found.ways) == pytest.approx(1.0)
    assert x.grad == 0.0  # nothing is touched


def test_why_of_many_paths_says_what_the_rest_sums_up_to():
    xs = [Value(1.0, label=f"x{i}") for i in range(4)]
    y = autograd.sum([x * xs[0] for x in xs])
    found = why(y, xs[0], most=2)
    assert found.paths == 5
    assert "3 more, which sum up to 3" in str(found)
    assert found.explained == 2.0


def test_why_of_what_is_not_there_and_of_names_that_are_markup():
    x = Value(2.0, label="<script>alert(1)</script>")
    with pytest.raises(ValueError, match="is not in the graph"):
        why(x * 2.0, Value(1.0))
    with pytest.raises(ValueError, match="between 1 and 20"):
        why(x * 2.0, x, most=21)
    with pytest.raises(TypeError, match="must be a Value"):
        why(x * 2.0, 3.0)
    bundle = why(x * 2.0, x)._repr_mimebundle_()
    assert "<script" not in bundle["text/html"]
    assert "0x" not in bundle["text/plain"]


def test_why_tells_units_steps_and_calls_apart():
    model = nn.MLP(1, [2, 1], "tanh", rng=0)
    scores = [model([x]) for x in (0.5, -1.0)]
    found = why(autograd.sum(scores), model.layers[0].neurons[1].w[0])
    for way, n in zip(sorted(found.ways, key=lambda way: way.text), (1, 2), strict=True):
        assert way.nodes == (
            "layers.0.neurons.1.w.0", f"dot layers.0.neurons.1.w, call {n}", "tanh",
            "dot layers.1.neurons.0.w", "Σ",
        )  # fmt: skip
        assert way.text == " → ".join(way.nodes)
    cell = nn.RNNCell(1, 1, rng=0)
    states = nn.unroll(cell, [[1.0], [0.5], [0.2]])
    found = why(states[-1][0], cell.weight_hh[0][0])
    assert {way.nodes[1] for way in found.ways} == {f"dot weight_hh.0, t={t}" for t in range(3)}
