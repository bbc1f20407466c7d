"""The stream between ingest and workers, on a real Valkey: what waits, who owns what, and what a new owner is given."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from proctoring.channel import Fact, FactKind, Frame, Gap, Position
from proctoring.kept import Cut
from tests.running import Valkey, a_valkey, until
from workers.frames import FORGET_EVERY_S, FORGOTTEN_AFTER, GROUP, LEASE, MOST_TRIES, SHARDS, Entry, Flusher, Shards, Slots, Tally, shard_of
from workers.proctor.pace import EASY_FOR_S, FULL, LEAST, THINK_EVERY_S, Pace
from workers.proctor.worker import CLAIM_EVERY_S

NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251  (the store trims by real time)
Makes = Callable[[str], Shards]


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    with a_valkey() as server:
        yield server


@pytest.fixture
def worker(valkey: Valkey) -> Iterator[Makes]:
    """Makes workers on an empty store."""
    store = Redis.from_url(valkey.url)
    store.flushall()
    store.close()
    made: list[Shards] = []

    def make(name: str) -> Shards:
        made.append(Shards(valkey.url, name))
        return made[-1]

    yield make
    for one in made:
        one.close()


def a_frame(seq: int, sitting: str = "sit_1", *, kept: bool = False, at: datetime | None = None, shown_at: datetime | None = None) -> Entry:
    picture = {"jpeg": b"\xff\xd8\x00", "nonce": bytes(16), "head": bytes([seq % 256]) * 32}
    frame = Frame(seq=seq, at=at or NOW, kept=kept, shown_at=shown_at, nonce_at=NOW - timedelta(seconds=1), **picture)
    return Entry(sitting_id=sitting, happened=frame, tally=Tally(received=seq + 1))


def a_gap() -> Entry:
    return Entry(sitting_id="sit_1", happened=Gap(began=NOW, ended=NOW + timedelta(seconds=9), missing=3), tally=Tally())


def a_fact() -> Entry:
    fact = Fact(kind=FactKind.CHAIN_LOST, at=NOW, seq=1001, detail="ab" * 32)
    return Entry(sitting_id="sit_1", happened=fact, tally=Tally(received=7))


def flush(valkey: Valkey, *entries: Entry) -> Flusher:
    """Bring entries to the store as ingest does."""

    async def once() -> Flusher:
        flusher = Flusher(valkey.url, slots := Slots())
        for entry in entries:
            slots.put(entry)
            await flusher._flush(slots.take())
        await flusher.close()
        return flusher

    return asyncio.run(once())


def test_of_live_frames_only_the_latest_waits_and_the_others_are_counted_as_dropped() -> None:
    slots = Slots()
    for entry in (a_frame(0), a_frame(1), a_frame(0, "sit_2"), a_frame(2)):
        slots.put(entry)

    taken = slots.take()

    assert [(one.sitting_id, one.happened.seq, one.tally.dropped) for one in taken if isinstance(one.happened, Frame)] == [
        ("sit_2", 0, 0),
        ("sit_1", 2, 2),
    ]
    assert slots.take() == []


def test_gaps_and_kept_frames_wait_all_and_in_order() -> None:
    slots = Slots()
    for entry in (a_gap(), a_frame(0), a_frame(1, kept=True), a_frame(2, kept=True), a_frame(3), a_frame(4, kept=True)):
        slots.put(entry)

    assert [one.happened.seq if isinstance(one.happened, Frame) else None for one in slots.take()] == [None, 1, 2, 3, 4]


def test_an_entry_comes_out_of_the_stream_as_it_went_in(worker: Makes, valkey: Valkey) -> None:
    entries = [a_frame(0), a_gap(), a_fact(), a_frame(1, kept=True, shown_at=NOW - timedelta(minutes=3))]
    flush(valkey, *entries)
    shards = worker("one")
    for shard in shards.claim():
        shards.take_over(shard)

    ((shard, read),) = shards.read().items()

    assert shard == shard_of("sit_1")
    assert [(one.sitting_id, one.happened, one.tally) for one in read] == [(one.sitting_id, one.happened, one.tally) for one in entries]


def test_the_store_remembers_where_a_chain_stands(worker: Makes, valkey: Valkey) -> None:
    worker("nobody")
    flush(valkey, a_frame(0), a_frame(41))

    async def ask() -> tuple[Position | None, Position | None]:
        flusher = Flusher(valkey.url, Slots())
        positions = await flusher.position("sit_1"), await flusher.position("sit_unknown")
        await flusher.close()
        return positions

    known, unknown = asyncio.run(ask())
    assert known is not None
    assert (known.next_seq, known.head, known.at) == (42, bytes([41]) * 32, NOW)
    assert unknown is None


def test_the_store_remembers_of_which_cuts_pictures_may_still_come(worker: Makes, valkey: Valkey) -> None:
    worker("nobody")
    cut = Cut(began=NOW - timedelta(minutes=9), ended=NOW)
    stands = Position(next_seq=8, head=bytes(32), at=NOW, cuts=(cut,), kept_until=NOW - timedelta(minutes=4))
    flush(valkey, replace(a_frame(7, kept=True), position=stands))

    async def ask() -> Position | None:
        flusher = Flusher(valkey.url, Slots())
        position = await flusher.position("sit_1")
        await flusher.close()
        return position

    assert asyncio.run(ask()) == stands


def test_a_frame_that_no_store_takes_is_dropped_and_counted(tmp_path: object) -> None:
    async def once() -> tuple[int, dict[str, int]]:
        flusher = Flusher(f"unix://{tmp_path}/nobody.sock", slots := Slots())
        slots.put(a_frame(0))
        await flusher._flush(slots.take())
        await flusher.close()
        return flusher.failures, slots.dropped

    assert asyncio.run(once()) == (1, {"sit_1": 1})


def test_a_fact_that_no_store_took_waits_for_it(tmp_path: object) -> None:
    async def once() -> list[Entry]:
        flusher = Flusher(f"unix://{tmp_path}/nobody.sock", slots := Slots())
        slots.put(a_fact())
        await flusher._flush(slots.take())
        await flusher.close()
        return slots.take()

    assert [one.happened for one in asyncio.run(once())] == [a_fact().happened]


def test_the_stream_forgets_what_is_older_than_twenty_seconds(worker: Makes, valkey: Valkey) -> None:
    worker("nobody")
    big = [a_frame(seq, at=NOW) for seq in range(300)]
    later = datetime.now(UTC) + timedelta(minutes=5)  # noqa: TID251  (the store numbers its entries by real time)
    flush(valkey, *big, a_frame(300, at=later))

    store = Redis.from_url(valkey.url)
    assert int(store.xlen(f"frames:{shard_of('sit_1')}")) < 150  # trimmed by whole nodes of the stream
    store.close()


def test_a_shard_to_which_nothing_comes_any_more_is_emptied(worker: Makes, valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, shard = worker("one"), shard_of("sit_1")
    reader.take_over(shard)
    flush(valkey, a_frame(0), a_frame(1))

    async def forget() -> None:
        flusher = Flusher(valkey.url, Slots())
        await flusher._forget_old()
        await flusher.close()

    asyncio.run(forget())
    assert not reader.holds_nothing_of("sit_1", "")
    monkeypatch.setattr("workers.frames.ingest.FORGOTTEN_AFTER", timedelta(seconds=-2))
    asyncio.run(forget())

    assert reader.holds_nothing_of("sit_1", "")
    assert timedelta(seconds=FORGET_EVERY_S) + FORGOTTEN_AFTER < timedelta(minutes=1)  # as the notice promises


def test_one_worker_owns_every_shard_and_two_share_them(worker: Makes) -> None:
    first, second = worker("first"), worker("second")
    assert len(first.claim()) == SHARDS

    second.claim()
    first.claim()
    second.claim()

    assert len(first.owned) == len(second.owned) == SHARDS // 2
    assert first.owned.isdisjoint(second.owned)


def test_a_lease_that_ran_out_is_lost_and_another_may_take_it(worker: Makes, valkey: Valkey) -> None:
    first, second = worker("first"), worker("second")
    first.claim()
    store = Redis.from_url(valkey.url)
    store.zrem("proctors", "first")  # as if it had been silent for the length of a lease
    for shard in range(SHARDS):
        store.pexpire(f"lease:{shard}", 1)
    store.close()

    assert until(lambda: second.claim() is not None and len(second.owned) == SHARDS)

    first.renew()
    assert first.owned == set()


def test_a_worker_that_leaves_gives_everything_back_at_once(worker: Makes) -> None:
    first, second = worker("first"), worker("second")
    first.claim()

    first.leave()

    assert len(second.claim()) == SHARDS


def test_a_new_owner_is_given_what_was_finished_apart_from_what_was_not(worker: Makes, valkey: Valkey) -> None:
    flush(valkey, *(a_frame(seq) for seq in range(6)))
    first, second, shard = worker("first"), worker("second"), shard_of("sit_1")
    first.claim()
    first.take_over(shard)
    first.owned = {shard}
    read = first.read()[shard]
    first.done(shard, read[:4])  # and then it is killed

    history, unfinished = second.take_over(shard)

    assert [one.happened.seq for one in history if isinstance(one.happened, Frame)] == [0, 1, 2, 3]
    assert [one.happened.seq for one in unfinished if isinstance(one.happened, Frame)] == [4, 5]


def test_an_entry_that_ends_whoever_touches_it_is_dropped_in_the_end(worker: Makes, valkey: Valkey) -> None:
    flush(valkey, a_frame(0))
    shard = shard_of("sit_1")
    first = worker("first")
    first.take_over(shard)
    first.owned = {shard}
    first.read()

    given = [len(worker(f"next-{number}").take_over(shard)[1]) for number in range(MOST_TRIES + 1)]

    assert given == [1] * (MOST_TRIES - 1) + [0, 0]
    store = Redis.from_url(valkey.url)
    assert store.xpending(f"frames:{shard}", GROUP)["pending"] == 0
    store.close()


def test_a_sitting_is_drained_when_nothing_of_it_comes_later(worker: Makes, valkey: Valkey) -> None:
    flush(valkey, a_frame(0), a_frame(1))
    shards, shard = worker("one"), shard_of("sit_1")
    shards.take_over(shard)
    shards.owned = {shard}
    first, second = shards.read()[shard]

    assert not shards.holds_nothing_of("sit_1", first.id)
    assert shards.holds_nothing_of("sit_1", second.id)


def test_a_lease_outlasts_three_renewals() -> None:
    assert timedelta(seconds=3 * CLAIM_EVERY_S) < LEASE


def test_a_worker_that_lags_asks_for_less_and_for_more_again_when_it_has_been_easy_for_a_while() -> None:
    pace, now = Pace(), time.monotonic()

    wishes = [pace.wish(5000, now + THINK_EVERY_S * step) for step in range(1, 4)]
    later = now + THINK_EVERY_S * 4 + EASY_FOR_S

    assert wishes == [LEAST, None, None]
    assert pace.wish(100, later) == FULL
    assert pace.wish(100, later + THINK_EVERY_S) is None
