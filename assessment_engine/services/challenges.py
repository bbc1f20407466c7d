"""The challenges of a sitting as they are kept: what was asked, that the page showed it, what came of it. Judged by proctoring/challenge.

They are exam events, so they stand in the sitting's timeline and an owner of the watch that takes over finds them. Nothing here accuses
anybody: what must be put before a person becomes an incident, by way of the watch.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from assessment_engine.delivery.sitting import Sitting
from assessment_engine.exams.policy import challenged
from assessment_engine.kernel.ids import SittingId
from assessment_engine.services import checkin
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.events import ExamEvent, sitting_event
from proctoring.challenge.course import Asked
from proctoring.challenge.plan import Plan
from proctoring.challenge.verdict import Ask, Verdict

ASKED, SHOWN, JUDGED, FOR_A_PERSON = "challenge_asked", "challenge_shown", "challenge_judged", "challenge_for_person"
CHANGED = "camera_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an owner of a sitting's challenges needs to begin, or to go on."""

    secret: bytes
    plan: Plan
    past: tuple[Asked, ...]


def standing(engine: Engine, sitting_id: SittingId) -> Standing:
    """Return a sitting's secret (kept nowhere, the same every time), what may be asked, and what was."""
    with engine.store.read() as tx:
        sitting = tx.sittings.get(sitting_id)
        policy = tx.exams.get(sitting.exam_id).policy
        arrangements = tx.exams.registration(sitting.registration_id).arrangements
        kept = tx.events.of_sittings([sitting_id], kinds=[ASKED, JUDGED])
    plan = challenged(policy, arrangements, gaze=checkin.gaze_watched(engine, sitting_id))
    return Standing(secret=engine.signer.tickets.derived("challenges", sitting_id), plan=plan, past=_past(kept, sitting))


def planned(engine: Engine, sitting_id: SittingId) -> Plan:
    """Return what may be asked of one candidate, as the notice says it before the sitting."""
    return standing(engine, sitting_id).plan


def ask(engine: Engine, sitting: Sitting, asked: Asked) -> None:
    """Keep that something is asked, before the page is told."""
    _record(engine, sitting, ASKED, {"number": asked.number, "ask": asked.ask.value, "at_s": round(asked.at_s, 1)})


def judge(engine: Engine, sitting: Sitting, asked: Asked) -> None:
    """Keep what came of it."""
    if asked.verdict is not None:
        _record(engine, sitting, JUDGED, {"number": asked.number, "at_s": round(asked.at_s, 1), **asked.verdict.as_facts()})


def call_a_person(engine: Engine, sitting: Sitting, asked: Asked) -> None:
    """Keep that somebody should look at this candidate, of whom nothing could be judged."""
    if asked.verdict is not None:
        _record(engine, sitting, FOR_A_PERSON, {"number": asked.number, "why": asked.verdict.why.value})


def asked_for_a_person(tx: Transaction, sitting_ids: Collection[SittingId]) -> dict[SittingId, datetime]:
    """Return when a person was last asked to look at each of these candidates, of whom a camera check could tell nothing."""
    return {one.sitting_id: one.at for one in tx.events.of_sittings(sitting_ids, kinds=[FOR_A_PERSON]) if one.sitting_id is not None}


def latest(engine: Engine, sitting_id: SittingId, most: int = 4) -> list[ExamEvent]:
    """Return what came of the last camera checks, newest first, for who watches."""
    with engine.store.read() as tx:
        return tx.events.of_sittings([sitting_id], kinds=[JUDGED, FOR_A_PERSON])[: -most - 1 : -1]


def was_shown(engine: Engine, sitting_id: SittingId, number: int) -> bool:
    """Tell whether the page says that it showed a challenge: a hint."""
    with engine.store.read() as tx:
        return any(event.data.get("number") == number for event in tx.events.of_sittings([sitting_id], kinds=[SHOWN]))


def cameras_changed(engine: Engine, sitting_ids: Collection[SittingId]) -> dict[SittingId, datetime]:
    """Return when each of these pages last said that another camera was opened: a hint. Asked by the workers again and again."""
    if not sitting_ids:
        return {}
    with engine.store.read() as tx:
        return {one.sitting_id: one.at for one in tx.events.of_sittings(sitting_ids, kinds=[CHANGED]) if one.sitting_id is not None}


def _record(engine: Engine, sitting: Sitting, kind: str, data: Mapping[str, str | int | float | None]) -> None:
    with engine.store.begin() as tx:
        tx.events.record(sitting_event(kind, sitting, engine.clock.now(), None, data=data))


def _past(events: list[ExamEvent], sitting: Sitting) -> tuple[Asked, ...]:
    """Return what was asked and judged, by number; what was judged twice counts as it was judged first."""
    past: dict[int, Asked] = {}
    for event in events:
        facts: dict[str, Any] = dict(event.data)
        number, at_s = int(facts["number"]), float(facts["at_s"])
        if event.kind == ASKED:
            past[number] = Asked(number=number, ask=Ask(facts["ask"]), at_s=at_s)
        elif number in past and past[number].verdict is None:
            over_s = _since_start(event.at, sitting)
            past[number] = replace(past[number], verdict=Verdict.from_facts(facts), at_s=max(at_s, over_s))
    return tuple(past[number] for number in sorted(past))


def _since_start(at: datetime, sitting: Sitting) -> float:
    return (at - sitting.started_at).total_seconds() if sitting.started_at is not None else 0.0
