"""Docstrings for compiled functions: mypyc leaves them out of the C that it writes.

>>> documented('(PyCFunction)CPyPy_m___f, METH_O, PyDoc_STR("f(x)")', {"m___f": 'Says "x".'})
'(PyCFunction)CPyPy_m___f, METH_O, PyDoc_STR("f(x)Says \\\\042x\\\\042.")'
"""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

TEXT = r'(?:[^"\\]|\\.)*'  # of a C string


def docstrings(path: Path) -> dict[str, str]:
    """Of a module's functions, classes and methods, by mypyc's names for them in C."""
    found: dict[str, str] = {}

    def visit(node: ast.AST, name: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
                inner = f"{name}___{child.name}"
                doc = ast.get_docstring(child)
                if doc and inner not in found:  # a property's is its getter's, which comes first
                    found[inner] = doc
                if isinstance(child, ast.ClassDef):
                    visit(child, inner)

    visit(ast.parse(path.read_text("utf-8")), path.stem)
    return found


def documented(source: str, docs: dict[str, str]) -> str:
    """The C source, with the docstrings where it has only signatures, or nothing."""
    names = {name.rpartition("___")[2]: name for name in docs if name.count("___") == 1}

    def after_signature(match: re.Match[str]) -> str:
        return match[1] + literal(docs.get(match["name"], "")) + '")'

    def of_class(match: re.Match[str]) -> str:
        return match[1] + literal(docs.get(names.get(match["name"], ""), "")) + '")'

    def of_property(match: re.Match[str]) -> str:
        doc = docs.get(f"{match['cls']}___{match['name']}")
        return match[1] + (f'"{literal(doc)}"' if doc else "NULL") + ", NULL}"

    source = re.sub(
        rf'(CPyPy_(?P<name>\w+),[\sA-Z_|]+,\s*PyDoc_STR\("{TEXT})"\)', after_signature, source
    )
    source = re.sub(rf'(\.tp_doc = PyDoc_STR\("(?P<name>\w+)\({TEXT})"\)', of_class, source)
    return re.sub(
        r"(\(getter\)(?P<cls>\w+?)_get_(?P<name>\w+),\s*(?:\(setter\)\w+|NULL),\s*)NULL, NULL}",
        of_property,
        source,
    )


def literal(text: str) -> str:
    """A text between the quotes of a C string."""
    return "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\?' else f"\\{byte:03o}"
        for byte in inspect.cleandoc(text).encode()
    )
