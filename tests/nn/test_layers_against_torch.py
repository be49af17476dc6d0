"""Every layer against torch.nn in float64: outputs, all gradients, buffers."""

import json
import warnings

import pytest
from layer_cases import CASES
from layers_and_torch import FIXTURES, difference, run_ours, run_theirs

import nn

RECORDED = json.loads(FIXTURES.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def torch():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("torch", reason="torch is not installed: recorded values only")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_as_recorded_from_torch(case):
    assert difference(run_ours(case), RECORDED[case.name]) <= case.tolerance


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_as_the_installed_torch(case, torch):
    assert difference(run_ours(case), run_theirs(case, torch)) <= case.tolerance


def test_the_comparison_sees_a_wrong_number_wherever_it_is():
    case = next(c for c in CASES if c.name == "LSTM, two layers")
    ours = run_ours(case)
    assert len(ours) == 1 + 3 + 8  # outputs, inputs, parameters
    for name, numbers in ours.items():
        wrong = {**ours, name: [*numbers[:-1], numbers[-1] + 1e-9]}
        assert difference(wrong, RECORDED[case.name]) > 1e-12


FILES = ["activations", "attention", "cells", "convolution", "embedding", "layers"]
FILES += ["normalization", "pooling", "recurrent", "transformer"]


def test_every_layer_has_a_case():
    layers = {
        name
        for name in nn.__all__
        if getattr(getattr(nn, name), "__module__", "") in [f"nn.{file}" for file in FILES]
        and isinstance(getattr(nn, name), type)
    }
    assert layers - {"Neuron", "Layer", "MLP"} == {case.kind for case in CASES} - {""}
