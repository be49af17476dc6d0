"""Sequential, ModuleList, ModuleDict, Residual, Flatten, Identity; buffers of modules."""

import copy
import json
import pickle

import pytest

import nn
from autograd import Value, scope_of


def test_sequential_hands_outputs_on_and_has_pytorchs_names():
    model = nn.Sequential(nn.Linear(2, 3, rng=0), nn.ReLU(), nn.Linear(3, 1, rng=1))
    assert [n for n, _ in model.named_parameters()][::9] == ["0.weight.0.0", "2.weight.0.0"]
    x = [0.5, -1.0]
    assert model(x)[0].data == model[2](model[1](model[0](x)))[0].data
    assert len(model) == 3
    assert [m.describe() for m in model] == ["Linear(2, 3)", "ReLU()", "Linear(3, 1)"]


def test_an_empty_sequential_is_the_identity():
    assert nn.Sequential()([1.0]) == [1.0]


def test_with_batchnorm_a_sequential_takes_the_batch_and_gives_each_sample_to_the_others():
    first, last = nn.Linear(2, 3, rng=0), nn.Linear(3, 1, rng=1)
    norm = nn.BatchNorm1d(3)
    model = nn.Sequential(first, nn.Sequential(norm, nn.Tanh()), last)
    assert model.batchwise
    assert not nn.Sequential(first, nn.Tanh()).batchwise
    batch = [[0.1, 0.2], [0.3, -0.4], [1.0, 1.0]]
    outputs = [y[0].data for y in model(batch)]
    by_hand = [last(nn.Tanh()(h))[0].data for h in norm([first(x) for x in batch])]
    assert outputs == by_hand
    assert [y[0].data for y in model.on_batch(batch)] == outputs


def test_on_batch_calls_other_modules_sample_by_sample():
    layer = nn.Linear(2, 1, rng=0)
    batch = [[0.1, 0.2], [0.3, -0.4]]
    assert layer.on_batch(batch) == [layer(x) for x in batch]


def test_a_residual_of_a_batchwise_module_takes_the_batch():
    norm = nn.BatchNorm1d(2, eps=0.0)
    assert nn.Residual(norm)([[1.0, 0.0], [3.0, 4.0]]) == [[0.0, -1.0], [4.0, 5.0]]


def test_residual_adds_its_input_in_any_shape():
    assert nn.Residual(nn.ReLU())([[1.0, -1.0], [2.0]]) == [[2.0, -1.0], [4.0]]
    x = Value(3.0)
    y = nn.Residual(nn.Identity())(x)
    y.backward()
    assert (y.data, x.grad) == (6.0, 2.0)


def test_a_module_list_names_its_modules_by_their_place():
    class Model(nn.Module):
        def __init__(self):
            self.layers = nn.ModuleList([nn.Linear(2, 2, rng=0), nn.Linear(2, 1, rng=0)])

        def forward(self, x):
            for layer in self.layers:
                x = layer(x)
            return x

    model = Model()
    assert "layers.1.weight.0.1" in model.state_dict()
    assert scope_of(model([1.0, 2.0])[0]).path == ("Model", "layers.1")
    model.layers.append(nn.Linear(1, 1))
    assert len(model.layers) == 3
    assert scope_of(model([1.0, 2.0])[0]).path == ("Model", "layers.2")
    assert model.layers[-1] is model.layers[2]


def test_a_module_dict_holds_modules_by_name():
    heads = nn.ModuleDict({"a": nn.Linear(1, 1), "b": nn.Linear(1, 2)})
    heads["c"] = nn.Identity()
    assert list(heads) == heads.keys() == ["a", "b", "c"]
    assert heads.values() == [module for _, module in heads.items()]
    assert "a" in heads and "d" not in heads and len(heads) == 3
    assert list(heads.state_dict()) == ["a.weight.0.0", "a.bias.0"] + [
        f"b.{n}" for n in ("weight.0.0", "weight.1.0", "bias.0", "bias.1")
    ]


def test_train_and_eval_reach_what_is_within():
    model = nn.Sequential(nn.Residual(nn.Dropout(0.5)), nn.ModuleDict({"a": nn.Dropout(0.5)}))
    model.eval()
    assert not any(module.training for module in model.modules())


def widths(layers):
    return [layer.out_features for layer in layers]


def test_layers_are_replaced_inserted_and_removed():
    model = nn.Sequential(*[nn.Linear(1, n, rng=0) for n in (1, 2, 3)])
    model[-1] = nn.Linear(1, 4, rng=0)
    assert widths(model) == [1, 2, 4] and [name for name, _ in model.named_children()][2] == "2"
    del model[1]
    assert widths(model) == [1, 4]
    assert model.insert(0, nn.Linear(1, 5, rng=0)) is model
    assert widths(model.extend([nn.Linear(1, 6, rng=0)])) == [5, 1, 4, 6]
    assert [name for name, _ in model.named_children()] == ["0", "1", "2", "3"]
    del model[1:3]
    assert widths(model) == [5, 6]


