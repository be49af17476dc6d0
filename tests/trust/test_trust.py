"""The report says what was measured, and says so when something is wrong."""

import pytest

from . import __main__ as command
from . import measures
from .measures import MEASURES, QUICK, Row


def row(ok):
    return iter([Row("an answer", "3 questions", "2 right", ok)])


def test_the_table_as_text_and_as_markdown(monkeypatch, capsys):
    monkeypatch.setitem(MEASURES, "edges", lambda effort: row(True))
    assert command.main(["--only", "edges"]) == 0
    assert "an answer\n    3 questions: 2 right\n" in capsys.readouterr().out
    assert command.main(["--only", "edges", "--markdown", "--quick"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("| what | how much | result |\n|---|---|---|\n")
    assert "| an answer | 3 questions | 2 right |" in out
    assert "reduced counts" in out


def test_what_is_wrong_says_so_and_fails_the_command(monkeypatch, capsys):
    monkeypatch.setitem(MEASURES, "edges", lambda effort: row(False))
    assert command.main(["--only", "edges"]) == 1
    assert "WRONG: 2 right" in capsys.readouterr().out


def test_every_number_of_the_recording_is_counted():
    rows = list(measures.recorded(QUICK))
    assert [r.what.partition(" of ")[2].split()[0] for r in rows] == ["PyTorch", "JAX"]
    for r in rows:
        functions, numbers = [int(word.replace(",", "")) for word in r.amount.split()[::2]]
        assert functions > 60
        assert numbers > 40_000


def test_tests_are_counted_by_their_outcome(tmp_path):
    path = tmp_path / "test_two.py"
    path.write_text(
        "import pytest\n"
        "def test_good(): pass\n"
        "def test_bad(): assert False\n"
        "def test_not_here(): pytest.skip('no')\n"
    )
    outcome = measures.run_pytest(str(path), "-p", "no:cacheprovider")
    assert sorted(outcome.tests.values()) == [False, True]
    assert "1 failed, 1 passed, 1 skipped" in outcome.text


@pytest.mark.slow
def test_every_measure_has_something_to_say():
    for name, measure in MEASURES.items():
        rows = list(measure(QUICK))
        assert rows, name
        assert not [r for r in rows if r.amount.startswith("0 ")], name
