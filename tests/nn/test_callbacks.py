"""Callbacks of fit: after each epoch and after each batch, eager and compiled alike."""

import math
import types

import numpy as np
import pytest

import nn
from autograd.compiler import Compiled
from nn import train as training

BOTH = pytest.mark.parametrize("compile", [False, True], ids=["eager", "compiled"])


def moons(n=20):
    X, labels = nn.make_moons(n, noise=0.1, rng=0)
    return X, [2 * label - 1 for label in labels]


def train(model=None, optimizer=None, **settings):
    """5 batches an epoch."""
    model = model or nn.MLP(2, [4, 1], rng=0)
    optimizer = optimizer or nn.SGD(model.parameters(), lr=0.1)
    settings = {"epochs": 2, "batch_size": 4, "progress": False, "rng": 0, **settings}
    return nn.fit(model, moons(), nn.hinge_loss, optimizer, **settings)


@BOTH
def test_after_each_step_one_sees_its_number_and_its_loss(compile):
    seen = []
    history = train(compile=compile, on_batch=lambda h: seen.append((h.steps, h.losses[-1])))
    assert seen == list(enumerate(history.losses, 1)) and len(seen) == 2 * 5


@BOTH
def test_values_have_the_gradients_of_the_batch_and_the_parameters_after_it(compile):
    model = nn.MLP(2, [4, 1], rng=0)
    parameters = model.parameters()
    optimizer = nn.SGD(parameters, lr=0.1)
    before, norms = [p.data for p in parameters], []

    def look(history):
        moved = [start - 0.1 * p.grad for start, p in zip(before, parameters, strict=True)]
        assert [p.data for p in parameters] == pytest.approx(moved, rel=1e-12)
        before[:] = [p.data for p in parameters]
        norms.append(math.hypot(*[p.grad for p in model.layers[0].parameters()]))

    history = train(model, optimizer, compile=compile, on_batch=look)
    assert norms == pytest.approx(history.gradient_norms["layers.0"], rel=1e-12)


def recorded(compile, make_optimizer, **settings):
    model = nn.MLP(2, [4, 1], activation="tanh", rng=0)
    states, optimizer = [], make_optimizer(model.parameters())

    def look(history):
        states.append([(p.data, p.grad) for p in model.parameters()])
        nn.max_norm_([neuron.w for neuron in model.layers[0].neurons], 0.5)
        if history.steps == 3:
            optimizer.lr = 0.01
        if history.steps == 5:
            optimizer.state[0] = (0.0,) * len(optimizer.state[0])

    history = train(model, optimizer, compile=compile, on_batch=[look], **settings)
    return states, history.losses, nn.predict(model, moons()[0])


@pytest.mark.parametrize(
    "make_optimizer",
    [lambda ps: nn.SGD(ps, lr=0.5, momentum=0.9), lambda ps: nn.Adam(ps, lr=0.1)],
    ids=["SGD", "Adam"],
)
def test_what_a_callback_changes_holds_in_both_ways_to_train(make_optimizer):
    clip = {"clip": lambda parameters: nn.clip_grad_norm_(parameters, 0.5)}
    eager = recorded(False, make_optimizer, **clip)
    compiled = recorded(True, make_optimizer, **clip)
    assert np.array(compiled[0]) == pytest.approx(np.array(eager[0]), rel=1e-9, abs=1e-12)
    assert compiled[1] == pytest.approx(eager[1], rel=1e-9)
    assert compiled[2] == pytest.approx(eager[2], rel=1e-9)


@BOTH
def test_a_maximal_norm_is_kept_to_after_every_step(compile):
    model = nn.MLP(2, [4, 1], rng=0)
    vectors = [neuron.w for layer in model.layers for neuron in layer.neurons]
    train(model, compile=compile, on_batch=lambda _: nn.max_norm_(vectors, 0.1))
    assert max(math.hypot(*[w.data for w in vector]) for vector in vectors) <= 0.1


@BOTH
def test_a_layer_may_be_frozen_on_the_way(compile):
    model = nn.MLP(2, [4, 1], rng=0)
    first = model.layers[0]

    def freeze(history):
        if history.steps == 5:
            for neuron in first.neurons:
                neuron.w = [w.detach() for w in neuron.w]

    history = train(model, compile=compile, on_batch=freeze)
    frozen = [w.data for neuron in first.neurons for w in neuron.w]
    assert history.steps == 10 and not any(w.requires_grad for w in first.neurons[0].w)
    train(model, nn.SGD(model.parameters(), lr=0.1), compile=compile)
    assert [w.data for neuron in first.neurons for w in neuron.w] == frozen


