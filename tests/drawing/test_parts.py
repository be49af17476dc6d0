"""Of a large graph, a part: around a node, the paths that contribute most, the worst gradients."""

import math
import xml.etree.ElementTree as ET

import pytest
from pictures import HOSTILE, Network, groups, texts

from autograd import Value, dot, draw, scoped, tanh
from autograd import sum as total


def named(value, name):
    value.label = name
    return value


def names(drawing):
    """What is drawn, by name or else by symbol, ghosts once."""
    return sorted({node.name or node.symbol for node in drawing.scene.nodes})


def chain(n):
    """y₀ … yₙ: a chain of tanh."""
    values = [Value(0.5, label="y0")]
    for i in range(n):
        values.append(named(values[-1].tanh(), f"y{i + 1}"))
    return values


# --- focus ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hops", "shown"),
    [(0, ["y5"]), (1, ["y4", "y5", "y6"]), (2, ["y3", "y4", "y5", "y6", "y7"])],
)
def test_focus_shows_what_is_within_a_few_edges(hops, shown):
    y = chain(1000)
    drawing = draw(y[-1], focus=y[5], hops=hops)
    assert names(drawing) == shown
    assert f"{1001 - len(shown)} hidden" in drawing.summary.replace(",", "")
    assert [node.name for node in drawing.scene.nodes if node.is_marked] == ["y5"]


def test_boxes_at_the_border_say_what_is_not_shown():
    x = Value(1.0, label="x")
    y = named(dot([x, 2.0, 3.0], [1.0, 1.0, 1.0]), "y")
    drawing = draw(y.tanh() + y.exp(), focus=x, hops=1)
    (box,) = [node for node in drawing.scene.nodes if node.name == "y"]
    assert (box.hidden_operands, box.hidden_uses) == (5, 2)
    assert "… 5 operands, 2 uses not shown" in texts(drawing.svg)


def test_of_very_many_uses_those_are_shown_that_pass_back_most():
    w = Value(1.0, label="w")
    y = total([named(w * i, f"u{i}") for i in range(1000)])
    y.backward()
    shown = names(draw(y, focus=w, hops=1))
    assert len(shown) < 40
    assert {"u999", "u998", "w"} <= set(shown)
    assert "u1" not in shown


def test_clusters_around_the_focus_stay():
    outputs = [Network()(Value(1.0), Value(float(i))) for i in range(100)]
    drawing = draw(total(outputs), focus=outputs[3], hops=1)
    assert [cluster.name for cluster in drawing.scene.clusters] == ["network", "layers.1"]


def test_what_else_is_marked_stands_out_too():
    y = chain(100)
    drawing = draw(y[-1], focus=y[3], hops=1, mark=y[4])
    assert [node.name for node in drawing.scene.nodes if node.is_marked] == ["y3", "y4"]


def test_several_nodes_may_be_in_focus():
    y = chain(100)
    assert names(draw(y[-1], focus=[y[3], y[50]], hops=0)) == ["y3", "y50"]


# --- paths ----------------------------------------------------------------------------------


def test_the_path_that_contributes_most():
    x = Value(2.0, label="x")
    strong, weak = named(x * 5, "strong"), named(x * 0.1, "weak")
    y = strong + weak
    drawing = draw(y, path_from=x, paths=1)
    assert names(drawing) == ["+", "strong", "x"]
    assert drawing.tree.splitlines()[1] == "1. 5, 98.04 %: x → strong → +"
    assert drawing.summary == (
        "1 path of 2 from x to +, those that contribute most to ∂ = 5.1; 3 of 6 nodes hidden"
    )


def test_all_paths_sum_to_the_gradient():
    x = Value(0.3, label="x")
    y = (x * x).tanh() * x.exp()
    y.backward()
    lines = draw(y, path_from=x, paths=20).tree.splitlines()
    products = [float(line.split()[1].rstrip(",").replace("−", "-")) for line in lines[1:]]
    assert products == sorted(products, key=abs, reverse=True)
    assert math.isclose(sum(products), x.grad, rel_tol=1e-3)


def test_two_edges_from_one_node_are_two_paths():
    x = Value(3.0, label="x")
    assert draw(x * x, path_from=x).summary.startswith("2 paths of 2")


