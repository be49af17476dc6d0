"""fit: it learns, it remembers, it stops cleanly, and it refuses what cannot work."""

import gc
import math
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

import nn
from autograd import Value


def moons(n=20):
    X, labels = nn.make_moons(n, noise=0.1, rng=0)
    return X, [2 * label - 1 for label in labels]


def train(model=None, data=None, loss=nn.hinge_loss, lr=0.5, **settings):
    model = model or nn.MLP(2, [4, 1], rng=0)
    optimizer = nn.SGD(model.parameters(), lr=lr)
    settings = {"epochs": 3, "progress": False, "rng": 0, **settings}
    return model, nn.fit(model, data or moons(), loss, optimizer, **settings)


def test_the_classic_moons_reach_full_training_accuracy_within_100_steps():
    X, labels = nn.make_moons(100, noise=0.1, rng=1)
    y = [2 * label - 1 for label in labels]
    model = nn.MLP(2, [16, 16, 1], init="uniform", rng=1)
    optimizer = nn.SGD(model.parameters(), lr=1.0)
    history = nn.fit(
        model,
        (X, y),
        nn.hinge_loss,
        optimizer,
        epochs=100,
        penalty=nn.l2_penalty(1e-4),
        schedule=lambda epoch: 1 - 0.9 * epoch / 100,
        progress=False,
    )
    assert history.train_metric[-1] == 1.0
    assert nn.accuracy(nn.predict(model, X), y) == 1.0


def test_history_has_an_entry_per_step_and_per_epoch():
    _, history = train(batch_size=8, epochs=2, validation=moons(10))
    assert len(history.losses) == 2 * 3  # 20 samples in batches of 8
    assert history.epochs == len(history.validation_loss) == len(history.learning_rates) == 2
    assert set(history.gradient_norms) == {"layers.0", "layers.1"}
    assert all(len(norms) == 6 for norms in history.gradient_norms.values())
    assert "2 epochs, 6 steps" in repr(history)


def test_the_same_seed_gives_the_same_numbers():
    (one, first), (two, second) = train(batch_size=4), train(batch_size=4)
    assert one.state_dict() == two.state_dict()
    assert first.losses == second.losses


def test_a_schedule_sets_the_learning_rate_of_each_epoch():
    _, history = train(schedule=lambda epoch: 0.1 / (epoch + 1))
    assert history.learning_rates == [0.1, 0.05, 0.1 / 3]


def test_progress_is_shown_on_the_error_stream(capfd):
    train(progress=True)
    shown = capfd.readouterr()
    assert "3/3" in shown.err and "loss" in shown.err and "accuracy" in shown.err
    assert shown.out == ""


def test_training_leaves_no_cyclic_garbage_and_the_collector_as_it_was():
    train()
    gc.collect()
    gc.disable()
    try:
        train()
        assert not gc.isenabled()
        assert gc.collect() < 50  # tqdm's own
    finally:
        gc.enable()
    train()
    assert gc.isenabled()


def test_predict_records_no_graph_and_returns_plain_numbers():
    model = nn.MLP(2, [3, 2], rng=0)
    (row,) = nn.predict(model, [[1.0, 2.0]])
    assert [type(x) for x in row] == [float, float]


def test_ctrl_c_stops_after_the_step_at_hand_and_keeps_what_was_learned():
    class Interrupting(nn.MLP):
        calls = 0

        def forward(self, inputs):
            Interrupting.calls += 1
            if Interrupting.calls == 30:
                os.kill(os.getpid(), signal.SIGINT)
            return super().forward(inputs)

    model = Interrupting(2, [4, 1], rng=0)
    before = model.state_dict()
    handler = signal.getsignal(signal.SIGINT)
    _, history = train(model, epochs=50)
    assert history.interrupted
    assert history.epochs == 2  # the 30th sample of 20 per epoch is in the second
    assert model.state_dict() != before
    assert signal.getsignal(signal.SIGINT) is handler


