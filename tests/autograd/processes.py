"""Run a program in a fresh Python, as a user would."""

import os
import pathlib
import subprocess
import sys
import textwrap

import autograd

# Where the engine under test lies: the checkout, or the copy that test_architecture makes.
ROOT = pathlib.Path(autograd.__file__).resolve().parent.parent


def run_python(program, **environment):
    """What the program prints; fails with its traceback if it does not end well."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout
