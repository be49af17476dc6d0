"""Run the course again: ``python -m notebooks`` executes every lesson and keeps what it prints.

``python -m notebooks 15 neuron`` runs those whose names contain one of the words. A lesson that
raises, or writes to the error stream, is left as it was and named at the end. Run it in the root
of a checkout, with the extras ``[notebook,data,test]``.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
METADATA = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def main(words: list[str]) -> int:
    """Execute the lessons that are asked for; how many failed."""
    lessons = [
        path
        for path in sorted(FOLDER.glob("*.ipynb"))
        if not words or any(word in path.stem for word in words)
    ]
    failed = []
    for path in lessons:
        started = time.perf_counter()
        trouble = execute(path)
        failed += [path.stem] if trouble else []
        took = time.perf_counter() - started
        print(f"{path.stem}: {trouble or 'ok'} ({took:.0f} s, {path.stat().st_size / 1e3:.0f} kB)")
    print(f"{len(lessons) - len(failed)} of {len(lessons)} lessons", *failed)
    return len(failed) or not lessons


def execute(path: Path) -> str:
    """Run one notebook and write it, with nothing in it that changes by itself; or say what failed."""
    import nbclient
    import nbformat

    notebook: Any = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(FOLDER.parent)}},
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],  # the kernel's own words
    )
    try:
        client.execute()
    except nbclient.exceptions.CellExecutionError as error:
        return f"{error.ename}: {error.evalue}"
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    if errors := [output.text for output in outputs if output.get("name") == "stderr"]:
        return f"it says on the error stream: {errors[0].strip()}"
    notebook.metadata.clear()
    notebook.metadata.update(METADATA)
    nbformat.write(notebook, path)
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
