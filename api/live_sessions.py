"""Who is signed in, for the routes that a whole hall uses at once: remembered for a few seconds, and looked up for many in one look.

One per app, used on its event loop only. What is found is remembered; what is refused is not. Whoever signs out in this process is
forgotten at once; another process hears of it within LASTS.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from assessment_engine.services import people
from assessment_engine.services.engine import Engine
from assessment_engine.services.people import SignedIn

LASTS = timedelta(seconds=4)
MOST_REMEMBERED = 50_000
LARGEST_LOOK = 500


@dataclass(frozen=True, slots=True)
class _Remembered:
    signed: SignedIn
    since: datetime


class LiveSessions:
    """The memory of one app."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._remembered: dict[str, _Remembered] = {}
        self._wanted: dict[str, asyncio.Future[SignedIn]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._forgotten = 0

    async def signed_in(self, token: str) -> SignedIn:
        """Return who a token stands for; raises NotSignedIn, or TokenExpired when it was right once."""
        known = self._known(token)
        if known is not None:
            return known
        if token not in self._wanted:
            self._wanted[token] = asyncio.get_running_loop().create_future()
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        return await asyncio.shield(self._wanted[token])  # one of many who wait may hang up

    def forget(self) -> None:
        """Forget everybody: somebody signed out, or was signed out. Safe to call from any thread."""
        self._forgotten += 1
        self._remembered = {}

    def _known(self, token: str) -> SignedIn | None:
        found, now = self._remembered.get(token), self._engine.clock.now()
        fresh = found is not None and found.since <= now < min(found.since + LASTS, found.signed.expires_at)
        return found.signed if found is not None and fresh else None

    async def _look(self) -> None:
        """Look up all who are wanted, and then those who were wanted meanwhile."""
        try:
            while self._wanted:
                tokens = list(self._wanted)[:LARGEST_LOOK]
                waiting = {token: self._wanted.pop(token) for token in tokens}
                await self._find(waiting)
        finally:
            self._looking = None

    async def _find(self, waiting: dict[str, asyncio.Future[SignedIn]]) -> None:
        since, forgotten = self._engine.clock.now(), self._forgotten
        found: Mapping[str, SignedIn | Exception]
        try:
            found = await run_in_threadpool(people.actors_of, self._engine, list(waiting))
        except Exception as error:  # told to everybody who waits, whatever it was
            found = dict.fromkeys(waiting, error)
        if len(self._remembered) > MOST_REMEMBERED:
            self._remembered = {}
        for token, future in waiting.items():
            who = found[token]
            if isinstance(who, Exception):
                future.set_exception(who)
                future.exception()  # whoever waited may be gone
                continue
            if forgotten == self._forgotten:
                self._remembered[token] = _Remembered(who, since)
            future.set_result(who)


def live_sessions_of(request: Request) -> LiveSessions:
    """Return this app's memory."""
    memory = request.app.state.live_sessions
    assert isinstance(memory, LiveSessions)
    return memory
