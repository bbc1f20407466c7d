"""A candidate at the door: who asks to be admitted, what the machine thinks of the two faces, what a person decides.

The machine's view is a hint in words. It never refuses anybody and never admits anybody: only `decide` moves a check-in on.
The sitting has its own states (delivery/sitting.py). Stored by storage/checkin.py, driven by services/checkin.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from assessment_engine.kernel.errors import Invalid
from assessment_engine.kernel.ids import OrganisationId, PersonId, SittingId
from assessment_engine.kernel.machine import advance

ALIKE_UP_TO = 0.45
UNLIKE_FROM = 0.62
"""Measured on 120 aligned pairs: the same person is at most .45 apart, different people at least .62; harder sets overlap (DESIGN 7)."""


class CheckInState(StrEnum):
    """Where a candidate stands at the door."""

    REQUESTED = "requested"
    ASKED_AGAIN = "asked_again"
    REFERRED = "referred"
    ADMITTED = "admitted"


class CheckInVerb(StrEnum):
    """What moves a check-in: the candidate requests, an invigilator does the rest."""

    REQUEST = "request"
    ADMIT = "admit"
    ASK_AGAIN = "ask_again"
    REFER = "refer"


_S, _V = CheckInState, CheckInVerb

TRANSITIONS: Mapping[tuple[CheckInState, CheckInVerb], CheckInState] = {
    (_S.REQUESTED, _V.ADMIT): _S.ADMITTED,
    (_S.REQUESTED, _V.ASK_AGAIN): _S.ASKED_AGAIN,
    (_S.REQUESTED, _V.REFER): _S.REFERRED,
    (_S.ASKED_AGAIN, _V.REQUEST): _S.REQUESTED,
    (_S.REFERRED, _V.ADMIT): _S.ADMITTED,
    (_S.REFERRED, _V.ASK_AGAIN): _S.ASKED_AGAIN,
}

DECISIONS = frozenset({_V.ADMIT, _V.ASK_AGAIN, _V.REFER})


class MachineView(StrEnum):
    """What the machine says of the live face beside the roster photograph; a person compares."""

    NOT_COMPARED = "not_compared"
    NO_FACE = "no_face"
    ALIKE = "alike"
    UNSURE = "unsure"
    UNLIKE = "unlike"
    TURNED = "turned"
    NOT_WELL_SEEN = "not_well_seen"


class FaceComparison(Protocol):
    """What a comparison of two pictures must tell; proctoring/vision makes one."""

    @property
    def distance(self) -> float | None:
        """How far the two faces are apart; None when a picture shows no face that can be compared."""
        ...

    @property
    def retake(self) -> str | None:
        """Why the live picture should be taken again, `turned` or `not_well_seen`; None when it can serve."""
        ...


def view_of(distance: float | None) -> MachineView:
    """Put a distance into words."""
    if distance is None:
        return MachineView.NO_FACE
    if distance <= ALIKE_UP_TO:
        return MachineView.ALIKE
    return MachineView.UNLIKE if distance >= UNLIKE_FROM else MachineView.UNSURE


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """One sitting's check-in; its verbs return a new one."""

    sitting_id: SittingId
    organisation_id: OrganisationId
    requested_at: datetime
    face_blob: str
    state: CheckInState = CheckInState.REQUESTED
    machine_distance: float | None = None
    machine_view: MachineView = MachineView.NOT_COMPARED
    decided_by: PersonId | None = None
    decided_at: datetime | None = None
    note: str = ""

    def request(self, face_blob: str, now: datetime) -> "CheckIn":
        """Ask again with a new picture, after having been asked to."""
        return replace(
            self,
            state=advance(TRANSITIONS, self.state, CheckInVerb.REQUEST),
            requested_at=now,
            face_blob=face_blob,
            machine_distance=None,
            machine_view=MachineView.NOT_COMPARED,
        )

    def decide(self, verb: CheckInVerb, note: str, *, by: PersonId, now: datetime) -> "CheckIn":
        """Return it after an invigilator's decision; to ask again or to refer needs a note that the candidate can act on."""
        if verb not in DECISIONS:
            raise Invalid(f"an invigilator cannot {verb}", field="decision")
        if verb is not CheckInVerb.ADMIT and not note.strip():
            raise Invalid("say what the candidate should do, or why it is referred", field="note")
        return replace(self, state=advance(TRANSITIONS, self.state, verb), note=note.strip(), decided_by=by, decided_at=now)

    def admitted_to_practise(self, now: datetime) -> "CheckIn":
        """Return it let in without anybody at the door: nobody is examined in practice."""
        return replace(self, state=advance(TRANSITIONS, self.state, CheckInVerb.ADMIT), decided_at=now)

    def compared(self, comparison: FaceComparison) -> "CheckIn":
        """Return it with the machine's view; the state does not move. A picture to take again says little of anybody, and comes first."""
        view = view_of(comparison.distance) if comparison.retake is None else MachineView(comparison.retake)
        return replace(self, machine_distance=comparison.distance, machine_view=view)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How a candidate looked at the screen's corners; skipped means that gaze is not watched, and nothing else."""

    sitting_id: SittingId
    at: datetime
    skipped: bool
    baseline: Mapping[str, object]
