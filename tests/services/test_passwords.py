"""What a hall that signs in at once costs: every log-in succeeds, and the process stays small."""

import subprocess
import sys

MOST_MIB = 200

HALL = """
from concurrent.futures import ThreadPoolExecutor
from assessment_engine.services import passwords

kept = passwords.hashed("correct horse")
with ThreadPoolExecutor(40) as threads:
    right = sum(threads.map(lambda _: passwords.matches(kept, "correct horse"), range(200)))
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(right, int(status["VmHWM"].split()[0]) // 1024)  # ru_maxrss would be the parent's, which is kept over exec
"""


def test_two_hundred_passwords_at_once_are_all_verified_in_little_memory() -> None:
    done = subprocess.run([sys.executable, "-c", HALL], capture_output=True, text=True, check=True)

    right, mib = map(int, done.stdout.split())
    assert right == 200
    assert mib < MOST_MIB
