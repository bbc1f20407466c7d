"""The open-loop client of the benchmarks: requests leave at fixed moments, whatever the server does, and time counts from those moments.

It shares two cores with the server that it loads, so it is cheap: a process of its own, one event loop, plain sockets, requests that were
written before the clock starts and answers that are read for their status and length only. Many candidates share a connection, as they do
behind a proxy; a request that comes due while an answer is awaited is sent behind it (HTTP/1.1 keep-alive, pipelined), so a slow answer
delays nobody's sending, only their answers, and all of that waiting is counted. The process runs this file: a plan in, replies out, both
JSON.
"""

import asyncio
import gc
import json
import statistics
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import cast

import uvloop

from assessment_engine.kernel.canonical import Json

CONNECTIONS = 200
HEAD_START_S = 0.5  # until every connection stands
PATIENCE_S = 60.0  # after the last request is due


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request: when it is due, in seconds from the beginning, and all its bytes."""

    due_s: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: its status (0: nothing), when, from when it was due on, and its body."""

    due_s: float
    status: int
    took_s: float
    body: bytes

    @property
    def at_s(self) -> float:
        """When it came, from the beginning."""
        return self.due_s + self.took_s


def request(method: str, path: str, token: str, body: Mapping[str, Json] | None = None) -> bytes:
    """Write a request of a client with a bearer token."""
    content = b"" if body is None else json.dumps(body).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nContent-Length: {len(content)}\r\n"
    kind = "Content-Type: application/json\r\n" if content else ""
    return (head + kind + "\r\n").encode() + content


def load(port: int, lines: Sequence[Sequence[Request]]) -> list[Reply]:
    """Send each line's requests over a connection of its own, in a process of its own; returns every reply, line by line."""
    plan = {"port": port, "lines": [[[one.due_s, one.data.decode()] for one in line] for line in lines]}
    client = [sys.executable, "-P", __file__]  # as a file: the package would bring all benchmarks with it
    done = subprocess.run(client, input=json.dumps(plan).encode(), stdout=subprocess.PIPE, check=True)
    return [Reply(due, status, took, body.encode()) for due, status, took, body in json.loads(done.stdout)]


def percentile(replies: Sequence[Reply], hundredth: int) -> float:
    """Return a percentile of how long replies took, in milliseconds."""
    took = [reply.took_s * 1000 for reply in replies]
    return statistics.quantiles(took, n=100)[hundredth - 1] if len(took) > 1 else took[0]


class _Line(asyncio.Protocol):
    """One connection and what is due on it."""

    def __init__(self, requests: Sequence[Request], start: float, finished: "asyncio.Future[None]") -> None:
        self.replies: list[Reply] = []
        self._due = deque(requests)
        self._asked: deque[Request] = deque()
        self._start, self._finished = start, finished
        self._loop = asyncio.get_running_loop()
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._loop.call_at(self._start + self._due[0].due_s, self._send)

    def _send(self) -> None:
        """Send all that is due by now."""
        elapsed = self._loop.time() - self._start
        while self._due and self._due[0].due_s <= elapsed:
            self._asked.append(self._due.popleft())
            self._transport.write(self._asked[-1].data)
        if self._due:
            self._loop.call_at(self._start + self._due[0].due_s, self._send)

    def data_received(self, data: bytes) -> None:
        now = self._loop.time() - self._start
        self._received += data
        while (whole := _whole(self._received)) is not None:
            begins, ends = whole
            asked = self._asked.popleft()
            self.replies.append(Reply(asked.due_s, int(self._received[9:12]), now - asked.due_s, self._received[begins:ends]))
            self._received = self._received[ends:]
        if not self._due and not self._asked and not self._finished.done():
            self._finished.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self._finished.done():
            self._finished.set_result(None)

    def all_replies(self) -> list[Reply]:
        """Return every reply, and nothing for what was never answered."""
        return self.replies + [Reply(one.due_s, 0, PATIENCE_S, b"") for one in chain(self._asked, self._due)]


def _whole(data: bytes) -> tuple[int, int] | None:
    """Return where the body of the first whole answer begins and ends."""
    head = data.find(b"\r\n\r\n")
    if head < 0:
        return None
    name = data.lower().find(b"content-length:", 0, head)
    length = int(data[name + 15 : data.find(b"\r\n", name)]) if name >= 0 else 0
    ends = head + 4 + length
    return (head + 4, ends) if len(data) >= ends else None


async def _run(port: int, lines: Sequence[Sequence[Request]]) -> list[Reply]:
    loop = asyncio.get_running_loop()
    start = loop.time() + HEAD_START_S
    finished = [loop.create_future() for _ in lines]
    open_lines: list[_Line] = []
    for requests, end in zip(lines, finished, strict=True):
        _, line = await loop.create_connection(lambda requests=requests, end=end: _Line(requests, start, end), "127.0.0.1", port)  # type: ignore[misc]
        open_lines.append(line)
    last = max((line[-1].due_s for line in lines), default=0.0)
    await asyncio.wait(finished, timeout=HEAD_START_S + last + PATIENCE_S)
    return [reply for line in open_lines for reply in line.all_replies()]


def main() -> None:
    """Carry out the plan on standard input."""
    plan = json.load(sys.stdin)
    lines = [[Request(due_s=due, data=data.encode()) for due, data in line] for line in plan["lines"]]
    gc.disable()  # a pause of ours would look like one of the server's
    replies = uvloop.run(_run(plan["port"], [line for line in lines if line]))
    json.dump([[one.due_s, one.status, one.took_s, one.body.decode()] for one in replies], sys.stdout)


if __name__ == "__main__":
    main()
