"""The benchmarks measure the same thing everywhere, and report it faithfully. No timing here."""

from __future__ import annotations

import gc
import json
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import autograd

from . import __main__ as command
from . import alone, peers, process, rows
from .programs import OPS_PER_SAMPLE, MoonsDemo, RawProgram, moons
from .table import HEADER, Row, as_markdown, as_text


def answer(peer: peers.Peer) -> dict[str, Any]:
    return {"loss": peer.step(), "gradients": peer.gradients()}


def loaded(program: str, engine: str, samples: int) -> peers.Peer:
    try:
        return peers.load(program, engine, samples)
    except peers.MissingError as missing:
        pytest.skip(str(missing))


# --- the programs -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "engine"), [(program, e) for program, es in peers.PEERS.items() for e in es[1:]]
)
def test_every_peer_computes_our_loss_and_gradients(program: Any, engine: Any) -> None:
    ours, theirs = loaded(program, "autograd", 6), loaded(program, engine, 6)
    for _ in range(2):  # twice: nothing may be left over from the first step
        mine = answer(ours)
        assert any(mine["gradients"])
        assert peers.disagreement(mine, answer(theirs)) is None


def test_our_gradients_are_those_of_central_differences() -> None:
    program = RawProgram(autograd.Value, autograd.Value.relu, samples=4)
    program.step()
    gradients = program.gradients()
    for i in range(0, len(gradients), 29):
        p, h = program.parameters[i], 1e-6
        at = p.data
        p.data = at + h
        above = program.forward().data
        p.data = at - h
        below = program.forward().data
        p.data = at
        assert gradients[i] == pytest.approx((above - below) / (2 * h), abs=1e-6)


def test_a_step_of_the_raw_program_is_64_400_ops() -> None:
    program = RawProgram(autograd.Value, autograd.Value.relu, samples=100)
    made = [node for node in autograd.topological_order(program.forward()) if not node.is_leaf]
    assert len(made) == 100 * OPS_PER_SAMPLE - 1  # the first sample's loss is not added to anything


def test_the_demo_learns() -> None:
    demo = loaded("moons", "autograd", 20)
    assert isinstance(demo, MoonsDemo)
    before = demo.step()
    for _ in range(8):
        after = demo.step()
    assert after < before


def test_the_moons_are_balanced_and_apart() -> None:
    points, signs = moons(100)
    assert (len(points), sum(signs)) == (100, 0.0)
    height = [
        sum(y for (_, y), s in zip(points, signs, strict=True) if s == side) for side in (1, -1)
    ]
    assert height[0] > height[1]


@pytest.mark.parametrize(
    ("theirs", "found"),
    [
        ([1.0, 2.0], None),
        ([1.0, 2.0 + 1e-12], None),
        ([1.0, 2.1], pytest.approx(0.05)),
        ([1.0, math.nan], pytest.approx(math.nan, nan_ok=True)),
        ([1.0], math.inf),
    ],
)
def test_a_disagreement_is_found(theirs: Any, found: Any) -> None:
    ours = {"loss": 3.0, "gradients": [1.0, 2.0]}
    assert peers.disagreement(ours, {"loss": 3.0, "gradients": theirs}) == found


# --- peers that are not there ---------------------------------------------------------------


@pytest.mark.parametrize("package", ["micrograd", "xad"])
def test_a_missing_peer_names_the_extra(package: Any, monkeypatch: Any) -> None:
    for module in (package, f"{package}.engine", f"{package}.adj_1st", f"{package}.math"):
        monkeypatch.setitem(sys.modules, module, None)  # an import then raises ImportError
    with pytest.raises(peers.MissingError, match=r"pip install 'scalar-autograd\[bench\]'"):
        peers.load("raw", package, 1)


def test_a_missing_peer_is_a_line_of_the_table(monkeypatch: Any) -> None:
    class Absent(process.Worker):
        def __init__(
            self, program: Any, engine: Any, samples: Any = 100, collector: Any = "on"
        ) -> None:
            if engine == "xad":
                raise peers.MissingError(f"no xad: {peers.EXTRA}")
            super().__init__(program, engine, 2, collector)

    monkeypatch.setattr(rows, "Worker", Absent)
    found = rows.compared("raw", {"xad": Row("xad"), "local_gradients": Row("slots")}, rows.QUICK)
    skipped, measured = found
    assert skipped.verdict == "SKIPPED: no xad: pip install 'scalar-autograd[bench]'"
    assert not skipped.failed
    assert measured.measured is not None
    assert "scalar-autograd[bench]" in as_text([skipped, measured])


def test_a_peer_that_computes_something_else_is_not_timed(monkeypatch: Any) -> None:
    monkeypatch.setattr(rows, "disagreement", lambda ours, theirs: 0.5)
    monkeypatch.setattr(rows, "in_turns", lambda *_: {})
    (row,) = rows.compared("raw", {"local_gradients": Row("slots")}, rows.QUICK)
    assert row.verdict == "WRONG: gradients differ by 5.0e-01"
    assert row.failed


