"""What is written in C, under the address and the undefined-behaviour sanitizer."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import autograd

FOLDER = Path(autograd.__file__).parent / "native"
LOAD = """
import importlib.util, sys
name = "autograd.native." + sys.argv[1]
spec = importlib.util.spec_from_file_location(name, sys.argv[2])
sys.modules[name] = loaded = importlib.util.module_from_spec(spec)
spec.loader.exec_module(loaded)
"""
RUN_EXECUTOR = """
executor = loaded
from autograd import _build
_build.why_no_executor = lambda: ""  # this one counts, not what is installed
import numpy as np
from tests.compiler.fuzz import failure
from tests.compiler.native_malformed import run, run_lines
from tests.compiler.native_statements import compare, random_statement
for loops in ("plain", "avx2", "avx512"):
    executor.use(loops)
    run(executor, 3000)
    run_lines(executor, 3000)
    for seed in range(300):
        compare(*random_statement(np.random.default_rng(seed)), rtol=1e-12)
    found = {seed: failure(seed) for seed in range(12)}
    assert not any(found.values()), found
print("sound")
"""
RUN_NODES = """
import gc
from autograd import Value, _build, collector
from tests.autograd.test_blocks import churn
assert collector.hider is loaded or not _build.is_native()
assert all(map(churn, range(3)))
gc.collect()
Value(1.0).register_hook(lambda grad: grad)  # from here on nodes lie elsewhere
assert churn(3)
print("sound")
"""


@pytest.mark.slow
@pytest.mark.parametrize(("name", "run"), [("executor", RUN_EXECUTOR), ("nodes", RUN_NODES)])
def test_fuzzing_finds_no_fault(name, run, tmp_path):
    gcc = shutil.which("gcc")
    if gcc is None:
        pytest.skip("no gcc")
    where = subprocess.run(
        [gcc, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True
    )
    library = Path(where.stdout.strip())
    include = Path(sysconfig.get_paths()["include"])
    if not library.is_absolute() or not (include / "Python.h").exists():
        pytest.skip("no libasan, or no Python.h")
    made = tmp_path / f"{name}.so"
    source = FOLDER / f"{name}.c"
    flags = ["-shared", "-fPIC", "-O1", "-g", "-fno-math-errno", "-fno-trapping-math"]
    flags += ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]
    subprocess.run([gcc, *flags, f"-I{include}", str(source), "-o", str(made), "-lm"], check=True)
    done = subprocess.run(
        [sys.executable, "-c", LOAD + run, name, str(made)],
        cwd=FOLDER.parents[1],
        env={
            **os.environ,
            "LD_PRELOAD": str(library.resolve()),
            "ASAN_OPTIONS": "detect_leaks=0",  # Python keeps what it has
            "PYTHONPATH": str(FOLDER.parents[1]),
            "AUTOGRAD_PURE": "",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.strip() == "sound"
