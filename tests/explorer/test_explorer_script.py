"""The explorer's JavaScript, tested by node itself."""

import subprocess

from graphs import HERE, needs_node


@needs_node
def test_the_javascript_passes_its_own_tests():
    done = subprocess.run(
        ["node", "--test", str(HERE / "explorer.test.mjs")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# tests 0" not in done.stdout
