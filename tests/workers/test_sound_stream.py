"""Sound in the stream: it comes out as it went in, is no frame to anybody, and a worker of a version before is not stopped by it."""

from datetime import UTC, datetime
from typing import Any

from proctoring.channel import Gap, Sound
from tests.workers.test_frames import a_frame
from workers.frames import Entry, Slots, Tally
from workers.frames.entries import read, written

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HEARD = Sound(at=NOW, packets=(bytes([24, 1, 2]), b"", bytes([24, 3])), joins=True)


def an_entry(sound: Sound = HEARD) -> Entry:
    return Entry(sitting_id="sit_1", happened=sound, tally=Tally(received=3))


def stored(entry: Entry) -> dict[bytes, bytes]:
    """The fields of an entry as a store hands them out."""
    return {name.encode(): value if isinstance(value, bytes) else str(value).encode() for name, value in written(entry).items()}


def test_sound_comes_out_of_the_stream_as_it_went_in() -> None:
    entry = read(b"1-0", stored(an_entry()))

    assert (entry.happened, entry.tally, entry.id) == (HEARD, Tally(received=3), "1-0")


def test_a_worker_that_knows_no_sound_reads_a_gap_of_no_length() -> None:
    fields: Any = {name: value for name, value in stored(an_entry()).items() if name not in (b"sound", b"joins")}

    assert read(b"1-0", fields).happened == Gap(began=NOW, ended=NOW, missing=0)


def test_all_sound_waits_in_order_and_replaces_no_frame() -> None:
    slots = Slots()
    for entry in (a_frame(0), an_entry(), an_entry()):
        slots.put(entry)

    taken = slots.take()

    assert sorted(type(one.happened).__name__ for one in taken) == ["Frame", "Sound", "Sound"]
    assert slots.dropped == {}
