"""The vector machine under the address and the undefined-behaviour sanitizer."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import autograd

SOURCE = Path(autograd.__file__).parent / "native" / "executor.c"
RUN = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("autograd.native.executor", sys.argv[1])
executor = importlib.util.module_from_spec(spec)
spec.loader.exec_module(executor)
sys.modules["autograd.native.executor"] = executor
from autograd import _build
_build.why_no_executor = lambda: ""  # this one counts, not what is installed
import numpy as np
from tests.compiler.fuzz import failure
from tests.compiler.native_malformed import run
from tests.compiler.native_statements import compare, random_statement
for loops in ("plain", "avx2", "avx512"):
    executor.use(loops)
    run(executor, 3000)
    for seed in range(300):
        compare(*random_statement(np.random.default_rng(seed)), rtol=1e-12)
    found = {seed: failure(seed) for seed in range(12)}
    assert not any(found.values()), found
print("sound")
"""


@pytest.mark.slow
def test_fuzzing_finds_no_fault(tmp_path):
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
    made = tmp_path / "executor.so"
    flags = ["-shared", "-fPIC", "-O1", "-g", "-fno-math-errno", "-fno-trapping-math"]
    flags += ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]
    subprocess.run([gcc, *flags, f"-I{include}", str(SOURCE), "-o", str(made), "-lm"], check=True)
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(made)],
        cwd=SOURCE.parents[2],
        env={
            **os.environ,
            "LD_PRELOAD": str(library.resolve()),
            "ASAN_OPTIONS": "detect_leaks=0",  # Python keeps what it has
            "PYTHONPATH": str(SOURCE.parents[2]),
            "AUTOGRAD_PURE": "",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.strip() == "sound"
