"""Labels, scope names, titles and symbols may be anything: every output shows them literally."""

import xml.etree.ElementTree as ET

import graphviz
import pytest
from pictures import HOSTILE, SVG, UNPRINTABLE, UNPRINTABLE_SHOWN, Page, groups, texts

from autograd import Value, draw, primitive, scoped
from autograd.drawing.text import visible
from autograd.primitives import table


def hostile_drawing(text):
    x = Value(2.0, label=text)
    return draw(scoped(text, lambda v: v * 3, x), title=text, names={text: Value(1.0)})


@pytest.mark.parametrize(
    ("text", "shown"),
    [(HOSTILE[:38], HOSTILE[:38]), (HOSTILE[20:], HOSTILE[20:]), (UNPRINTABLE, UNPRINTABLE_SHOWN),
     ("é漢字🙂", "é漢字🙂"), ("\\", "\\"), ('"', '"'), ("<b>x</b>", "<b>x</b>"), ("-->", "-->")],
)  # fmt: skip
def test_the_picture_shows_text_literally(text, shown):
    drawing = hostile_drawing(text)
    # As title, as label and as the name of a scope:
    assert [t.strip() for t in texts(drawing.svg)].count(shown[:40].strip()) == 3
    assert shown in drawing.tree
    assert len(groups(drawing.svg, "node")) == 3  # nothing was added to the graph


@pytest.mark.parametrize("text", [HOSTILE, UNPRINTABLE, "x" * 10_000, HOSTILE * 500, "", " "])
def test_no_output_is_broken(text, tmp_path):
    drawing = hostile_drawing(text)
    svg = ET.fromstring(drawing.svg)
    assert {element.tag for element in svg.iter()} <= {
        SVG + tag
        for tag in (
            "svg",
            "g",
            "title",
            "desc",
            "text",
            "path",
            "polygon",
            "polyline",
            "rect",
            "ellipse",
        )
    }
    page = Page(drawing.html)
    assert not {"script", "img", "iframe", "c", "b"} & {tag for tag, _ in page.tags}
    for suffix, magic in {
        ".png": b"\x89PNG",
        ".pdf": b"%PDF",
        ".gv": b"digraph",
        ".html": b"<!DOCTYPE",
    }.items():
        assert drawing.save(tmp_path / f"picture{suffix}").read_bytes().startswith(magic)
    for line in drawing.tree.splitlines():
        assert line.isprintable()


def test_no_attribute_or_handler_can_be_smuggled_in():
    drawing = hostile_drawing('" onload="alert(1)" x="')
    for element in ET.fromstring(drawing.svg).iter():
        assert not [name for name in element.attrib if name.lower().startswith("on")]
    for _, attributes in Page(drawing.html).tags:
        assert not [name for name in attributes if name.lower().startswith("on")]


def test_dot_keeps_one_statement_a_line_whatever_the_labels():
    drawing = hostile_drawing('x"]; evil [label="y\n} digraph { \\')
    statements = drawing.dot.splitlines()
    assert sum("->" in line for line in statements) == 2
    assert not any(line.strip().startswith(("evil", "}  digraph")) for line in statements)


def test_text_cannot_change_the_charset():
    drawing = hostile_drawing('charset="latin-1" é')
    assert 'charset="latin-1" é' in texts(drawing.svg)


def test_a_very_long_label_is_cut():
    drawing = hostile_drawing("w" * 10_000)
    assert len(drawing.dot) < 10_000
    assert "w" * 39 + "…" in texts(drawing.svg)


def test_symbols_of_users_primitives_are_text_too():
    evil = primitive("evil <i>", lambda x: x, lambda out, x: (1.0,), symbol="</TD>&\\N")
    try:
        drawing = draw(evil(Value(1.0)))
        assert "</TD>&\\N" in texts(drawing.svg)
        assert drawing.tree.startswith("</TD>&\\N = 1")
    finally:
        del table["evil <i>"]


def test_the_dot_source_is_accepted_by_graphviz_itself():
    source = graphviz.Source(hostile_drawing(HOSTILE).dot)
    assert source.source.startswith("digraph")


def test_visible_text_has_no_line_breaks_and_keeps_what_can_be_seen():
    assert visible("a\r\nb\u2028c\x85") == "a\\r\\nb\\u2028c\\x85"
    assert visible("naïve λ 漢 🙂") == "naïve λ 漢 🙂"
