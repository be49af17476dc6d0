"""A graph too large to draw is folded: boxes say how much is inside, soon and in few boxes."""

import itertools
import re
import xml.etree.ElementTree as ET

import pytest
from pictures import HOSTILE, SVG, Layer, Network, groups, texts

from autograd import Value, dot, draw, scoped, tanh
from autograd import sum as total


def chain(n):
    y = Value(0.5)
    for _ in range(n):
        y = y.tanh()
    return y


def unrolled(steps, w=0.9):
    """A recurrence of two ops a step, each step a scope; the outputs of all steps."""
    w, h, states = Value(w, label="w"), Value(0.5), []
    for t in range(steps):
        h = scoped(f"t={t}", lambda h: tanh(h * w), h)
        states.append(h)
    return states


def samples(n):
    """The mean of a network's outputs for ``n`` samples."""
    network = Network()
    return total([network(Value(0.01 * i), Value(1.0)) for i in range(n)])


def boxes(drawing):
    """What the boxes are called, with how many calls or nodes they hold."""
    return {(fold.name, fold.times): fold.about for fold in drawing.scene.folds}


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


# --- depth, unfold --------------------------------------------------------------------------


def test_depth_folds_small_graphs_too():
    drawing = draw(Network()(1.0, 2.0), depth=0)
    assert [fold.name for fold in drawing.scene.folds] == ["network"]
    assert draw(Network()(1.0, 2.0), depth=1).tree.count("▣") == 2


def test_a_depth_beyond_the_last_scope_shows_every_node():
    y = Network()(1.0, 2.0)
    drawing = draw(y, depth=9)
    assert drawing.tree.count("▣") == 0
    assert "2 of 2 levels unfolded" in drawing.summary


def test_one_step_of_many_can_be_unfolded():
    states = unrolled(1000)
    drawing = draw(states[-1], unfold=states[123])
    names = [cluster.name for cluster in drawing.scene.clusters]
    assert "t=123" in names
    assert "t=122" not in names
    (inside,) = [c.id for c in drawing.scene.clusters if c.name == "t=123"]
    ops = [node.symbol for node in drawing.scene.nodes if node.cluster == inside]
    assert sorted(ops) == ["", "tanh", "×"]


def test_a_leaf_is_in_no_scope_to_unfold():
    x = Value(1.0)
    with pytest.raises(ValueError, match=r"unfold\): Value\(1\.0\) is a leaf"):
        draw(x * 2, unfold=x)


@pytest.mark.parametrize("depth", [-1, 1.5, True, "2"])
def test_a_bad_depth_is_refused_with_a_way_out(depth):
    with pytest.raises((ValueError, TypeError), match=f"depth.*{depth!r}; 0 shows the outermost"):
        draw(Value(1.0) * 2, depth=depth)


# --- outputs --------------------------------------------------------------------------------


def test_the_text_says_what_was_hidden_and_how_to_see_more():
    drawing = draw(unrolled(1000)[-1])
    assert "2,000 results folded into 5 boxes" in drawing.summary
    assert "▣ t=0 … t=199  200 calls: 200 ×, 200 tanh; 2 inputs" in drawing.tree
    for way in ("depth=", "focus=", "path_from=", "worst="):
        assert way in drawing.tree
    assert "2,000 results folded" in repr(drawing)


def test_every_output_of_a_folded_picture_works(tmp_path):
    drawing = draw(samples(100), title="Large")
    assert drawing.save(tmp_path / "large.png").read_bytes().startswith(b"\x89PNG")
    assert "Large" in texts(drawing.svg)
    assert drawing.summary in drawing.html
    assert ET.fromstring(drawing.svg).get("role") == "img"


def test_pointing_at_a_bundle_of_edges_says_how_many_they_are():
    tips = [e.text for e in ET.fromstring(draw(samples(100)).svg).iter(SVG + "title")]
    assert any(re.match(r"100 edges from dot × 100 to tanh × 100: what they pass", t) for t in tips)


@pytest.mark.parametrize("text", [HOSTILE, '" onload="alert(1)" x="', "<b>&\\N\n", "x" * 9999])
def test_names_in_a_folded_picture_are_literal(text):
    w = Value(2.0, label=text)
    y = total([scoped(f"{text}", lambda x: (x * w).tanh(), Value(1.0)) for _ in range(200)])
    drawing = draw(y, title=text, depth=0)
    unfolded = draw(y)
    assert len(groups(drawing.svg, "node")) == len(drawing.scene.boxes)  # nothing was added
    for element in ET.fromstring(drawing.svg + "").iter():
        assert not [name for name in element.attrib if name.lower().startswith("on")]
    for tree in (drawing.tree, unfolded.tree):
        assert all(line.isprintable() for line in tree.splitlines())
    assert ET.fromstring(unfolded.svg).get("role") == "img"


@pytest.mark.slow
def test_a_chain_of_a_million_nodes_is_folded():
    drawing = draw(chain(1_000_000))
    assert "1,000,001 nodes" in drawing.summary
    assert len(drawing.tree.splitlines()) < 50


def test_a_chain_far_deeper_than_the_stack_is_folded():
    assert "50,001 nodes" in draw(chain(50_000)).summary
