"""A Drawing as an object: what it says of itself, what a notebook shows, what it saves."""

import re
import xml.etree.ElementTree as ET

import pytest
from pictures import SVG, Network, Page

from autograd import Drawing, Value, draw


@pytest.fixture
def drawing():
    y = Network()(Value(1.0, label="x"), 2.0)
    y.backward()
    return draw(y, title="A network")


def test_repr_is_a_short_summary_and_str_the_tree(drawing):
    assert isinstance(drawing, Drawing)
    assert repr(drawing) == f"<Drawing: {drawing.summary}>"
    assert drawing.summary == "11 nodes, 10 edges, 3 clusters; largest |gradient| 1"
    assert str(drawing) == drawing.tree


def test_no_output_holds_a_memory_address(drawing):
    for text in (repr(drawing), str(drawing), drawing.dot, drawing.svg, drawing.html):
        assert not re.search(r"0x[0-9a-f]{6,}| at 0x", text)


def test_a_notebook_shows_the_svg_and_a_terminal_the_tree(drawing):
    bundle = drawing._repr_mimebundle_(include=None, exclude=None)
    assert bundle == {"text/plain": drawing.tree, "image/svg+xml": drawing.svg}


def test_showing_never_raises(drawing, monkeypatch):
    def fail(*_):
        raise MemoryError("anything")

    monkeypatch.setattr("autograd.drawing.drawing.render", fail)
    bundle = drawing._repr_mimebundle_()
    assert set(bundle) == {"text/plain"}
    assert bundle["text/plain"].startswith(drawing.tree)
    assert "MemoryError: anything" in bundle["text/plain"]


def test_an_svg_tells_screen_readers_what_it_is(drawing):
    svg = ET.fromstring(drawing.svg)
    assert svg.get("role") == "img"
    assert svg[0].tag == SVG + "title"
    assert svg[0].text == "A network"
    assert svg[1].tag == SVG + "desc"
    assert svg[1].text == drawing.summary


def test_an_svg_can_stand_in_any_page(drawing):
    assert drawing.svg.startswith("<svg")  # no prolog, no doctype
    svg = ET.fromstring(drawing.svg)
    assert not [element for element in svg.iter() if element.get("id")]  # nothing to collide
    card = next(svg.iter(SVG + "rect"))
    assert (card.get("fill"), card.get("rx")) == ("white", "10")  # on dark pages


def test_pointing_at_a_node_or_edge_shows_all_digits():
    x = Value(0.1, label="x")
    y = x * (1 / 3)
    y.backward()
    tips = [title.text for title in ET.fromstring(draw(y).svg).iter(SVG + "title")]
    assert "x: data 0.1, grad 0.3333333333333333" in tips
    assert "∂(×)/∂(x) = 0.3333333333333333" in tips


def test_a_page_forbids_scripts_and_network_and_asks_for_neither(drawing):
    page = Page(drawing.html)
    (policy,) = [
        attributes["content"]
        for tag, attributes in page.tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in page.tags}
    assert not [
        attributes for _, attributes in page.tags if {"src", "href", "style"} & set(attributes)
    ]


def test_a_page_holds_the_picture_its_text_and_its_source(drawing):
    page = Page(drawing.html)
    assert ("svg" in [tag for tag, _ in page.tags]) and drawing.summary in page.text
    assert drawing.tree in page.text
    assert drawing.dot.strip() in page.text


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.svg", b"<svg"), ("a.png", b"\x89PNG"), ("a.pdf", b"%PDF"), ("a.gv", b"digraph"),
     ("a.html", b"<!DOCTYPE html>"), ("a.txt", b"tanh"), ("A.SVG", b"<svg")],
)  # fmt: skip
def test_saving_writes_what_the_suffix_says(drawing, tmp_path, name, start):
    path = drawing.save(str(tmp_path / name))
    assert path == tmp_path / name
    assert path.read_bytes().startswith(start)


@pytest.mark.parametrize("name", ["picture", "picture.jpg", ".svg.bak"])
def test_an_unknown_suffix_is_refused_with_those_known(drawing, tmp_path, name):
    with pytest.raises(ValueError, match=r"\.svg, \.png, \.pdf, \.gv, \.html, \.txt"):
        drawing.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
