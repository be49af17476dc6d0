"""The build backend: setuptools, the core compiled by mypyc where that can be done, and what is
written in C: the vector machine that runs compiled programs, and where nodes lie in memory,
out of the garbage collector's sight. If one of these fails, the others are still built.

Named in ``pyproject.toml``. Without a C compiler, with ``AUTOGRAD_PURE=1``, or if anything
goes wrong, the package is installed in pure Python; ``python -m autograd`` says why.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from checksums import checksum, machine_sources
from documented import docstrings, documented
from setuptools import Distribution, build_meta, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py
from setuptools.extension import Extension

MYPYC = "mypy[mypyc]==2.4.1"
INTERRUPTED = "the build was interrupted"
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
EXECUTOR = {executor!r}  # why the vector machine was not built
MACHINE = {machine!r}  # the checksum of its sources
NODES = {nodes!r}  # that of nodes.c
'''

EXECUTOR = "autograd.native.executor"
NODES = "autograd.native.nodes"
WARNINGS_FAIL = ("-Werror", "/WX")
FLAGS = ["-O3", "-fno-math-errno", "-fno-trapping-math"]  # as exact, and as fast as vectors are


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


def written_in_c() -> list[Extension]:
    """The vector machine, and how nodes are made and freed."""
    folder = "autograd/native"
    source, *headers = [path.as_posix() for path in machine_sources(Path(folder))]
    machine = Extension(
        EXECUTOR,
        [source],
        depends=headers,
        extra_compile_args=FLAGS,
        libraries=[] if sys.platform == "win32" else ["m"],
        optional=True,
    )
    return [machine, Extension(NODES, [f"{folder}/nodes.c"], optional=True)]


def core() -> tuple[list[Extension], str]:
    """The core, as mypyc writes it in C; or nothing, and why."""
    try:
        from mypyc.build import mypycify

        found = mypycify(
            # What they import is only known by name: to read all of it would take a minute.
            [*MYPY_OPTIONS, *SOURCES.values(), *TYPES],
            only_compile_paths=map(os.path.normpath, SOURCES.values()),  # as mypy spells them
            opt_level="3",
            debug_level="0",
            group_name="autograd.native.core",
            target_dir="build/mypyc",
        )
        docs = {k: v for path in SOURCES.values() for k, v in docstrings(Path(path)).items()}
        for generated in Path("build/mypyc").rglob("__native_*.c"):
            text = documented(generated.read_text("utf-8"), docs)
            generated.write_text(text, "utf-8")
        for extension in found:  # a compiler that warns of something new still compiles it
            args = extension.extra_compile_args
            extension.extra_compile_args = [arg for arg in args if arg not in WARNINGS_FAIL]
    except (Exception, SystemExit) as error:  # whatever it is: the source runs as it stands
        return [], f"mypyc could not compile it: {error}"
    return found, "" if found else "mypyc found nothing to compile"


def write_down(root: Path, reason: str, executor: str) -> None:
    """What was compiled, beside it: the checksums of the sources; or why nothing was."""
    sources = {name: checksum([Path(path)]) for name, path in SOURCES.items()}
    built = root / "autograd" / "native" / "built.py"
    built.parent.mkdir(parents=True, exist_ok=True)
    machine = checksum(machine_sources(Path("autograd/native")))
    text = BUILT.format(
        sources={} if reason else sources,
        reason=reason,
        executor=executor,
        machine=machine,
        nodes=checksum([Path("autograd/native/nodes.c")]),
    )
    built.write_text(text, "utf-8")


class Modules(build_py):
    """Copies the sources, and notes that nothing is compiled (yet)."""

    reason = executor_reason = ""

    def run(self) -> None:
        super().run()
        root = Path() if self.editable_mode else Path(self.build_lib)
        write_down(root, self.reason or INTERRUPTED, self.executor_reason or INTERRUPTED)


class OptionalExtensions(build_ext):
    """Builds the extensions if it can, and notes what came of it."""

    def run(self) -> None:
        self.failed: dict[str, str] = {}  # by part
        try:
            super().run()
        except Exception as error:  # whatever it is: the sources run as they stand
            self.failed = dict.fromkeys(("core", EXECUTOR), f"the build failed: {error}")
            self.extensions = []
        core, executor = (self.failed.get(which, "") for which in ("core", EXECUTOR))
        root = Path() if self.editable_mode else Path(self.build_lib)
        write_down(root, Modules.reason or core, Modules.executor_reason or executor)

    def build_extensions(self) -> None:
        super().build_extensions()
        self.extensions = [e for e in self.extensions if part(e) not in self.failed]

    def build_extension(self, extension: Extension) -> None:
        if part(extension) in self.failed:
            return
        if part(extension) != "core" and self.compiler.compiler_type == "msvc":
            extension.extra_compile_args = []  # its own are as good
        try:
            super().build_extension(extension)
        except (Exception, SystemExit):  # the compiler has said what it was
            where = extension.sources[0]
            self.failed[part(extension)] = (
                f"the C compiler failed on {where}; pip install -v shows why"
            )


def part(extension: Extension) -> str:
    """What an extension belongs to: a name of its own, or "core"."""
    return str(extension.name) if extension.name in (EXECUTOR, NODES) else "core"


class Backend(build_meta._BuildMetaBackend):  # type: ignore[misc, name-defined]
    """setuptools' backend, whose ``setup()`` is told what to compile."""

    def run_setup(self, setup_script: str = "setup.py") -> None:
        wanted = {"bdist_wheel", "editable_wheel", "build_ext"} & set(sys.argv)
        found = written_in_c()  # their files belong to a source distribution
        if wanted:
            found = []
            Modules.reason = Modules.executor_reason = why_not()
            if not Modules.reason:
                found, Modules.reason = core()
                found += written_in_c()
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
