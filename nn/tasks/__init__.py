"""The tasks of ``python -m nn TASK``: each is one file here that defines ``TASK``."""

from __future__ import annotations

import importlib
import pkgutil

from .task import Level, Options, Task

__all__ = ["Level", "Options", "Task", "tasks"]


def tasks() -> dict[str, Task]:
    """Every task by name: the modules of this package that define a ``TASK``.

    >>> "digits" in tasks() and "moons" in tasks()
    True
    """
    found = {}
    for module in pkgutil.iter_modules(__path__):
        task = getattr(importlib.import_module(f"{__name__}.{module.name}"), "TASK", None)
        if task is not None:
            found[task.name] = task
    return found
