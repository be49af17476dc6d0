"""Checkpoints: exact, whole or not at all, and never code."""

import json
import math
import os
import signal
import subprocess
import sys
import time

import pytest

from nn.checkpoint import CheckpointError, load_checkpoint, save_checkpoint


def test_numbers_come_back_to_the_bit(tmp_path):
    odd = [0.1, -0.0, 5e-324, 1.7976931348623157e308, math.inf, -math.inf, 2**80, True, None]
    state = {"numbers": odd, "text": "ä\n\ud800", "nested": [{"a": (1, 2)}]}
    back = load_checkpoint(save_checkpoint(tmp_path / "new" / "c.json", state))
    assert [repr(x) for x in back["numbers"]] == [repr(x) for x in odd]
    assert back["text"] == state["text"] and back["nested"] == [{"a": [1, 2]}]
    assert math.isnan(load_checkpoint(save_checkpoint(tmp_path / "n", math.nan)))


def test_every_truncation_and_every_changed_byte_is_noticed(tmp_path):
    path = save_checkpoint(tmp_path / "c.json", {"w": [0.1, 0.2], "n": 3})
    whole = path.read_bytes()
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        with pytest.raises(CheckpointError):
            load_checkpoint(path)
    for i in range(len(whole)):
        path.write_bytes(whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :])
        with pytest.raises(CheckpointError, match=r"c\.json"):
            load_checkpoint(path)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"model": {"w": object()}}, r"state\['model'\]\['w'\] is <object"),
        ({"a": [1, {2: 3}]}, r"state\['a'\]\[1\] has the key 2"),
        ([1j], r"state\[0\] is 1j"),
    ],
)
def test_what_cannot_be_kept_is_named_and_the_old_file_stays(tmp_path, state, message):
    path = save_checkpoint(tmp_path / "c.json", "old")
    with pytest.raises(TypeError, match=message):
        save_checkpoint(path, state)
    assert load_checkpoint(path) == "old"
    assert os.listdir(tmp_path) == ["c.json"]


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    path = save_checkpoint(tmp_path / "c.json", "old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save_checkpoint(path, "new")
    assert load_checkpoint(path) == "old"
    assert os.listdir(tmp_path) == ["c.json"]


def test_a_pickle_is_refused_unread(tmp_path):
    path = tmp_path / "c.json"
    path.write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(CheckpointError, match="no checkpoint"):
        load_checkpoint(path)


def test_a_kill_at_any_moment_leaves_a_whole_checkpoint(tmp_path):
    program = (
        "import sys; from nn.checkpoint import save_checkpoint\n"
        "n = 0\n"
        "while True:\n"
        "    n += 1; save_checkpoint(sys.argv[1], {'n': n, 'ballast': [n / 3] * 20000})\n"
    )
    path = tmp_path / "c.json"
    seen = set()
    for attempt in range(4):
        process = subprocess.Popen([sys.executable, "-c", program, str(path)])
        deadline = time.monotonic() + 20
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.05 + 0.037 * attempt)
        process.send_signal(signal.SIGKILL)
        process.wait()
        state = load_checkpoint(path)
        assert state["ballast"] == [state["n"] / 3] * 20000
        seen.add(json.dumps(state["n"]))
        path.unlink()
    assert seen
