"""Losses, optimisers, schedules … give PyTorch's numbers: recorded ones, and live where it is."""

import json
import math

import pytest

import nn
from tests.nn import parity
from tests.nn.parity.__main__ import main

ALL = [
    pytest.param(family, case, id=f"{family}: {case.key}")
    for family in parity.FAMILIES
    if not parity.is_own(family)  # layers have their own tests
    for case in parity.cases(family)
]


@pytest.mark.parametrize(("family", "case"), ALL)
def test_numbers_are_those_that_pytorch_gave_when_they_were_recorded(family, case):
    reference = parity.recorded(family)[case.key]
    assert parity.deviation(case.ours(), reference) <= case.tolerance


@pytest.mark.skipif(not parity.HAS_TORCH, reason="needs the extra [oracle]")
@pytest.mark.parametrize(("family", "case"), ALL)
def test_numbers_are_those_of_the_pytorch_that_is_installed(family, case):
    assert parity.deviation(case.ours(), parity.live(case)) <= case.tolerance


@pytest.mark.parametrize("family", parity.FAMILIES)
def test_every_case_is_recorded_once_and_nothing_else_is(family):
    keys = [case.key for case in parity.cases(family)]
    assert len(keys) == len(set(keys))
    assert set(parity.recorded(family)) == set(keys)


def public(module, is_meant):
    """The names in a module's ``__all__`` whose objects are meant."""
    return {name for name in module.__all__ if is_meant(name, getattr(module, name))}


def a_kind_of(base):
    return lambda name, found: isinstance(found, type) and issubclass(found, base)


@pytest.mark.parametrize(
    ("family", "names", "not_in_pytorch"),
    [
        ("losses", public(nn, lambda name, _: name.endswith(("_loss", "entropy"))), set()),
        ("optimisers", public(nn, a_kind_of(nn.Optimizer)), {"Optimizer", "ConjugateGradient"}),
        ("schedules", public(nn, a_kind_of(nn.LRScheduler)), {"LRScheduler"}),
        (
            "initialisation",
            public(nn.init, lambda name, _: name.endswith("_")),
            # LeCun's; and what is the same for all weights is seen in test_init.
            {"lecun_normal_", "lecun_uniform_", "constant_", "ones_", "zeros_"},
        ),
        ("clipping", public(nn, lambda name, _: name.startswith("clip_grad")), set()),
    ],
    ids=["losses", "optimisers", "schedules", "initialisation", "clipping"],
)
def test_none_is_missing_from_the_table(family, names, not_in_pytorch):
    assert not_in_pytorch <= names
    assert names - not_in_pytorch <= {case.name for case in parity.cases(family)}


def test_fixtures_say_where_they_come_from():
    for family in parity.FAMILIES:
        if parity.is_own(family):
            continue
        about = json.loads((parity.FIXTURES / f"{family}.json").read_text("utf-8"))
        assert about["torch"].startswith("2.") and "--record" in about["record"]


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0.0),
        ([1.0], [1.5], 1 / 3),
        ([1e-9, 1.0], [0.0, 1.0], 1e-6),  # next to numbers of 1, 0.001 is what counts as small
        ([math.nan], [math.nan], 0.0),
        ([math.inf], [math.inf], 0.0),
        ([math.inf], [-math.inf], math.inf),
        ([1.0], [math.nan], math.inf),
        ([math.nan], [1.0], math.inf),
    ],
)
def test_a_deviation_is_relative_and_minds_what_is_not_finite(ours, theirs, expected):
    assert parity.deviation({"x": ours}, {"x": theirs}) == pytest.approx(expected)


def test_a_deviation_of_vectors_that_do_not_match_is_an_error():
    with pytest.raises(AssertionError, match="2, not 1"):
        parity.deviation({"x": [1.0, 2.0]}, {"x": [1.0]})
    with pytest.raises(AssertionError):
        parity.deviation({"x": []}, {"y": []})


def test_the_command_prints_a_row_for_every_name(capsys):
    assert main(["--recorded"]) == 0
    table = capsys.readouterr().out
    for family in parity.FAMILIES:
        for case in parity.cases(family):
            assert case.name in table
    assert ", 0 beyond what is allowed" in table


def test_the_command_fails_where_numbers_are_wrong(capsys, monkeypatch):
    monkeypatch.setattr("nn.mse_loss", lambda *arguments, **options: 2.0 * arguments[0][0])
    monkeypatch.setattr(
        parity.losses, "CASES", [c for c in parity.cases("losses") if c.label[:4] == "list"][:2]
    )
    assert main(["--recorded", "losses"]) == 1
    assert "mse_loss" in capsys.readouterr().out