def test_ctrl_c_in_a_real_process_ends_it_with_its_result():
    program = (
        "import os, signal, threading, nn\n"
        "X, labels = nn.make_moons(20, rng=0); y = [2 * t - 1 for t in labels]\n"
        "model = nn.MLP(2, [4, 1], rng=0)\n"
        "threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()\n"
        "optimizer = nn.SGD(model.parameters(), lr=.1)\n"
        "h = nn.fit(model, (X, y), nn.hinge_loss, optimizer, epochs=10**6)\n"
        "print('kept', h.interrupted, len(model.state_dict()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "kept True 17"
    assert "stopped" in done.stderr


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"data": ([], [])}, ValueError, "data is empty"),
        ({"data": ([[1.0, 2.0]], [1, 1])}, ValueError, "1 samples but 2 targets"),
        ({"data": ([[1.0, math.nan]], [1])}, ValueError, "sample 0 of data contains nan"),
        ({"data": ([[1.0, 2.0]], [math.inf])}, ValueError, "target 0 of data contains inf"),
        ({"data": (np.float32([[1, 2], [3, math.nan]]), [1, 1])}, ValueError, "sample 1 .*nan"),
        ({"data": ([[[1.0, 2.0], [math.nan, 4.0]]], [1])}, ValueError, "sample 0 of data .*nan"),
        ({"data": 5}, TypeError, r"must be a pair \(X, y\)"),
        ({"validation": ([], [])}, ValueError, "validation is empty"),
        ({"epochs": 0}, ValueError, "epochs must be at least 1, not 0"),
        ({"batch_size": 0}, ValueError, "fit: batch_size must be at least 1, not 0"),
        ({"batch_size": 1.5}, TypeError, "batch_size must be an int, not 1.5"),
        ({"batch_size": True}, TypeError, "batch_size must be an int, not True"),
        ({"data": (iter([[1.0, 2.0]]), [1])}, TypeError, "two lists or arrays"),
        ({"loss": "mse"}, TypeError, "fit: loss must be a function, not 'mse'"),
        ({"loss": nn.MSELoss}, TypeError, r"fit: loss is the class MSELoss; .* MSELoss\(…\)"),
        ({"metric": None}, TypeError, "fit: metric must be a function, not None"),
        ({"clip": 1.0}, TypeError, "fit: clip must be a function, not 1.0"),
        ({"penalty": 0.1}, TypeError, "fit: penalty must be a function, not 0.1"),
        ({"schedule": nn.StepLR}, TypeError, "fit: schedule is the class StepLR"),
        ({"loss": lambda o, t: 1.0}, TypeError, "must return a Value, not 1.0"),
        (
            {"loss": lambda o, t: 1.0, "penalty": nn.l2_penalty(0.1)},
            TypeError,
            r"loss\(outputs, targets\) must return a Value, not 1.0",
        ),
        ({"penalty": lambda p: None}, TypeError, r"penalty\(parameters\) must .*, not None"),
        (
            {"loss": lambda o, t: Value(sum(x.data for x in o))},
            ValueError,
            "depends on none of the optimiser's 17 parameters",
        ),
        (
            {
                "loss": lambda o, t: nn.hinge_loss([score.detach() for score in o], t),
                "penalty": nn.l2_penalty(0.1),  # which does depend on them
            },
            ValueError,
            "depends on none of the optimiser's 17 parameters",
        ),
        ({"loss": lambda o, t: o[0] * math.inf}, FloatingPointError, "loss is .* at step 1"),
        ({"loss": lambda o, t: (o[0] * 0).sqrt()}, FloatingPointError, "gradient of layers"),
    ],
)
def test_what_cannot_work_is_refused_and_the_parameters_stay(settings, error, message):
    model = nn.MLP(2, [4, 1], rng=0)
    before = model.state_dict()
    with pytest.raises(error, match=message):
        train(model, **settings)
    assert model.state_dict() == before


def test_predict_says_what_it_was_given_instead_of_a_model():
    with pytest.raises(TypeError, match=r"predict: model must be .*, not <built-in"):
        nn.predict(len, [[1.0, 2.0]])


def test_without_a_console_there_is_no_progress_and_nothing_else_is_different(monkeypatch):
    model, expected = train()
    monkeypatch.setattr("sys.stderr", None)  # as under pythonw
    same, history = train(progress=True)
    assert same.state_dict() == model.state_dict() and history.losses == expected.losses
    stop = [lambda _: signal.raise_signal(signal.SIGINT)]
    assert train(progress=True, callbacks=stop)[1].interrupted


def test_a_step_that_diverges_keeps_the_parameters_of_the_step_before():
    model = nn.MLP(2, [4, 1], rng=0)
    with pytest.raises(FloatingPointError, match=r"at step \d+"):
        train(model, loss=nn.mse_loss, lr=1e200, epochs=10)
    assert all(math.isfinite(x) for x in model.state_dict().values())


# --- gradients that nobody clears -----------------------------------------------------------------


class Forgetful(nn.SGD):
    """An optimiser whose author overlooked that gradients add up."""

    def zero_grad(self):
        pass


