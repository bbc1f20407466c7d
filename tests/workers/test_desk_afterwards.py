"""A cut in the line, seen afterwards: what the page kept is looked at in its own time, beside what is live, and told to have come later."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import islice

import pytest

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.services import watches
from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import IncidentRecord, WatchRecord
from proctoring.channel import Frame, Gap
from proctoring.vision import demo_footage
from proctoring.vision.demo_footage import Script
from proctoring.vision.eyes import Networks
from tests.builders import World, a_world, steer
from workers.frames import Entry, Tally
from workers.proctor.desk import Desk

SECOND = timedelta(seconds=1)
AT_WORK = Script(length_s=300, leaves_s=400, back_s=410)
LEAVES = Script(length_s=300, leaves_s=15, back_s=40)  # in the cut, which lasts from second 10 to 60
CUT_S = 50


@cache
def drawn(script: Script, second: int) -> bytes:
    """What the page sends of a second of a script; drawn once for all the tests that begin alike."""
    return demo_footage.jpeg(demo_footage.picture(script, second))


class Feed:
    """A page's frames as ingest passes them on, a second apart."""

    def __init__(self, engine: Engine, world: World, script: Script) -> None:
        self._engine, self._world, self._seq = engine, world, 0
        self._jpegs = (drawn(script, second) for second in range(int(script.length_s)))

    def entry(self, happened: Frame | Gap) -> Entry:
        return Entry(sitting_id=self._world.sitting_id, happened=happened, tally=Tally(received=self._seq), id=str(self._seq))

    def frame(self, jpeg: bytes, shown_at: datetime | None = None) -> Entry:
        at, seq = self._engine.clock.now(), self._seq
        self._seq += 1
        kept = shown_at is not None
        return self.entry(Frame(seq=seq, at=at, kept=kept, jpeg=jpeg, nonce=bytes(16), head=bytes([seq % 256]) * 32, shown_at=shown_at))

    def live(self, count: int) -> list[Entry]:
        """Frames of the next seconds; the clock goes with them."""
        return [self.frame(jpeg) for jpeg in islice(self._jpegs, count) if steer(self._engine).advance(1)]

    def cut(self, seconds: int) -> list[tuple[datetime, bytes]]:
        """What the page kept meanwhile."""
        return [(steer(self._engine).advance(1), jpeg) for jpeg in islice(self._jpegs, seconds)]

    def late(self, kept: list[tuple[datetime, bytes]]) -> Iterator[Entry]:
        """The kept frames, two a second, with a live one every two."""
        for number, (shown_at, jpeg) in enumerate(kept):
            steer(self._engine).advance(0.5)
            yield self.frame(jpeg, shown_at)
            if number % 4 == 3:
                yield self.frame(next(self._jpegs))


def a_desk(engine: Engine, world: World, networks: Networks) -> Desk:
    return Desk(engine, watches.orders(engine, world.sitting_id), networks, {})


def found(engine: Engine, world: World) -> list[IncidentRecord]:
    with engine.store.read() as tx:
        return tx.incidents.of_sitting(world.sitting_id)


def through_a_cut(engine: Engine, world: World, networks: Networks, script: Script, *, kept: bool = True) -> tuple[Desk, Feed]:
    desk, feed = a_desk(engine, world, networks), Feed(engine, world, script)
    for entry in feed.live(10):
        desk.receive(entry)
    began = engine.clock.now()
    shown = feed.cut(CUT_S)
    desk.tick(engine.clock.now())
    desk.receive(feed.entry(Gap(began=began, ended=engine.clock.now(), missing=0)))
    for entry in [*feed.live(1), *(feed.late(shown) if kept else ()), *feed.live(8)]:
        desk.receive(entry)
    return desk, feed


def test_what_happened_in_a_cut_is_found_in_its_own_time_and_said_to_have_come_afterwards(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)

    desk, _feed = through_a_cut(engine, world, networks, LEAVES)

    gap, nobody = sorted(found(engine, world), key=lambda one: one.kind)
    assert (gap.kind, gap.tier, "afterwards" in gap.trace) == ("feed_gap", "could_not_watch", False)
    assert (nobody.kind, nobody.tier, nobody.trace["afterwards"]) == ("nobody", "alert", True)
    assert nobody.start_s == pytest.approx(17, abs=2)
    assert nobody.end_s == pytest.approx(40, abs=2)
    assert nobody.item_id is None  # whatever is on the screen now was not then
    assert desk.counts().afterwards_s == pytest.approx(50, abs=2)


def test_its_frames_are_kept_and_those_of_clean_time_are_not(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)

    through_a_cut(engine, world, networks, LEAVES)

    (nobody,) = [one for one in found(engine, world) if one.kind == "nobody"]
    with engine.store.read() as tx:
        shown = tx.incidents.evidence_of(nobody.id)
        started = tx.sittings.get(world.sitting_id).started_at
    assert started is not None
    seconds = [(one.at - started).total_seconds() for one in shown]
    assert {one.role for one in shown} >= {"before", "peak", "after"}
    assert nobody.raised_at - started - timedelta(seconds=11) <= timedelta(seconds=min(seconds))
    assert max(seconds) <= (nobody.raised_at - started).total_seconds() + 5


def test_time_of_which_there_are_pictures_was_watched_after_all_and_all_time_is_accounted_for(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)
    desk, _feed = through_a_cut(engine, world, networks, AT_WORK)

    counts = desk.counts()

    assert {one.kind for one in found(engine, world)} == {"feed_gap"}
    assert counts.unobservable.get("feed_gap", 0.0) == pytest.approx(2, abs=1.5)  # the edges of the cut
    assert counts.afterwards_s == pytest.approx(49, abs=1.5)
    told = counts.observable_s + sum(counts.unobservable.values())
    started = desk.sitting.started_at
    assert started is not None
    assert told == pytest.approx((engine.clock.now() - started).total_seconds(), abs=1.5)
    assert counts.frames_dropped == 0


