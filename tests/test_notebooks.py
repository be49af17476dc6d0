"""Every notebook runs from top to bottom, without a word on the error stream, and its
committed outputs are what it prints."""

import pathlib

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

ROOT = pathlib.Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def printed(notebook):
    """The text of each cell's outputs; pictures are compared by their text form.

    As one text: into how many pieces a stream is cut is a matter of time.
    """
    texts = []
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        texts.append("".join(o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs))
    return texts


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")  # of the kernel's client
def test_a_notebook_runs_and_prints_what_is_committed(path):
    committed = nbformat.read(path, as_version=4)
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}
    )
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]
    assert printed(notebook) == printed(committed)
