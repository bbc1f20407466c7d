"""A sitting that is over, with a flag of six pictures, and people who judge it: what tests of hearings and appeals begin with."""

import contextlib
import io
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from PIL import Image

from assessment_engine.delivery.sealing import Closing, seal_ledger
from assessment_engine.delivery.sitting import SittingState
from assessment_engine.invigilation import Judgement, Reason, Verdict
from assessment_engine.kernel.canonical import sha256_hex
from assessment_engine.kernel.errors import NotYet
from assessment_engine.kernel.ids import IncidentId, new_id
from assessment_engine.people import Actor, Role
from assessment_engine.services import audit, evidence, evidence_packages, hearings, invigilation
from assessment_engine.services.engine import Engine
from assessment_engine.storage.incidents import EvidenceRecord, IncidentRecord, WatchRecord
from tests.builders import World, a_person, a_world

FIRST_SAYS = "A dark flat thing is in the hand in four pictures."
UPHOLD = Judgement(verdict=Verdict.UPHOLD, reason_code=Reason.FORBIDDEN_MATERIAL, reason=FIRST_SAYS)
DISMISS = Judgement(verdict=Verdict.DISMISS, reason_code=Reason.ORDINARY, reason="")
PICTURES = 6


@dataclass(frozen=True, kw_only=True)
class Court:
    """An ended sitting, and two who review."""

    engine: Engine
    world: World
    first: Actor
    second: Actor

    @property
    def candidate(self) -> Actor:
        return self.world.candidate

    def judge(self, incident_id: IncidentId, judgement: Judgement, by: Actor) -> None:
        """Let a judgement take effect at once, and the sitting be decided if it can be."""
        now = self.engine.clock.now()
        with self.engine.store.begin() as tx:
            found = tx.invigilation.case_locked(incident_id, self.world.organisation_id)
            invigilation.record(tx, found, judgement, by.person_id, now)
        invigilation.settle(self.engine, self.world.sitting_id)

    def asked(self) -> IncidentId:
        """A flag that the first person upheld, so that the candidate is asked."""
        incident_id = a_phone(self)
        self.judge(incident_id, UPHOLD, self.first)
        hearings.open_due(self.engine)
        return incident_id

    def package(self) -> None:
        """Have the package made that was asked for."""
        audit.sequence(self.engine)
        for _ in range(2):
            with contextlib.suppress(NotYet):  # closing the chain is an entry that has no place in the log yet
                evidence_packages.make(self.engine, lambda _face: lambda jpeg: (jpeg, 0), self.world.sitting_id)
            audit.sequence(self.engine)


def a_court(engine: Engine) -> Court:
    """A sitting of two hours that ended an hour ago, sealed and looked at to its end."""
    world = a_world(engine, state=SittingState.SUBMITTED)
    now = engine.clock.now()
    began, ended = now - timedelta(hours=3), now - timedelta(hours=1)
    with engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(world.sitting_id), started_at=began, submitted_at=ended))
        tx.sittings.add_seal(seal_ledger(Closing(sitting_id=world.sitting_id, form_sha256="0" * 64, at=ended), [], engine.signer.receipts))
        watch = WatchRecord(sitting_id=world.sitting_id, frames_received=7000, observable_s=7000, unobservable={"too_dark": 200.0})
        tx.incidents.save_watch(replace(watch, drained_at=now - timedelta(minutes=50)))
    people = [a_person(engine, world.organisation_id, Role.INVIGILATOR, name=name) for name in ("Ravi Das", "Meera Nair")]
    return Court(engine=engine, world=world, first=people[0], second=people[1])


def a_phone(court: Court, *, tier: str = "alert", kind: str = "phone", after_minutes: int = 60) -> IncidentId:
    """Something that was found an hour into the exam; a flag is set before people."""
    engine, world = court.engine, court.world
    at = engine.clock.now() - timedelta(hours=3) + timedelta(minutes=after_minutes)
    incident_id = IncidentId(new_id("inc", at))
    shots = [_shot(court, incident_id, at, n) for n in range(PICTURES)] if tier == "alert" else []
    incident = IncidentRecord(
        id=incident_id,
        sitting_id=world.sitting_id,
        organisation_id=world.organisation_id,
        rule=kind,
        first_seq=100 * after_minutes,
        kind=kind,
        tier=tier,
        severity={"alert": "high", "could_not_watch": None}.get(tier, "low"),
        confidence=0.87,
        opened_at=at,
        raised_at=at + timedelta(seconds=2),
        ended_at=at + timedelta(seconds=12),
        start_s=60.0 * after_minutes,
        end_s=60.0 * after_minutes + 12,
        item_id=None,
        trace={},
        models={},
    )
    with engine.store.begin() as tx:
        tx.incidents.add(incident)
        tx.incidents.add_evidence(shots)
        if tier == "alert":
            tx.invigilation.open_case(incident_id, world.sitting_id, world.organisation_id, at)
    return incident_id


def _shot(court: Court, incident_id: IncidentId, at: datetime, number: int) -> EvidenceRecord:
    sitting_id, jpeg = court.world.sitting_id, _picture(number)
    blob = f"{sitting_id}/{incident_id}/{number}"
    evidence.store_frame(court.engine, evidence.data_key(court.engine, sitting_id), blob, jpeg)
    return EvidenceRecord(
        id=new_id("evi", at),
        incident_id=incident_id,
        sitting_id=sitting_id,
        seq=int(at.timestamp()) % 100_000 + number,
        at=at + timedelta(seconds=2 * number),
        role="peak" if number == 3 else "before",
        blob=blob,
        sha256=sha256_hex(jpeg),
    )


def _picture(number: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (40 + 20 * number, 90, 120)).save(out, "JPEG")
    return out.getvalue()
