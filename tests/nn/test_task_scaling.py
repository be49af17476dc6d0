"""Power laws, and what the task that fits them measures."""

import pytest

import nn
from autograd import topological_order
from nn.tasks.power_law import Law, power_law
from nn.tasks.scaling import scalars, size, teacher

XS = [10.0, 30.0, 100.0, 300.0, 1000.0]


def test_a_law_without_a_floor_is_found():
    law = power_law(XS, [7.0 * x**-0.75 for x in XS])
    assert law == pytest.approx((7.0, -0.75, 0.0), rel=1e-12)


def test_a_floor_is_found_and_flattens_the_law_of_those_who_do_not_look_for_it():
    ys = [0.05 + 2.0 * x**-1.0 for x in XS]
    law = power_law(XS, ys, floor=True)
    assert law == pytest.approx((2.0, -1.0, 0.05), rel=0.05)
    assert [law(x) for x in XS] == pytest.approx(ys, rel=0.01)
    assert power_law(XS, ys).exponent > -0.9


def test_a_law_needs_positive_points():
    for xs, ys in (([1.0], [1.0]), ([1.0, 2.0], [1.0, 0.0]), ([1.0, 2.0], [1.0])):
        with pytest.raises(ValueError, match="positive points"):
            power_law(xs, ys)


def test_a_curve_goes_from_the_smallest_to_the_largest():
    xs, ys = Law(2.0, 1.0).curve([100.0, 1.0, 10.0])
    assert (xs[0], xs[-1]) == pytest.approx((1.0, 100.0))
    assert ys == pytest.approx([2.0 * x for x in xs])


def test_the_network_in_scalars_is_the_network():
    model, x = nn.MLP(4, [3, 3, 1], "tanh", rng=0), [0.1, -0.2, 0.3, 0.4]
    told = scalars(model, x)
    assert told.item() == pytest.approx(model(x).item(), rel=1e-12)
    products_and_sums = 2 * (4 * 3 + 3 * 3 + 3)
    inner = [node for node in topological_order(told) if node.parents]
    assert len(inner) == products_and_sums + 6  # and as many tanh as hidden neurons
    assert len(model.parameters()) == size(3)


def test_the_teacher_says_the_same_again_and_of_other_points_in_the_test():
    (X, y), (X_test, y_test) = teacher(50, seed=3)
    assert teacher(50, seed=3) == ((X, y), (X_test, y_test))
    assert len(X) == len(y) == 50 and len(X_test) == len(y_test) == 500
    assert not set(map(tuple, X)) & set(map(tuple, X_test))
    assert sum(t * t for t in y + y_test) / 550 == pytest.approx(1.0)
