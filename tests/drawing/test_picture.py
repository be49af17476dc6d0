"""What a picture shows: nodes, numbers, local derivatives, colours, kinds of leaves."""

import math

import pytest
from pictures import Layer, Network, groups, texts

from autograd import Value, draw, log, scoped, where
from autograd import sum as total
from autograd.drawing import colour


def boxes(drawing):
    """The nodes of the scene by name, or by symbol."""
    return {node.name or node.symbol: node for node in drawing.scene.nodes}


def example():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    product = a * b
    product.label = "p"
    loss = product + 10
    loss.backward()
    return loss


def test_a_node_shows_name_op_data_and_gradient():
    p = boxes(draw(example()))["p"]
    assert (p.symbol, p.data, p.grad) == ("×", -6.0, 1.0)
    shown = texts(draw(example()).svg)
    assert {"p", "×", "−6", "a", "b", "10"} <= {text.strip() for text in shown}


def test_an_edge_shows_the_local_derivative():
    edges = draw(example()).scene.edges
    assert [edge.partial for edge in edges] == [-3.0, 2.0, 1.0, 1.0]
    labels = [group.findtext("{*}text") for group in groups(draw(example()).svg, "edge")]
    assert sorted(labels) == sorted(["−3", "2", "1", "1"])


def test_using_a_value_twice_draws_two_edges():
    x = Value(3.0)
    assert len(groups(draw(x * x).svg, "edge")) == 2


def test_the_branch_that_where_does_not_choose_is_a_dashed_edge():
    x = Value(0.0, label="x")
    z = where(x, log(x), x * 2)
    z.backward()
    drawn = [
        group for group in groups(draw(z).svg, "edge") if group.findtext("{*}text") == "no edge"
    ]
    assert len(drawn) == 2  # from the condition, and from log(x)
    for group in drawn:
        assert group.find("{*}path").get("stroke-dasharray")
        assert "no edge" in group.findtext("{*}title")
    assert draw(z).dot.count("dashed") == 2


def test_a_dot_product_is_one_node():
    assert sum(node.kind == "op" for node in draw(Layer(1.0, 2.0)([1.0, 2.0])[0]).scene.nodes) == 2


def test_inputs_parameters_constants_and_ops_are_told_apart():
    network = Network()
    x = Value(1.0, label="x")
    drawing = draw(network(x, 2.0))
    kinds = {name: node.kind for name, node in boxes(drawing).items()}
    assert kinds["x"] == "input"
    assert kinds["layers.0.w.1"] == "parameter"
    assert kinds[""] == "constant"
    assert kinds["dot"] == "op"
    for meaning in ("parameter", "input", "constant"):
        assert any(meaning in text for text in texts(drawing.svg))  # the legend says so


def test_the_legend_explains_only_what_is_there():
    legend = " ".join(texts(draw(Value(2.0).tanh()).svg))
    assert "input" in legend
    assert "parameter" not in legend
    assert "constant" not in legend


def test_the_legend_says_where_there_are_tooltips():
    x = [Value(0.1 * i) for i in range(12)]
    crowded = total([a * b for a in x for b in x])  # shown as an image, a picture has none
    folded = total([(x[1] * i).tanh() for i in range(200)])
    for graph in (crowded, folded):
        assert "tooltips in .html" in " ".join(texts(draw(graph).svg))


def test_blue_is_positive_orange_negative_and_strong_is_large():
    largest = 8.0
    assert colour.fill(8.0, largest) == colour.POSITIVE
    assert colour.fill(-8.0, largest) == colour.NEGATIVE
    reds = [colour.channels(colour.fill(g, largest))[0] for g in (0.0, 0.1, 1.0, 8.0)]
    assert reds == sorted(reds, reverse=True)
    assert len(set(reds)) == 4


@pytest.mark.parametrize("gradient", [-1.0, -0.5, -0.01, 0.0, 0.01, 0.5, 1.0, math.nan, math.inf])
def test_text_is_readable_on_every_colour(gradient):
    background = colour.fill(gradient, 1.0)
    assert colour.contrast(colour.ink(background), background) >= 4.5


def test_gradients_that_are_not_finite_stand_out_and_do_not_wash_out_the_others():
    x, y = Value(0.0, label="x"), Value(2.0, label="y")
    loss = log(x) * 0 + y
    loss.backward()
    drawing = draw(loss)
    assert math.isnan(boxes(drawing)["x"].grad)
    fills = {
        node.name: colour.fill(node.grad, drawing.scene.largest_gradient)
        for node in drawing.scene.nodes
    }
    assert fills["x"] == colour.ALARM
    assert fills["y"] == colour.POSITIVE
    assert "nan or inf" in " ".join(texts(drawing.svg))
    assert colour.ALARM in drawing.dot
    assert "largest finite |gradient| 1, others are nan or inf" in drawing.summary