# --- our engine alone -----------------------------------------------------------------------


def test_graphs_leave_nothing_to_the_cyclic_collector() -> None:
    assert alone.cyclic_garbage(100) == 0
    assert gc.isenabled()


def test_cyclic_garbage_would_be_counted(monkeypatch: Any) -> None:
    forward = RawProgram.forward

    def leaking(self: RawProgram) -> Any:
        loss = forward(self)
        loss.register_hook(lambda grad, loss=loss: None)  # a cycle, through its own default
        return loss

    monkeypatch.setattr(RawProgram, "forward", leaking)
    assert alone.cyclic_garbage(10) > 10


def test_a_node_keeps_within_its_bytes() -> None:
    # No timing, so it can be held here: sizes do not depend on what else the machine does.
    assert 64 < alone.bytes_per_node(20_000) <= 200


def test_a_deep_chain_is_built_differentiated_and_freed() -> None:
    assert set(alone.deep_chain(50_000)) == {"build", "backward", "free"}


# --- the table ------------------------------------------------------------------------------

FASTER = Row("speed", "×", 20, 30, more_is_better=True)
SMALLER = Row("size", " B", 200, 155)


@pytest.mark.parametrize(
    ("row", "measured", "verdict"),
    [
        (FASTER, 19.9, "SHORT"),
        (FASTER, 20.0, "ok"),
        (FASTER, 31.0, "ok, aim met"),
        (SMALLER, 200.5, "SHORT"),
        (SMALLER, 200.0, "ok"),
        (SMALLER, 155.0, "ok, aim met"),
        (SMALLER, math.nan, "SHORT"),
        (Row("works", " s"), 3.0, "ok"),
        (Row("nothing", "", 0, 0), 0, "ok, aim met"),
        (Row("nothing", "", 0, 0), 1, "SHORT"),
    ],
)
def test_the_verdict_holds_a_measurement_against_its_targets(
    row: Any, measured: Any, verdict: Any
) -> None:
    row = Row(**{**vars(row), "measured": measured})
    assert row.verdict == verdict
    assert row.failed == (verdict == "SHORT")


def some_rows() -> list[Row]:
    return [
        Row("speed | by hand", "×", 20, 30, more_is_better=True, measured=33.333, detail="1 ms"),
        Row("size", " B", 200, 155, measured=144),
        Row("left", "", 0, 0, measured=0),
        Row("a peer", "×", 1.3, 1.15, skipped="no xad"),
    ]


def test_the_text_table_is_aligned() -> None:
    lines = as_text(some_rows()).splitlines()
    table, details = lines[:6], lines[6:]
    assert [
        line.index(text)
        for line, text in zip(table[2:], ["ok", "ok", "ok", "SKIPPED"], strict=True)
    ] == [table[0].index("verdict")] * 4
    assert table[2].split("  ")[0] == "speed | by hand"
    assert "33.3×" in table[2]
    assert "≥ 20×" in table[2]
    assert "≤ 155 B" in table[3]
    assert details == ["", "Medians behind the table:", "  speed | by hand: 1 ms"]


def test_the_markdown_table_has_as_many_cells_in_every_line() -> None:
    lines = as_markdown(some_rows()).splitlines()
    assert len(lines) == 6
    cells = [line.replace(r"\|", "").count("|") for line in lines]
    assert cells == [len(HEADER) + 1] * 6
    assert lines[2] == r"| speed \| by hand | 33.3× | ≥ 20× | ≥ 30× | ok, aim met |"


def test_the_command_prints_and_writes_what_was_measured(
    monkeypatch: Any, capsys: Any, tmp_path: Any
) -> None:
    def fine(effort: rows.Effort) -> Iterator[Row]:
        yield Row("fine", measured=1.0, must=2.0)

    def dies(effort: rows.Effort) -> Iterator[Row]:
        raise RuntimeError("the process ended with status 1")
        yield

    monkeypatch.setattr(command, "ALL", (fine, dies))
    report = tmp_path / "report.json"
    assert command.main(["--quick", "--markdown", "--json", str(report)]) == 0
    assert command.main(["--strict"]) == 1
    output = capsys.readouterr().out
    assert "build: " in output
    assert "| fine | 1× | ≤ 2× | — | ok |" in output
    written = json.loads(report.read_text(encoding="utf-8"))
    assert [row["verdict"][:5] for row in written["rows"]] == ["ok", "WRONG"]


def test_the_command_documents_itself() -> None:
    root = Path(__file__).resolve().parents[2]
    shown = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--help"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for option in ("--quick", "--markdown", "--json", "--strict", "scalar-autograd[bench]"):
        assert option in shown


def test_a_worker_that_dies_is_an_error_that_names_it() -> None:
    with pytest.raises(RuntimeError, match=r"serve raw nobody .* ended with status 1"):
        process.Worker("raw", "nobody")
