"""Just enough HTTP/1.1 to ask the published interface and to stand between two who do: whole messages with a Content-Length.

Not a general client: no chunks, no redirects, no TLS. What fails on the way is Unanswered, and nobody knows then whether it arrived.
"""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field

from assessment_engine.kernel.canonical import Json

LONGEST_HEAD = 64 * 1024


class Unanswered(Exception):
    """The line failed before an answer came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A whole request or answer: its first line, and everything as it came."""

    first: str
    data: bytes
    body: bytes

    @property
    def status(self) -> int:
        """An answer's status."""
        return int(self.first.split(" ")[1])

    @property
    def document(self) -> dict[str, Json]:
        """An answer's JSON object; empty when it has none."""
        try:
            read = json.loads(self.body)
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}


async def read_message(reader: asyncio.StreamReader) -> Message:
    """Read one whole message; raises OSError or EOFError when the line ends first."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Message(first=first, data=head + body, body=body)


@dataclass(slots=True)
class Wire:
    """One kept-alive connection of one client, opened when it is needed and again after each failure. One question at a time."""

    port: int
    token: str
    patience_s: float
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = field(default=None, init=False)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def ask(self, method: str, path: str, body: Json = None) -> Message:
        """Send a request and return its answer; raises Unanswered."""
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(self.patience_s):
                    return await self._asked(self._request(method, path, body))
            except (OSError, EOFError, asyncio.LimitOverrunError) as failure:  # TimeoutError is an OSError
                self.close()
                raise Unanswered(type(failure).__name__) from failure

    def close(self) -> None:
        """Hang up."""
        if self._streams:
            with suppress(OSError, RuntimeError):
                self._streams[1].close()
        self._streams = None

    async def _asked(self, request: bytes) -> Message:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port, limit=LONGEST_HEAD)
        reader, writer = self._streams
        writer.write(request)
        await writer.drain()
        answer = await read_message(reader)
        if "\r\nconnection: close\r\n" in answer.data[: len(answer.data) - len(answer.body)].decode("latin-1").lower():
            self.close()
        return answer

    def _request(self, method: str, path: str, body: Json) -> bytes:
        data = b"" if body is None else json.dumps(body).encode()
        lines = (
            f"{method} /api/v1/sittings/{path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Authorization: Bearer {self.token}",
            "Content-Type: application/json",
            f"Content-Length: {len(data)}",
        )
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + data