def test_nothing_flows_along_a_missing_edge():
    from autograd import where

    x = Value(3.0, label="x")
    y = where(True, x * 2, x.exp())
    assert draw(y, path_from=x).summary.startswith("1 path of 1")


def test_a_long_path_shows_its_ends_and_how_much_is_between():
    y = chain(5000)
    drawing = draw(y[-1], path_from=y[0])
    assert len(drawing.scene.nodes) == 24
    assert "… 4,977 nodes of the path …" in " ".join(texts(drawing.svg))
    assert "more …" in drawing.tree


def test_products_that_underflow_are_ranked_all_the_same():
    x = Value(1.0, label="x")
    small, smaller = x * 1e-200 * 1e-200, x * 1e-250 * 1e-250
    drawing = draw(named(small, "small") + named(smaller, "smaller"), path_from=x, paths=1)
    assert "→ small →" in drawing.tree


def test_a_node_without_a_path_says_so():
    x = Value(1.0, label="x")
    drawing = draw(x.detach() * 2 + x * 0, path_from=x)
    assert drawing.summary.startswith("1 path of 1")


# --- worst ----------------------------------------------------------------------------------


def test_the_worst_gradients_are_ranked_and_marked():
    x = Value(1.0, label="x")
    y = named(x * 10, "y") * 0.01 + named(Value(2.0) * 3, "z") * 100
    y.backward()
    drawing = draw(y, worst=2, hops=0)
    assert drawing.tree.splitlines()[1:] == ["1. 2 = 2, grad 300", "2. z = 6, grad 100"]
    assert all(node.is_marked for node in drawing.scene.nodes)


def test_what_is_not_finite_is_worst():
    x, big = Value(0.0, label="x"), Value(1.0, label="big")
    y = x.log() + big * 1e9
    y.backward()
    assert "1. x = 0, grad inf" in draw(y, worst=1).tree


def test_before_a_backward_pass_none_is_worst_and_the_picture_says_so():
    assert draw(Value(1.0) * 2, worst=1).summary.endswith(
        "all gradients are 0 (no backward pass yet?)"
    )


# --- all of them ----------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{"depth": 0}, {"worst": 1}, {"focus": ()}, {"hops": 0}])
def test_a_leaf_alone_is_drawn_as_it_is(options):
    assert "<svg" in draw(Value(1.0, label="x"), **options).svg


def test_from_the_output_to_itself_there_is_one_path():
    y = Value(1.0) * 2
    assert draw(y, path_from=y).summary.startswith("1 path of 1 from × to ×")


@pytest.mark.parametrize("option", ["focus", "path_from", "unfold", "mark"])
def test_a_node_of_another_graph_is_refused(option):
    stranger = Value(7.0)
    with pytest.raises(ValueError, match=rf"{option}\): Value\(7\.0\) is not in the graph"):
        draw(Value(1.0) * 2, **{option: stranger})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"focus": 3.0}, "focus.*must be a Value or several, not float"),
        ({"focus": ["x"]}, "focus.*must be Values, not str"),
        ({"hops": -1}, "hops.*between 0 and 50, not -1; 0 is the focus alone"),
        ({"paths": 0}, "paths.*between 1 and 20, not 0"),
        ({"worst": 0}, "worst.*between 1 and 50, not 0; 5 is a good start"),
        ({"worst": True}, "worst.*whole number, not True"),
        ({"worst": 2, "depth": 1}, "depth, worst.*give one of them"),
        ({"path_from": []}, "path_from.*must be one Value, not 0"),
    ],
)
def test_a_bad_option_is_refused_with_a_way_out(options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        draw(Value(1.0) * 2, **options)


@pytest.mark.parametrize("option", ["focus", "path_from", "worst"])
def test_hostile_labels_are_shown_literally(option):
    x = Value(2.0, label=HOSTILE[:38])
    y = total([scoped(HOSTILE, lambda x: tanh(x * 2), x) for _ in range(150)])
    y.backward()
    drawing = draw(y, title=HOSTILE, **{option: 1 if option == "worst" else x})
    assert len(groups(drawing.svg, "node")) == len(drawing.scene.nodes)
    assert HOSTILE in texts(drawing.svg)
    assert all(line.isprintable() for line in drawing.tree.splitlines())
    assert ET.fromstring(drawing.svg).get("role") == "img"
