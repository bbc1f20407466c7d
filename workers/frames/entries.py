"""What travels from ingest to workers, and where a chain stands, as the frames store has them: written and read."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from proctoring import packets
from proctoring.channel import Fact, FactKind, Frame, Gap, Position, Sound, milliseconds, moment
from proctoring.kept import Cut

SHARDS = 16
KEPT_FOR = timedelta(seconds=20)


def shard_of(sitting_id: str) -> int:
    """Return the shard that holds a sitting's frames."""
    return int.from_bytes(hashlib.blake2b(sitting_id.encode(), digest_size=8).digest(), "big") % SHARDS


Happened = Frame | Gap | Sound | Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What ingest has counted of a sitting so far; it travels with every entry."""

    received: int = 0
    missing: int = 0
    refused: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened at a sitting's camera, as the stream carries it; `id` is the stream's.

    `position` is where the chain stands after it: for the store's memory, not for the stream.
    """

    sitting_id: str
    happened: Happened
    tally: Tally
    id: str = ""
    position: Position | None = None


def written(entry: Entry) -> dict[str, bytes | str | int]:
    """Write an entry as the stream's fields."""
    happened, tally = entry.happened, entry.tally
    counted: dict[str, bytes | str | int] = {"sitting": entry.sitting_id}
    counted |= {"received": tally.received, "missing": tally.missing, "refused": tally.refused, "dropped": tally.dropped}
    if isinstance(happened, Gap):
        return counted | {"began": milliseconds(happened.began), "ended": milliseconds(happened.ended), "lost": happened.missing}
    if isinstance(happened, Sound):  # a worker of a version that knows no sound reads a gap of no length
        at = milliseconds(happened.at)
        return counted | {"sound": packets.joined(happened.packets), "joins": int(happened.joins), "began": at, "ended": at, "lost": 0}
    if isinstance(happened, Fact):  # and likewise
        at = milliseconds(happened.at)
        return counted | {"fact": happened.kind, "seq": happened.seq, "detail": happened.detail, "began": at, "ended": at, "lost": 0}
    picture = {"nonce": happened.nonce, "head": happened.head, "jpeg": happened.jpeg}
    moments = {"shown": happened.shown_at, "asked": happened.nonce_at}
    known = {name: milliseconds(at) for name, at in moments.items() if at is not None}
    return counted | picture | known | {"seq": happened.seq, "at": milliseconds(happened.at), "kept": int(happened.kept)}


def read(entry_id: bytes, fields: Mapping[bytes, bytes]) -> Entry:
    """Read what `written` wrote."""
    tally = Tally(**{name: int(fields[name.encode()]) for name in ("received", "missing", "refused", "dropped")})
    happened: Happened
    if b"jpeg" in fields:
        happened = Frame(
            seq=int(fields[b"seq"]),
            at=moment(int(fields[b"at"])),
            kept=fields[b"kept"] == b"1",
            nonce=fields[b"nonce"],
            head=fields[b"head"],
            jpeg=fields[b"jpeg"],
            shown_at=moment(int(fields[b"shown"])) if b"shown" in fields else None,
            nonce_at=moment(int(fields[b"asked"])) if b"asked" in fields else None,
        )
    elif b"sound" in fields:
        heard = packets.parted(fields[b"sound"]) or ()
        happened = Sound(at=moment(int(fields[b"ended"])), packets=heard, joins=fields[b"joins"] == b"1")
    elif b"fact" in fields:
        told = FactKind(fields[b"fact"].decode())
        happened = Fact(kind=told, at=moment(int(fields[b"began"])), seq=int(fields[b"seq"]), detail=fields[b"detail"].decode())
    else:
        happened = Gap(began=moment(int(fields[b"began"])), ended=moment(int(fields[b"ended"])), missing=int(fields[b"lost"]))
    return Entry(sitting_id=fields[b"sitting"].decode(), happened=happened, tally=tally, id=entry_id.decode())


def stream_of(shard: int) -> str:
    """Return the name of a shard's stream."""
    return f"frames:{shard}"


def position_written(position: Position) -> str:
    """Write where a chain stands, and of which cuts pictures may still come."""
    cuts = [[milliseconds(one.began), milliseconds(one.ended)] for one in position.cuts]
    return json.dumps(
        {
            "next_seq": position.next_seq,
            "head": position.head.hex(),
            "at": None if position.at is None else milliseconds(position.at),
            "cuts": cuts,
            "kept_until": None if position.kept_until is None else milliseconds(position.kept_until),
        }
    )


def position_read(written: bytes) -> Position:
    """Read what `position_written` wrote."""
    fields = json.loads(written)
    return Position(
        next_seq=fields["next_seq"],
        head=bytes.fromhex(fields["head"]),
        at=None if fields["at"] is None else moment(fields["at"]),
        cuts=tuple(Cut(began=moment(began), ended=moment(ended)) for began, ended in fields["cuts"]),
        kept_until=None if fields["kept_until"] is None else moment(fields["kept_until"]),
    )
