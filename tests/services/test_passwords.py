"""What a hall that signs in at once costs: every log-in succeeds, and the process stays small."""

import subprocess
import sys

MOST_MIB = 200

HALL = """
import resource
from concurrent.futures import ThreadPoolExecutor
from assessment_engine.services import passwords

kept = passwords.hashed("correct horse")
with ThreadPoolExecutor(40) as threads:
    right = sum(threads.map(lambda _: passwords.matches(kept, "correct horse"), range(200)))
print(right, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_two_hundred_passwords_at_once_are_all_verified_in_little_memory() -> None:
    done = subprocess.run([sys.executable, "-c", HALL], capture_output=True, text=True, check=True)

    right, mib = map(int, done.stdout.split())
    assert right == 200
    assert mib < MOST_MIB
