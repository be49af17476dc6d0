"""``python -m tests.docs FOLDER``: the API reference as HTML pages, from the docstrings."""

from __future__ import annotations

import argparse
from pathlib import Path
from types import ModuleType

import autograd
import nn

# What is loaded when it is first used has to be there when pdoc looks.
PACKAGES = (autograd, nn)


def main() -> None:
    """Write the pages, and say where."""
    parser = argparse.ArgumentParser(prog="python -m tests.docs", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder

    import pdoc

    for package in PACKAGES:
        for name in package.__all__:
            vars(package)[name] = getattr(package, name)
    pdoc.render.configure(docformat="google", show_source=True)
    modules = [f"nn.{name}" for name in nn.__all__ if isinstance(vars(nn)[name], ModuleType)]
    pdoc.pdoc(*[package.__name__ for package in PACKAGES], output_directory=folder)
    for package in PACKAGES:
        page = (folder / f"{package.__name__}.html").read_text("utf-8")
        missing = [
            name
            for name in package.__all__
            if f'id="{name}"' not in page and f"{package.__name__}.{name}" not in modules
        ]
        if missing:
            raise SystemExit(f"the page of {package.__name__} lacks {', '.join(missing)}")
    print(f"the reference: {folder / 'index.html'}")


if __name__ == "__main__":
    main()
