"""fit's checkpoints, early stopping, clipping and callbacks."""

import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import nn
from autograd import Value


class Noisy(nn.MLP):
    """A network with randomness of its own, which a resumed run must repeat."""

    def __init__(self):
        super().__init__(2, [4, 1], rng=0)
        self.noise = random.Random(5)

    def forward(self, inputs):
        scale = self.noise.uniform(0.5, 1.5) if self.training else 1.0
        return super().forward([scale * x for x in inputs])


def data():
    X, labels = nn.make_moons(24, noise=0.1, rng=0)
    return X, [2 * label - 1 for label in labels]


def adam(parameters):
    return nn.Adam(parameters, lr=0.05)


def train(path=None, epochs=6, model=None, optimizer=adam, schedule=None, **settings):
    model = model or Noisy()
    optimizer = optimizer(model.parameters())
    if schedule is not None:
        settings["schedule"] = schedule(optimizer)
    settings = {"batch_size": 8, "rng": 3, "progress": False, "validation": data(), **settings}
    history = nn.fit(
        model, data(), nn.hinge_loss, optimizer, epochs=epochs, checkpoint=path, **settings
    )
    return model, history


def bits(model):
    return {name: number.hex() for name, number in model.state_dict().items()}


def test_a_resumed_run_ends_with_the_bits_of_an_uninterrupted_one(tmp_path):
    whole, whole_history = train()
    train(tmp_path / "c", epochs=2)
    resumed, history = train(tmp_path / "c")
    assert bits(resumed) == bits(whole)
    assert history.losses == whole_history.losses
    assert history.validation_loss == whole_history.validation_loss


def cosine_of_steps(optimizer):
    schedule = nn.CosineAnnealingLR(optimizer, T_max=18)
    schedule.interval = "step"
    return schedule


@pytest.mark.parametrize(
    "schedule",
    [
        lambda optimizer: nn.CosineAnnealingLR(optimizer, T_max=6),
        lambda optimizer: nn.StepLR(optimizer, step_size=2),
        cosine_of_steps,
        lambda optimizer: nn.OneCycleLR(optimizer, 0.1, epochs=6, steps_per_epoch=3),
        lambda optimizer: nn.ReduceLROnPlateau(optimizer, factor=0.5, patience=1, threshold=0.3),
        lambda optimizer: lambda epoch: 0.05 / (epoch + 1),
    ],
)
def test_a_schedule_goes_on_where_it_was(tmp_path, schedule):
    whole, whole_history = train(schedule=schedule)
    train(tmp_path / "c", epochs=3, schedule=schedule)
    resumed, history = train(tmp_path / "c", schedule=schedule)
    assert history.learning_rates == whole_history.learning_rates
    assert bits(resumed) == bits(whole)


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda parameters: nn.LBFGS(parameters, max_iter=4, line_search_fn="strong_wolfe"),
        lambda parameters: nn.LBFGS(parameters, lr=0.1, max_iter=3, history_size=2),
        lambda parameters: nn.ConjugateGradient(parameters, max_iter=3),
    ],
)
def test_an_optimiser_that_remembers_directions_goes_on_in_them(tmp_path, optimizer):
    settings = {"optimizer": optimizer, "batch_size": None}
    whole, _ = train(model=nn.MLP(2, [4, 1], rng=0), **settings)
    train(tmp_path / "c", model=nn.MLP(2, [4, 1], rng=0), epochs=3, **settings)
    resumed, history = train(tmp_path / "c", model=nn.MLP(2, [4, 1], rng=0), **settings)
    assert bits(resumed) == bits(whole) and history.epochs == 6


def test_patience_is_counted_through_a_resumed_run(tmp_path):
    # It climbs, so that each epoch is worse than the first: 4 such are allowed.
    def climb(parameters):
        return nn.SGD(parameters, lr=0.01, maximize=True)

    settings = {"patience": 4, "optimizer": climb}
    train(tmp_path / "c", epochs=3, **settings)
    _, history = train(tmp_path / "c", epochs=50, **settings)
    _, whole = train(epochs=50, **settings)
    assert history.stopped_early and history.epochs == whole.epochs == 6


def test_a_finished_run_is_not_run_again(tmp_path):
    first, _ = train(tmp_path / "c")
    again, history = train(tmp_path / "c")
    assert bits(again) == bits(first) and history.epochs == 6


