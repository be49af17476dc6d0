"""Module: parameters, names, children, state, text, scopes."""

import json
import math

import numpy as np
import pytest

import autograd
import nn
from autograd import Value, scope_of


class Tied(nn.Module):
    """A module with every kind of place in which parameters may sit."""

    def __init__(self):
        self.scale = Value(2.0)
        self.constant = Value(7.0, requires_grad=False)
        self.layer = nn.Layer(2, 1, None, rng=0)
        self.again = self.layer
        self.table = {"a": Value(1.0), "b": [Value(3.0)]}
        self.name = "not a parameter"

    def forward(self, x):
        return self.scale * self.layer(x)[0]


def test_parameters_are_found_in_attributes_lists_and_dicts_each_once():
    names = [name for name, _ in Tied().named_parameters()]
    assert names == [
        "scale",
        "table.a",
        "table.b.0",
        "layer.neurons.0.w.0",
        "layer.neurons.0.w.1",
        "layer.neurons.0.b",
    ]


def test_parameters_is_a_list_of_the_very_objects():
    model = nn.MLP(2, [3, 1])
    assert isinstance(model.parameters(), list)
    assert model.parameters()[0] is model.layers[0].neurons[0].w[0]
    assert len(model.parameters()) == 3 * 3 + 4


def test_children_are_direct_and_modules_are_all():
    model = nn.MLP(2, [3, 1])
    assert [name for name, _ in model.named_children()] == ["layers.0", "layers.1"]
    assert model.children() == model.layers
    assert len(model.modules()) == 1 + 2 + 4


def test_train_and_eval_reach_every_module_and_return_self():
    model = nn.MLP(2, [3, 1])
    assert model.eval() is model
    assert not any(module.training for module in model.modules())
    assert all(module.training for module in model.train().modules())


def test_a_mode_that_is_none_is_refused_and_changes_nothing():
    model = nn.MLP(2, [3, 1])
    with pytest.raises(TypeError, match="train: mode must be True or False, not 'eval'"):
        model.train("eval")
    assert all(module.training is True for module in model.modules())


def test_zero_grad_clears_every_parameter():
    model = nn.MLP(2, [3, 1], rng=0)
    model([1.0, 2.0]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())


def test_state_dict_round_trips_to_the_bit_through_json():
    source, target = nn.MLP(2, [3, 1], rng=0), nn.MLP(2, [3, 1], rng=1)
    for parameter, odd in zip(
        source.parameters(), [math.inf, -math.inf, -0.0, 5e-324, 0.1], strict=False
    ):
        parameter.data = odd
    source.parameters()[5].data = math.nan
    target.load_state_dict(json.loads(json.dumps(source.state_dict())))
    for a, b in zip(source.parameters(), target.parameters(), strict=True):
        assert a.data.hex() == b.data.hex()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda s: s.pop("layers.0.neurons.0.b"), KeyError, "1 missing.*layers.0.neurons.0.b"),
        (lambda s: s.update(bias=1.0), KeyError, "1 unknown.*bias"),
        (lambda s: s.update({"layers.0.neurons.0.b": "1"}), TypeError, "layers.0.neurons.0.b"),
        (lambda s: s.update({"layers.0.neurons.0.b": True}), TypeError, "layers.0.neurons.0.b"),
        (lambda s: s.update({"layers.1.neurons.0.b": 10**400}), OverflowError, "0.b' is too large"),
    ],
)
def test_a_wrong_state_is_refused_and_changes_nothing(change, error, message):
    model = nn.MLP(2, [3, 1], rng=0)
    before = model.state_dict()
    state = dict.fromkeys(before, 0.0)
    change(state)
    with pytest.raises(error, match=message):
        model.load_state_dict(state)
    assert model.state_dict() == before


def test_repr_shows_the_tree_and_counts_parameters():
    text = repr(Tied())
    assert text.splitlines()[0] == "Tied  (6 parameters)"
    assert "layer … again: 2 × Layer(2, 1, linear)" in text
    assert "0x" not in text


def test_a_child_that_knows_its_parent_is_shown_once():
    model = nn.Sequential(nn.Linear(2, 1, rng=0))
    model.children()[0].parent = model
    assert len(model.parameters()) == 3
    assert repr(model).splitlines()[2].endswith("parent: Sequential  (3)")
    shown = model._repr_mimebundle_()
    assert shown["text/plain"] == repr(model) and shown["text/html"].count("<tr><td") == 4


def test_a_call_records_nested_scopes_named_as_in_the_model():
    model = nn.MLP(2, [3, 1], rng=0)
    x = [Value(1.0), Value(2.0)]
    scope = scope_of(model(x))
    assert scope.path == ("MLP", "layers.1")
    assert scope.outer.inputs == tuple(x)
    assert scope.outer.source is model


def test_a_module_without_forward_says_so():
    with pytest.raises(NotImplementedError, match="Module must define forward"):
        nn.Module()(1.0)


def test_a_state_of_numpy_numbers_is_loaded_and_what_is_no_state_is_refused():
    model = nn.Linear(2, 1, rng=0)
    model.load_state_dict({name: np.float32(0.5) for name in model.state_dict()})
    assert set(model.state_dict().values()) == {0.5}
    assert all(type(p.data) is float for p in model.parameters())
    with pytest.raises(TypeError, match="a dict of names and numbers is needed, not None"):
        model.load_state_dict(None)


def test_a_module_is_called_with_keywords_too_and_they_belong_to_its_scope():
    class Scaled(nn.Module):
        def forward(self, x, *, by=1.0, and_back=None):
            return and_back if and_back is not None else x * by

    model = Scaled()
    assert model(Value(2.0), by=3.0).data == model(x=Value(2.0), by=3.0).data == 6.0
    y = Value(1.0) * 2.0
    assert model(1.0, and_back=y) is y and scope_of(y) is None  # handed in, not made
    assert scope_of(model(Value(2.0), by=Value(3.0))).path == ("Scaled",)
    x = [[0.1, 0.2], [0.3, 0.4]]
    attention = nn.MultiheadAttention(2, 1, rng=0)
    assert attention(x, x, x, is_causal=True)[1][0][1].data == 0.0


def test_parameters_are_found_in_arrays_of_objects_too():
    class Table(nn.Module):
        def __init__(self):
            self.table = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
            self.data = np.arange(3.0)

        def forward(self, x):
            return (self.table[0] * x).sum()

    model = Table()
    assert list(model.state_dict()) == ["table.0.0", "table.0.1", "table.1.0", "table.1.1"]
    model(2.0).backward()
    assert [p.grad for p in model.parameters()] == [2.0, 2.0, 0.0, 0.0]
    assert autograd.gradcheck(lambda x: model(x), 0.5)


def test_two_parameters_of_one_name_are_no_state():
    model = nn.Module()
    model.table = {"a.b": Value(1.0), "a": {"b": Value(2.0)}}
    with pytest.raises(ValueError, match="two parameters have the name"):
        model.state_dict()
