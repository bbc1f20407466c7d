"""The proctor worker's loop: lease, read, hand out to desks, acknowledge, publish.

What a desk established is stored before its entry is acknowledged, so a worker can be killed at any instant: the next owner is given what
was not acknowledged, and storing the same thing twice changes nothing. When the database is away the process ends and its supervisor starts
it again; nothing is kept here that could not be made anew.
"""

import os
import secrets
import signal
import socket
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from redis.exceptions import RedisError

from assessment_engine.assets.fetch import installed
from assessment_engine.kernel.errors import HashMismatch, ModelMissing, NotFound, UnreadableFile
from assessment_engine.kernel.ids import SittingId
from assessment_engine.runtime import build_engine
from assessment_engine.services import challenges, dismissals, eyes, watches
from assessment_engine.services.engine import Engine
from assessment_engine.services.watches import Orders
from assessment_engine.settings import Settings
from proctoring.channel import Frame
from proctoring.vision import models
from proctoring.vision.eyes import Networks
from proctoring.vision.models import Models
from proctoring.vision.thumbs import one_thread
from workers.frames import KEPT_FOR, Entry, Shards, shard_of
from workers.proctor.desk import Desk
from workers.proctor.pace import Pace

CLAIM_EVERY_S = 1.0
LOOK_EVERY_S = 1.0
CAMERAS_EVERY_S = 5.0
COUNT_EVERY_S = 5.0
REPORT_EVERY_S = 5.0
SAY_EYES_EVERY_S = 60.0
STALE_AFTER = timedelta(seconds=2)
AWAY_WAIT_S = 0.5
OVER_FOR_S = 120.0  # after its last entry: nothing of it is in a stream any more, and if something comes the database is asked again
STORES_WITHIN = timedelta(minutes=30)
CATCH_UP_S = 10.0
CATCHES_UP_WITHIN = timedelta(minutes=20)  # of handing in: what a page kept in a cut has come by then, or never will

log = structlog.get_logger()


@dataclass(slots=True)
class Figures:
    """What this process has done since it was started."""

    looked: int = 0
    skipped: int = 0
    incidents: int = 0
    unreadable: int = 0
    incidents_unreadable: int = 0
    lag_ms: float = 0.0
    cpu_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))


