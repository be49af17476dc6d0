"""Attention: masks, causality, heads, the transformer block."""

import math
import random

import numpy as np
import pytest

import autograd
import nn
from autograd import Value, leaves, scope_of

attend = nn.scaled_dot_product_attention


def sequence(n, size, seed=0):
    rng = random.Random(seed)
    return [[Value(rng.uniform(-1, 1)) for _ in range(size)] for _ in range(n)]


def data(nested):
    return [data(x) for x in nested] if isinstance(nested, list) else nested.data


def test_attention_is_the_formula_in_numpy():
    q, k, v = sequence(3, 4, 1), sequence(5, 4, 2), sequence(5, 2, 3)
    Q, K, V = (np.array(data(x)) for x in (q, k, v))
    scores = np.exp(Q @ K.T / math.sqrt(4))
    expected = scores / scores.sum(axis=1, keepdims=True) @ V
    assert np.allclose(data(attend(q, k, v)), expected, rtol=1e-14, atol=0)


def test_equal_keys_get_equal_weights_and_huge_scores_do_not_overflow():
    assert data(attend([[1.0]], [[Value(2.0)]] * 2, [[1.0], [3.0]])) == [[2.0]]
    outputs = attend([[1e3]], [[Value(1e3)], [Value(0.0)]], [[1.0], [3.0]])
    assert data(outputs) == [[1.0]]


def test_a_causal_output_depends_on_nothing_that_comes_later():
    x = sequence(4, 2)
    for i, output in enumerate(attend(x, x, x, is_causal=True)):
        used = {id(leaf) for y in output for leaf in leaves(y)}
        for j, vector in enumerate(x):
            assert {id(v) in used for v in vector} == {j <= i}


def test_masks_that_say_the_same_agree():
    q, k, v = (sequence(3, 2, seed) for seed in (1, 2, 3))
    may_look = [[j <= i for j in range(3)] for i in range(3)]
    added = [[0.0 if look else -math.inf for look in row] for row in may_look]
    causal = data(attend(q, k, v, is_causal=True))
    for mask in (may_look, added, np.array(may_look), np.array(added)):
        assert data(attend(q, k, v, mask)) == causal
    module = nn.MultiheadAttention(2, 1, rng=0)
    outputs = data(module(q, k, v, None, True)[0])
    for blocks in ([[not m for m in row] for row in may_look], added):
        assert data(module(q, k, v, blocks)[0]) == outputs


def test_numbers_in_a_mask_may_be_learned():
    q, k = (sequence(1, 2, seed) for seed in (1, 2))
    bias = Value(0.5)
    (output,) = attend(q, k * 2, [[1.0], [2.0]], [[bias, 0.0]])
    output[0].backward()
    assert output[0].data == pytest.approx(1 + 1 / (1 + math.exp(0.5)))
    assert bias.grad == pytest.approx(-math.exp(0.5) / (1 + math.exp(0.5)) ** 2)


def test_the_weights_of_each_query_add_up_to_1_and_are_the_mean_over_heads():
    x = sequence(3, 4)
    module = nn.MultiheadAttention(4, 2, rng=0)
    outputs, weights = module(x, x, x, None, True)
    assert [len(o) for o in outputs] == [4] * 3
    for i, row in enumerate(weights):
        assert sum(row).data == pytest.approx(1.0, rel=1e-15)
        assert [w.data == 0.0 for w in row] == [j > i for j in range(3)]


def test_names_and_starts_are_pytorchs():
    module = nn.MultiheadAttention(4, 2, rng=0)
    kinds = {name.split(".")[0] + "." * ("." in name[:9]) for name in module.state_dict()}
    assert {"in_proj_weight", "in_proj_bias"} <= kinds
    assert len(module.in_proj_weight) == 12
    assert {b.data for b in [*module.in_proj_bias, *module.out_proj.bias]} == {0.0}
    bound = math.sqrt(6 / 16)
    assert max(abs(w.data) for row in module.in_proj_weight for w in row) <= bound


