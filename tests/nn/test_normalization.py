"""BatchNorm's statistics and modes, LayerNorm, RMSNorm."""

import random
import statistics

import pytest

import autograd
import nn
from autograd import Value, no_grad

BATCH = [[1.0, 10.0], [2.0, 30.0], [6.0, 20.0]]


def data(nested):
    return [data(x) for x in nested] if isinstance(nested, list) else nested.data


def test_while_training_each_channel_of_a_batch_has_mean_0_and_variance_1():
    outputs = data(nn.BatchNorm1d(2, eps=0.0)(BATCH))
    for channel in zip(*outputs, strict=True):
        assert statistics.fmean(channel) == pytest.approx(0.0, abs=1e-15)
        assert statistics.pvariance(channel) == pytest.approx(1.0, rel=1e-14)


def test_running_statistics_follow_with_the_unbiased_variance():
    norm = nn.BatchNorm1d(2, momentum=0.25)
    norm(BATCH)
    for c, channel in enumerate(zip(*BATCH, strict=True)):
        mean, variance = statistics.fmean(channel), statistics.variance(channel)
        assert norm.running_mean[c].data == pytest.approx(0.25 * mean, rel=1e-15)
        assert norm.running_var[c].data == pytest.approx(0.75 + 0.25 * variance, rel=1e-15)
    assert norm.num_batches_tracked.data == 1.0


def test_without_momentum_they_are_the_average_over_all_batches():
    norm = nn.BatchNorm1d(1, momentum=None)
    for batch in ([[1.0], [3.0]], [[2.0], [8.0]], [[0.0], [1.0]]):
        norm(batch)
    assert norm.running_mean[0].data == pytest.approx((2 + 5 + 0.5) / 3)
    assert norm.running_var[0].data == pytest.approx((2 + 18 + 0.5) / 3)


def test_in_eval_mode_the_running_statistics_are_used_and_left_alone():
    norm = nn.BatchNorm1d(2, momentum=0.5)
    norm(BATCH)
    norm.eval()
    before = norm.state_dict()
    x = [4.0, -3.0]
    (alone,) = norm([x])
    assert data(norm([x, [100.0, 100.0]])[0]) == data(alone)
    for c in range(2):
        scale = (norm.running_var[c].data + 1e-5) ** -0.5
        assert alone[c].data == pytest.approx((x[c] - norm.running_mean[c].data) * scale, rel=1e-14)
    assert norm.state_dict() == before


def test_statistics_of_the_batch_carry_gradients_and_running_ones_do_not():
    norm = nn.BatchNorm1d(1)
    x = [[Value(1.0)], [Value(2.0)], [Value(4.0)]]
    norm(x)[0][0].backward()
    assert x[1][0].grad != 0.0  # through mean and variance
    assert [b.grad for b in norm.buffers()] == [0.0] * 3
    norm.eval()
    x = [[Value(1.0)], [Value(2.0)]]
    norm(x)[0][0].backward()
    assert x[1][0].grad == 0.0


def test_a_shift_of_the_batch_changes_nothing_so_its_gradient_is_0():
    norm = nn.BatchNorm1d(1)
    x = [[Value(v)] for v in (0.3, -1.0, 2.0, 0.7)]
    outputs = norm(x)
    sum(w * y[0] for w, y in zip((1.0, -2.0, 0.5, 3.0), outputs, strict=True)).backward()
    assert sum(v[0].grad for v in x) == pytest.approx(0.0, abs=1e-14)


def test_statistics_move_under_no_grad_too():
    norm = nn.BatchNorm1d(2)
    with no_grad():
        outputs = norm(BATCH)
    assert not outputs[0][0].requires_grad
    assert norm.num_batches_tracked.data == 1.0


def test_a_network_with_batchnorm_learns_and_then_judges_single_samples():
    rng = random.Random(0)
    model = nn.Sequential(
        nn.Linear(2, 4, rng=rng), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 1, rng=rng)
    )
    X = [[rng.gauss(50, 20), rng.gauss(-3, 0.1)] for _ in range(16)]
    y = [[1.0 if x[0] > 50 else -1.0] for x in X]
    optimizer = nn.Adam(model.parameters(), lr=0.05)
    for _ in range(80):
        loss = nn.mse_loss(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    right = sum(model([x])[0][0].data * t[0] > 0 for x, t in zip(X, y, strict=True))
    assert right >= 15


def test_images_are_normalised_over_batch_and_pixels():
    norm = nn.BatchNorm2d(1, eps=0.0)
    outputs = data(norm([[[[1.0, 2.0]]], [[[3.0, 6.0]]]]))
    pixels = [p for image in outputs for row in image[0] for p in row]
    assert statistics.fmean(pixels) == pytest.approx(0.0, abs=1e-15)
    assert statistics.pvariance(pixels) == pytest.approx(1.0)


def test_layernorm_has_mean_0_and_variance_1_and_rmsnorm_mean_square_1():
    x = [1.0, 2.0, 6.0, -3.0]
    layer, rms = data(nn.LayerNorm(4, eps=0.0)(x)), data(nn.RMSNorm(4, eps=0.0)(x))
    assert statistics.fmean(layer) == pytest.approx(0.0, abs=1e-15)
    assert statistics.pvariance(layer) == pytest.approx(1.0)
    assert statistics.fmean([v * v for v in rms]) == pytest.approx(1.0)
    assert rms[2] / rms[0] == pytest.approx(6.0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: lambda a, b, c: nn.LayerNorm(3)([a, b, c]),
        lambda: lambda a, b, c: nn.RMSNorm(3)([a, b, c]),
        lambda: lambda a, b, c: [y for s in nn.BatchNorm1d(1)([[a], [b], [c]]) for y in s],
        lambda: lambda a, b, c: nn.BatchNorm1d(3).eval()([[a, b, c]])[0],
    ],
)
def test_gradients_agree_with_differences(make):
    module = make()
    assert autograd.gradcheck(lambda *x: autograd.dot([1.0, -2.0, 0.5], module(*x)), 0.3, -0.8, 1.2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.BatchNorm1d(2)([[1.0, 2.0]]), "more than one number per channel.*eval"),
        (lambda: nn.BatchNorm1d(2)([]), r"BatchNorm1d\(2\) takes a batch.*empty"),
        (lambda: nn.BatchNorm1d(2)([1.0, 2.0]), r"of 2 channels, but sample 0 has the shape \(\)"),
        (lambda: nn.BatchNorm1d(2)([[1.0, 2.0], [1.0]]), r"sample 1 has the shape \(1,\)"),
        (lambda: nn.BatchNorm1d(2)([[1.0, [2.0]]]), "sample 0 is ragged"),
        (lambda: nn.BatchNorm2d(1)([[[1.0]], [[1.0]]]), r"sample 0 has the shape \(1, 1\)"),
        (lambda: nn.LayerNorm(3)([1.0, 2.0]), r"LayerNorm\(3\) takes 3 inputs, not 2"),
        (lambda: nn.RMSNorm(3)([1.0]), r"RMSNorm\(3\) takes 3 inputs, not 1"),
        (lambda: nn.LayerNorm([2, 2])([1.0, 2.0]), r"the shape \(2, 2\), not \(2,\)"),
        (lambda: nn.LayerNorm([]), "at least one length"),
        (lambda: nn.BatchNorm1d(0), "num_features must be at least 1"),
    ],
)
def test_mistakes_get_an_error_that_names_them(call, message):
    with pytest.raises(ValueError, match=message):
        call()
