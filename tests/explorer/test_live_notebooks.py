"""The widget in JupyterLab and in marimo, from end to end: open, run, drag, read back the value."""

import contextlib
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import time

import pytest
from browser import chromium, until

import autograd

pytestmark = pytest.mark.slow
ROOT = pathlib.Path(autograd.__file__).parents[1]

CELL = """
from autograd import Value, explore
x, w = Value(0.5, label="x"), Value(2.0, label="w")
y = (w * x + 1).tanh()
explorer = explore(y)
explorer
""".strip()
READ_BACK = 'f"READ BACK {w.data} {w.grad} {y.data}"'
APP = f"""
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
{chr(10).join("    " + line for line in CELL.splitlines())}
    return mo, w, y

@app.cell
def _(mo):
    refresh = mo.ui.refresh(default_interval="1s")
    refresh
    return (refresh,)

@app.cell
def _(mo, refresh, w, y):
    refresh
    mo.md({READ_BACK})
    return
"""


# The notebook that JupyterLab has open.
PANEL = "[...(window.jupyterapp?.shell.widgets('main') ?? [])].find((w) => w.context)"


@contextlib.contextmanager
def server(folder, *arguments):
    """A notebook server of its own, with a home of its own; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = {
        name: str(folder / name)
        for name in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")
    }
    for place in places.values():
        os.makedirs(place, exist_ok=True)
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments, f"--port={port}"],
            cwd=folder, env={**os.environ, **places, "PYTHONPATH": str(ROOT)},
            stdout=log, stderr=log,
        )  # fmt: skip
        try:
            for _ in range(240):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.25)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def drag_slider_of_w(page):
    """Choose w in the panel and drag its slider to the right; the panel's data, grad."""
    page.locator(".ag-panel .ag-link", has_text="w").first.click()
    box = page.locator(".ag-panel input[type=range]").first.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.5, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, y, steps=6)
    page.mouse.up()
    page.wait_for_timeout(1500)
    return [float(text) for text in page.locator(".ag-panel dd").all_inner_texts()]


def test_in_jupyterlab(tmp_path):
    pytest.importorskip("jupyterlab", reason="jupyterlab is not installed")
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    notebook = {
        "cells": [{**cell, "id": "a", "source": CELL}, {**cell, "id": "b", "source": READ_BACK}],
        "metadata": {"kernelspec": {"display_name": "Python", "name": "python3"}},
        "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip
    (tmp_path / "test.ipynb").write_text(json.dumps(notebook))
    flags = ["jupyterlab", "--no-browser", "--ip=127.0.0.1", "--ServerApp.token=t", "--allow-root"]
    flags += ["--LabApp.expose_app_in_browser=True", "--LabApp.news_url="]
    with server(tmp_path, *flags) as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 1100})
        page.goto(f"{address}/lab/tree/test.ipynb?token=t")
        until(page, f"{PANEL} !== undefined", 60)
        page.evaluate(
            f"""async () => {{
              await window.jupyterapp.restored;
              const panel = {PANEL};
              await panel.context.ready;
              await panel.context.sessionContext.ready;
              await panel.context.sessionContext.session.kernel.info;
              await window.jupyterapp.commands.execute("notebook:run-all-cells");
            }}"""
        )
        page.wait_for_selector(".ag canvas", timeout=60_000)
        data, grad = drag_slider_of_w(page)
        assert data > 3.0
        page.evaluate(
            f"""async () => {{
              {PANEL}.content.activeCellIndex = 1;
              await window.jupyterapp.commands.execute("notebook:run-cell");
            }}"""
        )
        page.wait_for_timeout(1500)
        assert (
            f"READ BACK {data} {grad} "
            in page.locator(".jp-OutputArea-output pre").last.inner_text()
        )
        milliseconds = page.evaluate(
            """async () => {
              const { source, selected } = document.querySelector(".ag").parentElement.explorer;
              const times = [];
              for (let i = 0; i < 21; i++) {
                const start = performance.now();
                await new Promise((done) => source.set(selected, 1 + i / 100, done));
                times.push(performance.now() - start);
              }
              return times;
            }"""
        )
        print(f"\nslider to kernel and back: median {statistics.median(milliseconds):.0f} ms")
        assert statistics.median(milliseconds) <= 100


def test_in_marimo(tmp_path):
    pytest.importorskip("marimo", reason="marimo is not installed")
    (tmp_path / "app.py").write_text(APP)
    with (
        server(
            tmp_path, "marimo", "run", "app.py", "--headless", "--no-token", "--host=127.0.0.1"
        ) as address,
        chromium() as browser,
    ):
        page = browser.new_page(viewport={"width": 1400, "height": 1100})
        page.goto(address)
        page.wait_for_selector(".ag canvas", timeout=60_000)
        page.wait_for_timeout(1000)
        data, grad = drag_slider_of_w(page)
        assert data > 3.0
        page.wait_for_timeout(2000)
        assert page.locator(f"text=READ BACK {data} {grad}").count() == 1
