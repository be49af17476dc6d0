"""The parts of the task that trains too small and too large networks, and their picture."""

import pytest

import nn
from autograd import Value
from nn import plots
from nn.plots.comparison import Fit
from nn.tasks.fitting import CURES, LARGE, Classifier, log_loss

POINTS = [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]]
ONE = Fit("one$", lambda points: [x - y for x, y in points], POINTS, [0, 1, 1], [1, 0.5], [1, 2])


def test_the_plain_loss_is_the_one_that_is_trained_with():
    logits, labels = [3.0, -0.5, -40.0, 0.0], [1, 1, 0, 0]
    trained = nn.binary_cross_entropy_with_logits([Value(z) for z in logits], labels)
    assert log_loss(logits, labels) == pytest.approx(trained.item(), rel=1e-14)
    assert log_loss([Value(z) for z in logits], labels) == log_loss(logits, labels)
    assert log_loss([-1e4], [1]) == 1e4


def test_every_cure_has_the_network_that_overfits_and_is_one_thing_only():
    for case in CURES.values():
        assert case.widths == LARGE
        changed = [case.penalty, case.dropout, case.patience, case.points != 40]
        assert sum(map(bool, changed)) == 1


def test_dropout_is_of_training_only():
    model = Classifier((8, 8), 0.5, seed=0)
    with_gaps = {model.train()([0.3, 0.2]).item() for _ in range(8)}
    without = {model.eval()([0.3, 0.2]).item() for _ in range(8)}
    assert len(with_gaps) > 1 and len(without) == 1


def test_fits_are_drawn_side_by_side_with_two_panels_each():
    picture = plots.compare_fits([ONE, ONE._replace(mark=1), ONE], columns=2, resolution=5)
    shown = [axes for axes in picture.figure.axes if axes.axison]
    assert len(shown) == 6
    curves = [axes for axes in shown if axes.get_yscale() == "log"]
    assert len(curves) == 3
    assert len({axes.get_ylim() for axes in curves}) == 1
    assert shown[0].get_title() == r"one\$"
    assert "one" in picture.description and picture.svg.startswith("<svg")


def test_scores_are_squashed_before_they_are_drawn():
    huge = ONE._replace(score=lambda points: [1e9 * (x - y) for x, y in points])
    picture = plots.compare_fits([huge], squash=lambda z: max(-1.0, min(1.0, z)), resolution=5)
    assert picture.figure.axes[0].collections[0].get_clim() == (-1.0, 1.0)


def test_nothing_to_compare_is_an_error():
    with pytest.raises(ValueError, match="at least one"):
        plots.compare_fits([])
