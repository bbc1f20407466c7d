"""A bad line: a proxy that drops, delays, duplicates and reorders whole requests between a client and the delivery process.

It knows where a request ends, and nothing of what it says. `late` is how requests overtake each other: the client's connection is cut at
once, and the request arrives seconds afterwards, when newer ones are long there.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from assessment_engine.bench.faults.http import LONGEST_HEAD, Message, read_message

FATES: Mapping[str, int] = {"pass": 50, "delay": 20, "request_lost": 6, "answer_lost": 8, "twice": 8, "late": 8}
"""What may happen to a request, and how many of a hundred it happens to."""

LONGEST_DELAY_S = 1.5
LONGEST_LATE_S = 4.0
LONGEST_ANSWER_S = 20.0


class Cut(Exception):
    """The client's connection is cut here."""


@dataclass(slots=True)
class BadLine:
    """The proxy: `open` it, give its port to clients, `mend` it when nothing more shall go wrong, `close` it in the end."""

    upstream: int
    rng: random.Random
    port: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    _mended: bool = False
    _server: asyncio.Server | None = None
    _tasks: set["asyncio.Task[object]"] = field(default_factory=set)

    async def open(self) -> "BadLine":
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=LONGEST_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def mend(self) -> None:
        """Let everything pass from now on."""
        self._mended = True

    async def close(self) -> None:
        """Stop listening, after what is late has arrived."""
        assert self._server is not None
        self._server.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def faults(self) -> int:
        """How many requests did not simply pass."""
        return self.fates.total() - self.fates["pass"]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await read_message(reader)
                writer.write((await self._carry(request)).data)
                await writer.drain()
        except (OSError, EOFError, Cut):
            pass
        except asyncio.CancelledError:  # the loop ends while a client is connected
            pass
        finally:
            with suppress(OSError, RuntimeError):
                writer.close()

    async def _carry(self, request: Message) -> Message:
        fate = "pass" if self._mended else self.rng.choices(list(FATES), list(FATES.values()))[0]
        self.fates[fate] += 1
        if fate == "request_lost":
            raise Cut
        if fate == "late":
            self._in_background(self._late(request))
            raise Cut
        if fate == "delay":
            await asyncio.sleep(self.rng.uniform(0, LONGEST_DELAY_S))
        if fate == "twice":
            self._in_background(self._forward(request))
        answer = await self._forward(request)
        if fate == "answer_lost":
            raise Cut
        return answer

    async def _late(self, request: Message) -> Message:
        await asyncio.sleep(self.rng.uniform(0, LONGEST_LATE_S))
        return await self._forward(request)

    async def _forward(self, request: Message) -> Message:
        async with asyncio.timeout(LONGEST_ANSWER_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream, limit=LONGEST_HEAD)
            try:
                writer.write(request.data)
                await writer.drain()
                return await read_message(reader)
            finally:
                writer.close()

    def _in_background(self, work: Coroutine[object, object, Message]) -> None:
        task: asyncio.Task[object] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: "asyncio.Task[object]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # a request that was lost on this line is one more fault, and no error
