"""Which build of the core runs: compiled from its own source, or that source itself.

`pip install` compiles ``MODULES`` with mypyc where there is a C compiler (see
``native/backend.py``). Compiled modules lie beside their sources, and Python would prefer
them always; here it is decided that they run only as long as they are what the source says.
So that to edit a source is enough to run it.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

MODULES = ("graph", "primitives.methods", "value")
TOGETHER = "autograd.native.core__mypyc"  # the library that holds them all
NOTHING = "nothing was compiled (pip install does, where there is a C compiler)"
FOLDER = Path(__file__).parent


def why_pure() -> str:
    """Why the sources are to be run; "" if the compiled modules are."""
    if pure_is_wanted():
        return "AUTOGRAD_PURE is set"
    try:
        built = importlib.import_module("autograd.native.built")
    except ImportError:
        return NOTHING
    if Path(str(built.__file__)).parent != FOLDER / "native":  # of another copy
        return NOTHING
    if built.REASON:
        return str(built.REASON)
    checksum = importlib.import_module("autograd.native.checksums").checksum
    changed = [name for name in MODULES if built.SOURCES.get(name) != checksum([source(name)])]
    if changed:
        return f"{', '.join(changed)} changed since the build; pip install compiles anew"
    try:
        importlib.import_module(TOGETHER)
    except ImportError as error:
        return f"compiled for another Python, or damaged ({error})"
    return ""


def pure_is_wanted() -> bool:
    """True if the environment asks for pure Python."""
    return os.environ.get("AUTOGRAD_PURE", "0") not in ("", "0")


def source(name: str) -> Path:
    """Where the source of a module of ``MODULES`` is."""
    return FOLDER.joinpath(*name.split(".")).with_suffix(".py")


def is_native() -> bool:
    """True if the compiled core runs."""
    return reason == ""


def name_sources() -> None:
    """Have compiled modules say where their source is: for ``??``, tracebacks, doctests."""
    if is_native():
        for name in MODULES:
            module = sys.modules[f"autograd.{name}"]
            module.__file__ = str(source(name))
            if sys.version_info >= (3, 13):  # where a class says on which line it begins
                name_lines(module)


def name_lines(module: ModuleType) -> None:
    """Have the compiled classes of a module say on which line of its source they begin."""
    lines = Path(str(module.__file__)).read_text("utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if line.startswith("class "):
            named = getattr(module, line[6:].partition("(")[0].rstrip(":"))
            named.__firstlineno__ = number


def info() -> str:
    """Which build runs and why, in one line.

    >>> info().startswith(("native: ", "pure Python: "))
    True
    """
    if is_native():
        return "native: the core is compiled from its own source"
    return f"pure Python: {reason}"


def executor() -> Any:
    """The module that runs compiled programs natively; None if NumPy does."""
    if pure_is_wanted() or why_no_executor():
        return None
    return importlib.import_module("autograd.native.executor")


@functools.cache
def why_no_executor() -> str:
    """Why the vector machine (``native/executor.c``) cannot run; "" if it can."""
    try:
        importlib.import_module("autograd.native.executor")
    except ImportError as error:
        missing = isinstance(error, ModuleNotFoundError)
        why = "it was not built" if missing else f"for another Python, or damaged: {error}"
        with contextlib.suppress(ImportError, AttributeError):
            why = importlib.import_module("autograd.native.built").EXECUTOR or why
        return str(why)
    try:
        built = importlib.import_module("autograd.native.built").MACHINE
    except (ImportError, AttributeError):
        return ""  # built by hand
    checksums = importlib.import_module("autograd.native.checksums")
    now = checksums.checksum(checksums.machine_sources(FOLDER / "native"))
    return "" if now in (0, built) else "its source changed since the build"


def nodes() -> Any:
    """The module that makes the compiled core's nodes (``native/nodes.c``); None if Python does.

    As it does if nothing, or something else than the source says, was built.
    """
    if not is_native():
        return None
    built = importlib.import_module("autograd.native.built")
    checksum = importlib.import_module("autograd.native.checksums").checksum
    now = checksum((FOLDER / "native").glob("nodes.c"))
    if now not in (0, getattr(built, "NODES", 0)):
        return None
    try:
        return importlib.import_module("autograd.native.nodes")
    except ImportError:
        return None


def executor_info() -> str:
    """What runs compiled programs, and why, in one line.

    >>> executor_info().startswith("compiled programs: run by ")
    True
    """
    found = executor()
    if found is not None:
        return f"compiled programs: run by the vector machine ({found.use('')} loops)"
    return f"compiled programs: run by NumPy ({why_no_executor() or 'AUTOGRAD_PURE is set'})"


class FromSource:  # importlib.abc would load inspect, on Python 3.12
    """Finds the sources of ``MODULES`` where compiled ones lie beside them."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        name = fullname.removeprefix("autograd.")
        if name == fullname or name not in MODULES:
            return None
        return importlib.util.spec_from_file_location(fullname, source(name))


# Here, because this is the first thing that ``import autograd`` imports.
reason = why_pure()
if reason and not any(isinstance(finder, FromSource) for finder in sys.meta_path):
    sys.meta_path.insert(0, FromSource())
