"""fit(compile=True) trains as fit does, to rounding, whatever the model and the optimiser."""

import random

import pytest

import autograd
import nn
from autograd import Value


def history_of(compile, make_model, data, loss, make_optimizer, **options):
    model = make_model()
    optimizer = make_optimizer(model.parameters())
    options = {"epochs": 4, "batch_size": 8, "rng": 3, "progress": False} | options
    if "make_schedule" in options:
        options["schedule"] = options.pop("make_schedule")(optimizer)
    history = nn.fit(model, data, loss, optimizer, compile=compile, **options)
    return history, [p.data for p in model.parameters()], optimizer


def assert_same(*args, **options):
    eager, eager_parameters, first = history_of(False, *args, **options)
    compiled, parameters, second = history_of(True, *args, **options)
    assert compiled.losses == pytest.approx(eager.losses, rel=1e-9, abs=1e-12)
    assert compiled.train_metric == pytest.approx(eager.train_metric)
    assert compiled.validation_loss == pytest.approx(eager.validation_loss, rel=1e-9)
    assert compiled.learning_rates == eager.learning_rates
    for name, norms in eager.gradient_norms.items():
        assert compiled.gradient_norms[name] == pytest.approx(norms, rel=1e-8, abs=1e-10)
    assert parameters == pytest.approx(eager_parameters, rel=1e-8, abs=1e-10)
    if not first.needs_closure:
        for a, b in zip(first.state, second.state, strict=True):
            assert b == pytest.approx(a, rel=1e-7, abs=1e-10)


@pytest.mark.parametrize("make_optimizer", [nn.SGD, nn.LBFGS])
@pytest.mark.parametrize(
    "loss",
    [lambda o, t: Value(1.0), lambda o, t: nn.mse_loss([score.detach() for score in o], t)],
)
def test_a_loss_that_depends_on_no_parameter_is_refused_although_the_outputs_do(
    make_optimizer, loss
):
    model = nn.MLP(2, [4, 1], rng=0)
    optimizer, before = make_optimizer(model.parameters()), model.state_dict()
    with pytest.raises(ValueError, match="depends on none of the optimiser's 17 parameters"):
        nn.fit(model, moons(), loss, optimizer, epochs=2, progress=False, compile=True)
    assert model.state_dict() == before


@pytest.mark.parametrize("compile", [False, True])
def test_a_loss_may_become_constant_later_when_nothing_is_wrong_any_more(compile):
    def perceptron(scores, targets):
        total = Value(0.0)
        for score, target in zip(scores, targets, strict=True):
            if score * target <= 0:
                total = total - score * target
        return total

    model = nn.MLP(2, [1], rng=1)
    data = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.2, 0.1]], [1, -1, 1, -1]
    optimizer = nn.SGD(model.parameters(), lr=0.5)
    options = {"epochs": 40, "progress": False, "compile": compile}
    history = nn.fit(model, data, perceptron, optimizer, **options)
    assert history.losses[0] > 0.0 and history.losses[-1] == 0.0


def moons(n=20):
    X, labels = nn.make_moons(n, noise=0.1, rng=1)
    return X, [2 * label - 1 for label in labels]


def mlp():
    return nn.MLP(2, [8, 8, 1], activation="tanh", rng=1)


