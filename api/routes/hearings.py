"""A candidate's hearings, and how their own sitting was watched. Pages: pages/hearings.py and pages/own_watch.py."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from api.auth import Candidate, EngineDep
from api.paths import ID, SittingPath
from assessment_engine.invigilation.hearing import LONGEST_REPLY
from assessment_engine.kernel.ids import IncidentId, SittingId
from assessment_engine.services import hearings, own_watch
from assessment_engine.services.hearings import HearingView
from assessment_engine.services.own_watch import Found, OwnWatch

router = APIRouter(prefix="/api/v1", tags=["candidate"])

HearingPath = Annotated[IncidentId, Path(pattern=ID)]


class SeenAnswer(BaseModel):
    """What was seen, and when."""

    incident: IncidentId
    kind: str = Field(examples=["nobody"])
    tier: str = Field(examples=["alert"])
    began: datetime
    ended: datetime | None


class HearingAnswer(BaseModel):
    """One hearing: what was seen, the first person's reason from the list, until when to answer, and what was said.

    `state`: open, replied, waived or time_over. A reply is taken until people have `decided`.
    """

    seen: SeenAnswer
    sitting: SittingId
    exam: str = Field(examples=["Office procedure"])
    reason_code: str = Field(examples=["left_the_seat"])
    words: str = Field(description="The first person's words, only where the reason is `other`", examples=[""])
    opened_at: datetime
    due_at: datetime
    state: str = Field(examples=["open"])
    decided: bool
    reply: str | None
    replied_at: datetime | None
    waived_at: datetime | None


class HearingsAnswer(BaseModel):
    """The candidate's hearings: those that wait first, the one that ends first first."""

    hearings: list[HearingAnswer]


class ReplyBody(BaseModel):
    """What the candidate says: given once, never changed, read by whoever judges."""

    text: str = Field(min_length=1, max_length=2 * LONGEST_REPLY, examples=["The lamp fell over. I picked it up and came back at once."])


class JudgedAnswer(BaseModel):
    """What one of two people decided on a flag, and why."""

    ordinal: int
    verdict: str
    reason_code: str
    reason: str
    at: datetime


class FoundAnswer(BaseModel):
    """One thing that was found; of a flag its state, and once people decided what they said. Could-not-watch is held against nobody."""

    seen: SeenAnswer
    state: str | None
    judged: list[JudgedAnswer]
    hearing: str | None = Field(description="The state of the hearing about it")
    hearing_due_at: datetime | None
    overturned_at: datetime | None
    appeal: str | None = Field(description="The newest appeal about it")


class DecisionAnswer(BaseModel):
    """What was decided on the sitting."""

    outcome: str
    decided_at: datetime


class OwnWatchAnswer(BaseModel):
    """How one's own sitting was watched, once it is over."""

    sitting: SittingId
    exam: str
    found: list[FoundAnswer]
    decision: DecisionAnswer | None
    observable_share: float
    min_observable_share: float
    could_not_watch_s: dict[str, float]
    camera_checks: dict[str, int]
    kept_until: datetime | None
    kept_because: list[str]
    erased_at: datetime | None
    package_asked_at: datetime | None
    package_made_at: datetime | None
    can_appeal: list[IncidentId]
    appeal_until: datetime | None
    next: str = Field(description="Who has to act next", examples=["reviewers"])


@router.get("/hearings")
def mine(engine: EngineDep, actor: Candidate) -> HearingsAnswer:
    """Return the candidate's own hearings, open and past."""
    return HearingsAnswer(hearings=[_hearing(one) for one in hearings.mine(engine, actor)])


@router.get("/hearings/{incident_id}")
def one(engine: EngineDep, actor: Candidate, incident_id: HearingPath) -> HearingAnswer:
    """Return one of the candidate's own hearings."""
    return _hearing(hearings.one(engine, actor, incident_id))


@router.post("/hearings/{incident_id}/answer")
def answer(engine: EngineDep, actor: Candidate, incident_id: HearingPath, body: ReplyBody) -> HearingAnswer:
    """Answer, once; 409 `heard_already`, or `hearing_over` when people have decided."""
    return _hearing(hearings.answer(engine, actor, incident_id, body.text))


@router.post("/hearings/{incident_id}/waive")
def waive(engine: EngineDep, actor: Candidate, incident_id: HearingPath) -> HearingAnswer:
    """Say that one does not wish to say anything, so that nobody waits."""
    return _hearing(hearings.waive(engine, actor, incident_id))


@router.get("/sittings/{sitting_id}/watch")
def watch(engine: EngineDep, actor: Candidate, sitting_id: SittingPath) -> OwnWatchAnswer:
    """Return how the candidate's own sitting was watched and what came of it; 409 `not_yet` while it runs."""
    return _watch(own_watch.mine(engine, actor, sitting_id))


def _hearing(view: HearingView) -> HearingAnswer:
    hearing, incident = view.hearing, view.incident
    return HearingAnswer(
        seen=SeenAnswer(incident=incident.id, kind=incident.kind, tier=incident.tier, began=incident.opened_at, ended=incident.ended_at),
        sitting=hearing.sitting_id,
        exam=view.exam.title,
        reason_code=view.reason_code,
        words=view.words,
        opened_at=hearing.opened_at,
        due_at=hearing.due_at,
        state=view.state,
        decided=view.decided,
        reply=hearing.reply,
        replied_at=hearing.replied_at,
        waived_at=hearing.waived_at,
    )


def _watch(own: OwnWatch) -> OwnWatchAnswer:
    return OwnWatchAnswer(
        sitting=own.sitting.id,
        exam=own.exam.title,
        found=[_found(one) for one in own.found],
        decision=None if own.decision is None else DecisionAnswer(outcome=own.decision.outcome, decided_at=own.decision.decided_at),
        observable_share=own.observable_share,
        min_observable_share=own.min_observable_share,
        could_not_watch_s=dict(own.could_not_watch),
        camera_checks=dict(own.checks),
        kept_until=own.keeping.until,
        kept_because=sorted(own.keeping.holds),
        erased_at=own.erased_at,
        package_asked_at=None if own.package is None else own.package.asked_at,
        package_made_at=None if own.package is None else own.package.made_at,
        can_appeal=[flag.id for flag in own.contestable.flags],
        appeal_until=own.contestable.until,
        next=own.next,
    )


def _found(one: Found) -> FoundAnswer:
    incident, hearing = one.incident, one.hearing
    return FoundAnswer(
        seen=SeenAnswer(incident=incident.id, kind=incident.kind, tier=incident.tier, began=incident.opened_at, ended=incident.ended_at),
        state=one.state,
        judged=[
            JudgedAnswer(ordinal=each.ordinal, verdict=each.verdict, reason_code=each.reason_code, reason=each.reason, at=each.at)
            for each in one.judged
        ],
        hearing=one.hearing_state,
        hearing_due_at=hearing.due_at if hearing else None,
        overturned_at=one.overturned_at,
        appeal=one.appeal.id if one.appeal else None,
    )
