"""Makes ``functions.txt``: functions of ten modules of Python's standard library, documented.

``python -m nn.corpora.make_functions FILE`` parses the modules of the running Python (with
``ast``, importing nothing). A line for each function or method: its module, its name, and the
first line of its docstring or nothing, with tabs between. Left out are names that begin with
an underscore or have other characters than ASCII letters, digits and underscores, and what
stands there already. The first lines of the file say which Python they come from.
"""

from __future__ import annotations

import ast
import pathlib
import platform
import re
import sys
import sysconfig
import warnings
from collections.abc import Iterator

MODULES = (
    "asyncio", "distutils", "email", "importlib", "logging",
    "multiprocessing", "tkinter", "turtle", "unittest", "xml",
)  # fmt: skip
"""Those which document most."""

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")

HEADER = """\
# Names and docstrings' first lines of functions and methods in ten modules of the standard
# library of Python {version}, made by nn/corpora/make_functions.py: module, name, first line.
# Python is copyright (c) 2001-2023 Python Software Foundation; All Rights Reserved; its
# licence: https://docs.python.org/3/license.html
"""


def functions(library: pathlib.Path) -> list[tuple[str, str, str]]:
    """(module, name, first line of the docstring) of all functions, sorted, each once."""
    found = set()
    for module in MODULES:
        package = library / module
        paths = package.rglob("*.py") if package.is_dir() else [library / f"{module}.py"]
        for path in paths:
            if not {"test", "tests"}.intersection(path.relative_to(library).parts):
                source = path.read_text(encoding="utf-8", errors="replace")
                found |= {(module, *function) for function in functions_in(source)}
    return sorted(found)


def functions_in(source: str) -> Iterator[tuple[str, str]]:
    """The name and the first line of the docstring of each function in a module's source.

    >>> list(functions_in("class A:\\n    def read(self):\\n        'Read a line.'"))
    [('read', 'Read a line.')]
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd escapes in old modules
        tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and NAME.fullmatch(node.name):
            lines = (ast.get_docstring(node) or "").strip().splitlines()
            yield node.name, " ".join(lines[0].split()) if lines else ""


if __name__ == "__main__":
    library = pathlib.Path(sysconfig.get_paths()["stdlib"])
    lines = ["\t".join(function) for function in functions(library)]
    text = HEADER.format(version=platform.python_version()) + "\n".join(lines) + "\n"
    pathlib.Path(sys.argv[1]).write_text(text, encoding="utf-8")
