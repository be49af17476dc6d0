"""The mutants are what they claim to be; and a sample of them is killed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import autograd as ag
from autograd.primitives import table

from .equivalent import EQUIVALENT
from .targets import mutants

ROOT = Path(ag.__file__).resolve().parent.parent
MUTANTS = mutants()


def test_every_closure_of_the_table_has_mutants():
    mutated = {mutant.target.name for mutant in MUTANTS}
    flat = {n for n, e in table.items() if e.partials.__code__.co_consts == (None, None)}
    assert table.keys() - mutated - flat <= {"shift"}
    assert {"pow_constant", "elu_constant", "_softmax_weights", "numerics.sech2"} <= mutated
    assert {"Value.__add__", "Value.__sub__", "Value.__mul__", "Value.relu"} <= mutated


def test_a_mutant_lives_only_inside_its_block():
    def slope():
        x = ag.Value(0.5)
        x.tanh().backward()
        return x.grad

    before = slope()
    negated = next(m for m in MUTANTS if m.target.name == "tanh" and m.within == "(-sech2(x),)")
    with negated.alive():
        assert slope() == -before
    assert slope() == before


def test_a_mutant_of_a_family_replaces_those_that_are_cached():
    def slope():
        x = ag.Value(-2.0)
        x.leaky_relu(0.25).backward()
        return x.grad

    assert slope() == 0.25
    family = [m for m in MUTANTS if m.target.name == "leaky_relu_constant"]
    with next(m for m in family if m.within == "(0.0,)").alive():
        assert slope() == 0.0
    assert slope() == 0.25


def test_what_is_said_to_be_equivalent_is_there():
    known = {mutant.key for mutant in MUTANTS}
    assert not [key for key in EQUIVALENT if key not in known]


@pytest.mark.slow
def test_a_sample_of_the_mutants_is_killed(tmp_path):
    command = [sys.executable, "-m", "tests.mutation", "--sample", "300"]
    done = subprocess.run(
        [*command, "--json", tmp_path / "found.json"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    found = json.loads((tmp_path / "found.json").read_text())
    assert len(found["killed"]) + len(found["equivalent"]) == found["total"] == 300
