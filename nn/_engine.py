"""Is the installed ``autograd`` ours? Another project's package has the same import name."""

from __future__ import annotations


def check_engine() -> None:
    """``ImportError`` that names the cure if ``autograd`` is not this project's engine."""
    import autograd

    if not hasattr(autograd, "Value"):
        where = getattr(autograd, "__file__", None) or "an unknown place"
        raise ImportError(
            f"the 'autograd' that Python imports (from {where}) is another project: HIPS autograd "
            "uses the same import name. One environment can hold only one of the two. Make a fresh "
            "one (python -m venv .venv) and install scalar-autograd there; or, to stay here: "
            "pip uninstall -y autograd && pip install --force-reinstall --no-deps scalar-autograd"
        )


check_engine()
