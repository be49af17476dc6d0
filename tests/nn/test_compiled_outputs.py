"""predict(compile=True) keeps its programs with the model: never a stale number, no leak."""

import copy
import gc
import random
import threading
import weakref

import pytest

import autograd
import nn
from autograd import Value
from nn import compiled_outputs

SCALE = 1.0


def points(n=70, length=2):
    rng = random.Random(0)
    return [[rng.gauss(0.0, 1.0) for _ in range(length)] for _ in range(n)]


def programs_of(model):
    """The cache of a model: what was compiled, and how often."""
    return vars(model)["__compiled__"].compiled


def assert_right(model, X):
    """A program's outputs are those of the graph."""
    wanted = nn.predict(model, X)
    for row, right in zip(nn.predict(model, X, compile=True), wanted, strict=True):
        assert row == pytest.approx(right, rel=1e-12, abs=1e-12)
    return wanted


class Net(nn.Module):
    """Numbers, a flag, a class attribute, a global, a buffer, a method that is called."""

    offset = 0.0

    def __init__(self):
        self.first = nn.Linear(2, 4, rng=0)
        self.norm = nn.BatchNorm1d(4)
        self.last = nn.Linear(4, 1, rng=1)
        self.factor, self.negative = 1.0, False
        self.shift = Value(0.5, requires_grad=False)

    batchwise = True

    def forward(self, samples):
        hidden = self.norm([self.first(x) for x in samples])
        return [self.scaled(self.last([h.tanh() for h in hs])[0]) for hs in hidden]

    def scaled(self, y):
        y = y * SCALE * self.factor + self.offset + self.shift
        return -y if self.negative else y


def test_the_second_call_compiles_nothing():
    model, X = nn.MLP(2, [4, 3], rng=0), points()
    first = nn.predict(model, X, compile=True)
    assert nn.predict(model, X, compile=True) == first
    assert nn.predict(model, X[:64], compile=True) == first[:64]  # a batch of the same size
    assert programs_of(model).traces == 1


def replace_a_layer(model):
    model.last = nn.Linear(4, 1, rng=7)


def replace_a_parameter(model):
    model.last.bias[0] = Value(3.0)


def freeze(model):
    model.first.weight = [[w.detach() * 2.0 for w in row] for row in model.first.weight]


def train_mode_and_back(model):
    model.train()
    model([[5.0, -5.0], [2.0, 3.0], [1.0, 1.0]])  # moves the running statistics
    model.eval()


def load(model):
    other = Net()
    for p in other.parameters():
        p.data = 0.25
    model.load_state_dict(other.state_dict())


def learn(model):
    X, y = points(20), [1.0] * 20
    optimizer = nn.SGD(model.parameters(), lr=0.5)
    nn.fit(model, (X, y), nn.mse_loss, optimizer, metric=nn.rmse, epochs=1, progress=False)


def set_a_global(model):
    globals()["SCALE"] = 3.0


