"""A graph too large to draw is folded: boxes say how much is inside, soon and in few boxes."""

import itertools

import pytest
from large_graphs import boxes, chain, samples, unrolled
from pictures import Layer, groups

from autograd import Value, dot, draw, scoped, tanh
from autograd import sum as total

# --- when -----------------------------------------------------------------------------------


def test_up_to_max_nodes_a_graph_is_drawn():
    assert draw(chain(299)).scene.folds == ()
    assert draw(chain(300)).scene.folds != ()
    assert draw(chain(300), max_nodes=301).scene.folds == ()


def test_a_thicket_of_edges_is_folded_too():
    xs = [Value(1.0) for _ in range(100)]
    drawing = draw(total([dot(xs, xs) for _ in range(100)]))
    assert drawing.summary.startswith("201 nodes, 20,100 edges")
    assert ("dot", "× 100") in boxes(drawing)


def test_dot_never_gets_more_than_2000_nodes_however_many_ghosts_there_are():
    shared = [Value(1.0) for _ in range(20)]
    parts = [scoped(f"s{i}", lambda: total(shared)) for i in range(120)]
    assert len(draw(total(parts), max_nodes=2000).scene.boxes) < 10


@pytest.mark.parametrize("depth", [0, 1, 2, 3, 10])
def test_nor_does_it_whatever_the_depth(depth):
    names = [f"{'abcdefghij'[i % 10]}{'klmnopqrst'[i // 10]}" for i in range(100)]
    y = total([scoped(name, lambda: unrolled(100)[-1]) for name in names])
    assert len(draw(y, depth=depth).scene.boxes) <= 2000


# --- what it shows --------------------------------------------------------------------------


def test_calls_that_are_alike_are_one_box_with_counts_and_gradients():
    y = samples(100)
    y.backward()
    drawing = draw(y, depth=0)
    assert list(boxes(drawing)) == [("network", "100 calls")]
    contents, parameters, inputs, norm, extremes = boxes(drawing)["network", "100 calls"]
    assert contents == "200 dot, 200 tanh"
    assert (parameters, inputs) == ("5 parameters", "200 inputs")
    assert norm.startswith("‖grad‖ ")
    assert extremes == "from 0.02521 to 1.44"


def test_unfolded_calls_are_nested_clusters_with_the_ops_that_are_alike():
    drawing = draw(samples(100))
    assert [cluster.name for cluster in drawing.scene.clusters] == [
        "network  100 calls", "layers.0  100 calls", "layers.1  100 calls",
    ]  # fmt: skip
    assert len(groups(drawing.svg, "cluster")) == 3
    assert list(boxes(drawing)).count(("tanh", "× 100")) == 1
    assert "2 of 2 levels unfolded" in drawing.summary


def test_many_time_steps_are_ranges_in_order():
    drawing = draw(total(unrolled(1000)))
    ranges = [fold for fold in drawing.scene.folds if fold.kind == "scope"]
    assert [fold.name for fold in ranges][:2] == ["t=0 … t=199", "t=200 … t=399"]
    assert [fold.times for fold in ranges] == ["200 calls"] * 5
    ids = [fold.id for fold in ranges]
    along = {(edge.source, edge.target): edge for edge in drawing.scene.edges}
    assert all(along[pair].count == 1 for pair in itertools.pairwise(ids))


def test_vanishing_gradients_show_in_the_ranges():
    last = unrolled(500, w=0.5)[-1]
    last.backward()
    norms = [fold.norm for fold in draw(last).scene.folds if fold.kind == "scope"]
    assert norms == sorted(norms)
    assert norms[0] < 1e-50 < norms[-1]


def test_calls_of_one_name_that_hand_on_are_steps_too():
    h = Value(0.5)
    for _ in range(400):
        h = scoped("cell", lambda h: tanh(h * 2), h)
    assert "cell (1) … cell (50)" in {fold.name for fold in draw(h).scene.folds}


def test_scopes_side_by_side_that_differ_in_a_number_are_one_box():
    layer = Layer(2.0)
    y = total([layer([x], f"sample {x}")[0] for x in range(200)])
    assert ("sample 0 … sample 199", "200 calls") in boxes(draw(y, depth=0))


def test_the_output_and_what_is_marked_stay_visible():
    y = samples(100)
    inside = y.parents[40]
    drawing = draw(y, mark=inside)
    assert [node.data for node in drawing.scene.nodes if node.is_output] == [y.data]
    assert [node.data for node in drawing.scene.nodes if node.is_marked] == [inside.data]
    (folded,) = draw(y, mark=inside, depth=0).scene.folds
    assert folded.is_marked
    assert "1 marked" in folded.about


def test_leaves_that_several_boxes_use_are_ghosts():
    w = Value(2.0, label="w")
    y = total([(tanh(x * w) * w) for x in range(200)])
    copies = [node for node in draw(y).scene.nodes if node.name == "w"]
    assert [node.is_ghost for node in copies] == [True, True]


def test_what_is_not_finite_is_counted():
    y = total([(Value(0.0) * 1.0).log() for _ in range(400)])
    y.backward()
    tree = draw(y).tree
    assert "nan or inf" in tree


def test_parameters_may_be_left_out_of_a_folded_picture():
    drawing = draw(samples(100), parameters=False)
    assert "5 parameters left out" in drawing.summary
    assert not any("layers" in box.name for box in drawing.scene.boxes)


# --- without scopes -------------------------------------------------------------------------


def test_without_scopes_what_was_computed_alike_is_one_box():
    w, b = Value(2.0), Value(1.0)
    y = Value(0.0)
    for x in range(200):
        y = y + (w * x + b).tanh()
    assert list(boxes(draw(y)))[:4] == [
        ("×", "× 200"), ("200 constants", ""), ("+", "× 200"), ("tanh", "× 200"),
    ]  # fmt: skip


def test_a_long_chain_is_bands_from_the_leaves_to_the_output():
    y = chain(800)
    y.backward()
    folds = draw(y).scene.folds
    assert [fold.size for fold in folds] == [100] * 7 + [99]
    norms = [fold.norm for fold in folds]
    assert norms == sorted(norms)


def test_very_many_leaves_are_one_box():
    drawing = draw(total([Value(float(i)) for i in range(5000)]))
    assert list(boxes(drawing)) == [("5,000 inputs", "")]
    assert drawing.summary.endswith("leaves folded into 1 box")


def test_scopes_of_very_many_names_are_ranges_too():
    names = [f"{a}{b}" for a in "abcdefghij" for b in "klmnopqrst"]
    y = total([scoped(name, lambda: chain(3)) for name in names])
    (first, *_) = draw(y).scene.folds
    assert (first.name, first.times) == ("ak … ao", "5 calls")


def test_scopes_may_be_ignored():
    drawing = draw(samples(100), scopes=False)
    assert drawing.scene.clusters == ()
    assert ("tanh", "× 100") in boxes(drawing)
