"""Makes ``names.txt``: the public function and method names of Python's standard library.

``python -m nn.corpora.make_names FILE`` parses every module of the running Python's standard
library (with ``ast``, importing nothing), without its tests and without IDLE, and keeps the
names of functions and methods of 3 to 20 lower-case letters and underscores that begin with a
letter, sorted, each once. The first lines of the file say which Python they come from.
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

NAME = re.compile(r"[a-z][a-z_]{2,19}")
LEFT_OUT = {"ensurepip", "idlelib", "lib2to3", "site-packages", "test", "tests", "turtledemo"}

HEADER = """\
# Public function and method names of the standard library of Python {version}, made by
# nn/corpora/make_names.py. Python is copyright (c) 2001-2023 Python Software Foundation; All
# Rights Reserved; its licence: https://docs.python.org/3/license.html
"""


def names(library: pathlib.Path) -> list[str]:
    """The names in all modules below a folder, sorted."""
    found: set[str] = set()
    for path in sorted(library.rglob("*.py")):
        if not LEFT_OUT.intersection(path.relative_to(library).parts):
            found.update(names_in(path.read_text(encoding="utf-8", errors="replace")))
    return sorted(found)


def names_in(source: str) -> Iterator[str]:
    """The names of the functions and methods that a module's source defines.

    >>> list(names_in("def read(): pass\\nclass A:\\n    def _hidden(self): pass"))
    ['read']
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd escapes in old modules
        try:
            tree = ast.parse(source)
        except SyntaxError:
            return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and NAME.fullmatch(node.name):
            yield node.name


if __name__ == "__main__":
    library = pathlib.Path(sysconfig.get_paths()["stdlib"])
    text = HEADER.format(version=platform.python_version()) + "\n".join(names(library)) + "\n"
    pathlib.Path(sys.argv[1]).write_text(text, encoding="utf-8")