def test_heads_are_scopes():
    x = sequence(2, 4)
    module = nn.MultiheadAttention(4, 2, rng=0)
    outputs, _ = module(x, x, x)
    paths = {
        scope_of(node).path
        for node in autograd.topological_order(outputs[0][0])
        if scope_of(node) is not None
    }
    assert {("MultiheadAttention", "head=0"), ("MultiheadAttention", "head=1")} <= paths


def test_dropout_thins_weights_while_training_only():
    x = sequence(3, 4)
    module = nn.MultiheadAttention(4, 2, dropout=0.5, rng=0)
    assert data(module(x, x, x)[0]) != data(module(x, x, x)[0])
    module.eval()
    assert data(module(x, x, x)[0]) == data(module(x, x, x)[0])


@pytest.mark.parametrize("norm_first", [False, True])
def test_a_causal_block_is_causal(norm_first):
    block = nn.TransformerEncoderLayer(4, 2, 3, dropout=0.0, norm_first=norm_first, rng=0)
    x = sequence(3, 4)
    autograd.dot([1.0, 2.0, 3.0, 4.0], block(x, None, True)[1]).backward()
    assert [any(v.grad for v in vector) for vector in x] == [True, True, False]


def test_gradients_agree_with_differences():
    block = nn.TransformerEncoderLayer(2, 1, 3, dropout=0.0, activation="gelu", rng=0)

    def output(a, b, c, w):
        block.self_attn.in_proj_weight[2][1] = w
        first, second = block([[a, b], [c, 0.3]])
        return autograd.dot([1.0, -2.0, 0.5, 0.7], first + second)

    assert autograd.gradcheck(output, 0.3, -0.8, 1.2, 0.4)
    q, k, v = (sequence(1, 2, seed) for seed in (1, 2, 3))
    assert autograd.gradcheck(lambda a, b: attend([[a, b]], q + k, v + v)[0][0], 0.2, 0.9)


X = [[0.0, 0.0]]
ATTENTION = nn.MultiheadAttention(2, 1, rng=0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: attend(X, X, X, [[True]], True), ValueError, "attn_mask or is_causal, not both"),
        (lambda: attend(X, X, X, [[True, True]]), ValueError, r"1 rows.*of 1.*not rows of \[2\]"),
        (lambda: attend(X + X, X + X, X + X, [[1, 0], [1, 1]]), TypeError, "ints 0 and 1: say"),
        (
            lambda: attend(X + X, X + X, X + X, np.array([[1, 0], [1, 1]])),
            TypeError,
            "with True and False",
        ),
        (lambda: attend(X, X, X, [[False]]), ValueError, "query 0 may look at no key"),
        (lambda: attend([[0.0]], X, X), ValueError, "1 as the first query, but a key has 2"),
        (lambda: attend(X, X, X + X), ValueError, "one value per key, 1, not 2"),
        (lambda: ATTENTION(X, [[1.0]], X), ValueError, "2 numbers per vector of key, not 1"),
        (lambda: ATTENTION(X, X, X + X), ValueError, "2 values and 1 keys"),
        (lambda: ATTENTION([], X, X), ValueError, "query must have at least one vector"),
        (lambda: nn.MultiheadAttention(4, 3), ValueError, "must divide embed_dim, 4, not 3"),
        (lambda: nn.TransformerEncoderLayer(2, 1, activation="sin"), ValueError, "'sin'"),
        (
            lambda: nn.TransformerEncoderLayer(2, 1, 3)([[1.0]]),
            ValueError,
            r"TransformerEncoderLayer\(2, 1\) takes 2 numbers per vector of src, not 1",
        ),
    ],
)
def test_mistakes_get_an_error_that_names_them(call, error, message):
    with pytest.raises(error, match=message):
        call()