CHANGES = {
    "a parameter's data": lambda model: setattr(model.last.weight[0][0], "data", 5.0),
    "a buffer's data": lambda model: setattr(model.shift, "data", -2.0),
    "a number": lambda model: setattr(model, "factor", 2.0),
    "a flag": lambda model: setattr(model, "negative", True),
    "an attribute of the class": lambda model: setattr(Net, "offset", 10.0),
    "a method": lambda model: setattr(Net, "scaled", lambda self, y: -y),
    "a global that a method names": set_a_global,
    "a layer": replace_a_layer,
    "a parameter": replace_a_parameter,
    "parameters made constants": freeze,
    "running statistics": train_mode_and_back,
    "a state that is loaded": load,
    "training": learn,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changes_the_outputs_are_never_stale(change, monkeypatch):
    monkeypatch.setattr(Net, "offset", 0.0)
    monkeypatch.setattr(Net, "scaled", Net.scaled)
    monkeypatch.setitem(globals(), "SCALE", 1.0)
    model, X = Net(), points()
    before = assert_right(model, X)
    change(model)
    assert assert_right(model, X) != before


def test_new_numbers_of_parameters_need_no_new_program():
    model, X = Net(), points()
    nn.predict(model, X, compile=True)
    learn(model)
    assert_right(model, X)
    assert programs_of(model).traces == 1


def test_each_shape_has_its_program_and_few_samples_share_theirs():
    model = nn.Sequential(nn.Conv1d(1, 2, 3, rng=0), nn.Flatten())
    for length in (5, 6, 5, 6):
        for count in (1, 2, 3, 4, 33, 64, 65, 200):
            assert_right(model, [[x] for x in points(count, length)])
    assert programs_of(model).traces == 2 * 4  # for 1, 2, 4 and 64 samples
    assert nn.predict(model, [], compile=True) == []


def test_no_grad_around_it_makes_no_difference():
    model, X = nn.MLP(2, [4, 1], rng=0), points()
    with autograd.no_grad():
        assert_right(model, X)
    assert_right(model, X)
    assert programs_of(model).traces == 1


def test_a_model_may_return_numbers_or_a_tuple():
    class Odd(nn.Module):
        def __init__(self):
            self.w = Value(2.0)

        def forward(self, x):
            return self.w * x[0], [self.w * x[1], 3.0]

    wanted = [[2.0 * a, [2.0 * b, 3.0]] for a, b in points()]
    assert nn.predict(Odd(), points()) == nn.predict(Odd(), points(), compile=True) == wanted


def test_modes_are_as_before_that_of_each_module():
    model = Net()
    model.norm.eval()
    for compile in (False, True):
        nn.predict(model, points(), compile=compile)
        assert (model.training, model.first.training, model.norm.training) == (True, True, False)


def test_programs_that_the_user_compiled_do_not_mind_the_cache():
    model, X = nn.MLP(2, [4, 1], rng=0), points(5)
    model.eval()
    program = autograd.compile(lambda x: model(x))
    program(X[0])
    nn.predict(model, X, compile=True)
    program(X[0])
    assert program.traces == 1


def test_a_model_is_freed_with_its_programs_at_once():
    gc.collect()
    gc.disable()
    try:
        model = Net()
        nn.predict(model, points(), compile=True)
        gone = weakref.ref(model), weakref.ref(programs_of(model)), weakref.ref(model.last)
        del model
        assert [ref() for ref in gone] == [None, None, None]
    finally:
        gc.enable()


def test_a_model_whose_parts_refer_to_it_is_freed_by_the_collector():
    model = Net()
    model.last.owner = model
    nn.predict(model, points(), compile=True)
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("copied", [copy.deepcopy, copy.copy])
def test_a_copy_has_programs_of_its_own(copied):
    model, X = nn.Linear(2, 1, rng=0), points()
    assert_right(model, X)
    other = copied(model)
    other.bias = [Value(9.0)]
    assert assert_right(other, X) != assert_right(model, X)


def test_threads_run_a_program_one_after_the_other():
    model = nn.MLP(2, [4, 1], rng=0).eval()
    X = points(100)
    wanted, found = nn.predict(model, X), []

    def repeat():
        found.extend(nn.predict(model, X, compile=True) for _ in range(10))

    threads = [threading.Thread(target=repeat) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 40
    for outputs in found:
        assert outputs == pytest.approx(wanted, rel=1e-12)


def test_samples_of_unequal_shape_are_computed_without_a_program():
    model = nn.Embedding(3, 2, rng=0)
    assert nn.predict(model, [[0, 1], [2]], compile=True) == nn.predict(model, [[0, 1], [2]])
    assert "__compiled__" not in vars(model)


def test_a_validation_in_fit_and_predictions_share_a_program():
    X, y = points(64), [1.0] * 64
    model = nn.MLP(2, [4, 1], rng=0)
    optimizer = nn.Adam(model.parameters())
    options = {"validation": (X, y), "metric": nn.rmse, "progress": False, "compile": True}
    nn.fit(model, (X, y), nn.mse_loss, optimizer, epochs=2, **options)
    nn.predict(model, X, compile=True)
    assert programs_of(model).traces == 1


def test_the_compiler_and_nn_agree_on_the_name_of_the_cache():
    assert autograd.compiler.surroundings.CACHE == compiled_outputs.CACHE
