"""Two builds: the core compiled from its own source, or that source; which one runs, and why."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograd import _build, collector
from autograd.native.checksums import machine_sources

ROOT = Path(_build.FOLDER).parent
SAY = "import autograd; from autograd import _build; print(_build.info())"


def said(code=SAY, cwd=ROOT, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(cwd), **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def a_copy(folder):
    """The engine, compiled modules included, to change."""
    shutil.copytree(
        ROOT / "autograd", folder / "autograd", ignore=shutil.ignore_patterns("__pycache__")
    )
    return folder


needs_native = pytest.mark.skipif(
    not _build.is_native(), reason="the core that runs here is not compiled"
)


def test_python_m_autograd_says_which_build_runs():
    done = subprocess.run(
        [sys.executable, "-m", "autograd"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    said = [_build.info(), _build.executor_info(), collector.info()]
    assert done.stdout.splitlines()[-3:] == said


def test_the_sources_run_if_that_is_asked_for():
    assert said(AUTOGRAD_PURE="1") == "pure Python: AUTOGRAD_PURE is set"
    assert said(SAY.replace("_build.info()", "autograd.Value.__add__.__code__.co_filename"),
                AUTOGRAD_PURE="1").endswith("value.py")  # fmt: skip


def test_without_compiled_modules_the_sources_run(tmp_path):
    folder = a_copy(tmp_path)
    for path in [*folder.rglob("*.so"), *folder.rglob("*.pyd"), *folder.rglob("built.py")]:
        path.unlink()
    assert said(cwd=folder, AUTOGRAD_PURE="").startswith("pure Python: nothing was compiled")


@needs_native
class TestNative:
    def test_an_edited_source_runs_at_once(self, tmp_path):
        folder = a_copy(tmp_path)
        assert said(cwd=folder).startswith("native")
        with (folder / "autograd" / "graph.py").open("a") as file:
            file.write("EDITED = True\n")
        assert said(cwd=folder).startswith("pure Python: graph changed since the build")
        assert said("import autograd; print(autograd.graph.EDITED)", cwd=folder) == "True"

    def test_a_damaged_library_is_no_obstacle(self, tmp_path):
        folder = a_copy(tmp_path)
        [library] = (folder / "autograd" / "native").glob("core__mypyc*")
        library.write_bytes(b"no library")
        assert said(cwd=folder).startswith("pure Python: compiled for another Python, or damaged")

    def test_nodes_are_made_by_python_if_what_makes_them_changed_or_is_damaged(self, tmp_path):
        folder = a_copy(tmp_path)
        say = "from autograd import _build, Value; print(_build.nodes() is None, Value(2.0) * 3)"
        native = folder / "autograd" / "native"
        with (native / "nodes.c").open("a") as file:
            file.write("/* edited */\n")
        assert said(say, cwd=folder) == "True Value(6.0)"
        (native / "nodes.c").unlink()  # as in an installed package
        assert said(say, cwd=folder) == f"{_build.nodes() is None} Value(6.0)"
        for library in native.glob("nodes.*"):
            library.write_bytes(b"no library")
        assert said(say, cwd=folder) == "True Value(6.0)"

    def test_the_source_can_be_looked_at(self):
        import inspect

        from autograd import Value, leaves

        assert "class Value" in inspect.getsource(Value)
        assert inspect.getdoc(Value.backward).startswith("Add ∂self/∂leaf")
        assert inspect.getdoc(leaves).startswith("The leaves that")
        assert list(inspect.signature(Value.backward).parameters) == ["self", "gradient"]

    def test_tracebacks_name_the_user_s_line_and_ours(self):
        import traceback

        from autograd import Value

        try:
            Value(1.0).backward("much")
        except TypeError as error:
            files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
        assert files[0] == __file__
        assert files[1].endswith("value.py")


def test_python_m_autograd_says_what_runs_compiled_programs():
    assert said(SAY.replace("info", "executor_info"), AUTOGRAD_PURE="1") == (
        f"compiled programs: run by NumPy ({_build.why_no_executor() or 'AUTOGRAD_PURE is set'})"
    )


@pytest.mark.skipif(_build.executor() is None, reason="the vector machine was not built")
class TestExecutor:
    def test_a_damaged_one_is_no_obstacle(self, tmp_path):
        folder = a_copy(tmp_path)
        native = folder / "autograd" / "native"
        [library] = [*native.glob("executor*.so"), *native.glob("executor*.pyd")]
        library.write_bytes(b"no library")
        code = SAY.replace("info", "executor_info")
        assert "run by NumPy (for another Python, or damaged" in said(code, cwd=folder)
        code = "import autograd; print(autograd.compile(lambda x: x * 2.0)(3.0))"
        assert said(code, cwd=folder) == "6.0"

    def test_it_does_not_run_if_its_source_changed(self, tmp_path):
        folder = a_copy(tmp_path)
        built = folder / "autograd" / "native" / "built.py"
        built.write_text("SOURCES = {}\nREASON = 'none'\nEXECUTOR = ''\nMACHINE = 1\n")
        code = SAY.replace("info", "executor_info")
        assert "run by NumPy (its source changed since the build)" in said(code, cwd=folder)


def test_the_machine_is_made_of_the_executor_and_what_it_includes():
    """Of nothing else: a change elsewhere, as of the nodes, must not switch it off."""
    sources = machine_sources(_build.FOLDER / "native")
    text = "".join(path.read_text("utf-8") for path in sources)
    included = set(re.findall(r'#include "(.+?)"', text))
    assert {path.name for path in sources} == {"executor.c", *included}
