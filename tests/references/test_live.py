"""The engine against the PyTorch and the JAX that are installed, if they are."""

import pytest

from .cases import cases, points
from .compare import disagreements
from .differences import unexplained
from .libraries import LIBRARIES, load, our_rows, reference_rows


@pytest.fixture(scope="module", params=LIBRARIES)
def library(request):
    pytest.importorskip(request.param)
    return load(request.param)


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.name)
def test_the_engine_agrees_with_the_library_at_hand(library, case):
    if case.counterpart(library) is None:
        pytest.skip(f"{library.__name__} has no counterpart")
    ours, theirs = our_rows(case), reference_rows(case, library)
    found = disagreements(library.__name__, case.name, points(case.arity), ours, theirs)
    assert not unexplained(found)
