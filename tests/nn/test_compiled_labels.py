"""A program that is trained with a loss of labels holds for all labels: it is traced once."""

import random

import pytest

import autograd.compiler
import nn
from autograd import Value

WIDTH = 3
rows = random.Random(1)
W = [[Value(rows.gauss(0, 1)) for _ in range(WIDTH)] for _ in range(WIDTH)]


def logits(x):
    return [autograd.dot(row, x) for row in W]


def of_scores(loss):
    return lambda X, y: loss([logits(x)[0] for x in X], y)


def of_classes(loss, **options):
    return lambda X, y: loss([logits(x) for x in X], y, **options)


def of_logarithms(loss, **options):
    return lambda X, y: loss([autograd.log_softmax(logits(x)) for x in X], y, **options)


def shares(rng):
    part = rng.random()
    return [part, 1.0 - part, 0.0]


def sign(rng):
    return rng.choice([-1, 1])


def label(rng):
    return rng.randrange(WIDTH)


def some(index):
    """Every other label, on average, is to be ignored."""
    return lambda rng: rng.choice([*{0, 1, 2} - {index}, index, index])


TARGETS = {
    "hinge_loss": (of_scores(nn.hinge_loss), sign),
    "multi_margin_loss": (of_classes(nn.multi_margin_loss), label),
    "multi_margin_loss, squared": (
        of_classes(nn.multi_margin_loss, p=2, margin=0.5, weight=[1.0, 2.0, 3.0]),
        label,
    ),
    "cosine_embedding_loss": (
        lambda X, y: nn.cosine_embedding_loss(list(map(logits, X)), [[1.0, 2.0, 3.0]] * 4, y, 0.1),
        sign,
    ),
    "cross_entropy": (of_classes(nn.cross_entropy), label),
    "cross_entropy, shares": (of_classes(nn.cross_entropy), shares),
    "nll_loss": (of_logarithms(nn.nll_loss), label),
    "binary_cross_entropy_with_logits": (
        of_scores(nn.binary_cross_entropy_with_logits),
        lambda rng: rng.randrange(2),
    ),
    "kl_div": (of_logarithms(nn.kl_div), shares),
    "mse_loss": (of_scores(nn.mse_loss), random.Random.random),
    "l1_loss": (of_scores(nn.l1_loss), random.Random.random),
    "huber_loss": (of_scores(nn.huber_loss), random.Random.random),
    "smooth_l1_loss": (of_scores(nn.smooth_l1_loss), random.Random.random),
    "cross_entropy, a class ignored": (of_classes(nn.cross_entropy, ignore_index=1), some(1)),
    "cross_entropy, another ignored": (of_classes(nn.cross_entropy, ignore_index=-1), some(-1)),
    "cross_entropy, ignored and smoothed": (
        of_classes(nn.cross_entropy, ignore_index=1, label_smoothing=0.1, weight=[1.0, 2.0, 3.0]),
        some(1),
    ),
    "cross_entropy, ignored, each": (
        lambda X, y: autograd.sum(
            of_classes(nn.cross_entropy, ignore_index=0, reduction="none")(X, y)
        ),
        some(0),
    ),
    "nll_loss, a class ignored": (of_logarithms(nn.nll_loss, ignore_index=2), some(2)),
}


@pytest.mark.parametrize(("loss", "target"), TARGETS.values(), ids=TARGETS)
def test_a_batch_with_other_targets_needs_no_other_program(loss, target):
    rng = random.Random(3)
    program = autograd.compile(loss)
    parameters = [w for row in W for w in row]
    for _ in range(8):
        X = [[rng.gauss(0, 1) for _ in range(WIDTH)] for _ in range(4)]
        y = [target(rng) for _ in X]
        if all(t == y[0] for t in y):
            continue  # they might all be ignored
        for p in parameters:
            p.grad = 0.0
        wanted = loss(X, y)
        wanted.backward()
        gradients = {id(p): p.grad for p in parameters}
        value, found = program.value_and_grad(X, y)
        assert value == pytest.approx(wanted.item(), rel=1e-12)
        for p, gradient in zip(program.parameters, found, strict=True):
            assert gradient == pytest.approx(gradients[id(p)], rel=1e-9, abs=1e-12)
    assert program.traces == 1


