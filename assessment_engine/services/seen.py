"""Who may not answer a grievance, and why: for an appeal everybody who has seen the sitting in any way, for a result who decided it.

A grievance officer's own look at an appeal that they were given is none of this.
"""

from collections.abc import Mapping

from assessment_engine.delivery.sitting import Sitting
from assessment_engine.grievances import About, Seen
from assessment_engine.kernel.ids import PersonId, RegistrationId
from assessment_engine.services.duty import room_of
from assessment_engine.storage.database import Transaction

LOOKED = ("candidate_looked_at",)
SPOKE = ("message_written", "warning_given", "call_answered")
ACTED = (
    "checkin_decided", "lease_moved", "object_dismissed", "sitting_paused", "sitting_resumed", "sitting_terminated", "time_given",
)  # fmt: skip

ALL_OF_THEM = 0


def seen_by(tx: Transaction, sitting: Sitting, about: About) -> dict[PersonId, tuple[Seen, ...]]:
    """Return everybody to whom a grievance about a sitting is not given, with every reason."""
    ways = {
        Seen.CANDIDATE: frozenset({sitting.candidate_id}),
        Seen.JUDGED: tx.seen.judged(sitting.id),
        Seen.DECIDED: tx.seen.decided(sitting.id),
        Seen.SIGNED: tx.seen.signed(sitting.id),
        Seen.CONFLICT: tx.seen.knowing(sitting.candidate_id),
    }
    if about is About.FLAG:
        ways |= {
            Seen.OPENED: tx.seen.opened(sitting.id),
            Seen.INVIGILATED: _invigilated(tx, sitting),
            Seen.LOOKED: tx.seen.acted(sitting.id, LOOKED),
            Seen.SPOKE: tx.seen.acted(sitting.id, SPOKE),
            Seen.ACTED: tx.seen.acted(sitting.id, ACTED),
        }
    return _by_person(ways)


def _by_person(ways: Mapping[Seen, frozenset[PersonId]]) -> dict[PersonId, tuple[Seen, ...]]:
    everybody = sorted({person for people in ways.values() for person in people})
    return {person: tuple(way for way in Seen if person in ways.get(way, ())) for person in everybody}


def _invigilated(tx: Transaction, sitting: Sitting) -> frozenset[PersonId]:
    """Return who ever answered for the candidate's room of the wall, and who had it, or the view of all, open."""
    room = _room(tx, sitting)
    found: set[object] = set()
    for entry in tx.audit.about(sitting.session_id):
        step = entry.payload
        if entry.kind == "room_duty" and isinstance(step, Mapping) and step.get("room") == room:
            found |= {entry.actor_id, step.get("named"), step.get("cover")}
    named = {PersonId(str(one)) for one in found if one is not None}
    return tx.seen.had_open(sitting.session_id, (room, ALL_OF_THEM)) | named


def _room(tx: Transaction, sitting: Sitting) -> int:
    registered = tx.exams.registrations_in(sitting.session_id)
    return room_of(registered).get(RegistrationId(sitting.registration_id), ALL_OF_THEM)