class Worker:
    """Owns shards and the desks of the sittings in them; `step` does a little of everything and returns."""

    def __init__(self, engine: Engine, shards: Shards, loaded: Models) -> None:
        self._engine, self._shards, self._models = engine, shards, loaded
        self._networks = Networks(loaded)
        self._desks: dict[str, Desk] = {}
        self._over: dict[str, float] = {}  # sittings of which nothing is to be watched any more, and when something of theirs came last
        self._pace = Pace()
        self._catching_up_until = 0.0
        self._due = dict.fromkeys(("claim", "renew", "look", "count", "report", "eyes", "cameras"), 0.0)
        self.figures = Figures()

    def step(self) -> None:
        """Renew the leases, work off what the stream has, and now and then look at what time itself brings."""
        if self._is_due("claim", CLAIM_EVERY_S):
            self._claim()
        batch = self._shards.read()
        for shard, entries in batch.items():
            self._work(shard, entries)
        self._let_go()  # a lease may have run out over a long batch
        if self._is_due("look", LOOK_EVERY_S):
            self._look_around(waiting=bool(batch))
        if self._is_due("count", COUNT_EVERY_S):
            self._count()
        if self._is_due("report", REPORT_EVERY_S):
            self._report()
        if self._is_due("eyes", SAY_EYES_EVERY_S):
            eyes.report(self._engine, socket.gethostname(), self._models.missing)

    def _claim(self) -> None:
        taken = self._shards.claim()
        self._let_go()
        if taken:
            self._catching_up_until = time.monotonic() + CATCH_UP_S
        for shard in sorted(taken):
            history, unfinished = self._shards.take_over(shard)
            self._rebuild(history)
            self._work(shard, unfinished)

    def _let_go(self) -> None:
        """Forget the desks of shards that somebody else owns by now: two owners would count against each other."""
        self._desks = {name: desk for name, desk in self._desks.items() if shard_of(name) in self._shards.owned}

    def _rebuild(self, history: list[Entry]) -> None:
        """Make the desks of a shard that somebody else had, with the last seconds in their memory."""
        for sitting_id in dict.fromkeys(entry.sitting_id for entry in history):
            desk = self._desk(sitting_id)
            if desk is not None:
                desk.replay([entry for entry in history if entry.sitting_id == sitting_id])

    def _work(self, shard: int, entries: list[Entry]) -> None:
        """Show entries to their desks, then acknowledge them all; of a sitting that lags only the newest frame is looked at."""
        newest = {entry.sitting_id: entry.id for entry in entries if isinstance(entry.happened, Frame) and not entry.happened.kept}
        for entry in entries:
            desk = self._desk(entry.sitting_id)
            if desk is None:
                continue
            if self._is_stale(entry) and newest[entry.sitting_id] != entry.id:
                desk.skip(entry)
                self.figures.skipped += 1
            else:
                self._show(desk, entry)
            if self._is_due("renew", CLAIM_EVERY_S):  # a lease must not run out over a long batch
                self._shards.renew()
        self._shards.done(shard, entries)

    def _show(self, desk: Desk, entry: Entry) -> None:
        raised, unreadable = desk.raised, desk.unreadable
        desk.receive(entry)
        self._publish(desk)
        self.figures.incidents += desk.raised - raised
        for stage, seconds in desk.costs().items():
            self.figures.cpu_s[stage] += seconds
        self.figures.unreadable += desk.unreadable - unreadable
        if isinstance(entry.happened, Frame):
            self.figures.looked += 1
            lag = (self._engine.clock.now() - entry.happened.at).total_seconds()
            self.figures.lag_ms = round(0.9 * self.figures.lag_ms + 0.1 * lag * 1000, 1)

    def _is_stale(self, entry: Entry) -> bool:
        if time.monotonic() < self._catching_up_until:  # what led up to an event must be seen, also by a new owner
            return False
        frame = entry.happened
        return isinstance(frame, Frame) and not frame.kept and self._engine.clock.now() - frame.at > STALE_AFTER

    def _desk(self, sitting_id: str) -> Desk | None:
        """Return the desk of a sitting, made when its first frame comes; None when nothing of it is to be watched any more."""
        if sitting_id in self._over:
            self._over[sitting_id] = time.monotonic()
            return None
        desk = self._desks.get(sitting_id)
        if desk is None:
            try:
                orders = self._orders(SittingId(sitting_id))
            except NotFound:
                orders = None
            if orders is None or orders.before.drained_at is not None:
                self._over[sitting_id] = time.monotonic()
                return None
            desk = self._desks[sitting_id] = Desk(self._engine, orders, self._networks, self._models.sha256)
            if desk.watching:
                eyes.watched_without(self._engine, desk.sitting.id, self._models.missing)
        return desk

    def _orders(self, sitting_id: SittingId) -> Orders:
        """Return a sitting's orders, and say which of its incidents cannot be read: nobody goes on with those."""
        orders = watches.orders(self._engine, sitting_id)
        for incident_id in orders.unreadable:
            log.error("incident_unreadable", sitting=sitting_id, incident=incident_id)
        self.figures.incidents_unreadable += len(orders.unreadable)
        return orders

    def _look_around(self, *, waiting: bool) -> None:
        """Begin watches whose exam has begun, end those whose exam is over; notice silence, unless it is us who lag."""
        now = self._engine.clock.now()
        expected = dismissals.expected(self._engine, [desk.sitting for desk in self._desks.values()])
        asks = self._is_due("cameras", CAMERAS_EVERY_S)
        changed = challenges.cameras_changed(self._engine, [one.sitting.id for one in self._desks.values() if one.watching and asks])
        for sitting_id, sitting in watches.standing(self._engine, [desk.sitting.id for desk in self._desks.values()]).items():
            desk = self._desks[sitting_id]
            desk.expect(expected[sitting_id], changed.get(sitting_id))
            if sitting.is_watched and not desk.watching:
                desk.begin(self._orders(sitting_id))
                eyes.watched_without(self._engine, sitting_id, self._models.missing)
            desk.sitting = sitting
            if watches.is_over(sitting):
                self._finish(desk)
            elif not waiting:
                desk.tick(now)
            self._publish(desk)
        self._over = {name: at for name, at in self._over.items() if time.monotonic() - at < OVER_FOR_S}
        load = self._pace.wish(self.figures.lag_ms, time.monotonic())
        if load is not None:
            self._ask(self._desks.values(), load)

    def _count(self) -> None:
        """Store the counts of all desks at once."""
        counted = [desk.counts() for desk in self._desks.values() if desk.watching]
        if counted:
            watches.count(self._engine, counted)

    def _finish(self, desk: Desk) -> None:
        now = self._engine.clock.now()
        submitted = desk.sitting.submitted_at or now
        if desk.is_catching_up(now) and now - submitted < CATCHES_UP_WITHIN:
            return
        if desk.kept.waiting and now - submitted < STORES_WITHIN:  # the evidence store is away; it may come back
            desk.tick(now)
            return
        gone = now - submitted > KEPT_FOR + STALE_AFTER  # what is older is not in the stream any more
        if gone or self._shards.holds_nothing_of(desk.sitting.id, desk.last_id):
            desk.end(desk.sitting)
            self._publish(desk)
            self._over[desk.sitting.id] = time.monotonic()
            del self._desks[desk.sitting.id]

    def _publish(self, desk: Desk) -> None:
        for said in desk.said():
            self._shards.publish(said.channel, said.message)
        picture = desk.picture()
        if picture is not None:
            self._shards.show(desk.sitting.session_id, desk.sitting.id, picture)

    def _ask(self, desks: Iterable[Desk], fps: float) -> None:
        for desk in desks:
            self._shards.publish(f"page:{desk.sitting.id}", {"type": "load", "fps": fps, "quality": 0.6})

    def _report(self) -> None:
        figures = self.figures
        self._shards.report(
            {
                "frames_analysed": figures.looked,
                "frames_skipped": figures.skipped,
                "frames_unreadable": figures.unreadable,
                "incidents_raised": figures.incidents,
                "incidents_unreadable": figures.incidents_unreadable,
                "frames_lag_ms": figures.lag_ms,
                "evidence_waiting": sum(desk.kept.waiting for desk in self._desks.values()),
                "evidence_failures": sum(desk.kept.failures for desk in self._desks.values()),
                "evidence_lost": sum(desk.kept.lost for desk in self._desks.values()),
                "sittings_watched": len(self._desks),
                "shards_owned": len(self._shards.owned),
                "models_missing": len(self._models.missing),
                **{f"model_missing_{role}": float(role in self._models.missing) for role in models.ROLES},
                **{f"cpu_seconds_{stage}": round(seconds, 3) for stage, seconds in figures.cpu_s.items()},
            }
        )

    def _is_due(self, what: str, every_s: float) -> bool:
        now = time.monotonic()
        if now < self._due[what]:
            return False
        self._due[what] = now + every_s
        return True


