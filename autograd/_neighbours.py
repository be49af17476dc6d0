"""Does another project's package share our folder?"""

from __future__ import annotations

import os
import warnings


def warn_of_neighbours() -> None:
    """Warn if files of HIPS ``autograd``, which has the same import name, lie among ours.

    Installed into one environment, the two packages' files interleave: which of them works
    depends on which came last, and uninstalling one damages the other.
    """
    folder = os.path.dirname(os.path.abspath(__file__))
    if os.path.exists(os.path.join(folder, "tracer.py")):  # HIPS's, we have none
        warnings.warn(
            f"files of HIPS autograd, another project with the same import name, lie in {folder}; "
            "installing or uninstalling either breaks the other. Cure: a fresh environment "
            "(python -m venv .venv) for scalar-autograd; or pip uninstall -y autograd, then "
            "pip install --force-reinstall --no-deps scalar-autograd",
            RuntimeWarning,
            stacklevel=3,
        )
