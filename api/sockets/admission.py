"""Who may open a socket: whoever comes from our own pages with a ticket that was not used before.

A refusal is told by close code, after the handshake: a browser cannot read any other.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from fastapi import WebSocket

from assessment_engine.kernel.canonical import sha256_hex
from assessment_engine.kernel.errors import NotAllowed, TokenExpired
from assessment_engine.kernel.ids import PersonId
from assessment_engine.services import tickets
from assessment_engine.services.engine import Engine
from assessment_engine.services.tickets import TicketKind
from proctoring.channel import CloseCode

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_REMEMBERED = timedelta(minutes=15)


class Away(StrEnum):
    """Reasons that go with a close code."""

    TICKET = "ticket_refused"
    USED = "ticket_used"
    EXPIRED = "ticket_expired"
    ORIGIN = "origin_refused"


class Refused(NotAllowed):
    """A socket that is closed before it is used."""

    def __init__(self, code: CloseCode, reason: Away) -> None:
        super().__init__(reason.replace("_", " "))
        self.close_code, self.reason = code, reason


class Doorkeeper:
    """Checks origins and tickets; remembers tickets that were used."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._origins = frozenset(_origins(engine.public_url))
        self._used: dict[str, datetime] = {}

    def admit(self, socket: WebSocket, kind: TicketKind) -> str:
        """Return the subject of the socket's ticket; raises Refused."""
        if socket.headers.get("origin") not in self._origins:
            raise Refused(CloseCode.ORIGIN, Away.ORIGIN)
        ticket = socket.query_params.get("ticket", "")
        try:
            subject = tickets.read(self._engine, kind, ticket)
        except TokenExpired:
            raise Refused(CloseCode.TICKET, Away.EXPIRED) from None
        except NotAllowed:
            raise Refused(CloseCode.TICKET, Away.TICKET) from None
        self._use(sha256_hex(ticket.encode()), self._engine.clock.now())
        return subject

    def hears(self, socket: WebSocket) -> bool:
        """Tell whether the socket's ticket, which was admitted, lets sound in."""
        return tickets.lets_sound_in(self._engine, socket.query_params.get("ticket", ""))

    def holder(self, socket: WebSocket) -> PersonId:
        """Return for whom the socket's ticket, which was admitted, was issued; raises Refused."""
        try:
            return tickets.holder_of(self._engine, socket.query_params.get("ticket", ""))
        except NotAllowed:
            raise Refused(CloseCode.TICKET, Away.TICKET) from None

    def _use(self, ticket: str, now: datetime) -> None:
        """Use a ticket up: one that was seen on the way opens nothing any more."""
        while self._used and next(iter(self._used.values())) <= now:  # the oldest come first
            del self._used[next(iter(self._used))]
        if ticket in self._used:
            raise Refused(CloseCode.TICKET, Away.USED)
        self._used[ticket] = now + _REMEMBERED


def _origins(public_url: str) -> list[str]:
    """Return the origins of our pages; a machine that is its own network is known by all its names."""
    parts = urlsplit(public_url)
    port = f":{parts.port}" if parts.port else ""
    names = _LOOPBACK if parts.hostname in ("localhost", "127.0.0.1", "::1") else (parts.netloc.removesuffix(port),)
    return [f"{parts.scheme}://{name}{port}" for name in names]