def test_before_backward_all_is_neutral_and_the_picture_says_so():
    drawing = draw(Value(2.0) * 3)
    assert colour.NEUTRAL in drawing.dot
    assert colour.POSITIVE not in drawing.dot
    assert "no backward" in drawing.summary
    assert "no backward" in " ".join(texts(drawing.svg))


def test_a_picture_is_a_snapshot():
    x = Value(2.0, label="x")
    y = x * x
    drawing = draw(y)
    x.data, x.label = 5.0, "changed"
    y.backward()
    assert boxes(drawing)["x"].data == 2.0
    assert "changed" not in drawing.svg
    assert boxes(drawing)["x"].grad == 0.0


def test_drawing_does_not_change_the_graph():
    loss = example()
    before = [(type(node.origin), node.grad, node.data) for node in (loss, *loss.parents)]
    draw(loss).svg  # noqa: B018
    assert before == [(type(node.origin), node.grad, node.data) for node in (loss, *loss.parents)]


def test_a_single_leaf_can_be_drawn():
    assert len(groups(draw(Value(1.5, label="alone")).svg, "node")) == 1


def test_top_to_bottom():
    y = Value(1.0).tanh().tanh().tanh()
    assert "rankdir=TB" in draw(y, direction="TB").dot
    assert "rankdir=LR" in draw(y).dot


# --- names ----------------------------------------------------------------------------------


def test_names_may_be_a_dict_of_values_lists_and_modules():
    x, ws, layer = Value(1.0), [Value(2.0), Value(3.0)], Layer(4.0)
    y = layer([x * ws[0] + ws[1]])[0]
    drawing = draw(y, names={"x": x, "w": ws, "model": layer}, scopes=False)
    assert {"x", "w[0]", "w[1]", "model.w.0", "model.b"} <= set(boxes(drawing))
    assert boxes(drawing)["x"].kind == "input"
    assert boxes(drawing)["model.b"].kind == "parameter"


@pytest.mark.parametrize("give", [lambda m: m, lambda m: list(m.named_parameters())])
def test_names_may_be_a_module_or_its_named_parameters(give):
    network = Network()
    y = network.layers[1].w[0] * 2
    assert boxes(draw(y, names=give(network)))["layers.1.w.0"].kind == "parameter"


def test_the_outermost_module_names_the_parameters():
    names = set(boxes(draw(Network()(1.0, 2.0))))
    assert {"layers.0.w.0", "layers.0.b", "layers.1.b"} <= names
    assert "w.0" not in names


def test_a_label_comes_before_the_modules_name_and_names_before_the_label():
    layer = Layer(1.0)
    layer.b.label = "bias"
    y = layer([2.0])[0]
    assert "bias" in boxes(draw(y))
    assert "mine" in boxes(draw(y, names={"mine": layer.b}))


def test_two_modules_side_by_side_keep_their_names_apart():
    one, two = Layer(1.0), Layer(2.0)
    y = two(one([1.0], "first"), "second")[0]
    assert {"first.b", "second.b"} <= set(boxes(draw(y)))


@pytest.mark.parametrize("names", [3, {"x": 2.0}, {1: Value(1.0)}, [Value(1.0)]])
def test_names_that_name_no_values_are_refused(names):
    with pytest.raises(TypeError, match="names"):
        draw(Value(1.0).tanh(), names=names)


# --- options --------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [2.0, [Value(1.0)], None])
def test_only_a_value_can_be_drawn(value):
    with pytest.raises(TypeError, match="must be a Value"):
        draw(value)


@pytest.mark.parametrize(
    ("option", "named"),
    [({"direction": "RL"}, "RL"), ({"max_nodes": 0}, "max_nodes"), ({"max_nodes": 2001}, "2000")],
)
def test_a_bad_option_is_refused_with_what_is_allowed(option, named):
    with pytest.raises(ValueError, match=named):
        draw(Value(1.0), **option)


def test_parameters_may_be_left_out_and_the_picture_says_so():
    y = Network()(Value(1.0, label="x"), 2.0)
    drawing = draw(y, parameters=False)
    assert {node.kind for node in drawing.scene.nodes} == {"input", "constant", "op"}
    assert drawing.summary.startswith("6 nodes, 5 edges, 3 clusters, 5 parameters left out")
    assert "5 parameters left out" in " ".join(texts(drawing.svg))
    assert drawing.tree.endswith("(5 parameters left out)")
    assert "layers.0.b" not in drawing.tree + drawing.dot


def test_parameters_that_are_left_out_do_not_count_as_nodes():
    layer = Layer(*[1.0] * 400)
    y = layer([0.5] * 400)[0]
    assert draw(y, max_nodes=500).scene.folds != ()
    assert draw(y, max_nodes=500, parameters=False).scene.folds == ()


def test_a_title_is_shown_in_picture_and_page():
    drawing = draw(scoped("s", lambda x: x * 2, Value(1.0)), title="My loss")
    assert "My loss" in texts(drawing.svg)
    assert "<h1>My loss</h1>" in drawing.html
