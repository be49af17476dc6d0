"""The engine against recorded values and slopes of PyTorch and JAX, at edges and in tails."""

import functools

import pytest

import autograd as ag
from autograd.primitives import Primitive, table

from .cases import ENTRIES, GRIDS, cases, points
from .compare import disagreements, same_bits
from .differences import DIFFERENCES, unexplained
from .libraries import LIBRARIES, our_rows
from .record import read

recording = functools.cache(read)
CASES = {case.name: case for case in cases()}
# Mistakes of the engine that are known and not mended yet. Take out what is mended.
RECORD = "run python -m tests.references.record, with torch and jax installed"


def found(library, name):
    """Every number in which we do not agree."""
    _, _, tables = recording()
    case = CASES[name]
    theirs = tables[library][name]
    return list(disagreements(library, name, points(case.arity), our_rows(case), theirs))


def has(case, library):
    return (case.torch if library == "torch" else case.jax) is not None


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    "name",
    list(CASES),
)
def test_the_engine_agrees_with_the_recording(library, name):
    if not has(CASES[name], library):
        pytest.skip(f"{library} has no counterpart")
    assert name in recording()[2][library], RECORD
    assert not unexplained(found(library, name))


def test_the_grids_are_those_that_were_recorded():
    _, grids, _ = recording()
    for arity, grid in GRIDS.items():
        assert len(grid) == len(grids[arity]), RECORD
        assert all(map(same_bits, grid, grids[arity])), RECORD


def test_every_difference_still_occurs():
    used = {
        (library, known)
        for library in LIBRARIES
        for name in recording()[2][library].keys() & CASES.keys()
        for d in found(library, name)
        for known in DIFFERENCES
        if known.explains(d)
    }
    listed = {(library, known) for known in DIFFERENCES for library in known.libraries.split()}
    assert not [f"{library}: {known.reason}" for library, known in listed - used]


def test_every_public_function_of_the_table_has_a_counterpart():
    public = {entry.name for entry in vars(ag).values() if isinstance(entry, Primitive)}
    public |= {name for name in table if hasattr(ag, name)}
    missing = public & table.keys() - ENTRIES.keys() - {"pick"}  # a look-up, no function
    assert not missing, f"say in cases.py what PyTorch and JAX call {sorted(missing)}; {RECORD}"
