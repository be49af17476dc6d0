"""What a notebook shows of an Explorer: live, or as a picture, or as text; it never raises."""

import json
import re
import sys

import pytest

import autograd
from autograd import Explorer, Value, explore, leaves
from autograd.explorer import snapshot


@pytest.fixture
def explorer():
    x, w = Value(0.5, label="x"), Value(2.0, label="w")
    return explore((w * x + 1).tanh(), title="A neuron")


@pytest.fixture
def without_anywidget(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)


def test_repr_is_short_and_no_text_holds_an_address(explorer, without_anywidget):
    assert isinstance(explorer, Explorer)
    assert repr(explorer) == "<Explorer: 6 nodes, 4 steps of the backward pass, output 0.964>"
    for text in explorer._repr_mimebundle_().values():
        assert not re.search(r"0x[0-9a-f]{6,}| at 0x", text)


def test_without_anywidget_a_notebook_shows_the_picture_and_says_what_to_install(
    explorer, without_anywidget
):
    bundle = explorer._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "image/svg+xml"}
    assert "grad" in bundle["image/svg+xml"]
    assert "pip install 'scalar-autograd[notebook]'" in bundle["text/plain"]
    with pytest.raises(ImportError, match=r"pip install\s+'scalar-autograd\[notebook\]'"):
        _ = explorer.widget
    assert explorer._display_().svg == bundle["image/svg+xml"]


def test_showing_never_raises(explorer, without_anywidget, monkeypatch):
    def fail(*_, **__):
        raise MemoryError("anything")

    monkeypatch.setattr("autograd.explorer.explorer.draw", fail)
    bundle = explorer._repr_mimebundle_(include=None, exclude=None)
    assert set(bundle) == {"text/plain"}
    assert bundle["text/plain"].startswith(repr(explorer))
    assert "MemoryError: anything" in bundle["text/plain"]


def test_the_picture_has_the_gradients_of_the_pass_and_leaves_the_graph_alone(explorer):
    assert "0.1413" in explorer.drawing.tree  # that of x
    assert [leaf.grad for leaf in leaves(explorer.order[-1])] == [0.0, 0.0]


def test_a_live_notebook_shows_the_widget_and_keeps_the_picture_for_others(explorer):
    pytest.importorskip("anywidget")
    bundle = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "image/svg+xml" in bundle
    assert explorer._display_() is explorer.widget


def ask(explorer, **question):
    """A question of the page, and what the kernel answers."""
    widget = explorer.widget
    widget.question = json.dumps({"serial": 7, **question})
    return json.loads(widget.reply)


def test_the_kernel_moves_the_very_values_of_the_program(explorer):
    pytest.importorskip("anywidget")
    x = next(node for node in explorer.order if node.label == "x")
    reply = ask(explorer, leaves=[[explorer.log.index[id(x)], 0.25]])
    assert (reply["serial"], reply["notice"]) == (7, "")
    assert x.data == 0.25
    assert x.grad == pytest.approx(2.0 / autograd.cosh(1.5) ** 2)
    assert reply["data"] == snapshot.packed("d", [node.data for node in explorer.order])
    assert reply["grad"] == snapshot.packed("d", [node.grad for node in explorer.order])


def test_the_kernel_checks_a_leaf_by_finite_differences_and_puts_it_back(explorer):
    pytest.importorskip("anywidget")
    w = next(node for node in explorer.order if node.label == "w")
    found = ask(explorer, check=explorer.log.index[id(w)])["differences"]
    explorer.order[-1].backward()
    assert found["central"] == pytest.approx(w.grad, rel=1e-8)
    assert found["left"] == pytest.approx(found["right"], rel=1e-3)
    assert w.data == 2.0


def test_what_goes_wrong_in_the_kernel_is_told_on_the_page():
    pytest.importorskip("anywidget")
    x = Value(2.0)
    explorer = explore(autograd.checkpoint(lambda x: x * x, x))
    reply = ask(explorer, leaves=[[explorer.log.index[id(x)], 3.0]])
    assert "StaleGraphError: data below a checkpoint() was changed" in reply["notice"]


def test_the_widget_needs_no_network_either(explorer):
    pytest.importorskip("anywidget")
    assert not re.search(r"https?://|@import|url\(", explorer.widget._css)
    assert "export default" in str(explorer.widget._esm)
