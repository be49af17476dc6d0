"""``python -m autograd``: the version, and which build of the core runs."""

from __future__ import annotations

import platform

import autograd

from . import collector
from ._build import FOLDER, executor_info, info

print(f"scalar-autograd {autograd.__version__} in {FOLDER}")
print(f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}")
print(info())
print(executor_info())
print(collector.info())