def work(engine: Engine, frames_url: str, loaded: Models, until: Callable[[], bool]) -> None:
    """Watch until told to stop. While the frames store is away, wait for it: its leases went with it, and so do our desks."""
    while not until():
        shards = Shards(frames_url, f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}")
        worker = Worker(engine, shards, loaded)
        try:
            while not until():
                worker.step()
            shards.leave()
        except RedisError as error:
            log.warning("frames_store_away", error=type(error).__name__)
            time.sleep(AWAY_WAIT_S)
        finally:
            shards.close()


def main(settings: Settings) -> None:
    """Run one proctor worker of this deployment until SIGTERM."""
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda got, _: asked.append(got))
    one_thread()
    assert settings.frames_url is not None, "FRAMES_URL is set by serve"
    engine = build_engine(settings)
    files = {role: (asset.path, asset.sha256) for role, asset in installed(settings.assets_dir).items() if role in models.FETCHED}
    try:
        loaded = models.load_fetched(files, settings.assets_dir)
    except (ModelMissing, HashMismatch, UnreadableFile):  # nothing can be seen here: whoever is promised a watch is told
        eyes.report(engine, socket.gethostname(), models.NEEDED)
        raise
    if loaded.missing:
        log.warning("models_missing", roles=list(loaded.missing))
    work(engine, settings.frames_url, loaded, lambda: bool(asked))