OPTIMIZERS = [
    nn.SGD,
    lambda ps: nn.SGD(ps, lr=0.1, momentum=0.9, nesterov=True, weight_decay=1e-3),
    nn.Adam,
    nn.AdamW,
    nn.NAdam,
    nn.RAdam,
    nn.Adamax,
    nn.RMSprop,
    nn.Adagrad,
    nn.Adadelta,
    nn.Rprop,
    nn.Lion,
    nn.ASGD,
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimiser_moves_vectors_as_it_moves_numbers(optimizer):
    assert_same(mlp, moons(), nn.hinge_loss, optimizer)


def test_classes_with_cross_entropy():
    rng = random.Random(0)
    X = [[rng.gauss(0, 1) for _ in range(5)] for _ in range(20)]
    y = [rng.randrange(3) for _ in X]
    assert_same(lambda: nn.MLP(5, [6, 3], rng=2), (X, y), nn.cross_entropy, nn.Adam)


@pytest.mark.parametrize(
    "options",
    [
        {"label_smoothing": 0.1},
        {"weight": [1.0, 2.0, 0.5]},
        {"label_smoothing": 0.2, "weight": [1.0, 0.0, 0.5]},
    ],
)
@pytest.mark.parametrize("batch_size", [1, 8])
def test_weights_of_classes_and_label_smoothing(options, batch_size):
    rng = random.Random(0)
    X = [[rng.gauss(0, 1) for _ in range(5)] for _ in range(20)]
    y = [0, 2, *[rng.randrange(3) for _ in X[2:]]] if batch_size > 1 else [0, 2] * 10

    def loss(outputs, targets):
        return nn.cross_entropy(outputs, targets, **options)

    data = (X, y)
    assert_same(lambda: nn.MLP(5, [6, 3], rng=2), data, loss, nn.Adam, batch_size=batch_size)


def test_weights_of_classes_with_log_probabilities():
    rng = random.Random(0)
    X = [[rng.gauss(0, 1) for _ in range(5)] for _ in range(20)]

    def loss(outputs, targets):
        return nn.nll_loss(list(map(autograd.log_softmax, outputs)), targets, [1.0, 2.0, 0.5])

    data = X, [rng.randrange(3) for _ in X]
    assert_same(lambda: nn.MLP(5, [6, 3], rng=2), data, loss, nn.Adam)


def test_penalty_clipping_schedule_and_validation():
    assert_same(
        mlp,
        moons(),
        nn.hinge_loss,
        lambda ps: nn.SGD(ps, lr=0.5),
        penalty=nn.l2_penalty(1e-2),
        clip=lambda ps: nn.clip_grad_norm_(ps, 0.5),
        make_schedule=lambda optimizer: nn.StepLR(optimizer, 2),
        validation=moons(7),
    )


def test_groups_of_parameters():
    def optimizer(parameters):
        half = len(parameters) // 2
        groups = [{"params": parameters[:half], "lr": 0.1}, {"params": parameters[half:]}]
        return nn.Adam(groups, lr=0.01)

    assert_same(mlp, moons(), nn.hinge_loss, optimizer)


def test_dropout_draws_the_same_masks():
    def model():
        return nn.Sequential(
            nn.Linear(2, 8, rng=1), nn.Tanh(), nn.Dropout(0.3, rng=5), nn.Linear(8, 1, rng=2)
        )

    def loss(outputs, targets):
        return nn.mse_loss([o[0] for o in outputs], targets)

    assert_same(model, moons(), loss, nn.Adam, metric=lambda outputs, targets: 0.0)


class Recurrent(nn.Module):
    """The last output of a recurrent net, through a linear layer."""

    def __init__(self, kind):
        self.cells = kind(1, 4, rng=1)
        self.head = nn.Linear(4, 1, rng=2)

    def forward(self, xs):
        outputs, _ = self.cells([[x] for x in xs])
        return self.head(outputs[-1])[0]


class Convolution(nn.Module):
    """A kernel of two channels over a signal, then a linear layer."""

    def __init__(self):
        self.convolution = nn.Conv1d(1, 2, 3, rng=1)
        self.head = nn.Linear(2 * 6, 1, rng=2)

    def forward(self, signal):
        maps = self.convolution([signal])
        return self.head([x.relu() for channel in maps for x in channel])[0]


def test_convolutions():
    rng = random.Random(0)
    X = [[rng.gauss(0, 1) for _ in range(8)] for _ in range(12)]
    y = [max(x) for x in X]
    assert_same(Convolution, (X, y), nn.mse_loss, nn.Adam, metric=lambda o, t: 0.0)


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
def test_recurrent_nets(kind):
    rng = random.Random(0)
    X = [[rng.gauss(0, 1) for _ in range(5)] for _ in range(12)]
    y = [sum(x) for x in X]
    assert_same(
        lambda: Recurrent(kind), (X, y), nn.mse_loss, nn.Adam, metric=lambda o, t: 0.0, epochs=2
    )


@pytest.mark.parametrize("momentum", [0.1, None])
def test_batch_normalisation_keeps_the_same_statistics(momentum):
    models = []

    def net():
        norm = nn.BatchNorm1d(3, momentum=momentum)
        models.append(
            nn.Sequential(nn.Linear(2, 3, rng=0), norm, nn.Tanh(), nn.Linear(3, 1, rng=1))
        )
        return models[-1]

    X, y = nn.make_moons(20, noise=0.1, rng=1)
    targets = [[2.0 * label - 1.0] for label in y]
    data, validation = (X, targets), (X[:6], targets[:6])
    options = {"validation": validation, "epochs": 3, "metric": lambda o, t: 0.0}
    assert_same(net, data, nn.mse_loss, nn.Adam, **options)
    eager, compiled = (m.state_dict() for m in models)
    assert compiled == pytest.approx(eager, rel=1e-8)
    assert eager["1.num_batches_tracked"] == 9.0


def test_predictions_by_a_program_are_those_of_the_graph():
    X, _ = moons(101)  # more than a batch, and no multiple of one
    model = nn.MLP(2, [8, 3], rng=1)
    for eager, compiled in zip(
        nn.predict(model, X), nn.predict(model, X, compile=True), strict=True
    ):
        assert compiled == pytest.approx(eager, rel=1e-12)
    ragged = [[[1.0]], [[1.0], [2.0]]]
    cells = Recurrent(nn.GRU)
    sequences = [[x for [x] in xs] for xs in ragged]
    assert nn.predict(cells, sequences, compile=True) == nn.predict(cells, sequences)


@pytest.mark.parametrize("optimizer", [lambda ps: nn.LBFGS(ps, max_iter=5), nn.ConjugateGradient])
def test_optimisers_that_try_out_several_places(optimizer):
    assert_same(
        mlp,
        moons(),
        nn.mse_loss,
        optimizer,
        batch_size=None,
        epochs=2,
        metric=lambda outputs, targets: 0.0,
        penalty=nn.l2_penalty(1e-3),
    )


def test_a_loss_that_is_not_finite_leaves_the_last_parameters():
    model = nn.MLP(2, [1], rng=0)
    X, y = moons(8)

    def loss(outputs, targets):
        return nn.hinge_loss(outputs, targets) * Value(float("inf"), requires_grad=False)

    before = [p.data for p in model.parameters()]
    with pytest.raises(FloatingPointError, match="the loss is"):
        nn.fit(model, (X, y), loss, nn.Adam(model.parameters()), compile=True, progress=False)
    assert [p.data for p in model.parameters()] == before
