"""Who of a session is not ready yet: no photograph, never practised, a request that waits. For the cell, before the day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.exams import Exam, ExamSession
from assessment_engine.kernel.ids import PersonId, SessionId
from assessment_engine.people import SESSION_STAFF, Actor, require
from assessment_engine.services.engine import Engine
from assessment_engine.storage.database import Transaction
from assessment_engine.storage.registrations import SeatLine, SeatQuery


class Lack(StrEnum):
    """What somebody lacks."""

    PHOTOGRAPH = "photograph"
    PRACTICE = "practice"
    DECISION = "decision"  # a request for an arrangement that nobody has decided


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyLine:
    """One candidate, and what is still missing."""

    seat: SeatLine
    practised: int
    practising: bool
    lacks: tuple[Lack, ...]

    @property
    def is_ready(self) -> bool:
        """Whether nothing is missing."""
        return not self.lacks


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """A session with how ready everybody in it is."""

    session: ExamSession
    exam: Exam
    lines: tuple[ReadyLine, ...]

    @property
    def counts(self) -> Mapping[Lack, int]:
        """How many lack what."""
        return {lack: sum(lack in line.lacks for line in self.lines) for lack in Lack}

    @property
    def ready(self) -> int:
        """How many lack nothing."""
        return sum(line.is_ready for line in self.lines)


def readiness(engine: Engine, actor: Actor, session_id: SessionId) -> Readiness:
    """Return how ready everybody in a session is who has not given the place back; raises NotFound."""
    require(actor, *SESSION_STAFF)
    with engine.store.read() as tx:
        session = tx.exams.session_of(actor, session_id)
        everybody = tx.registrations.lines(actor, session_id, SeatQuery(), (0, None))
        seats = [line for line in everybody if line.state is not SittingState.VOIDED]
        waiting = {one.registration_id for one in tx.arrangements.all_of_organisation(actor.organisation_id, open_only=True)}
        rounds = _rounds(tx, actor, session_id)
        lines = tuple(_line(seat, rounds.get(seat.registration.candidate_id, ()), seat.registration.id in waiting) for seat in seats)
        return Readiness(session=session, exam=tx.exams.get(session.exam_id), lines=lines)


def _rounds(tx: Transaction, actor: Actor, session_id: SessionId) -> Mapping[PersonId, Sequence[SittingState]]:
    """Return the states of everybody's practice sittings."""
    found: dict[PersonId, list[SittingState]] = {}
    for session in tx.exams.practices_of(session_id):
        for sitting in tx.sittings.all_of_session(session.id, actor.organisation_id):
            found.setdefault(sitting.candidate_id, []).append(sitting.state)
    return found


def _line(seat: SeatLine, rounds: Sequence[SittingState], waits: bool) -> ReadyLine:
    practised = sum(state is SittingState.SUBMITTED for state in rounds)
    missing = {
        Lack.PHOTOGRAPH: seat.registration.portrait_blob is None,
        Lack.PRACTICE: not practised,
        Lack.DECISION: waits,
    }
    lacks = tuple(lack for lack, is_missing in missing.items() if is_missing)
    return ReadyLine(seat=seat, practised=practised, practising=len(rounds) > practised, lacks=lacks)
