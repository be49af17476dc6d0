"""What a notebook shows of a module: a table, and never an error."""

import re

import pytest

import nn
from autograd import Value

EVIL = "<img src=x onerror=alert(1)>"


def table_of(module):
    bundle = module._repr_mimebundle_(include=None, exclude=None)
    assert bundle["text/plain"] == repr(module)
    assert not re.search(r"0x[0-9a-f]{6,}", bundle["text/html"])
    rows = re.findall(r"<tr>(.*?)</tr>", bundle["text/html"])
    return [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in rows]


def test_a_layer_has_the_shapes_and_the_number_of_its_parameters():
    rows = table_of(nn.Linear(2, 8, rng=0))
    assert rows[0] == ["name", "layer", "parameters", "number"]
    assert rows[1] == ["Linear", "Linear(2, 8)", "weight 8×2, bias 8", "24"]
    assert rows[-1] == ["in all", "24"]


def test_layers_that_look_alike_are_one_row_and_all_rows_add_up():
    model = nn.MLP(2, [8, 8, 1], rng=0)
    rows = table_of(model)
    assert ["neurons.0 … neurons.7", "8 × Neuron(8, relu)", "each w 8, b", "72"] in rows
    assert sum(int(row[3]) for row in rows if row[0].startswith("layers.")) == 105
    assert rows[-1] == ["in all", str(len(model.parameters()))]


def test_buffers_are_counted_apart():
    rows = table_of(nn.BatchNorm1d(3))
    assert rows[-1][0].startswith("in all, and ")


def test_a_large_model_is_shown_in_a_few_rows():
    class Many(nn.Module):
        def __init__(self):
            self.parts = [nn.Linear(1 + i % 7, 2, rng=0) for i in range(500)]

    rows = table_of(Many())
    assert len(rows) == 1 + 200 + 1 + 1
    assert rows[-2] == ["… 301 more"]


class Odd(nn.Module):
    """Ragged lists, dicts, tuples, tied parameters, a module within itself."""

    def __init__(self):
        self.ragged = [[Value(1.0)], [Value(float("nan")), Value(float("inf"))]]
        self.table = {EVIL: Value(1.0, label=EVIL), "child": nn.Linear(1, 1, rng=0)}
        self.tied = self.table["child"]
        self.empty = []

    def describe(self):
        return EVIL


def test_odd_attributes_are_shown_and_names_are_only_text():
    html = Odd()._repr_mimebundle_()["text/html"]
    assert "ragged 3 numbers" in html
    assert "<img" not in html
    assert "&lt;img" in html


class Broken(nn.Module):
    """Its own description is wrong."""

    def describe(self):
        raise RuntimeError("no idea")


class Endless(nn.Module):
    """It contains itself."""

    def __init__(self):
        self.me = self


@pytest.mark.parametrize("kind", [nn.Module, Odd, Broken, Endless])
def test_nothing_raises(kind):
    bundle = kind()._repr_mimebundle_()
    assert bundle["text/plain"].strip()