def test_the_default_index_is_ignored_in_a_program_that_was_made_for_such_a_batch():
    loss = of_classes(nn.cross_entropy)
    X = [[1.0, 0.5, -1.0], [0.0, 1.0, 2.0]]
    program = autograd.compile(loss)
    assert program(X, [1, -100]) == pytest.approx(loss(X, [1, -100]).item())
    assert program(X, [-100, 2]) == pytest.approx(loss(X, [-100, 2]).item())
    plain = autograd.compile(loss)
    plain(X, [1, 2])
    assert plain(X, [1, -100]) == pytest.approx(loss(X, [1, -100]).item())


def test_all_ignored_is_an_error_in_a_program_too():
    program = autograd.compile(of_classes(nn.cross_entropy, ignore_index=0))
    program([[1.0, 0.5, -1.0]], [1])
    with pytest.raises(ValueError, match="no target counts"):
        program([[1.0, 0.5, -1.0]], [0])


# --- in fit ------------------------------------------------------------------------------------

RNG = random.Random(0)
X = [[RNG.gauss(0, 1), RNG.gauss(0, 1)] for _ in range(12)]
CLASSES = [RNG.randrange(3) for _ in X]
CASES = {
    "yes or no": (1, [x[0] > 0 for x in X], nn.binary_cross_entropy_with_logits),  # bools
    "classes": (3, CLASSES, nn.cross_entropy),
}


def trained(compile, width, y, loss, **options):
    model = nn.MLP(2, [4, width], rng=1)
    optimizer = nn.SGD(model.parameters(), lr=0.05)
    options = {"epochs": 4, "batch_size": 4, "rng": 3, "progress": False} | options
    metric = lambda outputs, targets: 0.0  # noqa: E731
    return nn.fit(model, (X, y), loss, optimizer, metric=metric, compile=compile, **options)


@pytest.fixture
def traces(monkeypatch):
    made = []
    real = autograd.compiler.Compiled.new_program

    def counting(self, *args):
        made.append(args)
        return real(self, *args)

    monkeypatch.setattr(autograd.compiler.Compiled, "new_program", counting)
    return made


@pytest.mark.parametrize("case", CASES)
def test_one_program_for_all_labels(case, traces):
    eager = trained(False, *CASES[case])
    assert not traces
    compiled = trained(True, *CASES[case])
    assert compiled.losses == pytest.approx(eager.losses, rel=1e-9)
    assert len(traces) == 1


@pytest.mark.parametrize(
    "options",
    [{}, {"label_smoothing": 0.1}, {"weight": [1.0, 2.0, 0.5], "label_smoothing": 0.2}],
)
def test_labels_to_be_ignored(options, traces):
    """As those of padding. A batch without any has a shorter program."""
    y = [-100 if i in (0, 5) else t for i, t in enumerate(CLASSES)]
    loss = nn.CrossEntropyLoss(**options)
    eager = trained(False, 3, y, loss)
    compiled = trained(True, 3, y, loss)
    assert compiled.losses == pytest.approx(eager.losses, rel=1e-9)
    assert len(traces) <= 2


def test_ignored_labels_of_log_probabilities():
    y = [-100 if i in (0, 5) else t for i, t in enumerate(CLASSES)]
    loss = lambda o, t: nn.nll_loss(list(map(autograd.log_softmax, o)), t, [1.0, 2.0, 0.5])  # noqa: E731
    eager, compiled = (trained(compile, 3, y, loss) for compile in (False, True))
    assert compiled.losses == pytest.approx(eager.losses, rel=1e-9)
