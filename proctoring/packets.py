"""Packets of Opus as they travel in one message of a camera's connection: how they are joined, how long they last. Nothing is decoded here.

A message is a list of packets in order, each after its length as u16, big-endian; one of length 0 stands for 60 ms that the page did not
listen to (a muted microphone, a page that spoke itself). The protocol is channel.py, what is heard is vision/hearing.py.
"""

from collections.abc import Iterable

MAX_BYTES = 8 * 1024
MOST_SECONDS = 1.0
UNHEARD_S = 0.06
_LENGTH = 2
# RFC 6716, table 2: milliseconds of one frame by the upper five bits of a packet's first byte.
_FRAME_MS = (*(10, 20, 40, 60) * 3, *(10, 20) * 2, *(2.5, 5, 10, 20) * 4)


def joined(packets: Iterable[bytes]) -> bytes:
    """Write packets as one message."""
    return b"".join(len(packet).to_bytes(_LENGTH, "big") + packet for packet in packets)


def parted(message: bytes) -> tuple[bytes, ...] | None:
    """Read what `joined` wrote; None unless it is whole, holds something, lasts a second at most and has at most MAX_BYTES."""
    packets, rest, seconds = [], message, 0.0
    while rest and len(message) <= MAX_BYTES:
        if len(rest) < _LENGTH:
            return None
        size = int.from_bytes(rest[:_LENGTH], "big")
        packet, rest = rest[_LENGTH : _LENGTH + size], rest[_LENGTH + size :]
        seconds += seconds_of(packet)
        if len(packet) < size or seconds > MOST_SECONDS + 1e-6:
            return None
        packets.append(packet)
    return None if rest or not packets else tuple(packets)


def seconds_of(packet: bytes) -> float:
    """Return how long a packet lasts, as its own head says (RFC 6716, 3.1); infinite where it says nothing that can be."""
    if not packet:
        return UNHEARD_S
    count = (1, 2, 2, packet[1] & 0x3F if len(packet) > 1 else 0)[packet[0] & 3]
    return count * _FRAME_MS[packet[0] >> 3] / 1000 if count else float("inf")
