"""The only client of the frames store: shards of a stream, leases on them, chain positions, and messages back.

Frames of a sitting always go to the same shard; a shard has one owner at a time, by lease. The store keeps about KEPT_FOR of each shard,
so that a new owner can rebuild what led up to an event, and is never asked to remember anything for longer than a day. Ingest writes
asynchronously (ingest.py), proctor workers read synchronously (shards.py); entries.py is what travels. What frames mean is not known here.
"""

from workers.frames.entries import KEPT_FOR, SHARDS, Entry, Happened, Tally, shard_of
from workers.frames.ingest import FORGET_EVERY_S, FORGOTTEN_AFTER, Flusher, Slots, Thumbs, listen
from workers.frames.shards import GROUP, LEASE, MOST_TRIES, Shards, report

__all__ = [
    "FORGET_EVERY_S", "FORGOTTEN_AFTER", "GROUP", "KEPT_FOR", "LEASE", "MOST_TRIES", "SHARDS", "Entry", "Flusher", "Happened", "Shards",
    "Slots", "Tally", "Thumbs", "listen", "report", "shard_of",
]  # fmt: skip
