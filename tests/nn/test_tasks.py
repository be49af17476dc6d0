"""Every task: a quick run that tries everything (fast), and its level with three seeds (slow)."""

import re

import pytest

from nn.__main__ import main
from nn.tasks import Level, tasks
from nn.tasks.table import table

TASKS = tasks()
MODELS = [(name, model) for name, task in TASKS.items() for model in task.models or ("",)]
# The default model of each task in every run, the others in the slow one.
QUICK = [
    pytest.param(name, model, marks=[pytest.mark.slow] if model in TASKS[name].models[1:] else [])
    for name, model in MODELS
]


def run(name, **changes):
    if name in NEEDS_SKLEARN:
        pytest.importorskip("sklearn")
    if name in NEEDS_STATSMODELS:
        pytest.importorskip("statsmodels")
    return TASKS[name].run(TASKS[name].options(**changes))


NEEDS_SKLEARN = {"autoencoder", "digits", "locate", "tables", "text"}
NEEDS_STATSMODELS = {"series"}


@pytest.mark.parametrize(("name", "model"), QUICK)
def test_a_quick_run_measures_what_the_task_is_held_to(name, model):
    report = run(name, model=model, quick=True, epochs=1)
    levels = TASKS[name].levels_of(model)
    assert [level.what for level in levels if level.what not in report.measured] == []
    assert report.model and report.parameters > 0
    page = report.html()
    assert "<script" not in page and not re.search(r'(src|href)="(?!data:|#)', page)
    assert page.count("<section>") >= 3


@pytest.mark.slow
@pytest.mark.full
@pytest.mark.parametrize("name", TASKS)
def test_a_quick_run_gives_the_same_numbers_again(name):
    first, second = (run(name, quick=True, epochs=1) for _ in range(2))
    assert first.measured == second.measured
    assert first.baselines == second.baselines


# With one seed where it takes seconds; with three, and where it takes minutes, in the full run.
SECONDS = {"moons", "digits", "game", "series", "text"}
LEVELS = [
    pytest.param(
        name, model, seed,
        marks=[] if seed == 1 and name in SECONDS and model in (*TASKS[name].models[:1], "")
        else [pytest.mark.full],
    )
    for name, model in MODELS
    for seed in (1, 2, 3)
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("name", "model", "seed"), LEVELS)
def test_the_task_reaches_its_levels(name, model, seed):
    levels = TASKS[name].levels_of(model)
    if not levels:
        pytest.skip("nothing is promised of this model")
    report = run(name, model=model, seed=seed)
    short = [str(lv) for lv in levels if not lv.reached(report.measured[lv.what])]
    assert not short, (short, report.measured)


def test_a_level_says_what_is_short():
    loss, share = Level("loss", 2.0, most=True, form=".2f"), Level("share", 0.5)
    assert str(loss) == "loss ≤ 2.00" and str(share) == "share ≥ 50.0%"
    assert loss.reached(2.0) and not loss.reached(2.1)
    assert share.reached(0.5) and not share.reached(0.4)
    assert not share.reached(float("nan")) and not loss.reached(float("nan"))


def test_the_table_has_a_row_for_each_task_with_what_is_short_marked(capsys):
    lines = list(table([TASKS["moons"]], [1, 2], epochs=1))
    assert lines[0].startswith("| task | data | model") and len(lines) == 3
    assert re.search(r"\| `moons` \|.*test accuracy \d+\.\d% \[\d+\.\d%\] \(≥ 96\.0%\)", lines[2])
    assert main(["moons", "--table", "--quick", "--seeds", "1,2"]) == 0
    assert "| `moons` |" in capsys.readouterr().out
