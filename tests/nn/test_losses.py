"""Losses: their values, their gradients, their stability, their errors."""

import math

import pytest

import autograd
import nn
from autograd import Value


def test_mse_of_lists_of_outputs_is_the_mean_over_all_numbers():
    outputs = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    assert nn.mse_loss(outputs, [[1.0, 0.0], [3.0, 2.0]]).data == 2.0


def test_the_gradient_of_cross_entropy_is_probability_minus_one_hot():
    logits = [Value(1.0), Value(-1.0), Value(0.5)]
    nn.cross_entropy([logits], [2]).backward()
    probabilities = autograd.softmax([1.0, -1.0, 0.5])
    expected = [p - (i == 2) for i, p in enumerate(probabilities)]
    assert [z.grad for z in logits] == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("z", [1000.0, -1000.0, 1e300])
def test_cross_entropies_are_finite_on_extreme_logits(z):
    for loss, leaf in [
        ((x := [Value(z), Value(0.0)]) and nn.cross_entropy([x], [1]), x[0]),
        (nn.binary_cross_entropy_with_logits([y := Value(z)], [0]), y),
    ]:
        loss.backward()
        assert loss.data == max(z, 0.0)
        assert leaf.grad == (1.0 if z > 0 else 0.0)


def test_binary_cross_entropy_is_the_two_class_cross_entropy():
    for target in (0, 1):
        binary = nn.binary_cross_entropy_with_logits([Value(0.7)], [target])
        both = nn.cross_entropy([[Value(0.0), Value(0.7)]], [target])
        assert binary.data == pytest.approx(both.data, rel=1e-15)


def test_soft_targets_weigh_both_sides():
    loss = nn.binary_cross_entropy_with_logits([Value(0.7)], [0.25]).data
    p = 1 / (1 + math.exp(-0.7))
    assert loss == pytest.approx(-0.25 * math.log(p) - 0.75 * math.log(1 - p), rel=1e-14)


