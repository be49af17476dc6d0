"""Which engine is tested: ``--engine module:Class`` or ``--engine path/to/file.py:Class``."""

import importlib
import importlib.util
import pathlib
import sys
import traceback
import warnings
from dataclasses import dataclass

import pytest

DEFAULT = "autograd:Value"
USAGE = "say --engine module:Class or --engine path/to/file.py:Class"


@dataclass
class Engine:
    """A class under test, how it was asked for, and the file it came from."""

    name: str
    Value: type
    file: str


def load(name, folder):
    """Import the engine; a module is looked for in ``folder`` (where pytest was started) first.

    Whatever goes wrong is a ``pytest.UsageError``: one message, no traceback.
    """
    module_name, colon, class_name = name.rpartition(":")
    if not colon:
        module_name, class_name = name, "Value"
    try:
        with warnings.catch_warnings(action="ignore"):
            module = import_module(module_name, pathlib.Path(folder))
    except pytest.UsageError:
        raise
    except SyntaxError as error:
        where = f"{error.filename}, line {error.lineno}: {(error.text or '').strip()}"
        raise pytest.UsageError(f"--engine {name}: {error.msg}\n  {where}") from None
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{place.filename}, line {place.lineno}: {place.line}"
        if isinstance(error, ModuleNotFoundError) and place.filename.startswith("<"):
            where = USAGE
        raise pytest.UsageError(
            f"--engine {name}: importing it raised {type(error).__name__}: {error}\n  {where}"
        ) from None
    if not isinstance(getattr(module, class_name, None), type):
        classes = [n for n, thing in vars(module).items() if isinstance(thing, type)]
        found = f"it has {', '.join(classes)}" if classes else "it has no class at all"
        raise pytest.UsageError(f"--engine {name}: no class {class_name} there ({found}); {USAGE}")
    return Engine(name, getattr(module, class_name), getattr(module, "__file__", None) or "")


def import_module(name, folder):
    """A file by its path, with its folder importable as for a script; or a module by its name."""
    if not (name.endswith(".py") or "/" in name or "\\" in name):
        with first_on_path(folder):
            return importlib.import_module(name)
    path = folder / name if name.endswith(".py") else folder / f"{name}.py"
    if not path.is_file():
        raise pytest.UsageError(f"--engine: there is no file {path}; {USAGE}")
    alias = path.stem if path.stem not in sys.modules else f"engine_under_test_{path.stem}"
    spec = importlib.util.spec_from_file_location(alias, path)
    module = sys.modules[alias] = importlib.util.module_from_spec(spec)
    with first_on_path(path.parent):
        spec.loader.exec_module(module)
    return module


class first_on_path:
    """Look in a folder first while importing; afterwards last, so that it shadows nothing."""

    def __init__(self, folder):
        self.folder = str(folder)

    def __enter__(self):
        sys.path.insert(0, self.folder)

    def __exit__(self, *error):
        sys.path.remove(self.folder)
        sys.path.append(self.folder)