@BOTH
@pytest.mark.parametrize("yes", [True, np.True_])
def test_true_ends_the_run_at_once(compile, yes):
    told = []
    history = train(
        compile=compile,
        epochs=10,
        on_batch=[lambda h: yes if h.steps == 7 else None, lambda h: told.append(h.steps)],
        callbacks=lambda h: told.append(f"epoch {h.epochs}"),
        validation=moons(8),
    )
    assert told == [1, 2, 3, 4, 5, "epoch 1", 6, 7, "epoch 2"]
    assert history.steps == 7 and history.epochs == len(history.validation_loss) == 2
    assert history.train_loss[1] == pytest.approx(sum(history.losses[5:]) / 2)
    assert not history.interrupted and not history.stopped_early


def test_only_true_ends_a_run():
    for answer in (None, False, np.False_, 1, "yes", [True]):
        assert train(on_batch=lambda _: answer, callbacks=lambda _: answer).steps == 10  # noqa: B023
    for answer in (True, np.True_):
        assert train(callbacks=[lambda _: answer, lambda _: None]).epochs == 1  # noqa: B023


@BOTH
def test_a_part_of_an_epoch_is_no_place_to_resume_from(compile, tmp_path):
    path, whole = tmp_path / "run", train(compile=compile, epochs=3)
    stopped = train(compile=compile, epochs=3, checkpoint=path, on_batch=lambda h: h.steps == 7)
    assert stopped.epochs == 2
    resumed = train(compile=compile, epochs=3, checkpoint=path)  # from the end of the first
    assert resumed.losses == whole.losses
    stopped = train(compile=compile, epochs=4, checkpoint=path, on_batch=lambda h: h.steps == 20)
    assert stopped.epochs == 4  # a whole epoch
    assert nn.load_checkpoint(path)["history"]["losses"] == stopped.losses


@BOTH
def test_an_error_in_a_callback_leaves_the_model_as_after_the_step(compile):
    model, kept = nn.MLP(2, [4, 1], rng=0), {}

    def fail(history):
        kept.update(model.state_dict())
        raise RuntimeError("of the user's")

    with pytest.raises(RuntimeError, match="of the user's"):
        train(model, compile=compile, on_batch=fail)
    assert model.state_dict() == kept != nn.MLP(2, [4, 1], rng=0).state_dict()


def test_whatever_is_called_after_an_epoch_may_be_called_after_a_batch():
    model, (X, y) = nn.MLP(2, [4, 1], rng=0), moons()
    labels = [int(sign > 0) for sign in y]
    film = nn.plots.BoundaryFilm(model, X, labels, resolution=2)
    recorder, live = nn.Recorder(model), nn.plots.LivePlot()
    train(model, on_batch=[film, recorder, live])
    assert len(film.frames) == len(recorder.layers["layers.0"]) == 10
    assert film.titles()[6].startswith("step 7, loss ")


def test_none_costs_nothing(monkeypatch):
    class Watched(training.Run):
        def settle(self):
            calls.append("settle")

        def take(self):
            calls.append("take")

    calls = []
    monkeypatch.setattr(training, "Run", Watched)
    train()
    assert calls == ["settle"] * 2  # the epochs' ends
    monkeypatch.setattr(training, "told", None)
    with pytest.raises(TypeError):
        train(on_batch=print)


@pytest.mark.parametrize("name", ["callbacks", "on_batch"])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, " must be a function of the history, or a list of them, not None"),
        (3, " must be a function of the history, or a list of them, not 3"),
        (nn.Recorder, r" is the class Recorder; make an object of it: Recorder\(…\)"),
        ([print, 3], r"\[1\] must be a function of the history, not 3"),
        ([nn.Recorder], r"\[0\] is the class Recorder; make an object of it: Recorder\(…\)"),
        ([types.SimpleNamespace(on_train_batch_end=print)], r"\[0\] must be a function"),
    ],
)
def test_what_is_no_callback_is_refused_before_training(name, given, message):
    model = nn.MLP(2, [4, 1], rng=0)
    before = model.state_dict()
    with pytest.raises(TypeError, match=f"fit: {name}{message}"):
        train(model, **{name: given})
    assert model.state_dict() == before


def test_a_generator_of_callbacks_is_used_in_every_epoch():
    epochs = []
    train(callbacks=(f for f in [lambda h: epochs.append(h.epochs)]))
    assert epochs == [1, 2]


def test_programs_are_not_made_anew_because_of_a_callback():
    traced = []
    original = Compiled.new_program

    def counted(self, *args):
        traced.append(self)
        return original(self, *args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Compiled, "new_program", counted)
        train(compile=True, on_batch=lambda h: None)
    assert len(traced) == 1
