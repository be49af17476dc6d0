"""A graph too large to draw is described in words, soon and without a layout."""

import re
import xml.etree.ElementTree as ET

import pytest
from pictures import texts

from autograd import Value, dot, draw, scoped, tanh
from autograd import sum as total


def chain(n):
    y = Value(0.5)
    for _ in range(n):
        y = y.tanh()
    return y


def test_up_to_max_nodes_a_graph_is_drawn():
    assert draw(chain(299)).scene is not None
    assert draw(chain(300)).scene is None
    assert draw(chain(300), max_nodes=301).scene is not None


def test_the_message_counts_ops_and_says_what_to_do():
    drawing = draw(chain(500))
    assert drawing.summary == "Too large to draw: 501 nodes, 500 edges (max_nodes is 300)"
    for output in (drawing.tree, " ".join(texts(drawing.svg))):
        assert "tanh: 500" in output
        assert "leaf: 1" in output
        assert "draw a smaller part" in output
        assert "at most 2,000" in output
    assert "501 nodes" in repr(drawing)


def test_the_message_counts_outermost_scopes_with_their_gradient_norm():
    w = Value(3.0)
    y = total(
        [
            scoped(f"batch {i}", lambda x: tanh(scoped("inner", lambda v: v * w, x)), Value(0.0))
            for i in range(200)
        ]
    )
    y.backward()
    tree = draw(y).tree
    assert "batch 0: 2 nodes, 1.414" in tree  # × and tanh, both with gradient 1
    assert "inner:" not in tree
    assert re.search(r"… and 18\d more", tree)


def test_every_output_of_a_message_works(tmp_path):
    drawing = draw(chain(1000), title="Long")
    assert drawing.save(tmp_path / "long.png").read_bytes().startswith(b"\x89PNG")
    assert "Too large to draw" in drawing.html
    assert "Too large" in drawing._repr_mimebundle_()["text/plain"]
    assert ET.fromstring(drawing.svg).get("role") == "img"


def test_a_thicket_of_edges_is_declined_too():
    xs = [Value(1.0) for _ in range(100)]
    drawing = draw(total([dot(xs, xs) for _ in range(100)]))
    assert drawing.scene is None
    assert "Too dense to draw: 201 nodes, 20,100 edges" in drawing.summary


def test_dot_never_gets_more_than_2000_nodes_however_many_ghosts_there_are():
    shared = [Value(1.0) for _ in range(20)]
    samples = [scoped(f"s{i}", lambda: total(shared)) for i in range(120)]
    drawing = draw(total(samples), max_nodes=2000)
    assert drawing.scene is None
    assert "2,521 boxes" in drawing.summary


def test_names_in_a_message_are_literal():
    y = scoped("<b>&\\N\n", lambda: chain(400))
    assert "<b>&\\N\\n: 401 nodes, 0" in " ".join(texts(draw(y).svg))


@pytest.mark.slow
def test_a_chain_of_a_million_nodes_is_declined_politely():
    drawing = draw(chain(1_000_000))
    assert "1,000,001 nodes" in drawing.summary
    assert "tanh: 1,000,000" in drawing.tree
    assert len(drawing.tree.splitlines()) < 50


def test_a_chain_far_deeper_than_the_stack_is_declined_politely():
    assert "50,001 nodes" in draw(chain(50_000)).summary
