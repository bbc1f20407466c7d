"""What happens to a process whose log cannot be written."""

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from api import logs
import structlog
logs.configure()
structlog.get_logger().error("answers_not_saved", orders=3)
sys.stderr.write("went on")
"""


def test_a_log_on_a_full_disk_ends_nothing() -> None:
    with Path("/dev/full").open("w") as full:  # answers every write with ENOSPC
        done = subprocess.run([sys.executable, "-c", PROGRAM], stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60)

    assert done.stderr.startswith("went on")


def test_a_line_is_one_json_object() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)

    assert json.loads(done.stdout)["orders"] == 3
