"""Ingest's keeper of chains: what the channels took is on disk within seconds and in the log within a minute, whatever ends this process.

Nothing waits for it: a frame is noted in memory, and a thread writes. While a store is away or full, records wait here, up to MOST_WAITING
bytes, and are counted; what is older then is lost, and the chain itself says so.
"""

import asyncio
from collections.abc import Callable

import structlog
from prometheus_client import Gauge

from assessment_engine.kernel.errors import StorageUnavailable
from assessment_engine.kernel.ids import new_id
from assessment_engine.services import chains
from assessment_engine.services.engine import Engine
from proctoring.chain_records import ChainBook, Segment
from proctoring.channel import Frame, Position

JOURNAL_EVERY_S = 2.0
CUT_EVERY_S = 60.0
MOST_WAITING = 64 * 1024 * 1024

WAITING = Gauge("engine_chain_records_waiting", "Frames whose records are not kept yet, because a store is away or full")

log = structlog.get_logger()


class ChainKeeper:
    """Notes frames as they are taken; `run` journals and keeps them until cancelled, `finish` does so once more."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._book = ChainBook()
        self._process = new_id("ing", engine.clock.now())
        self._pages = 0
        self._unwritten: list[bytes] = []
        self._written: list[str] = []
        self._unkept: list[Segment] = []

    def begin(self, sitting_id: str, position: Position) -> None:
        """Say where a sitting's chain stood when this process took it up."""
        self._book.begin(sitting_id, position)

    def note(self, sitting_id: str, frame: Frame) -> None:
        """Write down a frame that was taken into the chain."""
        self._book.note(sitting_id, frame)

    def forget(self, sitting_id: str) -> bool:
        """Let go of a sitting that has nothing more to be written down; False while it has."""
        return self._book.forget(sitting_id)

    async def run(self) -> None:
        """Journal every two seconds, keep every minute, until cancelled."""
        rounds = round(CUT_EVERY_S / JOURNAL_EVERY_S)
        while True:
            for _ in range(rounds):
                await asyncio.sleep(JOURNAL_EVERY_S)
                await self.journal()
            await self.keep()

    async def finish(self) -> None:
        """Keep what there is: this process ends."""
        await self.journal()
        await self.keep()

    async def journal(self) -> None:
        """Put what is new into the journal."""
        if page := self._book.page():
            self._unwritten.append(page)
        while sum(map(len, self._unwritten)) > MOST_WAITING:
            self._unwritten.pop(0)
        if self._unwritten and await self._tried(self._write):
            self._unwritten = []

    async def keep(self) -> None:
        """Keep the stretches since the last time, each with its entry in the log, and forget the journal of them."""
        self._unkept = _newest([*self._unkept, *self._book.cut()])
        done = [*self._written]
        if self._unkept and await self._tried(lambda: chains.keep(self._engine, self._unkept)):
            self._unkept, self._written = [], self._written[len(done) :]
            await self._tried(lambda: chains.forget_journal(self._engine, done))
        WAITING.set(sum(one.frames for one in self._unkept))

    def _write(self) -> None:
        self._pages += 1
        self._written.append(chains.write_journal(self._engine, self._process, self._pages, b"".join(self._unwritten)))

    async def _tried(self, work: Callable[[], object]) -> bool:
        try:
            await asyncio.to_thread(work)
        except StorageUnavailable as error:
            log.warning("chain_not_kept", code=error.code)
            return False
        except Exception:  # whatever it was, records wait and the next try must go on
            log.exception("chain_not_kept")
            return False
        return True


def _newest(segments: list[Segment]) -> list[Segment]:
    """Return what may wait in memory; the oldest goes first."""
    held, sizes = 0, [len(one.records) for one in segments]
    for place in range(len(segments) - 1, -1, -1):
        held += sizes[place]
        if held > MOST_WAITING:
            log.error("chain_records_lost", segments=place + 1)
            return segments[place + 1 :]
    return segments
