"""The adding problem: a gated network learns over 50 steps what a plain one does not.

Always to answer 1 has a mean squared error of 1/6: below it, both numbers are remembered.
``python -m tests.nn.adding`` shows more, and takes longer.
"""

import random

import pytest

from tests.nn import adding


@pytest.mark.slow
def test_a_gru_of_8_learns_to_add_two_numbers_marked_in_50():
    result = adding.learn("GRU(8)", most_steps=1000)
    assert result.error < adding.GOAL
    assert result.steps < 1000


@pytest.mark.slow
def test_a_tanh_network_of_16_has_learned_nothing_by_then():
    assert adding.learn("RNN(16)", most_steps=500).error > 0.1


@pytest.mark.parametrize("name", adding.CELLS)
def test_every_network_starts_near_always_answering_the_same(name):
    result = adding.learn(name, most_steps=1, length=4)
    assert result.steps == 1 and 0.1 < result.error < 3.0


def test_an_lstm_starts_with_a_forget_bias_of_1():
    cell = adding.Adder("LSTM(16)", random.Random(0)).cell
    assert [p.data for p in cell.bias_ih[16:32]] == [1.0] * 16


def test_the_command_prints_a_line_for_each_network(capsys, monkeypatch):
    monkeypatch.setattr(adding, "MOST_STEPS", {"RNN(16)": 1})
    assert adding.main(["RNN(16)"]) == 0
    assert "RNN(16)       1 steps" in capsys.readouterr().out


def test_the_command_refuses_an_unknown_network(capsys):
    with pytest.raises(SystemExit):
        adding.main(["GRU"])
    assert "unknown: GRU; there are GRU(8), LSTM(16), RNN(16)" in capsys.readouterr().err
