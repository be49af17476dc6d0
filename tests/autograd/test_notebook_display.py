"""What a notebook shows of a Value: a line and, where that helps, a picture; never an error."""

import re

import pytest

import autograd
from autograd import Value

EVIL = "<script>alert(1)</script>\x00\ud800"


def shown(value):
    bundle = value._repr_mimebundle_(include=None, exclude=None)
    assert bundle["text/plain"] == repr(value)
    assert not re.search(r"0x[0-9a-f]{6,}", "".join(bundle.values()))
    return bundle


def test_a_leaf_is_a_line():
    assert shown(Value(2.0, label="w")) == {"text/plain": "Value(2.0, label='w')"}


def test_a_small_graph_is_a_picture_too_and_a_larger_one_is_not():
    pytest.importorskip("pygraphviz")
    x = Value(0.5, label="x")
    y = (x * x + 1.0).tanh()
    y.backward()
    picture = shown(y)["image/svg+xml"]
    assert picture.lstrip().startswith("<svg")
    assert "tanh" in picture
    assert shown(sum([x * i for i in range(20)], Value(0.0))).keys() == {"text/plain"}


def test_a_huge_graph_is_not_walked():
    wide = autograd.sum([Value(1.0) for _ in range(200_000)])
    deep = Value(1.0)
    for _ in range(200_000):
        deep = deep * 1.0
    assert shown(wide).keys() == {"text/plain"}
    assert shown(deep).keys() == {"text/plain"}
    assert autograd.primitives.methods.nodes_below(wide, 21) <= 22
    assert autograd.primitives.methods.nodes_below(deep, 21) == 21


@pytest.mark.parametrize("data", [float("nan"), float("inf"), -0.0, 5e-324, 1e308])
def test_odd_numbers_and_names_are_shown(data):
    x = Value(data, label=EVIL)
    for value in (x, x * 2.0, autograd.log(x), x.detach(), Value(data, requires_grad=False)):
        bundle = shown(value)
        assert "<script>" not in bundle.get("image/svg+xml", "")


def test_where_nothing_can_draw_there_is_the_line(monkeypatch):
    def fails(value):
        raise RuntimeError("no Graphviz")

    monkeypatch.setattr(autograd, "draw", fails)
    x = Value(1.0)
    assert shown(x * x) == {"text/plain": "Value(1.0)"}