@pytest.mark.parametrize("kind", [nn.ModuleList, lambda layers: nn.Sequential(*layers)])
def test_a_part_of_a_list_is_a_list_of_the_same_modules(kind):
    layers = kind([nn.Linear(2, 2, rng=i) for i in range(4)])
    part = layers[1:3]
    assert type(part) is type(layers) and list(part) == [layers[1], layers[2]]
    assert [name for name, _ in part.named_children()] == ["0", "1"]
    assert widths(layers) == [2] * 4 and layers[::-1][0] is layers[3]


def test_a_new_head_on_a_frozen_body():
    body, head = nn.Linear(2, 4, rng=0), nn.Linear(4, 1, rng=1)
    model = nn.Sequential(body, nn.Tanh(), head)
    body.weight, body.bias = nn.detached(body.weight), nn.detached(body.bias)
    model[-1] = nn.Linear(4, 2, rng=2)
    before = model.state_dict()
    X, y = nn.make_moons(20, rng=0)
    optimizer = nn.Adam(model.parameters(), lr=0.1)
    nn.fit(model, (X, y), nn.cross_entropy, optimizer, epochs=2, progress=False)
    moved = {name for name, number in model.state_dict().items() if number != before[name]}
    assert moved == {name for name in before if name.startswith("2.")}


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.Sequential().insert(0, len), TypeError, "Sequential holds modules.*len"),
        (lambda: nn.Sequential(nn.Identity())[1], IndexError, "out of range"),
        (lambda: nn.Sequential().__setitem__(0, nn.Identity()), IndexError, "out of range"),
        (lambda: nn.Sequential(nn.Linear(1, 1), len), TypeError, "Sequential holds modules.*len"),
        (lambda: nn.ModuleList([1]), TypeError, "ModuleList holds modules, not 1"),
        (lambda: nn.ModuleDict({"a.b": nn.Identity()}), KeyError, "without dots, not 'a.b'"),
        (lambda: nn.ModuleDict({"forward": nn.Identity()}), KeyError, "choose another"),
        (lambda: nn.Residual(nn.Linear(2, 3))([1.0, 2.0]), ValueError, "lengths 3 and 2"),
        (lambda: nn.Residual(nn.Flatten())([[1.0], [2.0]]), ValueError, "shape of its input"),
    ],
)
def test_mistakes_get_an_error_that_names_them(call, error, message):
    with pytest.raises(error, match=message):
        call()


# --- state ----------------------------------------------------------------------------------------


def everything():
    return nn.Sequential(
        nn.Residual(nn.Linear(4, 4)),
        nn.BatchNorm1d(4, momentum=0.3),
        nn.LayerNorm(4),
        nn.RMSNorm(4),
        nn.PReLU(4),
        nn.ModuleDict(
            {
                "conv": nn.Sequential(nn.Conv1d(1, 2, 2), nn.Conv2d(1, 1, 2), nn.BatchNorm2d(1)),
                "attention": nn.TransformerEncoderLayer(4, 2, 3),
                "recurrent": nn.ModuleList([nn.RNN(1, 2), nn.GRU(1, 2, 2), nn.LSTM(1, 2)]),
                "embedding": nn.Embedding(3, 2, padding_idx=0),
            }
        ),
    )


def test_the_state_of_everything_round_trips_to_the_bit_buffers_included():
    source, target = everything(), everything()
    for model, shift in ((source, 0.1), (target, 5.0)):
        model[1]([[shift, 1.0, 2.0, 3.0], [0.3, 0.2, 0.1, shift / 3]])
    assert source.state_dict() != target.state_dict()
    target.load_state_dict(json.loads(json.dumps(source.state_dict())))
    assert target.state_dict() == source.state_dict()
    assert target[1].running_var[3].data.hex() == source[1].running_var[3].data.hex()
    assert target[1].num_batches_tracked.data == 1.0


@pytest.mark.parametrize("way", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_and_pickles_keep_state_and_share_nothing(way):
    source = everything()
    target = way(source)
    assert target.state_dict() == source.state_dict()
    shared = {id(p) for p in source.parameters()} & {id(p) for p in target.parameters()}
    assert not shared
    assert not [b for b in target.buffers() if b.requires_grad]


def test_buffers_are_constants_and_not_parameters():
    norm = nn.BatchNorm1d(2)
    assert [name for name, _ in norm.named_buffers()] == [
        "running_mean.0",
        "running_mean.1",
        "running_var.0",
        "running_var.1",
        "num_batches_tracked",
    ]
    assert not {id(b) for b in norm.buffers()} & {id(p) for p in norm.parameters()}
    assert len(norm.state_dict()) == 5 + 4


def test_results_that_a_module_remembers_are_neither_parameters_nor_state():
    class Remembers(nn.Module):
        def __init__(self):
            self.factor = Value(2.0)

        def forward(self, x):
            self.last = self.factor * x
            return self.last

    model = Remembers()
    model(Value(3.0))
    assert list(model.state_dict()) == ["factor"]
    assert model.parameters() == [model.factor]


def test_a_state_without_a_buffer_is_refused_and_changes_nothing():
    norm = nn.BatchNorm1d(1)
    state = norm.state_dict()
    del state["running_var.0"]
    state["weight.0"] = 7.0
    with pytest.raises(KeyError, match=r"1 missing \['running_var.0'\]"):
        norm.load_state_dict(state)
    assert norm.weight[0].data == 1.0
