"""The server's half of the camera protocol, without a socket: bytes and moments in; frames, gaps, facts, refusals and replies out.

The protocol, version 1 (the page's half is api/static/camera_worker.js; the socket is api/sockets/camera.py):

server → page, text, JSON
    {"type": "hello", "nonce", "key", "next_seq", LOAD}                 once a connection; nonce and key are base64url, the key is new;
                                                                        with "sound": "voice" where the exam's policy listens for voices;
                                                                        with "guessed": true where next_seq says nothing of what came
    {"type": "ack", "seq", "nonce", LOAD}                               for every frame taken: a fresh nonce, and the load asked for
    {"type": "refused", "code": "bad_frame", "reason", "seq"}           for every frame refused; nothing of it is kept but the count
    {"type": "refused", "code": "bad_sound", "reason", "seq"}           for every message of sound refused, likewise
    anything else is a message that others publish for the page (coaching, check results) and passes through the same socket
    LOAD is "fps", "quality", "width": how many pictures a second the server wants, how good and how wide at most. What the line bears is
    the page's to know (uplink.py): within its budget it sends fewer and smaller ones, never more.

page → server, binary, big-endian
    version u8 = 1 | kind u8 (0 live, 1 kept while the line was cut) | seq u32 | client clock u64 ms (a hint) | nonce 16 B | mac 16 B | JPEG
    The nonce is one of the last NONCES_KEPT that the server sent on this connection: it bounds from below when the frame was sent.
    The mac is the first 16 bytes of HMAC-SHA256(key, everything before the mac | JPEG).
    A kept frame's clock, compared with that of a live frame of the same connection, must lie in a time without a line, and kept frames come
    in their order; else it is refused as untimely. It is believed no further than that (kept.py).
    seq grows, to LAST_SEQ; numbers left out are frames that the page dropped itself, and are counted as missing.
    kind 2 is sound: the same head, key, nonces and mac; instead of a JPEG packets of Opus (packets.py), 8 KiB and a second at most. Its seq
    begins anew with each connection, and nothing acknowledges it. It is no part of the chain: nothing of it is kept, so nothing is proved.

close codes: CloseCode in protocol.py. After REFUSALS_ALLOWED refused frames on one connection it is closed with 4422, after one that is
too large with 4413. More than MOST_A_SECOND messages a second, beyond a reserve of MOST_AT_ONCE, are refused unseen; sound has an
allowance of its own, so that neither takes the other's.

protocol.py has the messages, chain.py the hash chain, events.py what a channel says, connection.py one socket's secrets.
"""

from proctoring.channel.chain import first_link, lengthened, link, milliseconds, moment
from proctoring.channel.channel import Channel
from proctoring.channel.connection import DEAD_AFTER, IDLE_AFTER, REPLAYS_TOLD
from proctoring.channel.events import Counts, Fact, FactKind, Frame, Gap, Position, Refused, Sound
from proctoring.channel.protocol import (
    GAP_AFTER,
    HEADER,
    LARGEST_SKIP,
    LAST_SEQ,
    MAX_JPEG,
    MAX_MESSAGE,
    MAX_SOUND,
    MOST_A_SECOND,
    MOST_AT_ONCE,
    NONCES_KEPT,
    REFUSALS_ALLOWED,
    SOUNDS_A_SECOND,
    SOUNDS_AT_ONCE,
    VERSION,
    CloseCode,
    Kind,
    Load,
    Refusal,
    seal_frame,
)

__all__ = [
    "DEAD_AFTER", "GAP_AFTER", "HEADER", "IDLE_AFTER", "LARGEST_SKIP", "LAST_SEQ", "MAX_JPEG", "MAX_MESSAGE", "MAX_SOUND",
    "MOST_AT_ONCE", "MOST_A_SECOND", "NONCES_KEPT", "REFUSALS_ALLOWED", "REPLAYS_TOLD", "SOUNDS_AT_ONCE", "SOUNDS_A_SECOND",
    "VERSION", "Channel", "CloseCode", "Counts", "Fact", "FactKind", "Frame", "Gap", "Kind", "Load", "Position", "Refusal",
    "Refused", "Sound", "first_link", "lengthened", "link", "milliseconds", "moment", "seal_frame",
]  # fmt: skip
