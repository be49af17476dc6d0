"""Checkpoints: state on disk that survives a kill at any moment.

A checkpoint is two lines of JSON: what it is and a checksum, then the state. It is written
beside its place, flushed to the disk, and then moved into its place in one step; so the file of
that name is always a whole one: the old or the new. Loading checks the checksum and runs no
code.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

FORMAT = "scalar-autograd checkpoint 1"


class CheckpointError(ValueError):
    """A file that is no whole checkpoint: truncated, changed, or something else."""


def save_checkpoint(path: str | os.PathLike[str], state: Any) -> Path:
    """Write a state (numbers, texts, lists, dicts with text keys) to a file, whole or not at all.

    Floats come back to the bit, nan and inf included. ``TypeError`` for what JSON cannot hold;
    then the file is as it was.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = save_checkpoint(Path(folder.name) / "a.json", {"w": 0.1})
    >>> load_checkpoint(path)
    {'w': 0.1}
    >>> folder.cleanup()
    """
    path = Path(path)
    try:
        body = json.dumps(_plain(state, "state"), ensure_ascii=True)
    except RecursionError:
        raise TypeError("save_checkpoint: the state is nested too deeply") from None
    head = json.dumps({"format": FORMAT, "sha256": _checksum(body)})
    path.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder, for only within one file system is a move a single step.
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with beside.open("w", encoding="ascii") as file:
            file.write(f"{head}\n{body}\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return path


def load_checkpoint(path: str | os.PathLike[str]) -> Any:
    """The state in a file. ``CheckpointError`` that says what is wrong with it, if something is."""
    path = Path(path)
    try:
        head, body, rest = path.read_text(encoding="ascii").split("\n")
        described = json.loads(head)
    except (UnicodeDecodeError, ValueError):
        raise CheckpointError(f"{path} is no checkpoint, or a truncated one") from None
    if not isinstance(described, dict) or described.get("format") != FORMAT:
        raise CheckpointError(f"{path} is no checkpoint of this kind ({FORMAT!r})")
    if rest or described.get("sha256") != _checksum(body):
        raise CheckpointError(f"{path} is damaged: its checksum does not fit its content")
    return json.loads(body)


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _plain(item: Any, where: str) -> Any:
    """The item if JSON gives it back as it is (tuples as lists), or an error that says where."""
    if item is None or isinstance(item, (bool, int, str)) or type(item) is float:
        return item
    if getattr(item, "ndim", 1) == 0:  # a number of NumPy's
        return _plain(item.item(), where)
    if isinstance(item, (list, tuple)):
        return [_plain(element, f"{where}[{i}]") for i, element in enumerate(item)]
    if isinstance(item, dict):
        for key in item:
            if not isinstance(key, str):
                raise TypeError(f"save_checkpoint: {where} has the key {key!r}, which is no text")
        return {key: _plain(element, f"{where}[{key!r}]") for key, element in item.items()}
    raise TypeError(
        f"save_checkpoint: {where} is {item!r}; only numbers, texts, lists and dicts can be kept"
    )
