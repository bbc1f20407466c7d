"""Tries at a password: how many one caller may make, and what the log is told of those that were refused.

Counted in this process. Refusals are written once a minute, outside every request: a flood neither fills the log nor holds an answer up.
What is written is in services/people.py.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network

import prometheus_client
import structlog
from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.concurrency import run_in_threadpool

from assessment_engine.kernel.errors import NotAllowed, TooManyTries
from assessment_engine.services import people
from assessment_engine.services.engine import Engine
from assessment_engine.services.people import OTHERS, RefusedSignIns

TRIES = RateLimitItemPerMinute(10, 10)  # ten in ten minutes
TRIES_OF_ADDRESS = RateLimitItemPerMinute(1_000, 10)
"""Refused tries of one address, whatever the log-ins: in an exam hall behind one, 500 candidates may each mistype once in these minutes."""
TRIES_BEYOND = RateLimitItemPerMinute(1, 10)
"""Tries that are left to each log-in of an address beyond that: whoever floods a hall's address keeps nobody out who types right."""
MOST_APART, MOST_COUNTED = 30, 1_000
"""Log-ins and addresses that are written apart each time, those tried most; and that are counted apart. All others are one entry."""
WRITTEN_EVERY_S = 60.0

REFUSED = prometheus_client.Counter("sign_ins_refused_total", "Passwords that were refused, and tries beyond the limit", ["why"])

log = structlog.get_logger()


class RefusedTally:
    """How often signing in was refused since the log was told last, by log-in and address. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str], Counter[str]] = {}

    def add(self, login: str, address: str, why: str, times: int = 1) -> None:
        """Count refusals, `why` being `wrong` or `limited`; beyond MOST_COUNTED log-ins and addresses among the others."""
        with self._lock:
            who = (login, address) if (login, address) in self._counts or len(self._counts) < MOST_COUNTED else OTHERS
            self._counts.setdefault(who, Counter())[why] += times

    def take(self) -> list[RefusedSignIns]:
        """Return what was counted, and begin anew."""
        with self._lock:
            counts, self._counts = self._counts, {}
        others = counts.pop(OTHERS, Counter[str]())
        by_tries = sorted(counts, key=lambda who: -counts[who].total())
        for who in by_tries[MOST_APART:]:  # a flood of names that are tried once hides nobody who is tried again and again
            others += counts.pop(who)
        if others:
            counts[OTHERS] = others
        return [
            RefusedSignIns(login=login, address=address, wrong=of["wrong"], limited=of["limited"])
            for (login, address), of in sorted(counts.items(), key=lambda one: -one[1].total())
        ]

    def give_back(self, refused: list[RefusedSignIns]) -> None:
        """Count again what could not be written."""
        for one in refused:
            self.add(one.login, one.address, "wrong", one.wrong)
            self.add(one.login, one.address, "limited", one.limited)


class LoginGate:
    """Counts tries per log-in and address, in this process; a right password clears the count. Refused ones count per address, too.

    An address is that of one caller, see `_network`.
    """

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self.refused = RefusedTally()

    @contextmanager
    def a_try(self, login: str, request: Request) -> Iterator[None]:
        """Count the try in this block, and forget all of them when it raises nothing; raises TooManyTries when there were too many."""
        who, address = login.strip().lower(), request.client.host if request.client else ""
        network = _network(address)
        tries = TRIES if self._limiter.test(TRIES_OF_ADDRESS, network) else TRIES_BEYOND
        if not self._limiter.hit(tries, who, network):
            self._refuse(who, address, "limited")
            raise TooManyTries("too many tries; wait ten minutes")
        try:
            yield
        except NotAllowed:
            self._limiter.hit(TRIES_OF_ADDRESS, network)
            self._refuse(who, address, "wrong")
            raise
        self._limiter.clear(tries, who, network)

    def _refuse(self, login: str, address: str, why: str) -> None:
        REFUSED.labels(why).inc()
        self.refused.add(login, address, why)


def _network(address: str) -> str:
    """Return what stands for one caller: an address of IPv4, or the network of one of IPv6, whose owner has 2^64 of them."""
    try:
        known = ip_address(address)
    except ValueError:  # a socket of this machine has none
        return address
    known = getattr(known, "ipv4_mapped", None) or known  # how a server of both families sees an address of IPv4
    return str(ip_network((known, 64), strict=False)) if known.version == 6 else str(known)


def tell_log(engine: Engine, tally: RefusedTally) -> None:
    """Write what was refused into the log; what cannot be written now is counted on."""
    refused = tally.take()
    try:
        people.record_refused(engine, refused)
    except Exception as error:  # whatever it was, the next minute tries again
        log.error("refused_sign_ins_not_written", error=type(error).__name__)
        tally.give_back(refused)


async def keep_telling(engine: Engine, tally: RefusedTally, every_s: float = WRITTEN_EVERY_S) -> None:
    """Tell the log every minute, until cancelled."""
    while True:
        await asyncio.sleep(every_s)
        await run_in_threadpool(tell_log, engine, tally)
