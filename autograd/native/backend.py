"""The build backend: setuptools, and the core compiled by mypyc where that can be done.

Named in ``pyproject.toml``. Without a C compiler, with ``AUTOGRAD_PURE=1``, or if anything
goes wrong, the package is installed in pure Python; ``python -m autograd`` says why.
"""

from __future__ import annotations

import os
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Any

from documented import docstrings, documented
from setuptools import Distribution, build_meta, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py
from setuptools.extension import Extension

MYPYC = "mypy[mypyc]==2.4.1"
SOURCES = {
    "graph": "autograd/graph.py",
    "primitives.methods": "autograd/primitives/methods.py",
    "value": "autograd/value.py",
}
MYPY_OPTIONS = ["--config-file=", "--follow-imports=skip", "--ignore-missing-imports"]
TYPES = ["autograd/primitives/origin.py", "autograd/primitives/table.py"]  # as they are
BUILT = '''"""Made by the build: checksums of the sources that were compiled, or why none was."""

SOURCES: dict[str, int] = {sources!r}
REASON = {reason!r}
'''


def why_not() -> str:
    """Why nothing can be compiled here; "" if it can be tried."""
    if os.environ.get("AUTOGRAD_PURE", "0") not in ("", "0"):
        return "AUTOGRAD_PURE was set when it was installed"
    if sys.implementation.name != "cpython":
        return f"mypyc compiles for CPython, not for {sys.implementation.name}"
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder, "trial.c")
        trial.write_text("#include <Python.h>\n")
        builder = build_ext(Distribution())
        builder.initialize_options()
        builder.finalize_options()
        try:
            compiler = compiler_of(builder)
            compiler.compile([str(trial)], output_dir=folder, include_dirs=builder.include_dirs)
        except (Exception, SystemExit):  # of many kinds, by platform
            return "there was no C compiler, or no Python.h, when it was installed"
    return ""


def compiler_of(builder: Any) -> Any:
    """The C compiler that extensions would be built with."""
    from setuptools._distutils.ccompiler import new_compiler
    from setuptools._distutils.sysconfig import customize_compiler

    compiler = new_compiler(compiler=builder.compiler)
    customize_compiler(compiler)
    if hasattr(compiler, "initialize"):
        compiler.initialize()
    return compiler


def extensions() -> tuple[list[Extension], str]:
    """What to compile; or nothing, and why."""
    reason = why_not()
    if reason:
        return [], reason
    try:
        from mypyc.build import mypycify

        found = mypycify(
            # What they import is only known by name: to read all of it would take a minute.
            [*MYPY_OPTIONS, *SOURCES.values(), *TYPES],
            only_compile_paths=SOURCES.values(),
            opt_level="3",
            debug_level="0",
            group_name="autograd.native.core",
            target_dir="build/mypyc",
        )
        docs = {k: v for path in SOURCES.values() for k, v in docstrings(Path(path)).items()}
        for generated in Path("build/mypyc").rglob("__native_*.c"):
            text = documented(generated.read_text("utf-8"), docs)
            generated.write_text(text, "utf-8")
    except (Exception, SystemExit) as error:  # whatever it is: the source runs as it stands
        return [], f"mypyc could not compile it: {error}"
    return found, ""


def write_down(root: Path, reason: str) -> None:
    """What was compiled, beside it: the checksums of the sources; or why nothing was."""
    sources = {name: zlib.crc32(Path(path).read_bytes()) for name, path in SOURCES.items()}
    built = root / "autograd" / "native" / "built.py"
    built.parent.mkdir(parents=True, exist_ok=True)
    built.write_text(BUILT.format(sources={} if reason else sources, reason=reason), "utf-8")


class Modules(build_py):
    """Copies the sources, and notes that nothing is compiled (yet)."""

    reason = ""

    def run(self) -> None:
        super().run()
        root = Path() if self.editable_mode else Path(self.build_lib)
        write_down(root, self.reason or "the build was interrupted")


class OptionalExtensions(build_ext):
    """Builds the extensions if it can, and notes what came of it."""

    def run(self) -> None:
        reason = ""
        try:
            super().run()
        except Exception as error:  # whatever it is: the sources run as they stand
            reason = f"the C compiler failed: {error}"
            self.extensions = []
        write_down(Path() if self.editable_mode else Path(self.build_lib), reason)


class Backend(build_meta._BuildMetaBackend):  # type: ignore[misc, name-defined]
    """setuptools' backend, whose ``setup()`` is told what to compile."""

    def run_setup(self, setup_script: str = "setup.py") -> None:
        wanted = {"bdist_wheel", "editable_wheel", "build_ext"} & set(sys.argv)
        found, Modules.reason = extensions() if wanted else ([], "")
        setup(ext_modules=found, cmdclass={"build_py": Modules, "build_ext": OptionalExtensions})

    def requirements(self, config_settings: Any) -> list[str]:
        """mypyc, where there is a compiler for what it writes."""
        return [] if why_not() else [MYPYC]

    def get_requires_for_build_wheel(self, config_settings: Any = None) -> list[str]:
        return self.requirements(config_settings)

    def get_requires_for_build_editable(self, config_settings: Any = None) -> list[str]:
        return self.requirements(config_settings)


backend = Backend()
get_requires_for_build_wheel = backend.get_requires_for_build_wheel
get_requires_for_build_sdist = backend.get_requires_for_build_sdist
get_requires_for_build_editable = backend.get_requires_for_build_editable
prepare_metadata_for_build_wheel = backend.prepare_metadata_for_build_wheel
prepare_metadata_for_build_editable = backend.prepare_metadata_for_build_editable
build_wheel = backend.build_wheel
build_sdist = backend.build_sdist
build_editable = backend.build_editable