LOSSES = {
    "mse": lambda a, b: nn.mse_loss([a, b], [0.3, -0.2]),
    "l1": lambda a, b: nn.l1_loss([a, b], [0.3, -0.2]),
    "smooth l1": lambda a, b: nn.smooth_l1_loss([a, b], [0.3, -0.2], beta=0.5),
    "huber": lambda a, b: nn.huber_loss([a, b], [0.3, -0.2], delta=0.5),
    "hinge": lambda a, b: nn.hinge_loss([a, b], [1, -1]),
    "multi-margin": lambda a, b: nn.multi_margin_loss([[a, b], [b, a * b]], [0, 1], p=2),
    "cosine": lambda a, b: nn.cosine_embedding_loss([[a, b]] * 2, [[1.0, b], [a, 2.0]], [1, -1]),
    "logits": lambda a, b: nn.binary_cross_entropy_with_logits([a, b], [1, 0.3], pos_weight=2.0),
    "logits, target": lambda a, b: nn.binary_cross_entropy_with_logits([b], [a]),
    "probabilities": lambda a, b: nn.binary_cross_entropy([a, a * a], [0.3, 1]),
    "cross-entropy": lambda a, b: nn.cross_entropy([[a, b], [b, a * b]], [0, 1]),
    "smoothed": lambda a, b: nn.cross_entropy([[a, b]], [0], [1.0, 2.0], label_smoothing=0.2),
    "soft": lambda a, b: nn.cross_entropy([[a, b]], [[a, 1 - a]]),
    "nll": lambda a, b: nn.nll_loss(autograd.log_softmax([a, b]), 1),
    "kl": lambda a, b: nn.kl_div(autograd.log_softmax([a, b]), [0.3, 0.7]),
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_gradients_agree_with_central_differences(loss):
    assert autograd.gradcheck(loss, 0.4, -1.3)


def test_nothing_is_lost_where_a_cross_entropy_is_nearly_0():
    logits = [Value(40.0), Value(0.0)]
    loss = nn.cross_entropy([logits], [0])
    loss.backward()
    assert loss.data == pytest.approx(math.exp(-40), rel=1e-15)
    assert [z.grad for z in logits] == pytest.approx([-math.exp(-40), math.exp(-40)], rel=1e-14)


def test_a_class_that_cannot_be_counts_for_nothing_where_its_probability_is_0():
    logits = [Value(-math.inf), Value(0.0), Value(1.0)]
    loss = nn.cross_entropy([logits], [[0.0, 0.5, 0.5]])
    loss.backward()
    assert loss.data == pytest.approx(nn.cross_entropy([[0.0, 1.0]], [[0.5, 0.5]]))
    assert [z.grad for z in logits] == pytest.approx([0.0, 0.2689414 - 0.5, 0.7310586 - 0.5])


def test_a_slope_leads_away_from_a_probability_that_is_wrong_for_sure():
    p, q = Value(0.0), Value(1.0)
    nn.binary_cross_entropy([p, q], [1, 0], reduction="sum").backward()
    assert (p.grad, q.grad) == (-1e12, 1e12)
    right = Value(0.0)  # where PyTorch's is 0, ours is that of −ln(1 − p)
    nn.binary_cross_entropy([right], [0]).backward()
    assert right.grad == 1.0


def test_none_keeps_the_form_of_the_outputs():
    rows = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
    terms = nn.l1_loss(rows, [[0.0] * 2] * 2, reduction="none")
    assert [[t.data for t in row] for row in terms] == [[1.0, 2.0], [3.0, 4.0]]
    assert len(nn.cross_entropy(rows, [0, 1], reduction="none")) == 2


def test_samples_to_be_ignored_leave_no_slope():
    kept, ignored = [Value(1.0), Value(2.0)], [Value(1.0), Value(2.0)]
    nn.cross_entropy([kept, ignored], [0, -100]).backward()
    assert kept[0].grad != 0.0
    assert [z.grad for z in ignored] == [0.0, 0.0]


MODULES = {
    "MSELoss": (nn.mse_loss, ([1.0, 2.0], [0.0, 0.5])),
    "L1Loss": (nn.l1_loss, ([1.0, 2.0], [0.0, 0.5])),
    "SmoothL1Loss": (nn.smooth_l1_loss, ([1.0, 2.0], [0.0, 0.5])),
    "HuberLoss": (nn.huber_loss, ([1.0, 2.0], [0.0, 0.5])),
    "HingeLoss": (nn.hinge_loss, ([1.0, 2.0], [-1, 1])),
    "MultiMarginLoss": (nn.multi_margin_loss, ([[1.0, 2.0]], [0])),
    "CosineEmbeddingLoss": (nn.cosine_embedding_loss, ([[1.0, 2.0]], [[2.0, 1.0]], [1])),
    "BCELoss": (nn.binary_cross_entropy, ([0.1, 0.9], [0, 0.5])),
    "BCEWithLogitsLoss": (nn.binary_cross_entropy_with_logits, ([1.0, 2.0], [0, 0.5])),
    "CrossEntropyLoss": (nn.cross_entropy, ([[1.0, 2.0]], [0])),
    "NLLLoss": (nn.nll_loss, ([[-1.0, -2.0]], [0])),
    "KLDivLoss": (nn.kl_div, ([-1.0, -2.0], [0.1, 0.9])),
}


@pytest.mark.parametrize("name", MODULES)
def test_each_loss_is_a_module_too(name):
    function, arguments = MODULES[name]
    module = getattr(nn, name)(reduction="sum")
    assert module(*arguments) == function(*arguments, reduction="sum") != 0.0
    assert repr(module) == f"{name}(reduction='sum')  (0 parameters)"
    with pytest.raises(TypeError, match="'reductoin' is not among"):
        getattr(nn, name)(reductoin="sum")


def test_fit_takes_a_module_as_its_loss():
    model = nn.MLP(1, [1], rng=0)
    history = nn.fit(
        model,
        ([[0.0], [1.0]], [1.0, -1.0]),
        nn.MSELoss(),
        nn.SGD(model.parameters(), lr=0.3),
        epochs=60,
        progress=False,
    )
    assert history.train_loss[-1] < 1e-3


v = [Value(1), Value(2)]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: nn.mse_loss([Value(1)], [1, 2]), ValueError, "1 outputs and 2 targets"),
        (lambda: nn.mse_loss([], []), ValueError, "batch is empty"),
        (lambda: nn.mse_loss([v], [1]), ValueError, r"must be nested alike, as \[\[1.0\]"),
        (lambda: nn.mse_loss(v, [1, None]), TypeError, "mse_loss: .* not NoneType"),
        (lambda: nn.mse_loss(v, ["1", "2"]), TypeError, "mse_loss: .* not str"),
        (lambda: nn.hinge_loss(v, ["1", "2"]), ValueError, r"targets\[0\] is '1'"),
        (
            lambda: nn.binary_cross_entropy([Value(0.5)], [None]),
            ValueError,
            r"targets\[0\] is None",
        ),
        (lambda: nn.binary_cross_entropy_with_logits(v, ["yes", 1]), ValueError, "is 'yes'"),
        (lambda: nn.mse_loss(v, [[1, 2], [1, 2]]), ValueError, "is a list where .* is a number"),
        (lambda: nn.mse_loss([v], [1]), ValueError, "is a number where a list of 2 is"),
        (lambda: nn.mse_loss(v, v, reduction="avg"), ValueError, "'none', not 'avg'"),
        (lambda: nn.cross_entropy([v], [0], reduction="avg"), ValueError, "reduction must be"),
        (lambda: nn.kl_div(v, v, reduction="avg"), ValueError, "'batchmean', not 'avg'"),
        (lambda: nn.huber_loss(v, v, delta=0), ValueError, "delta must be > 0, not 0"),
        (lambda: nn.smooth_l1_loss(v, v, beta=-1), ValueError, "beta must be ≥ 0, not -1"),
        (lambda: nn.hinge_loss([Value(1)], [0]), ValueError, r"targets\[0\] is 0"),
        (lambda: nn.multi_margin_loss([v], [0], p=3), ValueError, "p must be one of 1, 2, not 3"),
        (lambda: nn.multi_margin_loss([v], [2]), ValueError, "there are 2 classes"),
        (lambda: nn.cosine_embedding_loss([v], [v], [0]), ValueError, r"targets\[0\] is 0"),
        (lambda: nn.cosine_embedding_loss(v, v, 1, margin=2), ValueError, "margin must be in"),
        (
            lambda: nn.binary_cross_entropy_with_logits([Value(1)], [2]),
            ValueError,
            r"targets\[0\] is 2",
        ),
        (
            lambda: nn.binary_cross_entropy_with_logits([v], [[1, 0]], pos_weight=[1.0] * 3),
            ValueError,
            "pos_weight",
        ),
        (
            lambda: nn.binary_cross_entropy([Value(1.5)], [1]),
            ValueError,
            "input 0 is 1.5; for logits use binary_cross_entropy_with_logits",
        ),
        (
            lambda: nn.cross_entropy([[Value(1), Value(2)]], [2]),
            ValueError,
            r"targets\[0\] is 2, but there are 2 classes",
        ),
        (lambda: nn.cross_entropy([[Value(1)]], [-1]), ValueError, r"targets\[0\] is -1"),
        (lambda: nn.cross_entropy([[Value(1)]], [0.5]), TypeError, "class index"),
        (lambda: nn.cross_entropy([Value(1)], [0]), TypeError, "list of logits per sample"),
        (lambda: nn.cross_entropy([0], [[Value(1), Value(2)]]), TypeError, r"outputs\[0\] is 0"),
        (lambda: nn.cross_entropy(None, [0]), TypeError, "list of logits per sample.*not None"),
        (lambda: nn.cross_entropy([[Value(1)]], [0, 0]), ValueError, "1 outputs and 2 targets"),
        (lambda: nn.cross_entropy([v], [[1.0]]), ValueError, "2 outputs and 1 targets"),
        (lambda: nn.cross_entropy([v], [0], [1.0]), ValueError, "weight has 1 numbers, but"),
        (lambda: nn.cross_entropy([v], [0], [1.0, -1]), ValueError, r"weight\[1\] must be ≥ 0"),
        (lambda: nn.cross_entropy([v], [-100]), ValueError, "no target counts"),
        (
            lambda: nn.cross_entropy([v], [0], label_smoothing=1.5),
            ValueError,
            r"label_smoothing must be in \[0, 1\], not 1.5",
        ),
    ],
)
def test_bad_arguments_get_an_error_that_names_them(make, error, message):
    with pytest.raises(error, match=message):
        make()