def test_without_the_pictures_the_cut_stays_time_that_could_not_be_watched(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)

    desk, _feed = through_a_cut(engine, world, networks, LEAVES, kept=False)

    assert {one.kind for one in found(engine, world)} == {"feed_gap"}
    assert desk.counts().unobservable["feed_gap"] == pytest.approx(51, abs=1)
    assert desk.counts().afterwards_s == 0


def test_a_new_owner_in_the_middle_of_it_counts_nothing_twice_and_opens_nothing_twice(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)
    first, feed = a_desk(engine, world, networks), Feed(engine, world, LEAVES)
    for entry in feed.live(10):
        first.receive(entry)
    shown = feed.cut(CUT_S)
    seen = [*feed.live(1), *feed.late(shown)]
    for entry in seen[:40]:
        first.receive(entry)
    watches.count(engine, [first.counts()])
    counted = first.counts().afterwards_s

    second = a_desk(engine, world, networks)
    second.replay(seen[20:40])
    after_replay = second.counts().afterwards_s
    for entry in [*seen[40:], *feed.live(8)]:
        second.receive(entry)

    assert after_replay == counted
    assert second.counts().afterwards_s == pytest.approx(49, abs=2.5)
    assert [one.kind for one in found(engine, world)].count("nobody") == 1


def test_what_is_open_ends_when_nothing_more_comes_and_with_the_sitting(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)
    desk, feed = a_desk(engine, world, networks), Feed(engine, world, LEAVES)
    for entry in feed.live(10):
        desk.receive(entry)
    shown = feed.cut(CUT_S)
    for entry in [*feed.live(1), *feed.late(shown[:18])]:  # she is away in the last of them
        desk.receive(entry)
    assert desk.is_catching_up(engine.clock.now())
    assert [one.ended_at for one in found(engine, world) if one.kind == "nobody"] == [None]

    desk.tick(steer(engine).advance(31))

    assert not desk.is_catching_up(engine.clock.now())
    (ended,) = [one.ended_at for one in found(engine, world) if one.kind == "nobody"]
    assert ended is not None


def test_kept_pictures_that_are_none_or_of_before_the_start_accuse_nobody(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)
    desk, feed = a_desk(engine, world, networks), Feed(engine, world, AT_WORK)
    for entry in feed.live(5):
        desk.receive(entry)
    now = engine.clock.now()

    desk.receive(feed.frame(b"\xff\xd8\xff\xe0junk", now - SECOND))
    desk.receive(feed.frame(b"\xff\xd8\xff\xe0junk", now - timedelta(hours=1)))

    assert found(engine, world) == []
    assert (desk.unreadable, desk.counts().afterwards_s) == (1, 0)
    assert isinstance(desk.counts(), WatchRecord)


def hand_in(engine: Engine, world: World, desk: Desk) -> datetime:
    ended = engine.clock.now()
    with engine.store.begin() as tx:
        desk.sitting = replace(tx.sittings.get(world.sitting_id), state=SittingState.SUBMITTED, submitted_at=ended)
        tx.sittings.save(desk.sitting)
    return ended


def test_pictures_that_come_after_handing_in_are_looked_at_and_waited_for(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)
    desk, feed = a_desk(engine, world, networks), Feed(engine, world, AT_WORK)
    for entry in feed.live(5):
        desk.receive(entry)
    began, shown = engine.clock.now(), feed.cut(15)
    ended = hand_in(engine, world, desk)  # in the cut; the line comes back five minutes later, for the pictures only
    steer(engine).advance(300)
    assert desk.is_catching_up(engine.clock.now())

    desk.receive(feed.entry(Gap(began=began, ended=engine.clock.now(), missing=0)))
    desk.receive(feed.frame(b"\xff\xd8\xff nothing is seen any more"))
    for shown_at, jpeg in shown:
        steer(engine).advance(1)
        desk.receive(feed.frame(jpeg, shown_at))
        assert desk.is_catching_up(engine.clock.now())
    steer(engine).advance(31)

    assert not desk.is_catching_up(engine.clock.now())
    desk.end(desk.sitting)
    counts = desk.counts()
    assert counts.observable_s + sum(counts.unobservable.values()) == pytest.approx((ended - began).total_seconds() + 5, abs=2)
    assert counts.afterwards_s == pytest.approx(15, abs=2)


def test_nobody_waits_for_longer_than_ten_minutes_nor_where_the_line_was_good(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)
    desk, feed = a_desk(engine, world, networks), Feed(engine, world, AT_WORK)
    for entry in feed.live(2):
        desk.receive(entry)
    hand_in(engine, world, desk)
    assert not desk.is_catching_up(engine.clock.now())

    feed.cut(5)
    hand_in(engine, world, desk)
    steer(engine).advance(599)
    assert desk.is_catching_up(engine.clock.now())
    steer(engine).advance(1)
    assert not desk.is_catching_up(engine.clock.now())


def test_time_after_handing_in_is_nobodys_time_to_be_seen_in(engine: Engine, networks: Networks) -> None:
    world = a_world(engine)
    desk, feed = a_desk(engine, world, networks), Feed(engine, world, AT_WORK)
    for entry in feed.live(2):
        desk.receive(entry)
    hand_in(engine, world, desk)

    for _ in range(30):  # while the evidence store is away
        steer(engine).advance(1)
        desk.tick(engine.clock.now())

    assert desk.counts().unobservable == {}
