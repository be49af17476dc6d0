"""A program that is trained with a loss of labels holds for all labels: it is traced once."""

import random

import pytest

import autograd.compiler
import nn

RNG = random.Random(0)
X = [[RNG.gauss(0, 1), RNG.gauss(0, 1)] for _ in range(12)]
CLASSES = [RNG.randrange(3) for _ in X]
SIGNS = [1 if x[0] > 0 else -1 for x in X]


def similar(outputs, targets):
    """Are outputs like a given vector (1) or not (−1)?"""
    return nn.cosine_embedding_loss(outputs, [t[:3] for t in targets], [t[3] for t in targets])


CASES = {
    "hinge": (1, SIGNS, nn.hinge_loss),
    "margins": (3, CLASSES, nn.multi_margin_loss),
    "squared margins": (3, CLASSES, nn.MultiMarginLoss(p=2, weight=[1.0, 2.0, 0.5])),
    "cosines": (3, [[1.0, 0.0, 1.0, s] for s in SIGNS], similar),
    "yes or no": (1, [s > 0 for s in SIGNS], nn.binary_cross_entropy_with_logits),
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
