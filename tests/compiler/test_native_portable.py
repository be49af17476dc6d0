"""What is written in C: any compiler can build it, in standard C if it must be."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import autograd
from tests.compiler.test_native_sanitized import LOAD, RUN_EXECUTOR

FOLDER = Path(autograd.__file__).parent / "native"
INCLUDE = Path(sysconfig.get_paths()["include"])
COMPILERS = [name for name in ("gcc", "clang") if shutil.which(name)]
SOURCES = ["executor.c", "nodes.c"]
WARNINGS = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
SEARCH = [f"-I{FOLDER}", "-isystem", str(INCLUDE)]  # none of Python's own warnings
UNKNOWN = "#undef __GNUC__\n#undef __clang__\n"
pytestmark = pytest.mark.skipif(
    not COMPILERS or not (INCLUDE / "Python.h").exists(), reason="no C compiler, or no Python.h"
)


def compiled(compiler, *options, source=FOLDER / "executor.c"):
    done = subprocess.run([compiler, *options, *SEARCH, source], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]


def as_seen_by_an_unknown_compiler(folder):
    """The source, with what names the compiler hidden from it (but not from Python.h)."""
    text = (FOLDER / "executor.c").read_text("utf-8")
    changed = text.replace('#include "portable.h"', UNKNOWN + '#include "portable.h"')
    assert changed != text
    made = folder / "unknown.c"
    made.write_text(changed, "utf-8")
    return made


@pytest.mark.parametrize("compiler", COMPILERS)
class TestEveryCompiler:
    @pytest.mark.parametrize("name", SOURCES)
    def test_has_nothing_to_warn_of(self, compiler, name):
        compiled(compiler, *WARNINGS, "-fsyntax-only", source=FOLDER / name)

    @pytest.mark.parametrize("name", SOURCES)
    def test_needs_nothing_but_standard_c(self, compiler, name):
        options = ["-pedantic-errors", "-DSTANDARD_C", "-fsyntax-only"]
        compiled(compiler, *WARNINGS, *options, source=FOLDER / name)

    def test_need_not_be_known(self, compiler, tmp_path):
        source = as_seen_by_an_unknown_compiler(tmp_path)
        compiled(compiler, *WARNINGS, "-pedantic-errors", "-fsyntax-only", source=source)

    @pytest.mark.slow
    @pytest.mark.parametrize("options", [["-O3"], ["-O1", "-DSTANDARD_C"]], ids=" ".join)
    def test_makes_the_same_machine(self, compiler, options, tmp_path):
        made = tmp_path / "executor.so"
        options = [*options, "-shared", "-fPIC", "-fno-math-errno", "-fno-trapping-math"]
        if sys.platform == "darwin":
            options += ["-undefined", "dynamic_lookup"]
        compiled(compiler, *options, "-o", str(made))
        done = subprocess.run(
            [sys.executable, "-c", LOAD + RUN_EXECUTOR, "executor", str(made)],
            cwd=FOLDER.parents[1],
            env={**os.environ, "PYTHONPATH": str(FOLDER.parents[1]), "AUTOGRAD_PURE": ""},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        assert done.stdout.strip() == "sound"
