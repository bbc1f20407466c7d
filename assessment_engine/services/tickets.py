"""Short-lived tickets for the sockets: who may open which one, signed by the tickets key.

A ticket is `payload.signature`, both base64url; the payload is canonical JSON with kind, subject, expiry and a random id. It is read
without the database, so that a camera connects while the database is busy. That a ticket is used once is api/sockets' matter.
"""

import json
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from assessment_engine.kernel.canonical import Json, canonical_json
from assessment_engine.kernel.clock import iso, parse_iso
from assessment_engine.kernel.errors import NotAllowed, TokenExpired
from assessment_engine.kernel.ids import PersonId
from assessment_engine.kernel.signing import b64url, unb64url, verify
from assessment_engine.services.engine import Engine


class TicketKind(StrEnum):
    """What a ticket opens."""

    CAMERA = "camera"  # the subject is a sitting
    WALL = "wall"  # the subject is a session


CAMERA_TICKET_LASTS = timedelta(seconds=120)
_LONGEST = 2000


def issue(
    engine: Engine, kind: str, subject: str, ttl: timedelta = CAMERA_TICKET_LASTS, *, sound: bool = False, holder: str | None = None
) -> str:
    """Sign a ticket that opens one socket of `kind` for `subject` until `ttl` is over; it may let `sound` in, and name its `holder`."""
    fields: dict[str, Json] = {"kind": TicketKind(kind), "subject": subject, "expires": iso(engine.clock.now() + ttl)}
    more: dict[str, Json] = {**({"sound": True} if sound else {}), **({"holder": holder} if holder else {})}
    payload = canonical_json({**fields, **more, "id": secrets.token_hex(8)})
    return f"{b64url(payload)}.{engine.signer.tickets.sign(payload)}"


def read(engine: Engine, kind: str, ticket: str) -> str:
    """Return the subject of a good ticket; raises NotAllowed for a forged one or one of another kind, TokenExpired for an old one."""
    payload = _signed_payload(engine, ticket)
    fields = json.loads(payload)
    if fields["kind"] != kind:
        raise NotAllowed("this ticket opens another door")
    expires: datetime = parse_iso(fields["expires"])
    if engine.clock.now() >= expires:
        raise TokenExpired("this ticket is too old; ask for a fresh one")
    return str(fields["subject"])


def lets_sound_in(engine: Engine, ticket: str) -> bool:
    """Tell whether a ticket is for sound, too; raises NotAllowed for a forged one. Tickets of older versions are not."""
    return json.loads(_signed_payload(engine, ticket)).get("sound") is True


def holder_of(engine: Engine, ticket: str) -> PersonId:
    """Return for whom a ticket was issued; raises NotAllowed for a forged one, and for one that names nobody."""
    holder = json.loads(_signed_payload(engine, ticket)).get("holder")
    if not holder:
        raise NotAllowed("this ticket names nobody")
    return PersonId(holder)


def _signed_payload(engine: Engine, ticket: str) -> bytes:
    encoded, _, signature = ticket[:_LONGEST].partition(".")
    try:
        payload, written = unb64url(encoded), b64url(unb64url(signature))
    except ValueError:
        raise NotAllowed("this is not a ticket") from None
    # Base64 has spare bits; a ticket has one spelling only, so that it can be remembered as used.
    if f"{b64url(payload)}.{written}" != ticket or not verify(engine.signer.tickets.public_bytes, payload, signature):
        raise NotAllowed("this ticket is not ours")
    return payload