def test_a_run_killed_at_any_moment_resumes_to_the_same_bits(tmp_path):
    program = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from tests.nn.test_resume import train\n"
        "train(sys.argv[1], epochs=60)\n"
    )
    path = tmp_path / "c"
    root = __file__.rsplit("/tests/", 1)[0]
    for attempt in range(3):
        process = subprocess.Popen([sys.executable, "-c", program, str(path), root])
        deadline = time.monotonic() + 30
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(0.06 + 0.023 * attempt)
        process.send_signal(signal.SIGKILL)
        process.wait()
    resumed, _ = train(path, epochs=60)
    whole, _ = train(epochs=60)
    assert bits(resumed) == bits(whole)


@pytest.mark.parametrize("damage", [lambda b: b[:-40], lambda b: b.replace(b"0.", b"1.", 1)])
def test_a_damaged_checkpoint_is_refused_and_stays(tmp_path, damage):
    path = tmp_path / "c"
    train(path, epochs=1)
    path.write_bytes(damage(path.read_bytes()))
    broken = path.read_bytes()
    model = Noisy()
    before = bits(model)
    with pytest.raises(nn.CheckpointError, match=str(path)):
        train(path, model=model)
    assert bits(model) == before and path.read_bytes() == broken


def test_a_checkpoint_of_another_model_is_refused(tmp_path):
    train(tmp_path / "c", epochs=1)
    with pytest.raises(nn.CheckpointError, match="another model"):
        train(tmp_path / "c", model=nn.MLP(2, [3, 1], rng=0))


def test_patience_stops_early_and_goes_back_to_the_best_epoch():
    best = {}

    def remember(history):
        if history.best_epoch == history.epochs - 1:
            best.update(bits(model))

    model = Noisy()
    model, history = train(model=model, epochs=200, patience=3, callbacks=[remember])
    assert history.stopped_early and history.epochs == history.best_epoch + 1 + 3 + 1 < 200
    assert bits(model) == best
    assert "stopped early" in repr(history)


def test_clip_sees_the_gradients_before_the_optimiser_does():
    def to_nothing(parameters):
        for parameter in parameters:
            assert isinstance(parameter, Value)
            parameter.grad = 0.0

    model = Noisy()
    before = bits(model)
    _, history = train(model=model, clip=to_nothing)
    assert bits(model) == before
    assert set(history.gradient_norms["layers.0"]) == {0.0}


def test_callbacks_are_called_after_each_epoch_and_may_end_training():
    epochs = []
    _, history = train(
        callbacks=[lambda h: h.epochs == 3, lambda h: epochs.append(h.epochs)], epochs=10
    )
    assert epochs == [1, 2, 3] and history.epochs == 3


@pytest.mark.parametrize("compile", [False, True])
@pytest.mark.parametrize(
    "metric",
    [
        nn.mse_loss,  # of Values a Value
        lambda outputs, targets: np.float64(0.25),
        lambda outputs, targets: np.array(0.25, np.float32),
        lambda outputs, targets: 1,
    ],
)
def test_a_metric_may_be_any_kind_of_number(metric, compile, tmp_path):
    for epochs in (2, 3):
        model = nn.MLP(2, [3, 1], rng=0)
        _, history = train(tmp_path / "c", epochs, model, metric=metric, compile=compile)
    metrics = history.train_metric + history.validation_metric
    assert len(metrics) == 6 and {type(number) for number in metrics} == {float}


def test_a_metric_that_is_no_number_is_refused():
    with pytest.raises(TypeError, match=r"metric\(outputs, targets\) must return a number, not \["):
        train(metric=lambda outputs, targets: [1.0, 2.0])


def test_early_stopping_may_watch_the_metric_and_ask_for_more():
    stopping = nn.EarlyStopping(patience=2, min_delta=0.01, mode="max")
    _, history = train(epochs=200, patience=stopping)
    assert history.stopped_early and history.epochs == stopping.epochs
    assert stopping.best == max(history.validation_metric)
    assert stopping.best_epoch == history.validation_metric.index(stopping.best)


@pytest.mark.parametrize(
    ("patience", "error", "message"),
    [
        (-1, ValueError, "patience must be at least 0, not -1"),
        (1.5, TypeError, "patience must be an int, not 1.5"),
        (True, TypeError, "patience must be an int, not True"),
    ],
)
def test_a_patience_that_makes_no_sense_is_refused(patience, error, message):
    with pytest.raises(error, match=message):
        train(patience=patience)


def test_a_history_plots_itself():
    pytest.importorskip("matplotlib")
    _, history = train()
    assert history.plot().svg.startswith("<svg")
    assert set(history._repr_mimebundle_()) == {"text/plain", "image/svg+xml"}
    assert nn.History()._repr_mimebundle_() == {"text/plain": "History(0 steps)"}
