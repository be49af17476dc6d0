"""How far a folded picture is unfolded, and what its outputs say."""

import re
import xml.etree.ElementTree as ET

import pytest
from large_graphs import chain, samples, unrolled
from pictures import HOSTILE, SVG, Network, groups, texts

from autograd import Value, draw, scoped
from autograd import sum as total

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
