"""Looking inside: attributions add up, importance finds what matters, nothing is changed."""

import math
import random

import pytest

import nn
from autograd import Value
from nn.interpret import (
    integrated_gradients,
    permutation_importance,
    representations,
    saliency,
    sensitivity,
)
from nn.principal_components import principal_components


def points(n, width, seed=0):
    rng = random.Random(seed)
    return [[rng.gauss(0, 1) for _ in range(width)] for _ in range(n)]


class TestSaliency:
    def test_it_is_the_slope_of_the_score(self):
        model = nn.MLP(3, [5, 1], activation="tanh", rng=0)
        [x] = points(1, 3)
        h = 1e-6
        for i, slope in enumerate(saliency(model, x)):
            up, down = list(x), list(x)
            up[i] += h
            down[i] -= h
            assert slope == pytest.approx((model(up).data - model(down).data) / (2 * h), abs=1e-8)

    def test_without_a_target_it_is_that_of_the_largest_score(self):
        model = nn.MLP(3, [5, 4], rng=0)
        [x] = points(1, 3)
        scores = nn.predict(model, [x])[0]
        assert saliency(model, x) == saliency(model, x, scores.index(max(scores)))
        assert saliency(model, x, 0) != saliency(model, x, 1)

    def test_it_has_the_form_of_the_sample(self):
        rows = saliency(
            lambda image: image[0][1] * 3.0 + image[1][0] ** 2, [[1.0, 2.0], [3.0, 4.0]]
        )
        assert rows == [[0.0, 3.0], [6.0, 0.0]]

    def test_a_model_that_takes_no_notice_has_no_slope(self):
        assert saliency(lambda x: Value(1.0), [1.0, 2.0]) == [0.0, 0.0]

    def test_a_target_that_is_not_there(self):
        with pytest.raises(IndexError, match="target must be from 0 to 1, not 2"):
            saliency(lambda x: [x[0], x[1]], [1.0, 2.0], target=2)
        with pytest.raises(IndexError, match="one output"):
            saliency(lambda x: x[0], [1.0], target=1)


class TestIntegratedGradients:
    @pytest.mark.parametrize("activation", ["relu", "tanh", "gelu", "elu"])
    @pytest.mark.parametrize("seed", range(3))
    def test_contributions_add_up_to_a_millionth(self, activation, seed):
        model = nn.MLP(6, [12, 12, 3], activation=activation, rng=seed)
        x, baseline = points(2, 6, seed)
        found = integrated_gradients(model, x, baseline, target=1)
        scores = [nn.predict(model, [each])[0][1] for each in (x, baseline)]
        assert (found.score, found.baseline_score) == pytest.approx(tuple(scores))
        assert math.fsum(found.values) == pytest.approx(scores[0] - scores[1], abs=2e-6)
        assert found.residual <= 2e-6

    def test_of_a_product_each_factor_has_half(self):
        found = integrated_gradients(lambda x: x[0] * x[1], [2.0, 3.0])
        assert found.values == pytest.approx([3.0, 3.0])

    def test_of_a_sum_of_functions_each_has_its_own(self):
        """∫ f′ is f(x) − f(0), whatever the others do."""
        found = integrated_gradients(
            lambda x: x[0].exp() + x[1] ** 3 + x[2].abs(), [1.0, 2.0, -1.5]
        )
        assert found.values == pytest.approx([math.e - 1, 8.0, 1.5], abs=1e-6)

    def test_a_kink_on_the_way_is_found(self):
        found = integrated_gradients(
            lambda x: (x[0] - 0.37).relu() + (x[1] - 0.71).relu(), [1.0, 1.0]
        )
        assert found.values == pytest.approx([0.63, 0.29], abs=1e-6)
        assert found.gradients < 1000

    def test_a_score_that_jumps_has_none(self):
        from autograd import sign

        with pytest.raises(ArithmeticError, match="does the score jump"):
            integrated_gradients(lambda x: sign(x[0] - 0.5) + x[0], [1.0], most=500)

    def test_a_baseline_of_another_form(self):
        with pytest.raises(ValueError, match="baseline must have the form of x"):
            integrated_gradients(lambda x: x[0], [1.0], [0.0, 0.0])


class TestSensitivityAndImportance:
    def test_sensitivity_is_a_root_mean_square(self):
        found = sensitivity(lambda x: x[0] ** 2 + x[1], [[1.0, 5.0], [3.0, 1.0]])
        assert found == pytest.approx([math.sqrt((4 + 36) / 2), 1.0])

    def test_the_column_that_decides_matters(self):
        X = points(200, 3)
        y = [int(row[1] > 0) for row in X]
        model = nn.MLP(3, [8, 2], activation="tanh", rng=0)
        nn.fit(model, (X, y), nn.cross_entropy, nn.Adam(model.parameters(), lr=0.05), epochs=40,
               rng=0, compile=True, progress=False)  # fmt: skip
        drops = permutation_importance(model, X, y, nn.accuracy, rng=0)
        assert drops[1] > 0.4
        assert max(abs(drops[0]), abs(drops[2])) < 0.05

    def test_the_same_seed_gives_the_same_numbers(self):
        X = points(30, 2)
        y = [int(a > b) for a, b in X]
        found = [
            permutation_importance(lambda x: x[0] - x[1], X, y, nn.accuracy, rng=3) for _ in "ab"
        ]
        assert found[0] == found[1]


class TestRepresentations:
    def test_a_line_in_space_has_one_component(self):
        rows = [[t, 2 * t + 1, -t] for t in (0.0, 1.0, 2.5, -3.0)]
        found = principal_components(rows, 2)
        assert found.explained == pytest.approx([1.0, 0.0], abs=1e-12)
        for row, point in zip(rows, found.points, strict=True):
            assert found.rebuilt(point) == pytest.approx(row)
            assert found.point(row) == pytest.approx(point)

    def test_hidden_activations(self):
        model = nn.MLP(4, [6, 3], rng=0)
        found = representations(model.layers[0], points(10, 4))
        assert len(found.points) == 10
        assert len(found.mean) == 6
        assert 0 <= found.explained[1] <= found.explained[0] <= 1

    def test_too_many_components(self):
        with pytest.raises(ValueError, match="components must be from 1"):
            principal_components([[1.0, 2.0], [0.0, 1.0]], 3)


@pytest.mark.parametrize(
    "look",
    [
        lambda model, X: saliency(model, X[0]),
        lambda model, X: integrated_gradients(model, X[0]),
        lambda model, X: sensitivity(model, X),
        lambda model, X: permutation_importance(model, X, [0] * len(X), nn.accuracy, rng=0),
        lambda model, X: representations(model, X, 1),
    ],
)
def test_looking_changes_nothing(look):
    """Dropout is off meanwhile, no gradient is left behind, and the mode is as it was."""
    model = nn.Sequential(nn.Linear(3, 8, rng=0), nn.Dropout(0.5, rng=0), nn.Linear(8, 2, rng=1))
    model.eval()
    model[1].train()
    first, second = (look(model, points(5, 3)) for _ in "ab")
    assert first == second
    assert [m.training for m in model.modules()] == [False, False, True, False]
    assert all(p.grad == 0.0 for p in model.parameters())
