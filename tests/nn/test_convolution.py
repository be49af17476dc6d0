"""Convolution and pooling, against loops written out, differences, and PyTorch's conventions."""

import random

import pytest

import autograd
import nn
from autograd import Value


def image(channels, height, width, seed=0):
    rng = random.Random(seed)
    return [
        [[rng.uniform(-1, 1) for _ in range(width)] for _ in range(height)] for _ in range(channels)
    ]


def data(nested):
    return [data(x) for x in nested] if isinstance(nested, list) else nested.data


def test_conv1d_is_the_formula_of_its_docstring():
    conv = nn.Conv1d(2, 3, 3, stride=2, padding=2, dilation=2, rng=0)
    x = image(1, 2, 8)[0]
    outputs = conv(x)
    assert [len(channel) for channel in outputs] == [(8 + 4 - 4 - 1) // 2 + 1] * 3
    for o in range(3):
        for t, y in enumerate(outputs[o]):
            expected = conv.bias[o].data
            for c in range(2):
                for k in range(3):
                    at = 2 * t - 2 + 2 * k
                    if 0 <= at < 8:
                        expected += conv.weight[o][c][k].data * x[c][at]
            assert y.data == pytest.approx(expected, rel=1e-13)


def test_a_kernel_of_one_is_a_linear_layer_at_every_pixel():
    conv, linear = nn.Conv2d(3, 2, 1, rng=0), nn.Linear(3, 2)
    for o in range(2):
        linear.bias[o].data = conv.bias[o].data
        for c in range(3):
            linear.weight[o][c].data = conv.weight[o][c][0][0].data
    x = image(3, 2, 2)
    outputs = conv(x)
    for i in range(2):
        for j in range(2):
            pixel = linear([x[c][i][j] for c in range(3)])
            assert [outputs[o][i][j].data for o in range(2)] == data(pixel)


def test_an_image_moved_by_a_pixel_gives_the_outputs_moved_by_a_pixel():
    conv = nn.Conv2d(1, 1, 3, rng=0)
    x = image(1, 6, 6)
    moved = [[row[1:] for row in x[0]]]
    assert [row[1:] for row in data(conv(x))[0]] == data(conv(moved))[0]


def test_groups_see_their_own_channels_only():
    conv = nn.Conv1d(4, 2, 2, groups=2, rng=0)
    x = [[Value(v) for v in row] for row in image(1, 4, 3)[0]]
    sum(conv(x)[0]).backward()
    assert [any(v.grad for v in row) for row in x] == [True, True, False, False]


def test_weights_start_within_one_over_the_root_of_what_an_output_sees():
    conv = nn.Conv2d(8, 16, (2, 4), rng=0)
    numbers = [p.data for p in conv.parameters()]
    assert len(numbers) == 16 * 8 * 2 * 4 + 16
    assert max(map(abs, numbers)) <= 1 / 8 < 1.01 * max(map(abs, numbers))


def test_names_are_pytorchs():
    names = list(nn.Conv2d(1, 1, (1, 2)).state_dict())
    assert names == ["weight.0.0.0.0", "weight.0.0.0.1", "bias.0"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.Conv1d(2, 1, 2, padding=1, rng=0),
        lambda: nn.MaxPool1d(2),
        lambda: nn.AvgPool1d(2, stride=1, padding=1, count_include_pad=False),
    ],
)
def test_gradients_on_sequences_agree_with_differences(make):
    module = make()

    def output(a, b, c, d):
        rows = module([[a, b], [c, d]])
        return sum((i + 1) * y for i, y in enumerate(y for row in rows for y in row))

    assert autograd.gradcheck(output, 0.3, -0.6, 1.1, 0.2)


@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.Conv2d(1, 2, 2, padding=1, rng=0),
        lambda: nn.MaxPool2d(2, stride=1, padding=1),
        lambda: nn.AvgPool2d((1, 2)),
    ],
)
def test_gradients_on_images_agree_with_differences(make):
    module = make()

    def output(a, b, c, d):
        images = module([[[a, b], [c, d]]])
        return sum((i + 1) * y for i, y in enumerate(y for im in images for row in im for y in row))

    assert autograd.gradcheck(output, 0.3, -0.6, 1.1, 0.2)


# --- pooling --------------------------------------------------------------------------------------


def test_the_largest_of_a_window_takes_the_slope_and_ties_share_it():
    x = [Value(1.0), Value(3.0), Value(2.0), Value(2.0)]
    sum(nn.MaxPool1d(2)([x])[0]).backward()
    assert [v.grad for v in x] == [0.0, 1.0, 0.5, 0.5]


