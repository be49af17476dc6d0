"""linear: the nodes of many dots, made in one go."""

import pytest

import autograd
from autograd import Value, dot, linear, no_grad


def layer(n=3, rows=2):
    inputs = [Value(0.3 * i - 0.7) for i in range(n)]
    weights = [[Value(0.11 * (i + 1) * (j - 1.5)) for i in range(n)] for j in range(rows)]
    biases = [Value(0.25 * j) for j in range(rows)]
    return inputs, weights, biases


def test_each_output_is_the_dot_node_of_its_row():
    inputs, weights, biases = layer()
    for fast, row, bias in zip(linear(inputs, weights, biases), weights, biases, strict=True):
        plain = dot(row, inputs, bias)
        assert fast.data.hex() == plain.data.hex()
        assert fast.primitive is plain.primitive
        assert fast.partials == plain.partials
        assert all(a is b for a, b in zip(fast.parents, plain.parents, strict=True))


@pytest.mark.parametrize(
    "change",
    [
        lambda inputs, weights, biases: inputs.__setitem__(0, 2.0),
        lambda inputs, weights, biases: weights[1].__setitem__(0, 2),
        lambda inputs, weights, biases: biases.__setitem__(0, 0.5),
        lambda inputs, weights, biases: biases.__setitem__(0, biases[0].detach()),
    ],
)
def test_numbers_and_constants_may_stand_anywhere(change):
    inputs, weights, biases = layer()
    change(inputs, weights, biases)
    expected = [dot(row, inputs, b).data for row, b in zip(weights, biases, strict=True)]
    outputs = linear(inputs, weights, biases)
    assert [y.data for y in outputs] == expected
    autograd.sum(outputs).backward()
    assert weights[0][1].grad == getattr(inputs[1], "data", inputs[1])


def test_constants_only_give_constants_and_numbers_only_give_numbers():
    inputs, weights, biases = layer()
    constants = linear(
        [x.detach() for x in inputs],
        [[w.detach() for w in row] for row in weights],
        [b.detach() for b in biases],
    )
    assert not any(y.requires_grad or y.parents for y in constants)
    assert linear([1.0], [[2.0], [3.0]], [0.5, 0.5]) == [2.5, 3.5]


def test_no_grad_records_nothing():
    with no_grad():
        assert not any(y.requires_grad for y in linear(*layer()))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda inputs, weights, biases: inputs.append(1.0), "3 weights and 4 inputs"),
        (lambda inputs, weights, biases: weights[1].pop(), "2 weights and 3 inputs"),
        (lambda inputs, weights, biases: biases.pop(), "2 rows and 1 biases"),
    ],
)
def test_lengths_that_differ_are_refused(change, message):
    arguments = layer()
    change(*arguments)
    with pytest.raises(ValueError, match=message):
        linear(*arguments)
