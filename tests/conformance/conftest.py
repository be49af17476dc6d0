"""The option ``--engine``, and what a learner sees: hints for failures, a score for each stage."""

from collections import Counter

import pytest

from . import engine
from .crashes import FOLDER
from .hints import time_limit
from .lesson import page, sentence, stage

ENGINE = pytest.StashKey()
RESULTS = pytest.StashKey()  # (stage, title) → test → (outcome, its name in words, hint)
AMONG_OTHERS = pytest.StashKey()
PATIENCE = 120  # seconds for one test, against endless loops; the slowest takes a few

collect_ignore = ["my_engine.py"]  # --doctest-modules would import it


def pytest_addoption(parser):
    parser.addoption(
        "--engine",
        metavar="MODULE:CLASS",
        help=f"the Value class for tests/conformance (default: {engine.DEFAULT})",
    )


def pytest_configure(config):
    name = config.getoption("engine", None) or engine.DEFAULT
    config.stash[ENGINE] = engine.load(name, config.invocation_params.dir)
    config.stash[RESULTS] = {}


def pytest_report_header(config):
    tested = config.stash[ENGINE]
    return f"engine: {tested.name} ({tested.file})"


def pytest_ignore_collect(collection_path, config):
    """The gallery tests the suite itself, not the engine that somebody gave."""
    if collection_path == FOLDER / "gallery":
        return True
    name = collection_path.name
    about_the_suite = name.startswith("test_") and not name.startswith("test_stage_")
    return True if about_the_suite and config.getoption("engine", None) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    for item in items:
        if is_stage(item):
            item.add_marker(pytest.mark.filterwarnings("ignore"))
            config.stash[RESULTS].setdefault(stage(item.module), {})[item.nodeid] = None
    config.stash[AMONG_OTHERS] = any(FOLDER not in item.path.parents for item in items)


def is_stage(item):
    return item.path.parent == FOLDER and item.path.name.startswith("test_stage_")


@pytest.fixture
def Value(pytestconfig):
    """The class under test."""
    return pytestconfig.stash[ENGINE].Value


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Stop a test that never ends, where the system can."""
    with time_limit(PATIENCE if is_stage(item) else None):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A page with a hint in place of a traceback (--tb=long gives the traceback)."""
    report = yield
    if not is_stage(item):
        return report
    if report.failed and call.excinfo and item.config.getoption("tbstyle") in ("auto", "short"):
        report.longrepr, hint = page(item, call.excinfo.value)
    else:
        hint = ""
    if report.when == "call" or not report.passed:
        outcome = (report.outcome, sentence(item), hint)
        item.config.stash[RESULTS][stage(item.module)][item.nodeid] = outcome
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter, config):
    """The score, after everything else: it is what stays on the screen."""
    result = yield
    results = config.stash[RESULTS]
    outcomes = [outcome for tests in results.values() for outcome in tests.values()]
    passed = not any(outcome and outcome[0] == "failed" for outcome in outcomes)
    # In a run of all the project's tests, good news stays short.
    if not results or config.getoption("collectonly") or (passed and config.stash[AMONG_OTHERS]):
        return result
    terminalreporter.section(f"conformance of {config.stash[ENGINE].name}")
    scores = [(stage, list(tests.items())) for stage, tests in sorted(results.items())]
    reached = [score for score in scores if any(outcome for _, outcome in score[1])]
    failures = []
    for (number, title), tests in reached:
        outcomes = [outcome for _, outcome in tests]
        failed = [(nodeid, number, o) for nodeid, o in tests if o and o[0] == "failed"]
        line = f"stage {number} {title}: {score_line(outcomes)}"
        terminalreporter.line(line, red=bool(failed), green=not failed)
        failures += failed
    if len(reached) < len(scores):
        terminalreporter.line(f"{len(scores) - len(reached)} stages not reached")
    write_missing(terminalreporter)
    if failures:
        nodeid, number, (_, name, hint) = failures[0]
        terminalreporter.line("")
        terminalreporter.line(f"start with: {nodeid}", bold=True)
        terminalreporter.line("(the top of that file explains the idea)")
        if len(failures) > 1:  # a single one has just been shown
            terminalreporter.line(f"stage {number}: {name}\n{hint}")
    return result


def score_line(outcomes):
    """5/6 passed, 2 skipped"""
    count = Counter(outcome[0] if outcome else "not run" for outcome in outcomes)
    asked = count["passed"] + count["failed"]
    parts = [f"{count['passed']}/{asked} passed"] if asked else []
    parts += [f"{count[kind]} {kind}" for kind in ("skipped", "not run") if count[kind]]
    return ", ".join(parts)


def write_missing(terminalreporter):
    """Which optional functions the engine lacks."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [report.longrepr[2].removeprefix("Skipped: ") for report in skipped]
    missing = dict.fromkeys(r.removeprefix("no ") for r in reasons if r.endswith("()"))
    if missing:
        terminalreporter.line(f"skipped (optional, and not there): {', '.join(missing)}")
