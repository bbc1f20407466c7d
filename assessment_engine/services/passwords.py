"""Passwords: their rule, what is kept of one (Argon2id), and whether one fits. Whose they are is services/people.py."""

import os
import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assessment_engine.kernel.errors import Invalid

SHORTEST = 8  # NIST SP 800-63B: a length and no rule of composition
LONGEST = 1024

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's second profile; the defaults cost 240 ms of CPU
_HASH_OF_NOTHING = _hasher.hash(secrets.token_urlsafe(16))


def _new_threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="password")


# A hash takes 19 MiB, which every thread that ever made one keeps: forty of a server's threads would keep 0.8 GB. More threads than cores
# would end no hash sooner.
_threads = _new_threads()


def _after_fork() -> None:
    global _threads
    _threads = _new_threads()  # a child inherits none of them


os.register_at_fork(after_in_child=_after_fork)


def check(password: str) -> None:
    """Refuse a password that is too short or too long; raises Invalid."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(f"a password needs {SHORTEST} characters or more", problem="password_length", low=SHORTEST)


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    return _threads.submit(_hasher.hash, password).result()


def matches(password_hash: str | None, password: str) -> bool:
    """Verify a password; an unknown log-in costs the same work as a known one."""
    if len(password) > LONGEST:
        return False
    try:
        right = _threads.submit(_hasher.verify, password_hash or _HASH_OF_NOTHING, password).result()
    except (VerificationError, InvalidHashError):
        return False
    return right and password_hash is not None
