"""Forecasts that are fed back: what they may know, and what they are measured against."""

import math

import pytest

from nn.tasks.series import autoregression, forecasts, margin

LINE = [float(x) for x in range(30)]


def test_a_forecast_h_steps_ahead_knows_nothing_later():
    told = forecasts(lambda past: past[-1], LINE, 20)
    assert [row[0] for row in told] == [19.0 - h for h in range(10)]
    assert [row[-1] for row in told] == [28.0 - h for h in range(10)]


def test_forecasts_are_fed_back_in_the_units_of_the_series_and_told_in_others():
    told = forecasts(lambda past: 2 * past[-1], [2.0**x for x in range(8)], 4, math.log2)
    assert told == [[4.0, 5.0, 6.0, 7.0]] * 4


def test_autoregression_finds_the_rule_of_a_series_that_has_one():
    series = [math.sin(0.5 * t) + 3.0 for t in range(40)]  # linear in the two before
    step = autoregression(series[:30], 2)
    for row in forecasts(step, series, 30):
        assert row == pytest.approx(series[30:], abs=1e-9)


def test_a_margin_is_positive_for_the_better_of_two():
    truth, told, other = [0.0] * 4, [1.0, 0.0, 1.0, 0.0], [2.0, 1.0, 1.0, 1.0]
    assert margin(told, other, truth) == -margin(other, told, truth) > 0
    assert margin(told, told, truth) == 0.0