def test_padding_is_never_the_largest_and_counts_as_zero_in_means_unless_told():
    assert nn.MaxPool1d(2, padding=1)([[-5.0, -6.0]]) == [[-5.0, -6.0]]
    assert nn.AvgPool1d(2, padding=1)([[4.0, 6.0]]) == [[2.0, 3.0]]
    assert nn.AvgPool1d(2, padding=1, count_include_pad=False)([[4.0, 6.0]]) == [[4.0, 6.0]]


def test_zeros_in_the_data_are_not_taken_for_padding():
    zeros = [[0.0, 0.0, 4.0, 0.0]]
    assert nn.AvgPool1d(2, count_include_pad=False)(zeros) == [[0.0, 2.0]]
    assert nn.MaxPool1d(2)([[-1.0, 0.0]]) == [[0.0]]


def test_a_convolutional_network_learns_to_tell_bars_apart():
    rng = random.Random(0)
    model = nn.Sequential(
        nn.Conv2d(1, 2, 2, rng=rng),
        nn.Tanh(),
        nn.MaxPool2d(2, stride=1),
        nn.Flatten(),
        nn.Linear(8, 1, rng=rng),
    )
    lying = [[[[1.0 if i == k else 0.0 for _ in range(4)] for i in range(4)]] for k in range(4)]
    standing = [[list(map(list, zip(*x[0], strict=True)))] for x in lying]
    X, y = lying + standing, [[1.0]] * 4 + [[-1.0]] * 4
    optimizer = nn.Adam(model.parameters(), lr=0.05)
    for _ in range(60):
        loss = nn.mse_loss([model(x) for x in X], y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.data < 0.05


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.Conv1d(2, 1, 2)([[1.0, 2.0]]), ValueError, r"Conv1d\(2, 1, 2\).*2 chan.*not 1"),
        (lambda: nn.Conv1d(1, 1, 2)([[[1.0]]]), ValueError, "lists of numbers.*shapes"),
        (lambda: nn.Conv1d(2, 1, 2)([[1.0, 2.0], [1.0]]), ValueError, "one shape"),
        (lambda: nn.Conv1d(1, 1, 3)([[1.0, 2.0]]), ValueError, "spans 3.*length of 2"),
        (lambda: nn.Conv1d(1, 1, 2)(3.0), TypeError, "1 channels.*not a float"),
        (lambda: nn.Conv1d(1, 1, 2)([["a", 1.0]]), TypeError, "'a'"),
        (lambda: nn.Conv2d(1, 1, 2)([[1.0, 2.0]]), ValueError, "lists of rows"),
        (lambda: nn.Conv2d(1, 1, (3, 1))([[[1.0], [2.0]]]), ValueError, "spans 3.*height of 2"),
        (lambda: nn.Conv2d(1, 1, (1, 3))([[[1.0], [2.0]]]), ValueError, "spans 3.*width of 1"),
        (lambda: nn.Conv2d(1, 1, (1, 2, 3)), ValueError, "kernel_size must be an int or a pair"),
        (lambda: nn.Conv1d(0, 1, 2), ValueError, "in_channels must be at least 1"),
        (lambda: nn.Conv1d(1, 1, 2, padding=-1), ValueError, "padding must be at least 0"),
        (lambda: nn.Conv1d(3, 2, 2, groups=2), ValueError, "2 does not divide 3"),
        (lambda: nn.Conv1d(1, 1, 2, stride=0), ValueError, "stride must be at least 1"),
        (lambda: nn.MaxPool1d(2, padding=2), ValueError, "at most half of kernel_size, 2, not 2"),
        (lambda: nn.MaxPool1d(3)([[1.0]]), ValueError, "MaxPool1d.*spans 3"),
        (lambda: nn.AvgPool2d(2)([[1.0, 2.0]]), ValueError, "AvgPool2d.*lists of rows"),
    ],
)
def test_mistakes_get_an_error_that_names_them(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("module", "text"),
    [
        (nn.Conv1d(1, 2, 3), "Conv1d(1, 2, 3)"),
        (nn.Conv2d(2, 2, 3, stride=2, groups=2, bias=False), None),
        (nn.MaxPool2d(2), "MaxPool2d((2, 2), stride=(2, 2))"),
        (nn.AvgPool1d(4, padding=1), "AvgPool1d(4, stride=4, padding=1)"),
    ],
)
def test_descriptions_say_what_is_unusual(module, text):
    assert module.describe() == (
        text or "Conv2d(2, 2, (3, 3), stride=(2, 2), groups=2, bias=False)"
    )
