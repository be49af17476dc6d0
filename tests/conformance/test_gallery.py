"""Each engine of the gallery fails first at the stage that teaches its mistake, with a hint."""

import os
import pathlib
import re
import subprocess
import sys
from typing import NamedTuple

import pytest

FOLDER = pathlib.Path(__file__).resolve().parent
GALLERY = FOLDER / "gallery"


class Mistake(NamedTuple):
    stage: int
    test: str  # the first that fails
    hint: str  # words in which its hint names the mistake


MISTAKES = {
    "in_place": Mistake(1, "test_operators_leave_their_operands_alone", "must not change"),
    "numbers_forgotten": Mistake(1, "test_numbers_on_the_right", "turn `other` into a Value"),
    "reflected_forgotten": Mistake(1, "test_a_number_plus_or_times_a_value", "value.__radd__"),
    "rsub_backwards": Mistake(1, "test_a_number_minus_a_value", "not self − other"),
    "seed_forgotten": Mistake(2, "test_the_result_grows_as_fast_as_itself", "self.grad = 1.0"),
    "minus_forgotten": Mistake(
        2, "test_a_difference_passes_minus_one_to_the_second", "needs its minus sign"
    ),
    "wrong_division": Mistake(
        2, "test_a_quotient_passes_minus_a_over_b_squared_to_b", "minus sign of −a/b² is missing"
    ),
    "exponent_kept": Mistake(
        2, "test_a_power_passes_n_times_one_power_less", "exponent goes down by one"
    ),
    "chain_forgotten": Mistake(
        3, "test_two_steps_multiply", "times the local derivative, not the local derivative alone"
    ),
    "assigned": Mistake(
        4, "test_a_value_used_by_two_operations_gets_the_sum", "did you write `=` where `+=`"
    ),
    "operands_in_a_set": Mistake(4, "test_a_value_added_to_itself", "a set or a dict holds"),
    "visited_forgotten": Mistake(
        4, "test_a_result_used_twice_passes_its_gradient_on_once", "Remember in a set"
    ),
    "no_topological_order": Mistake(
        5, "test_a_node_waits_for_all_its_users", "reverse of a topological order"
    ),
    "equal_is_same": Mistake(
        5, "test_two_nodes_with_the_same_number_are_two_nodes", "`in` compares with __eq__"
    ),
    "path_by_path": Mistake(5, "test_a_ladder_takes_one_step_per_node", "Visit each node once"),
    "recursive": Mistake(5, "test_a_sum_of_a_thousand_terms", "visit calls itself"),
    "leaking_relu": Mistake(6, "test_the_slope_of[relu--3.0]", "1 above 0, else 0"),
    "relu_at_zero": Mistake(7, "test_the_slope_of_relu_at_zero_is_zero", "with >, not >="),
    "nan_hidden": Mistake(7, "test_relu_lets_nan_through", "max(0.0, nan) is 0.0"),
    "power_by_division": Mistake(7, "test_the_slope_of_a_power_at_zero[1-1.0]", "not n·out/x"),
    "division_by_power": Mistake(7, "test_a_quotient_of_tiny_numbers", "b·b becomes 0"),
    "naive_tanh": Mistake(7, "test_tanh_keeps_a_slope_far_out", "all digits drowned"),
    "exp_raises": Mistake(7, "test_exp_of_a_thousand_is_infinite", "catch OverflowError"),
    "stale_gradients": Mistake(
        8, "test_a_second_backward_doubles_the_leaves", "nodes in between still hold"
    ),
    "leaves_reset": Mistake(8, "test_a_second_backward_doubles_the_leaves", "leaves collect"),
    "late_reader": Mistake(
        8, "test_data_changed_after_the_forward_pass_changes_no_gradient", "read a.data"
    ),
}


def run_suite(engine, *options, cwd=FOLDER.parent.parent):
    """What a learner reads. Hints are put on one line, to be searched."""
    # Without plug-ins and the conftest of the project's other tests: faster.
    command = [sys.executable, "-m", "pytest", str(FOLDER), "--engine", engine, *options]
    command += ["-p", "no:cacheprovider", f"--confcutdir={FOLDER}", "-o", "addopts="]
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    text = done.stdout + done.stderr
    return re.sub(r"\n {6}(?=\S)", " ", text)


def scores(text):
    """stage → its score, from the lines "stage 4 title: 5/6 passed, …"."""
    return {
        int(n): score for n, score in re.findall(r"^stage (\d+) .*: (\d+/\d+) passed", text, re.M)
    }


def test_every_engine_of_the_gallery_has_a_row():
    files = {path.stem for path in GALLERY.glob("*.py")}
    assert files - {"correct"} == set(MISTAKES)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_wrong_engine_fails_first_where_its_mistake_is_taught(name):
    mistake = MISTAKES[name]
    text = run_suite(f"{GALLERY / name}.py:Value", "-x")
    start = re.search(r"^start with: .*test_stage_(\d+)_\w+\.py::(.*)$", text, re.M)
    assert start, text
    assert (int(start[1]), start[2]) == (mistake.stage, mistake.test)
    hint = re.search(r"^hint: (.*)$", text, re.M)
    assert hint, text
    assert mistake.hint in hint[1]
    assert "Traceback" not in text


def test_the_correct_engine_passes_every_stage():
    text = run_suite(f"{GALLERY / 'correct'}.py:Value")
    passed = {stage: score.split("/") for stage, score in scores(text).items()}
    assert list(passed) == list(range(1, 12)), text
    assert all(right == asked for right, asked in passed.values()), text
    assert "start with" not in text


@pytest.mark.slow
def test_our_engine_passes_every_stage_and_skips_nothing():
    text = run_suite("autograd:Value")
    assert list(scores(text)) == list(range(1, 12)), text
    assert " failed" not in text
    assert " skipped" not in text


def test_the_blank_engine_is_told_its_first_step():
    text = run_suite(f"{FOLDER / 'my_engine.py'}:Value", "-x")
    assert "hint: __init__ is still to be written: this is your next step." in text
    assert "10 stages not reached" in text


@pytest.mark.slow
def test_micrograd_has_the_score_of_the_readme():
    pytest.importorskip("micrograd.engine")
    text = run_suite("micrograd.engine:Value")
    failed = {}
    for stage, test in re.findall(r"^FAILED .*test_stage_(\d+)_\w+\.py::test_(\w+)", text, re.M):
        failed.setdefault(int(stage), []).append(test.replace("_", " "))
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) [^|]*\| (\d+/\d+) \| ([^|]*)\|$", readme, re.M)
    recorded = {int(n): (score, fails.strip()) for n, score, fails in rows}
    assert recorded == {
        n: (score, "; ".join(failed.get(n, []))) for n, score in scores(text).items()
    }