def test_an_optimiser_that_does_not_clear_gradients_is_warned_of_once():
    model = nn.MLP(2, [4, 1], rng=0)
    with pytest.warns(RuntimeWarning) as caught:
        nn.fit(
            model,
            moons(),
            nn.hinge_loss,
            Forgetful(model.parameters(), lr=0.1),
            epochs=5,
            progress=False,
        )
    (warning,) = caught
    message = str(warning.message)
    assert "optimizer.zero_grad() left gradients in" in message
    assert "of the optimiser's 17 parameters (layers.0.neurons." in message
    assert "Forgetful.zero_grad must set parameter.grad = 0.0" in message
    assert warning.filename == __file__


@pytest.mark.parametrize("compile", [False, True])
def test_parameters_that_the_optimiser_does_not_hold_are_warned_of_once(compile):
    model = nn.MLP(2, [4, 1], rng=0)
    last = model.layers[1].parameters()
    frozen = {name: x for name, x in model.state_dict().items() if name.startswith("layers.0")}
    with pytest.warns(RuntimeWarning) as caught:
        optimizer = nn.SGD(last, lr=0.1)
        options = {"epochs": 5, "progress": False, "compile": compile}
        nn.fit(model, moons(), nn.hinge_loss, optimizer, **options)
    (warning,) = caught
    message = str(warning.message)
    assert "12 parameters of the model have gradients that nothing clears" in message
    assert "layers.0.neurons.0.w.0: " in message
    assert "make the optimiser with model.parameters()" in message
    assert frozen.items() <= model.state_dict().items()


def test_what_the_warning_advises_ends_it():
    model = nn.MLP(2, [4, 1], rng=0)
    for neuron in model.layers[0].neurons:
        neuron.w = [w.detach() for w in neuron.w]
        neuron.b = neuron.b.detach()
    assert len(model.parameters()) == 5
    _, history = train(model)
    assert history.train_loss[-1] < history.train_loss[0]


def test_gradients_from_before_are_cleared_and_need_no_warning():
    fresh, used = nn.MLP(2, [4, 1], rng=0), nn.MLP(2, [4, 1], rng=0)
    for parameter in used.parameters():
        parameter.grad = 1e6
    train(fresh), train(used)
    assert fresh.state_dict() == used.state_dict()


def test_a_loss_that_goes_backward_itself_counts_once():
    def loss(outputs, targets):
        total = nn.hinge_loss(outputs, targets)
        total.backward()  # one too many, before fit clears and calls it again
        return total

    (plain, _), (twice, _) = train(), train(loss=loss)
    assert plain.state_dict() == twice.state_dict()


def test_a_model_that_needs_the_whole_batch_is_trained_and_asked_as_one():
    model = nn.Sequential(
        nn.Linear(2, 4, rng=0), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 1, rng=1)
    )
    X, labels = nn.make_moons(20, noise=0.1, rng=0)
    loss = nn.mse_loss
    optimizer = nn.Adam(model.parameters(), lr=0.05)
    targets = [[float(label)] for label in labels]
    history = nn.fit(
        model,
        (X, targets),
        loss,
        optimizer,
        epochs=20,
        batch_size=10,
        metric=lambda outputs, targets: 0.0,
        progress=False,
        rng=0,
    )
    assert history.train_loss[-1] < history.train_loss[0] / 2
    assert len(nn.predict(model, X)) == 20


@pytest.mark.parametrize("loss", [nn.BCELoss(), nn.binary_cross_entropy])
def test_the_accuracy_of_probabilities_has_a_threshold_of_a_half(loss):
    X, labels = nn.make_moons(20, noise=0.1, rng=0)
    parts = nn.Linear(2, 8, rng=0), nn.Tanh(), nn.Linear(8, 1, rng=1)
    accuracies = []
    for model, loss_of_it in (
        (nn.Sequential(*parts), nn.binary_cross_entropy_with_logits),
        (nn.Sequential(*parts, nn.Sigmoid()), loss),
    ):
        data = X, [[float(label)] for label in labels]
        optimizer = nn.SGD(model.parameters(), lr=0.0)
        history = nn.fit(
            model, data, loss_of_it, optimizer, epochs=1, progress=False, validation=data
        )
        accuracies.append(history.train_metric + history.validation_metric)
    assert accuracies[0] == accuracies[1]
    assert set(accuracies[0]) == {nn.accuracy(nn.predict(nn.Sequential(*parts), X), labels)}
