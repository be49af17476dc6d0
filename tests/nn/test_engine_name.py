"""HIPS autograd has our import name: it is detected, named, and the cure is said."""

import pathlib
import shutil
import subprocess
import sys

import autograd
import nn

OURS = pathlib.Path(autograd.__file__).parent
NN = pathlib.Path(nn.__file__).parent


def run(folder, program):
    return subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False
    )


def test_nn_names_a_foreign_autograd_and_the_cure(tmp_path):
    shutil.copytree(NN, tmp_path / "nn")
    (tmp_path / "autograd").mkdir()
    (tmp_path / "autograd" / "__init__.py").write_text("def grad(f): pass\n")
    done = run(tmp_path, "import nn")
    assert done.returncode == 1
    assert "ImportError" in done.stderr
    assert "HIPS autograd" in done.stderr
    assert str(tmp_path / "autograd") in done.stderr
    assert "python -m venv .venv" in done.stderr


def test_autograd_warns_when_hips_files_lie_among_ours(tmp_path):
    shutil.copytree(OURS, tmp_path / "autograd")
    clean = run(tmp_path, "import autograd")
    assert clean.stderr == ""
    (tmp_path / "autograd" / "tracer.py").write_text("")
    done = run(tmp_path, "import autograd; print(autograd.Value(2.0))")
    assert "RuntimeWarning" in done.stderr
    assert "HIPS autograd" in done.stderr and str(tmp_path / "autograd") in done.stderr
    assert "pip uninstall -y autograd" in done.stderr
    assert done.stdout == "Value(2.0)\n"
