"""One sitting under watch: frames and sound in; incidents and evidence into the services, words for the wall and the page out.

Before the exam begins a desk only looks, coaches and learns where the candidate looks; from the start on it watches. A desk is made anew
when its shard changes hands, replays the last seconds of the stream and goes on under the same names.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from assessment_engine.delivery.sitting import Sitting, SittingState
from assessment_engine.kernel.canonical import Json
from assessment_engine.kernel.clock import iso
from assessment_engine.kernel.errors import Invalid
from assessment_engine.services import incidents, watches
from assessment_engine.services.engine import Engine
from assessment_engine.services.watches import Orders
from assessment_engine.storage.incidents import WatchRecord
from proctoring.baseline import BaselineKeeper
from proctoring.channel import Fact, FactKind, Frame, Gap, Sound
from proctoring.evidence import EvidenceRing, Segment, Shot
from proctoring.expected import NOTHING, Expected
from proctoring.incidents import Change, IncidentChange
from proctoring.observations import Observation
from proctoring.policy import Kind
from proctoring.vision.companions import Scribe
from proctoring.vision.enrolment import eyes_for
from proctoring.vision.eyes import Networks
from proctoring.vision.hearing import Hearing
from proctoring.vision.thumbs import thumbnail
from proctoring.watch import Totals, Watch
from workers.frames import Entry, Tally
from workers.proctor.afterwards import Afterwards
from workers.proctor.challenges import Challenges
from workers.proctor.coaching import coaching
from workers.proctor.doubts import Doubts
from workers.proctor.kept import Kept
from workers.proctor.telling import Said, incident_message

SAY_EVERY = timedelta(seconds=1)
SHOW_EVERY = timedelta(seconds=2)
SILENT_AFTER_S = 4.0
STILL_COMPLETABLE_S = 20.0
DEAF_AFTER = timedelta(seconds=5)

log = structlog.get_logger()


class Desk:
    """Fed with the entries of one sitting, in order; `said` and `picture` are handed out once."""

    def __init__(self, engine: Engine, orders: Orders, networks: Networks, models: Mapping[str, str]) -> None:
        self._engine, self._networks, self._models = engine, networks, models
        self.sitting: Sitting = orders.sitting
        self._eyes, self._has_scribe = eyes_for(networks, orders.face, orders.scribe), orders.scribe is not None
        self._origin = orders.sitting.started_at
        self._left_open = {one.key: one for one in orders.incidents if one.end_s is None}
        self._centre = BaselineKeeper(orders.policy.gaze.calibration_s)
        self._watch: Watch | None = None
        self._listens = False
        self._hearing: Hearing | None = None
        self._challenges: Challenges | None = None
        self._ring, self.kept = EvidenceRing(), Kept(engine, orders.sitting.id)
        self._tally, self._received_before = Tally(received=orders.before.frames_received), 0
        self._before = orders.before
        self._replayed = Totals()
        self._last: Frame | None = None
        self._live_at: datetime | None = None
        self._last_look: Observation | None = None
        self._afterwards = Afterwards(orders.policy, lambda: eyes_for(networks, orders.face, orders.scribe))
        self._recent: deque[datetime] = deque()
        self._doubts = Doubts()
        self._looked = self._gaps = self.raised = self.unreadable = 0
        self._said: list[Said] = []
        self._due: dict[timedelta, datetime] = {}
        self._picture: bytes | None = None
        self.last_id = ""
        if orders.sitting.is_watched:
            self.begin(orders)

    @property
    def watching(self) -> bool:
        """Tell whether the exam has begun and the watch with it."""
        return self._watch is not None

    def begin(self, orders: Orders) -> None:
        """Begin the watch, or take it up where an earlier owner left it."""
        self.sitting, self._before, self._origin = orders.sitting, orders.before, orders.sitting.started_at
        self._eyes, self._last_look = eyes_for(self._networks, orders.face, orders.scribe), None
        self._has_scribe = orders.scribe is not None
        self._listens = Kind.TALKING not in orders.policy.off
        self._hearing = Hearing(self._networks.voice) if self._listens and self._networks.voice is not None else None
        known, late = ([one for one in orders.incidents if one.afterwards is sent] for sent in (False, True))
        policy = orders.policy if self._scribe is not Scribe.NO_FACE else orders.policy.without(Kind.SEVERAL_PEOPLE)
        self._afterwards = Afterwards(policy, lambda: eyes_for(self._networks, orders.face, orders.scribe), late, orders.expected)
        before_s = self._seconds(self._before.recognised_at) if self._before.recognised_at is not None else None
        self._watch = Watch(
            policy,
            baseline=orders.baseline or self._centre.baseline,
            known=known,
            recognised_s=before_s,
            expected=orders.expected,
        )
        self._challenges = Challenges(self._engine, self.sitting, self._watch, self._seconds)
        now_s = self._seconds(self._engine.clock.now())
        for incident in orders.incomplete:
            if now_s - incident.raised_s < STILL_COMPLETABLE_S and not incident.afterwards:
                self._ring.keep(incident)

    @property
    def expected(self) -> Expected:
        """What is expected in the picture, before the watch begins nothing."""
        return self._watch.expected if self._watch is not None else NOTHING

    def expect(self, expected: Expected, camera_changed_at: datetime | None = None) -> None:
        """Take over what people dismissed by now, and when the page last said that another camera was opened."""
        if self._watch is not None:
            self._watch.expect(expected)
            self._afterwards.expect(expected)
        if self._challenges is not None and camera_changed_at is not None:
            self._challenges.doubt(camera_changed_at)

    def replay(self, entries: list[Entry]) -> None:
        """See again what an earlier owner finished, for memory's sake; what it had counted already is not counted twice."""
        counted = self._before.last_seq if self._before.last_seq is not None else -1
        for entry in entries:
            if isinstance(entry.happened, Frame) and entry.happened.seq <= counted:
                self.receive(entry)
                self._replayed = self._watch.totals() if self._watch else Totals()
                self._looked = self._gaps = 0
                self._afterwards.forget_replayed()
                self._tally, self._received_before = entry.tally, self._before.frames_received - entry.tally.received
            else:
                self.receive(entry)
        self._said.clear()

    def receive(self, entry: Entry) -> None:
        """Take one entry of the stream in; when this returns, what it established is stored."""
        self._note(entry)
        if isinstance(entry.happened, Sound):
            self._listen(entry.happened)
        elif isinstance(entry.happened, Gap):
            self._gap(entry.happened)
        elif isinstance(entry.happened, Fact):
            self._learn(entry.happened)
        elif entry.happened.kept:
            self._look_back(entry.happened)
        else:
            self._look(entry.happened)
        self._store_changes()

    def skip(self, entry: Entry) -> None:
        """Let a frame pass unseen, because newer ones wait; it counts as dropped."""
        self._note(entry)

    def tick(self, now: datetime) -> None:
        """Notice that no frames come."""
        if self._watch is None:
            return
        now_s = self._seconds(self._until(now))
        since_s = now_s if self._rests(now_s) else self._silent_since()
        if now_s - since_s >= SILENT_AFTER_S:
            self._watch.gap(since_s, now_s)
            self._ring.reach(now_s)
        if self._challenges is not None:
            self._challenges.tick(now, silent=self.sitting.state is SittingState.PAUSED or now_s - since_s >= SILENT_AFTER_S)
        self._afterwards.tick(now)
        self._store_changes()

    def end(self, sitting: Sitting) -> None:
        """Close what is open and say that nothing is left to look at: the sitting is over and its stream is empty."""
        if self._watch is not None and sitting.submitted_at is not None:
            self._watch.gap(self._silent_since(), self._seconds(sitting.submitted_at))
            self._watch.end()
            self._ring.end()
            self._afterwards.end()
            self._store_changes()
            for left in tuple(self._left_open.values()):
                self._store(IncidentChange(change=Change.CLOSED, incident=replace(left, end_s=max(one.last_s for one in left.findings))))
        watches.drain(self._engine, self.counts())

    def counts(self) -> WatchRecord:
        """Return what was counted, earlier owners of this watch included."""
        before, here = self._before, self._watch.totals() if self._watch else Totals()
        lost = {kind: here.unobservable_s.get(kind, 0.0) - self._replayed.unobservable_s.get(kind, 0.0) for kind in here.unobservable_s}
        unobservable = {kind: round(before.unobservable.get(kind, 0.0) + lost.get(kind, 0.0), 3) for kind in {*before.unobservable, *lost}}
        late = self._afterwards.covered()
        received = self._received_before + self._tally.received
        analysed = before.frames_analysed + self._looked
        baseline = self._watch.baseline if self._watch else None
        return WatchRecord(
            sitting_id=self.sitting.id,
            frames_received=received,
            frames_dropped=max(0, received - analysed),
            frames_analysed=analysed,
            observable_s=round(before.observable_s + here.observable_s - self._replayed.observable_s + late.observable_s, 3),
            afterwards_s=round(before.afterwards_s + late.observable_s, 3),
            unobservable=late.booked(unobservable),
            gaps=before.gaps + self._gaps,
            chain_head=self._last.head.hex() if self._last else before.chain_head,
            last_seq=self._last.seq if self._last else before.last_seq,
            last_frame_at=self._live_at or before.last_frame_at,
            baseline=baseline.as_json() if baseline else before.baseline,
            recognised_at=self._moment(here.recognised_s) or before.recognised_at,
            unrecognised_s=round(before.unrecognised_s + here.unrecognised_s - self._replayed.unrecognised_s, 3),
            unrecognised_since=self._moment(here.unrecognised_since_s) if self._last_look is not None else before.unrecognised_since,
            scribe=None if self._scribe is None else self._scribe.value,
        )

    def costs(self) -> dict[str, float]:
        """Hand out the seconds of CPU that each stage of seeing took since last asked, once."""
        spent, late = self._eyes.costs.taken(), self._afterwards.costs()
        return {stage: spent.get(stage, 0.0) + late.get(stage, 0.0) for stage in {*spent, *late}}

    def is_catching_up(self, now: datetime) -> bool:
        """Tell whether pictures of a cut may still come."""
        live, last = self._live_at or self._before.last_frame_at, self._last.at if self._last else None
        return self._afterwards.may_come(now, self.sitting.submitted_at, live, last)

    def said(self) -> list[Said]:
        """Hand out the messages for wall and page, once."""
        said, self._said = self._said, []
        challenged = self._challenges.said() if self._challenges is not None else []
        return said + [Said(channel=channel, message=message) for channel, message in challenged]

    def picture(self) -> bytes | None:
        """Hand out a new thumbnail, once, when one is due."""
        picture, self._picture = self._picture, None
        return picture

    @property
    def _scribe(self) -> Scribe | None:
        """What is known of an enrolled scribe; None where there is none."""
        if self._eyes.companions is not None:
            return self._eyes.companions.scribe
        return Scribe.NO_FACE if self._has_scribe else None

    def _note(self, entry: Entry) -> None:
        """Remember where in the stream we are, and what ingest had counted; a count that fell began anew in another process."""
        if entry.tally.received < self._tally.received:
            self._received_before += self._tally.received
        self._tally, self.last_id = entry.tally, entry.id

    def _silent_since(self) -> float:
        """Return the last moment, in seconds, at which something was seen."""
        if self._last_look is not None:
            return self._last_look.at
        return max(0.0, self._seconds(self._before.last_frame_at)) if self._before.last_frame_at is not None else 0.0

    def _listen(self, sound: Sound) -> None:
        """Hear a message of sound, which ends here: the next look has the share of it that held a voice. In a pause nobody listens."""
        if self._hearing is None:
            return
        with self._eyes.costs.of("sound"):
            if self.sitting.state is SittingState.PAUSED:
                self._hearing.miss()
            else:
                self._hearing.receive(sound)

    def _sound(self) -> str | None:
        """Say whether the microphone is listened to just now; None where it is not to be."""
        if not self._listens:
            return None
        heard = self._hearing.heard_at if self._hearing is not None else None
        return "heard" if heard is not None and self._engine.clock.now() - heard < DEAF_AFTER else "not_heard"

    def _look_back(self, frame: Frame) -> None:
        """Look at a picture that the page kept while the line was cut, at its own time, beside what is seen live."""
        self._last, at = frame, frame.shown_at
        if self._watch is None or at is None or self._seconds(at) < 0 or at > self._until(at):
            return
        seen = self._afterwards.receive(frame, self._seconds(at), self._watch.baseline)
        self._looked, self.unreadable = self._looked + seen, self.unreadable + (not seen)

    def _look(self, frame: Frame) -> None:
        self._last, at_s = frame, self._seconds(frame.at)
        if at_s < 0 or frame.at > self._until(frame.at):  # after the exam a frame tells a page's clock, and nobody looks at it
            return
        self._live_at = frame.at
        if self._rests(at_s):
            return
        try:
            seen = self._eyes.look(frame.jpeg, at_s, frame.seq)
        except Invalid:  # bytes that are no picture: an attacker's, and nothing to accuse anybody of
            self.unreadable += 1
            return
        self._looked += 1
        if self._watch is None:
            self._centre.receive(seen, self._step(seen), frozen=self.sitting.state is not SittingState.ADMITTED)
        else:
            if self._hearing is not None:
                seen = replace(seen, voice=self._hearing.voice())
                self._eyes.listen(seen.voice)
            self._ring.receive(Shot(jpeg=frame.jpeg, observation=seen))
            self.kept.clean(frame)
            self._watch.receive(self._challenges.receive(frame, seen, self._eyes, self.sitting) if self._challenges else seen)
        self._last_look = seen
        self._tell(frame, seen)

    def _rests(self, at_s: float) -> bool:
        """Let time pass in which the sitting stands still, and tell whether it does: a break is nobody's to be seen in (ADR 28)."""
        if self._watch is None or self.sitting.state is not SittingState.PAUSED:
            return False
        self._watch.rest(at_s)
        if self._last_look is not None:
            self._last_look = replace(self._last_look, at=max(at_s, self._last_look.at))
        return True

    def _step(self, seen: Observation) -> float:
        return min(2.0, max(0.0, seen.at - self._last_look.at)) if self._last_look is not None else 0.0

    def _gap(self, gap: Gap) -> None:
        self._gaps += 1
        if self._watch is not None and gap.ended > (self.sitting.started_at or gap.ended):
            self._watch.gap(self._silent_since(), self._seconds(self._until(gap.ended)))

    def _learn(self, fact: Fact) -> None:
        """Take what ingest established: of who sends, an incident; of ourselves, an entry in the log that accuses nobody (ADR 41)."""
        if fact.kind is FactKind.CHAIN_LOST:
            watches.chain_lost(self._engine, self.sitting.id, fact)
        elif self._watch is not None and self._seconds(fact.at) >= 0:
            self._watch.report(Kind.CHAIN_BROKEN, self._seconds(fact.at), fact.seq)

    def _store_changes(self) -> None:
        if self._watch is None:
            return
        for change in self._watch.incidents():
            self._store(change)
        for change, segment in self._afterwards.changes():
            self._store(change, segment)
        self.kept.add([*self._ring.segments(), *self._afterwards.segments()])

    def _store(self, change: IncidentChange, so_far: Segment | None = None) -> None:
        incident = change.incident
        self._left_open.pop(incident.key, None)
        bare = Segment(key=incident.key, shots=(), chosen=())
        shown = change.change is Change.OPENED and not incident.lead.expected  # what is expected needs no pictures
        segment = (so_far or self._ring.so_far(incident)) if shown else bare
        incident_id = incidents.record(self._engine, self.sitting.id, change, segment, self._models)
        if shown and so_far is None:
            self._ring.keep(incident)
        if change.change is Change.OPENED:
            self.raised += 1
            log.info("incident_opened", sitting=self.sitting.id, incident=incident_id, kind=incident.kind.value, tier=incident.tier.value)
        self._said.append(Said(channel=f"wall:{self.sitting.session_id}", message=incident_message(self.sitting, incident_id, change)))

    def _tell(self, frame: Frame, seen: Observation) -> None:
        now = self._engine.clock.now()
        self._recent.append(frame.at)
        while self._recent[0] < frame.at - timedelta(seconds=5):
            self._recent.popleft()
        if self._is_due(SAY_EVERY, now):
            self._said.append(Said(channel=f"page:{self.sitting.id}", message=coaching(seen, self._sound())))
            self._said.append(Said(channel=f"wall:{self.sitting.session_id}", message=self._seen_message(frame, seen, now)))
        wish = self._doubts.receive(seen, frame.at, now) if self._watch is not None else None
        if wish is not None:
            self._said.append(Said(channel=f"page:{self.sitting.id}", message=wish))
        if self._is_due(SHOW_EVERY, now):
            self._picture = thumbnail(frame.jpeg)

    def _seen_message(self, frame: Frame, seen: Observation, now: datetime) -> Json:
        counts = self.counts()
        return {
            "type": "seen",
            "sitting": self.sitting.id,
            "at": iso(frame.at),
            "observable": seen.observable,
            "reason": seen.reason.value if seen.reason else None,
            "faces": seen.faces if seen.faces is not None else int(seen.face is not None),
            "sound": self._sound(),
            "fps": round(len(self._recent) / 5, 1),
            "lag_ms": max(0, int((now - frame.at).total_seconds() * 1000)),
            "received": counts.frames_received,
            "dropped": counts.frames_dropped,
            "gaps": counts.gaps,
        }

    def _until(self, at: datetime) -> datetime:
        """Return a moment, or the sitting's end where that was before it."""
        return min(at, self.sitting.submitted_at or at)

    def _is_due(self, every: timedelta, now: datetime) -> bool:
        if now < self._due.get(every, now):
            return False
        self._due[every] = now + every
        return True

    def _moment(self, at_s: float | None) -> datetime | None:
        """Return when that was, so many seconds into the sitting."""
        return self._origin + timedelta(seconds=at_s) if self._origin is not None and at_s is not None else None

    def _seconds(self, at: datetime) -> float:
        """Return a moment as seconds into the sitting or, before it begins, since its first frame."""
        if self._origin is None:
            self._origin = at
        return round((at - self._origin).total_seconds(), 3)
